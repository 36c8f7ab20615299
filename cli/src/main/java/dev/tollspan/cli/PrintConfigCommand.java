package dev.tollspan.cli;

import dev.tollspan.pipelineconfig.PipelineConfig;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints a configuration with its defaults. Filled by picocli, on the main thread. */
@Command(
    name = "print-config",
    description = "Prints the configuration with every default filled in, secrets masked.",
    exitCodeList = {ExitCode.OK_TEXT, ExitCode.USAGE_TEXT, ExitCode.INVALID_TEXT})
final class PrintConfigCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--unredacted", description = "Print secrets too.")
  private boolean unredacted;

  PrintConfigCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<PipelineConfig> read = config.read(console);
    if (read.isEmpty()) {
      return ExitCode.INVALID;
    }
    console.out().print(read.get().toYaml(unredacted));
    return ExitCode.OK;
  }
}
