package dev.tollspan.cli;

import dev.tollspan.sampleinferenceservice.InferenceServer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Runs the bundled inference service, which reads its options itself. Filled by picocli, on the
 * main thread.
 */
@Command(
    name = "inference",
    description = "Runs the bundled inference service, which simulates its model.",
    customSynopsis = "tollspan inference [OPTIONS]",
    exitCodeList = {
      "1:Cannot serve: the address is taken, or the traces file cannot be opened.",
      ExitCode.USAGE_TEXT,
      ExitCode.SIGNAL_TEXT
    })
final class InferenceCommand implements Callable<Integer> {
  @Parameters(hidden = true)
  private List<String> arguments = List.of();

  /** The command, with the service's own list of options in its help. */
  static CommandLine line() {
    CommandLine line = new CommandLine(new InferenceCommand());
    String options = InferenceServer.options().replace("%", "%%");
    line.getCommandSpec().usageMessage().footer(("\n" + options).split("\n"));
    return line.setUnmatchedOptionsArePositionalParams(true);
  }

  @Override
  public Integer call() {
    return InferenceServer.run(arguments.toArray(String[]::new));
  }
}
