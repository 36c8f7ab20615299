package dev.tollspan.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Checks a configuration, and what it points to, without starting it. Filled by picocli, on the
 * main thread.
 */
@Command(
    name = "validate",
    description = "Checks a configuration, then the files it names; tells all problems at once.",
    exitCodeList = {ExitCode.OK_TEXT, ExitCode.USAGE_TEXT, ExitCode.INVALID_TEXT})
final class ValidateCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  ValidateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<ConfigOption.Startable> read = config.readToStart(console);
    if (read.isEmpty()) {
      return ExitCode.INVALID;
    }
    console.out().println(config.name() + " is valid: " + read.get().config().summary());
    return ExitCode.OK;
  }
}
