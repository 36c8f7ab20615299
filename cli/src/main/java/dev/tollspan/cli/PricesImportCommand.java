package dev.tollspan.cli;

import dev.tollspan.priceimport.BookWriter;
import dev.tollspan.priceimport.Lint;
import dev.tollspan.priceimport.Options;
import dev.tollspan.priceimport.PriceImport;
import dev.tollspan.priceimport.Report;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a price book of a catalogue. Filled by picocli, on the main thread. */
@Command(
    name = "import",
    description =
        "Makes a price book of a catalogue; says on standard error what was odd or left out.",
    exitCodeList = {
      ExitCode.OK_TEXT,
      "1:The catalogue cannot be read, or the book not written.",
      ExitCode.USAGE_TEXT
    })
final class PricesImportCommand implements Callable<Integer> {
  private final Console console;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Catalogue catalogue = new Catalogue();

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      description = "The day on which the catalogue was read. Default: today.")
  private @Nullable LocalDate asOf;

  @Option(names = "-o", paramLabel = "OUT", description = "The book. Default: standard output.")
  private @Nullable Path out;

  /** Which catalogue it is. */
  private static final class Catalogue {
    @Option(
        names = "--litellm",
        paramLabel = "FILE",
        description = "LiteLLM's model_prices_and_context_window.json.")
    private @Nullable Path liteLlm;

    @Option(
        names = "--genai",
        paramLabel = "FILE",
        description = "genai-prices' data.json, version 2.")
    private @Nullable Path genaiPrices;
  }

  PricesImportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    LocalDate today = LocalDate.ofInstant(InstantSource.system().instant(), ZoneOffset.UTC);
    LocalDate day = asOf == null ? today : asOf;
    try {
      Report report = read(new Options(day));
      for (Lint lint : report.lints()) {
        console.err().println(lint);
      }
      String source = catalogue.liteLlm != null ? "litellm" : "genai-prices";
      String book = BookWriter.text(report, List.of("source=" + source + " version=" + day));
      write(book);
      long leftOut = report.lints().stream().filter(lint -> lint.defect().leavesOut()).count();
      console
          .err()
          .println(
              Figures.count(report.rows().size())
                  + (" prices and " + Figures.count(report.aliases().size()) + " aliases; ")
                  + (Figures.count(report.lints().size()) + " findings, because of ")
                  + (Figures.count(leftOut) + " of them something was left out"));
      return ExitCode.OK;
    } catch (FailedException failure) {
      return console.fail(failure);
    }
  }

  private Report read(Options options) throws FailedException {
    Path file = catalogue.liteLlm != null ? catalogue.liteLlm : catalogue.genaiPrices;
    try {
      return catalogue.liteLlm != null
          ? PriceImport.importLiteLlm(catalogue.liteLlm, options)
          : PriceImport.importGenaiPrices(Objects.requireNonNull(file), options);
    } catch (IOException failure) {
      throw new FailedException(
          failure instanceof FileNotFoundException
              ? "cannot read the catalogue: " + failure.getMessage()
              : file + " is no such catalogue: " + firstLine(failure),
          failure);
    }
  }

  private void write(String book) throws FailedException {
    try {
      if (out == null) {
        console.out().print(book);
      } else {
        Files.writeString(out, book);
      }
    } catch (NoSuchFileException failure) {
      throw new FailedException("the directory of " + out + " does not exist", failure);
    } catch (IOException failure) {
      throw new FailedException("cannot write the book: " + failure.getMessage(), failure);
    }
  }

  private static String firstLine(IOException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}
