package dev.tollspan.priceimport;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Takes prices from a catalogue's digits. */
final class Decimals {
  /** A binary fraction printed in full has 16 or 17 digits; no price list has more than 12. */
  private static final int BINARY_DIGITS = 16;

  private static final MathContext LIST_DIGITS = new MathContext(12, RoundingMode.HALF_EVEN);
  private static final BigDecimal BINARY_ERROR = new BigDecimal("1e-15");

  private static final BigDecimal SHOWN_MAX = new BigDecimal("1e18");

  private final Lints lints;

  Decimals(Lints lints) {
    this.lints = lints;
  }

  /**
   * The price in the class's unit.
   *
   * @param pointRight by how many places the catalogue's unit is smaller
   */
  BigDecimal price(BigDecimal written, int pointRight, TokenClass tokenClass, String path) {
    return fitted(unbinary(written, path).movePointRight(pointRight), tokenClass, path);
  }

  /** A price in the class's unit, rounded if a book cannot hold its decimals. */
  BigDecimal fitted(BigDecimal price, TokenClass tokenClass, String path) {
    if (Rate.plain(price).scale() <= tokenClass.decimalsMax()) {
      return price;
    }
    lints.add(Defect.ROUNDED, path, price.toPlainString());
    return price.setScale(tokenClass.decimalsMax(), RoundingMode.HALF_EVEN);
  }

  /** For a finding: in full, unless that is longer than any price is. */
  static String words(BigDecimal number) {
    boolean shown = number.abs().compareTo(SHOWN_MAX) < 0;
    return shown ? number.toPlainString() : number.stripTrailingZeros().toString();
  }

  private BigDecimal unbinary(BigDecimal written, String path) {
    if (written.stripTrailingZeros().precision() < BINARY_DIGITS) {
      return written;
    }
    BigDecimal near = written.round(LIST_DIGITS);
    BigDecimal error = written.subtract(near).abs();
    if (error.compareTo(written.abs().multiply(BINARY_ERROR)) > 0) {
      return written;
    }
    lints.add(Defect.BINARY_FRACTION, path, written);
    return near;
  }
}
