package dev.tollspan.usage;

import dev.tollspan.spans.Attributes;

/** Numbers in the shapes that emitters give them. */
final class Numbers {
  /** No number at all: an empty value, a word, a list, a flag. It hides no other. */
  static final long NONE = -1;

  /** A number that cannot be a count. */
  static final long BAD = -2;

  private static final String USD = "usd";
  private static final double MICROS = 1e6;
  private static final double MICROS_MAX = 1e18;
  private static final int POWER_MAX = 22;
  private static final int DIGITS_MAX = 18;
  private static final double[] POWERS = powers();

  private Numbers() {}

  /** A count, or NONE or BAD. */
  static long count(Attributes attributes, int i, long max) {
    return switch (attributes.type(i)) {
      case Attributes.INT -> limited(attributes.longValue(i), max);
      case Attributes.DOUBLE -> whole(attributes.doubleValue(i), max);
      case Attributes.STRING -> {
        int from = attributes.valueOffset(i);
        yield count(attributes.bytes(), from, from + attributes.valueLength(i), max);
      }
      default -> NONE;
    };
  }

  /** Seconds as millionths, or NONE or BAD. */
  static long micros(Attributes attributes, int i) {
    return switch (attributes.type(i)) {
      case Attributes.INT -> micros((double) attributes.longValue(i));
      case Attributes.DOUBLE -> micros(attributes.doubleValue(i));
      case Attributes.STRING -> {
        int from = attributes.valueOffset(i);
        double seconds = decimal(attributes.bytes(), from, from + attributes.valueLength(i));
        yield Double.isNaN(seconds) ? NONE : micros(seconds);
      }
      default -> NONE;
    };
  }

  /** An amount of money, a text with its currency USD if it has one; or NaN. */
  static double amount(Attributes attributes, int i) {
    return switch (attributes.type(i)) {
      case Attributes.INT -> (double) attributes.longValue(i);
      case Attributes.DOUBLE -> attributes.doubleValue(i);
      case Attributes.STRING -> {
        int from = attributes.valueOffset(i);
        yield money(attributes.bytes(), from, from + attributes.valueLength(i));
      }
      default -> Double.NaN;
    };
  }

  /** Whether a text is nothing but digits. */
  static boolean isDigits(Attributes attributes, int i) {
    int from = attributes.valueOffset(i);
    int to = from + attributes.valueLength(i);
    for (int p = from; p < to; p++) {
      if (!isDigit(attributes.bytes()[p])) {
        return false;
      }
    }
    return to > from && to - from <= DIGITS_MAX;
  }

  /** A count in decimal digits, perhaps with a point and zeros behind it; or NONE or BAD. */
  static long count(byte[] bytes, int begin, int end, long max) {
    int from = skipBlanks(bytes, begin, end);
    int to = trimBlanks(bytes, from, end);
    int p = from;
    long value = 0;
    for (; p < to && isDigit(bytes[p]); p++) {
      value = value > max ? value : value * 10 + (bytes[p] - '0');
    }
    if (p == from) {
      return isNumber(bytes, from, to) ? BAD : NONE;
    }
    if (p < to && bytes[p] == '.') {
      do {
        p++;
      } while (p < to && bytes[p] == '0');
    }
    return p == to ? limited(value, max) : BAD;
  }

  /** Whether a text that begins with no digit means a number all the same. */
  private static boolean isNumber(byte[] bytes, int from, int to) {
    int p = from;
    if (p < to && (bytes[p] == '-' || bytes[p] == '+')) {
      p++;
    }
    if (p < to && bytes[p] == '.') {
      p++;
    }
    return (p < to && isDigit(bytes[p]))
        || isWord(bytes, p, to, "nan")
        || isWord(bytes, p, to, "inf")
        || isWord(bytes, p, to, "infinity");
  }

  /** Whether a text is this word of lower-case letters, in whatever case. */
  static boolean isWord(byte[] bytes, int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if ((bytes[from + i] | 0x20) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A decimal number, to the precision of a double; NaN if the text is something else. Exact to the
   * last place for up to 15 digits, and within a few of it beyond.
   */
  static double decimal(byte[] bytes, int from, int to) {
    int p = from;
    boolean negative = p < to && bytes[p] == '-';
    if (negative || (p < to && bytes[p] == '+')) {
      p++;
    }
    long mantissa = 0;
    int power = 0;
    int digits = 0;
    boolean point = false;
    for (; p < to && (isDigit(bytes[p]) || (bytes[p] == '.' && !point)); p++) {
      if (bytes[p] == '.') {
        point = true;
      } else {
        boolean room = mantissa < 100_000_000_000_000_000L;
        mantissa = room ? mantissa * 10 + (bytes[p] - '0') : mantissa;
        power += room ? (point ? -1 : 0) : point ? 0 : 1;
        digits++;
      }
    }
    if (digits == 0) {
      return Double.NaN;
    }
    if (p < to && (bytes[p] | 0x20) == 'e') {
      int sign = p + 1 < to && bytes[p + 1] == '-' ? -1 : 1;
      p += p + 1 < to && (bytes[p + 1] == '-' || bytes[p + 1] == '+') ? 2 : 1;
      int exponent = 0;
      int start = p;
      for (; p < to && isDigit(bytes[p]); p++) {
        exponent = Math.min(1000, exponent * 10 + (bytes[p] - '0'));
      }
      if (p == start) {
        return Double.NaN;
      }
      power += sign * exponent;
    }
    return p == to ? scale((double) (negative ? -mantissa : mantissa), power) : Double.NaN;
  }

  /** A decimal with one sign of the dollar before or behind it, or none. */
  private static double money(byte[] bytes, int begin, int end) {
    int from = skipBlanks(bytes, begin, end);
    int to = trimBlanks(bytes, from, end);
    if (to - from > USD.length() && isWord(bytes, from, from + USD.length(), USD)) {
      from = skipBlanks(bytes, from + USD.length(), to);
    } else if (to - from > USD.length() && isWord(bytes, to - USD.length(), to, USD)) {
      to = trimBlanks(bytes, from, to - USD.length());
    } else if (to > from && bytes[from] == '$') {
      from = skipBlanks(bytes, from + 1, to);
    } else if (to > from && bytes[to - 1] == '$') {
      to = trimBlanks(bytes, from, to - 1);
    }
    return decimal(bytes, from, to);
  }

  private static int skipBlanks(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && bytes[p] == ' ') {
      p++;
    }
    return p;
  }

  private static int trimBlanks(byte[] bytes, int from, int to) {
    int p = to;
    while (p > from && bytes[p - 1] == ' ') {
      p--;
    }
    return p;
  }

  private static double scale(double mantissa, int power) {
    double value = mantissa;
    int left = Math.min(400, Math.abs(power));
    for (; left > 0; left -= POWER_MAX) {
      double step = POWERS[Math.min(left, POWER_MAX)];
      value = power < 0 ? value / step : value * step;
    }
    return value;
  }

  /** The value if it can be a count, else BAD. */
  static long limited(long value, long max) {
    return value < 0 || value > max ? BAD : value;
  }

  private static long whole(double value, long max) {
    return value >= 0 && value <= max && value == Math.rint(value) ? (long) value : BAD;
  }

  private static long micros(double seconds) {
    double micros = seconds * MICROS;
    return micros >= 0 && micros < MICROS_MAX ? Math.round(micros) : BAD;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static double[] powers() {
    double[] powers = new double[POWER_MAX + 1];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }
}
