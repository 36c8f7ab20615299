package dev.tollspan.cli;

import dev.tollspan.pipelineconfig.Components;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists what a configuration may name. */
@Command(
    name = "components",
    description = "Lists the components of this version with their keys and defaults, as YAML.",
    exitCodeList = {ExitCode.OK_TEXT, ExitCode.USAGE_TEXT})
final class ComponentsCommand implements Callable<Integer> {
  private final Console console;

  ComponentsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.out().print(Components.toYaml());
    return ExitCode.OK;
  }
}
