package dev.tollspan.cli;

import dev.tollspan.prices.BadPricesException;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.PriceRules;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that names price books. Filled by picocli, on the main thread. */
final class PricesOption {
  /** The books of a pipeline that names none. */
  static final List<String> BUNDLED = List.of("builtin", "tutorial");

  @Option(
      names = "--prices",
      paramLabel = "BOOK",
      description =
          "A price book: builtin, tutorial or a file; several in the order of their weight."
              + " Default: builtin, tutorial.")
  private List<String> books = BUNDLED;

  List<String> books() {
    return books;
  }

  /** The named books as one; empty where they are wrong, and what is wrong has been said. */
  Optional<PriceBook> load(PriceRules rules, Console console) {
    return load(books, rules, console);
  }

  /** These books as one; empty where they are wrong, and what is wrong has been said. */
  static Optional<PriceBook> load(List<String> books, PriceRules rules, Console console) {
    try {
      return Optional.of(PriceBook.load(books, rules));
    } catch (BadPricesException wrong) {
      wrong.problems().forEach(problem -> console.err().println(problem));
      int more = wrong.count() - wrong.problems().size();
      if (more > 0) {
        console.err().println("and " + Figures.count(more) + " more");
      }
      return Optional.empty();
    }
  }
}
