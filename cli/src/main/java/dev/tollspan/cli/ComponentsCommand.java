package dev.tollspan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists what a configuration may name. */
@Command(name = "components", description = "Lists the components of this version, as YAML.")
final class ComponentsCommand implements Callable<Integer> {
  private static final String COMPONENTS =
      """
      receivers:
        - otlp
      processors:
        - estimate_cost
        - drop_content
      exporters:
        - ndjson
        - parquet
        - otlp_grpc
      extensions:
        - health_check
      """;

  private final Console console;

  ComponentsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.out().print(COMPONENTS);
    return ExitCode.OK;
  }
}
