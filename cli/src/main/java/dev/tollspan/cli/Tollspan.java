package dev.tollspan.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code tollspan}, and the process's way in and out. Filled by picocli, on the main
 * thread.
 */
@Command(
    name = "tollspan",
    description = "Prices LLM spans, removes their content and writes them to files.",
    synopsisSubcommandLabel = "COMMAND")
final class Tollspan implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Tollspan() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(Console.system(), args));
  }

  static int run(Console console, String... args) {
    PrintWriter err = new PrintWriter(console.err(), true, StandardCharsets.UTF_8);
    CommandLine inference =
        new CommandLine(new InferenceCommand()).setUnmatchedOptionsArePositionalParams(true);
    CommandLine line =
        new CommandLine(new Tollspan())
            .addSubcommand("demo", new DemoCommand(console))
            .addSubcommand("run", new RunCommand(console))
            .addSubcommand("validate", new ValidateCommand(console))
            .addSubcommand("print-config", new PrintConfigCommand(console))
            .addSubcommand("components", new ComponentsCommand(console))
            .addSubcommand("inference", inference)
            .addSubcommand("version", new VersionCommand(console))
            .addSubcommand("help", new CommandLine.HelpCommand())
            .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
            .setErr(err)
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
            .setParameterExceptionHandler((wrong, arguments) -> usage(wrong, err));
    return line.execute(args);
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int usage(ParameterException wrong, PrintWriter err) {
    err.println("tollspan: " + wrong.getMessage());
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      unmatched
          .getSuggestions()
          .forEach(suggestion -> err.println("did you mean \"" + suggestion + "\"?"));
    }
    err.println("`tollspan help` lists the commands, `tollspan help COMMAND` its options");
    return ExitCode.USAGE;
  }
}
