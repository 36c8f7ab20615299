package dev.tollspan.cli;

import dev.tollspan.pipelineconfig.Nearest;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code tollspan}, and the process's way in and out. Filled by picocli, on the main
 * thread.
 */
@Command(
    name = "tollspan",
    description = "Prices LLM spans, removes their content and writes them to files.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = VersionCommand.Line.class,
    exitCodeList = {
      ExitCode.OK_TEXT,
      "1:It failed; one sentence says why.",
      ExitCode.USAGE_TEXT,
      ExitCode.INVALID_TEXT,
      ExitCode.SIGNAL_TEXT + " `run` then ends with 0 or 1."
    })
final class Tollspan implements Runnable {
  private static final int WIDTH = 100;

  @Spec private CommandSpec spec = CommandSpec.create();

  private Tollspan() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(Console.system(), args));
  }

  static int run(Console console, String... args) {
    PrintWriter err = new PrintWriter(console.err(), true, StandardCharsets.UTF_8);
    return commands(console)
        .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(err)
        .registerConverter(long.class, text -> wholeNumber(text, Long::valueOf))
        .registerConverter(Long.class, text -> wholeNumber(text, Long::valueOf))
        .registerConverter(int.class, text -> wholeNumber(text, Integer::valueOf))
        .setParameterExceptionHandler((wrong, arguments) -> usage(wrong, err))
        .execute(args);
  }

  /** The table of commands and their options. */
  static CommandLine commands(Console console) {
    CommandLine line =
        new CommandLine(new Tollspan())
            .addSubcommand("demo", new DemoCommand(console))
            .addSubcommand("run", new RunCommand(console))
            .addSubcommand("validate", new ValidateCommand(console))
            .addSubcommand("print-config", new PrintConfigCommand(console))
            .addSubcommand("price", new PriceCommand(console))
            .addSubcommand("prices", PricesCommand.line(console))
            .addSubcommand("canary", new CanaryCommand(console))
            .addSubcommand("explain", new ExplainCommand(console))
            .addSubcommand("doctor", new DoctorCommand(console))
            .addSubcommand("replay", new ReplayCommand(console))
            .addSubcommand("components", new ComponentsCommand(console))
            .addSubcommand("inference", InferenceCommand.line())
            .addSubcommand("version", new VersionCommand(console));
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Print the version.")
                .build());
    addHelp(line);
    return line.addSubcommand("help", new CommandLine.HelpCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(WIDTH)
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static void addHelp(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Print this help.").build());
    spec.usageMessage().exitCodeListHeading("%nExit codes:%n");
    line.getSubcommands().values().forEach(Tollspan::addHelp);
  }

  private static <N> N wholeNumber(String text, Function<String, N> read) {
    try {
      return read.apply(text);
    } catch (NumberFormatException _) {
      throw new TypeConversionException("'" + text + "' is not a whole number");
    }
  }

  private static int usage(ParameterException wrong, PrintWriter err) {
    err.println("tollspan: " + wrong.getMessage());
    String meant = meant(wrong);
    if (meant != null) {
      err.println("did you mean \"" + meant + "\"?");
    }
    err.println("`tollspan help` lists the commands, `tollspan help COMMAND` its options");
    return ExitCode.USAGE;
  }

  private static @Nullable String meant(ParameterException wrong) {
    String typed =
        wrong instanceof UnmatchedArgumentException unmatched
            ? unmatched.getUnmatched().getFirst()
            : wrong.getValue();
    CommandLine line = wrong.getCommandLine();
    if (line.getParent() != null && line.getCommandName().equals("help")) {
      line = line.getParent();
    }
    List<String> known = new ArrayList<>(line.getSubcommands().keySet());
    known.addAll(line.getCommandSpec().optionsMap().keySet());
    return typed == null ? null : Nearest.to(typed, known);
  }
}
