package dev.tollspan.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands on price books. Filled by picocli, on the main thread. */
@Command(
    name = "prices",
    description = "Checks price books, compares them, or makes one of a catalogue.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeList = {ExitCode.OK_TEXT, ExitCode.USAGE_TEXT, "others: see the command."})
final class PricesCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private PricesCommand() {}

  static CommandLine line(Console console) {
    return new CommandLine(new PricesCommand())
        .addSubcommand("check", new PricesCheckCommand(console))
        .addSubcommand("diff", new PricesDiffCommand(console))
        .addSubcommand("import", new PricesImportCommand(console));
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
