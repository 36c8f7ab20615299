package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigDecimal;
import java.math.BigInteger;

/** A number of JSON as 64 bits. One thread, which owns the field. */
final class JsonNumber {
  /** So many decimal digits always fit 64 bits without a sign. */
  private static final int DIGITS_FIT = 19;

  private static final int DIGITS_MAX = 20; // of 64 bits; more would be made out only to be refused

  /** The smallest double has fewer digits, even without an exponent. */
  static final int CHARS_MAX = 400;

  private static final int EXACT_DIGITS = 15; // of a double
  private static final BigInteger UNSIGNED_MAX =
      BigInteger.TWO.pow(Long.SIZE).subtract(BigInteger.ONE);

  /** Powers of ten that are doubles without an error. */
  private static final double[] TENS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private long bits;

  /** What was read last: a whole number, or a double's bits. */
  long bits() {
    return bits;
  }

  /** Where the number ends that begins here; {@code from} if none does. */
  static int end(byte[] bytes, int from, int limit) {
    int first = from < limit && bytes[from] == '-' ? from + 1 : from;
    int p = digits(bytes, first, limit);
    if (p == first || (bytes[first] == '0' && p > first + 1)) {
      return from;
    }
    if (p < limit && bytes[p] == '.') {
      int behind = digits(bytes, p + 1, limit);
      if (behind == p + 1) {
        return from;
      }
      p = behind;
    }
    if (p < limit && (bytes[p] | 0x20) == 'e') {
      boolean isSigned = p + 1 < limit && (bytes[p + 1] == '-' || bytes[p + 1] == '+');
      int power = isSigned ? p + 2 : p + 1;
      p = digits(bytes, power, limit);
      if (p == power) {
        return from;
      }
    }
    return p;
  }

  /** Reads a whole number of 64 bits, exponents included; false: it is none. */
  boolean whole(byte[] bytes, int from, int to, boolean isUnsigned) {
    boolean isMinus = from < to && bytes[from] == '-';
    int first = isMinus ? from + 1 : from;
    if (to - first > DIGITS_FIT || digits(bytes, first, to) != to) {
      return odd(bytes, from, to, isUnsigned);
    }
    if (to == first || (bytes[first] == '0' && to - first > 1)) {
      return false;
    }
    long value = 0;
    for (int p = first; p < to; p++) {
      value = value * 10 + bytes[p] - '0';
    }
    bits = isMinus ? -value : value;
    return value == 0 || (isUnsigned ? !isMinus : isMinus == bits < 0);
  }

  /** Reads a double; false: it is none, or out of range. */
  boolean real(byte[] bytes, int from, int to) {
    if (to == from || to - from > CHARS_MAX || end(bytes, from, to) != to) {
      return false;
    }
    boolean isMinus = bytes[from] == '-';
    long digits = 0;
    int count = 0;
    int power = 0;
    boolean isFraction = false;
    int p = isMinus ? from + 1 : from;
    for (; p < to && (bytes[p] | 0x20) != 'e' && count <= EXACT_DIGITS; p++) {
      if (bytes[p] == '.') {
        isFraction = true;
      } else {
        digits = digits * 10 + bytes[p] - '0';
        count += digits == 0 ? 0 : 1;
        power -= isFraction ? 1 : 0;
      }
    }
    double value;
    if (p == to && count <= EXACT_DIGITS && -power < TENS.length) {
      value = digits / TENS[-power]; // both exact, so one rounding
      value = isMinus ? -value : value;
    } else {
      value = Double.parseDouble(text(bytes, from, to));
    }
    bits = Double.doubleToRawLongBits(value);
    return Double.isFinite(value);
  }

  private boolean odd(byte[] bytes, int from, int to, boolean isUnsigned) {
    if (to - from > CHARS_MAX || to == from || end(bytes, from, to) != to) {
      return false;
    }
    try {
      BigDecimal number = new BigDecimal(text(bytes, from, to));
      bits = 0;
      if (number.signum() == 0) {
        return true;
      }
      long magnitude = number.precision() - (long) number.scale();
      if (magnitude < 1 || magnitude > DIGITS_MAX) {
        return false;
      }
      if (!isUnsigned) {
        bits = number.longValueExact();
        return true;
      }
      BigInteger whole = number.toBigIntegerExact();
      bits = whole.longValue();
      return whole.signum() > 0 && whole.compareTo(UNSIGNED_MAX) <= 0;
    } catch (ArithmeticException | NumberFormatException _) {
      return false; // a fraction, too large, or an exponent beyond all sense
    }
  }

  private static int digits(byte[] bytes, int from, int limit) {
    int p = from;
    while (p < limit && bytes[p] >= '0' && bytes[p] <= '9') {
      p++;
    }
    return p;
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, US_ASCII);
  }
}
