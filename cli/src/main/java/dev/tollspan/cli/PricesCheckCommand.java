package dev.tollspan.cli;

import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.PriceRow;
import dev.tollspan.prices.PriceRules;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Loads price books and says what is wrong with them. Filled by picocli, on the main thread. */
@Command(
    name = "check",
    description = "Loads price books as a pipeline would, and reports every problem of them.",
    exitCodeList = {ExitCode.OK_TEXT, ExitCode.USAGE_TEXT, "3:Wrong price books."})
final class PricesCheckCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      arity = "0..*",
      paramLabel = "BOOK",
      description = "builtin, tutorial or files. Default: builtin, tutorial.")
  private List<String> books = PricesOption.BUNDLED;

  PricesCheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<PriceBook> loaded = PricesOption.load(books, PriceRules.defaults(), console);
    if (loaded.isEmpty()) {
      return ExitCode.INVALID;
    }
    PriceBook book = loaded.get();
    book.warnings().forEach(warning -> console.err().println("warning: " + warning));
    List<PriceRow> rows = book.rows();
    long models = rows.stream().map(row -> row.provider() + "/" + row.model()).distinct().count();
    console
        .out()
        .println(
            String.join(", ", books)
                + (": " + Figures.count(rows.size()) + " prices of ")
                + (Figures.count(models) + " models, ")
                + (Figures.count(book.warnings().size()) + " warnings"));
    return ExitCode.OK;
  }
}
