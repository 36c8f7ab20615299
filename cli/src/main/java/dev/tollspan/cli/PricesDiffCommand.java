package dev.tollspan.cli;

import dev.tollspan.prices.Difference;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.PriceRow;
import dev.tollspan.prices.PriceRules;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says in which prices two books differ. Filled by picocli, on the main thread. */
@Command(
    name = "diff",
    description =
        "Compares two price books, a line for each price that differs: - only in the first, +"
            + " only in the second, ~ in both.",
    exitCodeList = {
      "0:They say the same.",
      "1:They differ.",
      ExitCode.USAGE_TEXT,
      "3:Wrong price books."
    })
final class PricesDiffCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(index = "0", paramLabel = "A", description = "builtin, tutorial or a file.")
  private String first = "";

  @Parameters(index = "1", paramLabel = "B", description = "The same.")
  private String second = "";

  PricesDiffCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<PriceBook> before = load(first);
    Optional<PriceBook> after = load(second);
    if (before.isEmpty() || after.isEmpty()) {
      return ExitCode.INVALID;
    }
    List<Difference> differences = PriceBook.diff(before.get(), after.get());
    differences.forEach(difference -> console.out().println(line(difference)));
    return differences.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private Optional<PriceBook> load(String book) {
    return PricesOption.load(List.of(book), PriceRules.defaults(), console);
  }

  private static String line(Difference difference) {
    PriceRow before = difference.before();
    PriceRow after = difference.after();
    if (before == null) {
      return after == null ? "" : "+ " + what(after) + ": " + price(after);
    }
    return after == null
        ? "- " + what(before) + ": " + price(before)
        : "~ " + what(before) + ": " + price(before) + " -> " + price(after);
  }

  /** What the price is for, without words for what it does not depend on. */
  private static String what(PriceRow row) {
    StringBuilder what = new StringBuilder();
    what.append(row.provider()).append('/').append(row.model());
    what.append(' ').append(row.tokenClass().label());
    word(what, "tier", row.tier().equals("any") ? "" : row.tier());
    word(what, "region", row.region().equals("any") ? "" : row.region());
    word(what, "above", row.above() < 0 ? "" : String.valueOf(row.above()));
    word(what, "daily", row.daily());
    word(what, "from", shown(row.from()));
    return what.toString();
  }

  private static String price(PriceRow row) {
    String until = row.to() == null ? "" : " until " + row.to();
    return row.price() + " " + row.unit() + until;
  }

  private static void word(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append(' ').append(name).append('=').append(value);
    }
  }

  private static String shown(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
