package dev.tollspan.priceimport;

import java.math.BigDecimal;

/**
 * One price of one model.
 *
 * @param tier {@code standard}, {@code batch}, {@code flex}, ... or {@code any}
 * @param region {@code any} if the price does not depend on it
 * @param price exact, without trailing zeros; negative if it is set at run time
 * @param estimated whether it is known not to tell the whole cost
 * @param notes what a reader must know, may be empty
 */
public record Rate(
    TokenClass tokenClass,
    String tier,
    String region,
    Band band,
    Hours hours,
    Validity validity,
    BigDecimal price,
    boolean estimated,
    String notes) {
  static final String STANDARD = "standard";
  static final String ANY = "any";

  static Rate of(TokenClass tokenClass, String tier, BigDecimal price) {
    return new Rate(
        tokenClass, tier, ANY, Band.ANY, Hours.ALWAYS, Validity.OPEN, plain(price), false, "");
  }

  static BigDecimal plain(BigDecimal price) {
    BigDecimal stripped = price.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** Whether the price is set at run time, so that the book can only say that it is unknown. */
  public boolean isDynamic() {
    return price.signum() < 0;
  }

  Rate withRegion(String other) {
    return new Rate(tokenClass, tier, other, band, hours, validity, price, estimated, notes);
  }

  Rate withTier(String other) {
    return new Rate(tokenClass, other, region, band, hours, validity, price, estimated, notes);
  }

  Rate withBand(Band other) {
    return new Rate(tokenClass, tier, region, other, hours, validity, price, estimated, notes);
  }

  Rate withHours(Hours other) {
    return new Rate(tokenClass, tier, region, band, other, validity, price, estimated, notes);
  }

  Rate withValidity(Validity other) {
    return new Rate(tokenClass, tier, region, band, hours, other, price, estimated, notes);
  }

  Rate withClass(TokenClass other) {
    return new Rate(other, tier, region, band, hours, validity, price, estimated, notes);
  }

  Rate withNotes(String other) {
    return new Rate(tokenClass, tier, region, band, hours, validity, price, estimated, other);
  }

  Rate asEstimate(String why) {
    String all = notes.isEmpty() ? why : notes + "; " + why;
    return new Rate(tokenClass, tier, region, band, hours, validity, price, true, all);
  }

  /** Rates of one group replace one another by band, hour and day only. */
  Group group() {
    return new Group(tokenClass, tier, region);
  }

  record Group(TokenClass tokenClass, String tier, String region) {
    Group of(TokenClass other) {
      return new Group(other, tier, region);
    }

    Group of(String other) {
      return new Group(tokenClass, other, region);
    }
  }
}
