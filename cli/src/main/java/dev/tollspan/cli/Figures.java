package dev.tollspan.cli;

import java.math.BigDecimal;
import java.util.Locale;

/** How figures are written. */
final class Figures {
  private Figures() {}

  /** Nano-dollars as dollars, to the last digit. */
  static String usd(long nanoUsd) {
    return "$" + BigDecimal.valueOf(nanoUsd, 9).toPlainString();
  }

  /** To the last digit, and without zeros behind it. */
  static String plain(BigDecimal amount) {
    return amount.stripTrailingZeros().toPlainString();
  }

  static String milliseconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }

  /** With commas between thousands. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** So many things, of which this is the name of one. */
  static String count(long number, String thing) {
    return count(number) + ' ' + thing + (number == 1 ? "" : "s");
  }

  /** In mebibytes. */
  static String bytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MiB", bytes / (double) (1 << 20));
  }
}
