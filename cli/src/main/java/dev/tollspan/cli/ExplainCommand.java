package dev.tollspan.cli;

import dev.tollspan.prices.PriceBook;
import dev.tollspan.processors.cost.EstimateCost;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.spans.KeyTable;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says of each span in files what it costs and why. Filled by picocli, on the main thread. */
@Command(
    name = "explain",
    description = {
      "Says of each span in files what it costs, and how that came to be.",
      "A file holds OTLP/JSON (one request a line, or one over many lines), one OTLP request in"
          + " protobuf, or lines that the NDJSON exporter wrote; each may be packed with gzip."
    },
    exitCodeList = {
      ExitCode.OK_TEXT,
      "1:A file or a part of one could not be read; the rest was.",
      ExitCode.USAGE_TEXT,
      "3:Wrong price books."
    })
final class ExplainCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files; - is standard input.")
  private List<String> files = List.of();

  @Mixin private PricesOption prices = new PricesOption();

  @Option(
      names = "--default-price",
      description = "Price models that no book knows by the row named default.")
  private boolean defaultPrice;

  @Option(names = "--output", paramLabel = "FORM", description = "text or ndjson. Default: text.")
  private Form form = Form.TEXT;

  /** How the answers are printed. */
  enum Form {
    TEXT,
    NDJSON
  }

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (new HashSet<>(prices.books()).size() < prices.books().size()) {
      throw new ParameterException(spec.commandLine(), "--prices: each book may be named once");
    }
    EstimateCostConfig config = EstimateCostConfig.of(prices.books(), defaultPrice);
    Optional<PriceBook> book = prices.load(config.priceRules(), console);
    if (book.isEmpty()) {
      return ExitCode.INVALID;
    }
    boolean asJson = form == Form.NDJSON;
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(console.out(), 1 << 16), false, StandardCharsets.UTF_8);
    ExplainReport report = new ExplainReport(out, asJson);
    KeyTable keys = KeyTable.of(EstimateCost.keys(config));
    ExplainedFiles explained =
        new ExplainedFiles(
            keys, new SpanExplainer(keys, config, book.get(), !asJson), report, console.err());
    for (String file : files) {
      explained.read(file);
    }
    out.flush();
    console.err().println(report.summary() + explained.problems());
    return explained.hasProblems() ? ExitCode.FAILED : ExitCode.OK;
  }
}
