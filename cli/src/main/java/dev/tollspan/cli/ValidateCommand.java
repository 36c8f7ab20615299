package dev.tollspan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks a configuration without starting it. Filled by picocli, on the main thread. */
@Command(
    name = "validate",
    description = "Reports every problem of a configuration; exit code 3 if there is one.")
final class ValidateCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  ValidateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    return config.read(console).isPresent() ? ExitCode.OK : ExitCode.INVALID;
  }
}
