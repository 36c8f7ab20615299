package dev.tollspan.cli;

import dev.tollspan.pipelineconfig.PipelineConfig;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks a configuration without starting it. Filled by picocli, on the main thread. */
@Command(
    name = "validate",
    description = "Checks a configuration, and reports every problem of it at once.",
    exitCodeList = {ExitCode.OK_TEXT, ExitCode.USAGE_TEXT, ExitCode.INVALID_TEXT})
final class ValidateCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  ValidateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<PipelineConfig> read = config.read(console);
    if (read.isEmpty()) {
      return ExitCode.INVALID;
    }
    console.out().println(config.name() + " is valid: " + read.get().summary());
    return ExitCode.OK;
  }
}
