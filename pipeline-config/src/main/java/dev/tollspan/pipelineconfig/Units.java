package dev.tollspan.pipelineconfig;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them. Bad text is an IllegalArgumentException. */
final class Units {
  private static final Pattern DURATION_PART =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,18})?)(ns|us|ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,19})(|B|KiB|MiB|GiB|TiB)");

  private Units() {}

  /** {@code 5s}, {@code 100ms}, {@code 1m30s}, {@code 1.5h}, {@code 7d} or {@code 0}. */
  static Duration duration(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher part = DURATION_PART.matcher(text);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      BigDecimal unit = BigDecimal.valueOf(unitNanos(part.group(2)));
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(unit));
      end = part.end();
    }
    if (end == 0 || end != text.length() || nanos.compareTo(new BigDecimal(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("expected a duration such as 5s, 1m30s, 7d or 0");
    }
    return Duration.ofNanos(nanos.setScale(0, RoundingMode.HALF_EVEN).longValue());
  }

  /** The shortest text that {@link #duration} reads as the same. */
  static String text(Duration duration) {
    if (duration.isZero()) {
      return "0";
    }
    StringBuilder text = new StringBuilder();
    long nanos = duration.toNanos();
    for (String unit : new String[] {"d", "h", "m", "s", "ms", "us", "ns"}) {
      long count = nanos / unitNanos(unit);
      if (count > 0) {
        text.append(count).append(unit);
        nanos -= count * unitNanos(unit);
      }
    }
    return text.toString();
  }

  /** A number with or without a point, such as {@code 1.5}. */
  static double decimal(String text) {
    if (text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
      return Double.parseDouble(text);
    }
    throw new IllegalArgumentException("expected a number such as 1.5");
  }

  /** Plain bytes or with a binary unit, such as {@code 64MiB}. */
  static long bytes(String text) {
    Matcher size = SIZE.matcher(text);
    if (size.matches()) {
      try {
        return Math.multiplyExact(Long.parseLong(size.group(1)), unitBytes(size.group(2)));
      } catch (ArithmeticException | NumberFormatException tooLarge) {
        throw new IllegalArgumentException("larger than 8388607TiB", tooLarge);
      }
    }
    throw new IllegalArgumentException("expected a size: plain bytes, or such as 64MiB or 4GiB");
  }

  /** The shortest text that {@link #bytes} reads as the same. */
  static String text(long bytes) {
    for (String unit : new String[] {"TiB", "GiB", "MiB", "KiB"}) {
      if (bytes > 0 && bytes % unitBytes(unit) == 0) {
        return bytes / unitBytes(unit) + unit;
      }
    }
    return Long.toString(bytes);
  }

  private static long unitNanos(String unit) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 86_400_000_000_000L;
    };
  }

  private static long unitBytes(String unit) {
    return switch (unit) {
      case "KiB" -> 1L << 10;
      case "MiB" -> 1L << 20;
      case "GiB" -> 1L << 30;
      case "TiB" -> 1L << 40;
      default -> 1L;
    };
  }
}
