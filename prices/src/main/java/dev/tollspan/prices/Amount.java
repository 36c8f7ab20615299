package dev.tollspan.prices;

import java.math.BigDecimal;
import java.math.BigInteger;

/** A sum of atto-dollars in 128 bits, never negative. One thread. */
final class Amount {
  private static final int ATTO_SCALE = 18;
  private static final int NANO_SCALE = 9;
  private static final long ATTO_PER_NANO = 1_000_000_000;

  /** Up to here a long is a double without loss, and a quotient of two such is the nearest one. */
  static final long DOUBLE_MAX = 1L << 53;

  static final double ATTO_PER_USD = 1e18;

  /** Powers of ten that are doubles without loss. */
  private static final double[] TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18
  };

  private long high; // this and the next: the pricing thread owns them
  private long low;

  void clear() {
    high = 0;
    low = 0;
  }

  /** Adds so many times a price; neither is negative, and both are far from where sums overflow. */
  void add(long count, long atto) {
    addAtto(Math.multiplyHigh(count, atto), count * atto);
  }

  void add(Amount other) {
    addAtto(other.high, other.low);
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  /** Rounded half to even to nano-dollars; -1 if no long can say it. */
  long nanos() {
    long rest;
    long nanos;
    if (high == 0 && low >= 0) {
      nanos = low / ATTO_PER_NANO;
      rest = low - nanos * ATTO_PER_NANO;
    } else {
      if (high >= ATTO_PER_NANO / 2) {
        return -1;
      }
      long upper = ((high << 32) | (low >>> 32)) / ATTO_PER_NANO; // high is below 2^29
      rest = ((high << 32) | (low >>> 32)) - upper * ATTO_PER_NANO;
      long last = (rest << 32) | (low & 0xffff_ffffL); // rest is below 2^30
      long lower = last / ATTO_PER_NANO;
      rest = last - lower * ATTO_PER_NANO;
      nanos = (upper << 32) + lower;
      if (upper >>> 31 != 0) {
        return -1;
      }
    }
    boolean up = rest > ATTO_PER_NANO / 2 || (rest == ATTO_PER_NANO / 2 && (nanos & 1) != 0);
    return up ? nanos + 1 : nanos;
  }

  BigDecimal exactUsd() {
    BigInteger atto =
        BigInteger.valueOf(high)
            .shiftLeft(Long.SIZE)
            .add(new BigInteger(Long.toUnsignedString(low)));
    BigDecimal usd = new BigDecimal(atto, ATTO_SCALE).stripTrailingZeros();
    return usd.scale() < 0 ? usd.setScale(0) : usd;
  }

  /** The nearest double; allocates only if there are more than 15 digits to it. */
  double usd() {
    if (high == 0 && low >= 0) {
      long digits = low;
      int scale = ATTO_SCALE;
      while (digits > DOUBLE_MAX && digits % 10 == 0) {
        digits /= 10;
        scale--;
      }
      if (digits <= DOUBLE_MAX) {
        return digits / TEN[scale];
      }
    }
    return exactUsd().doubleValue();
  }

  /** The double that is nearest to so many nano-dollars. */
  static double usdOfNanos(long nanos) {
    return nanos <= DOUBLE_MAX ? nanos / 1e9 : BigDecimal.valueOf(nanos, NANO_SCALE).doubleValue();
  }

  private void addAtto(long moreHigh, long moreLow) {
    long sum = low + moreLow;
    high += moreHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
    low = sum;
  }
}
