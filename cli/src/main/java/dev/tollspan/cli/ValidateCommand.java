package dev.tollspan.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Checks a configuration, and what it points to, without starting it. Filled by picocli, on the
 * main thread.
 */
@Command(
    name = "validate",
    description = "Checks a configuration and the files it names; tells every problem at once.",
    exitCodeList = {ExitCode.OK_TEXT, ExitCode.USAGE_TEXT, ExitCode.INVALID_TEXT})
final class ValidateCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ConfigOption config = new ConfigOption();

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The same as --config FILE.")
  private @Nullable String file;

  ValidateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (file != null) {
      if (config.isGiven()) {
        throw new ParameterException(
            spec.commandLine(), "FILE and --config are the same: give one");
      }
      config.orElse(file);
    }
    Optional<ConfigOption.Startable> read = config.readToStart(console);
    if (read.isEmpty()) {
      return ExitCode.INVALID;
    }
    console.out().println(config.name() + " is valid: " + read.get().config().summary());
    return ExitCode.OK;
  }
}
