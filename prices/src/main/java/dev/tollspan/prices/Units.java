package dev.tollspan.prices;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The column {@code unit}: for how many of what a price is. */
final class Units {
  static final String MULTIPLIER = "multiplier";

  /** In an alias's row: what stands in the column {@code price} is a model. */
  static final String MODEL = "model";

  private static final int ATTO_SCALE = 18;
  private static final Pattern UNIT =
      Pattern.compile("usd per (?:(1|100|1000|10000|1000000|1k|1m) )?([a-z]+(?:-[a-z]+)?)");
  private static final long MICROS = 1_000_000;

  private Units() {}

  /**
   * How many counted things the unit holds (seconds are counted by the millionth); 0 if unknown.
   */
  static long size(String unit, TokenClass priced) {
    Matcher matcher = UNIT.matcher(unit.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return 0;
    }
    String noun = matcher.group(2);
    for (String known : priced.nouns()) {
      if (noun.equals(known) || noun.equals(plural(known))) {
        return number(matcher.group(1)) * seconds(known);
      }
    }
    return 0;
  }

  /** What units a class may have, for a message. */
  static String allowed(TokenClass priced) {
    StringBuilder text = new StringBuilder();
    for (String noun : priced.nouns()) {
      text.append(text.isEmpty() ? "USD per " : ", USD per ").append(noun);
      text.append(", USD per 1K ").append(plural(noun));
      text.append(", USD per 1M ").append(plural(noun));
    }
    return text.toString();
  }

  /**
   * Atto-dollars for one counted thing, without trailing zeros; null if that is no whole number.
   */
  static @Nullable BigDecimal atto(BigDecimal usd, long size) {
    BigDecimal[] parts =
        usd.scaleByPowerOfTen(ATTO_SCALE).divideAndRemainder(BigDecimal.valueOf(size));
    return parts[1].signum() == 0 ? parts[0].stripTrailingZeros() : null;
  }

  /** Whether a number of atto-dollars fits the arithmetic. */
  static boolean fits(BigDecimal atto) {
    BigInteger whole = atto.toBigInteger();
    return whole.bitLength() < Long.SIZE;
  }

  private static String plural(String noun) {
    return switch (noun) {
      case "search" -> "searches";
      case "query" -> "queries";
      default -> noun + "s";
    };
  }

  private static long number(@Nullable String text) {
    return switch (text) {
      case null -> 1;
      case "1k" -> 1_000;
      case "1m" -> 1_000_000;
      default -> Long.parseLong(text);
    };
  }

  private static long seconds(String noun) {
    return switch (noun) {
      case "second" -> MICROS;
      case "minute" -> 60 * MICROS;
      case "hour" -> 3600 * MICROS;
      default -> 1;
    };
  }
}
