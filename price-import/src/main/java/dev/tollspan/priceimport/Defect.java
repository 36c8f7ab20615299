package dev.tollspan.priceimport;

/** What can be wrong with, or lost from, a catalogue. */
public enum Defect {
  // The model is left out.
  UNKNOWN_PROVIDER(true, "provider is not on our list"),
  PROVIDER_LEFT_OUT(true, "provider is left out on purpose"),
  BAD_NAME(true, "name that a book cannot hold: a tab, a star, default, nothing, too much"),
  COMMITTED_CAPACITY(true, "price of committed capacity, not of a call"),
  PRICE_BY_SIZE(true, "price for a size or a quality, which is no model"),
  NO_PRICE(true, "no price that a span's counts could meet"),
  ZERO_PRICE(true, "input and output cost 0, and nothing says that the model is free"),
  HALF_PRICED(true, "a chat model with a price for input or for output only"),
  ABOVE_CEILING(true, "a price above all known of its class: a slip of the unit"),
  DUPLICATE_DIFFERS(true, "another row of this model, preferred, has other prices"),
  DATES_UNCLEAR(true, "dates or hours that are none, or not in order"),
  IMPORTED_ELSEWHERE(true, "another provider's price, as the catalogue itself remarks"),
  LATEST_UNCLEAR(true, "the catalogues differ in what -latest means, and neither shows its date"),
  WINDOW_WITHOUT_DATE(true, "daily window without a date: unknown from when until when it held"),

  // The price is left out.
  NON_TOKEN_UNIT(true, "unit that no span's counts can meet"),
  UNKNOWN_CLASS(true, "token class that our counts do not have"),
  UNKNOWN_TIER(true, "service tier or request option that spans do not tell"),
  ZERO_CLASS(true, "a price of 0 for a class of a model that is not free"),
  THRESHOLD_WITHOUT_BASE(true, "price above a threshold without a price below it"),
  BAND_RESTATED(true, "restates its parent's price below a threshold and lacks the one above"),
  BANDS_UNCLEAR(true, "ranges or thresholds that are none, overlap or leave a gap"),
  TWO_PRICES(true, "the same place has a price already"),
  BAD_MULTIPLIER(true, "factors of nothing, or that leave fractions of 10^-18 USD for a token"),
  PIECE_BESIDE_TOKENS(true, "price by the piece for what is priced by the token as well"),
  SWAPPED_AUDIO_CACHE(true, "cached audio priced as written where the sibling prices it as read"),
  CHEAP_CACHE_WRITE(true, "cache writes cost less than input: reads or storage by a wrong name"),
  DEAR_CACHE_READ(true, "cache reads cost more than input that is not cached"),
  BY_SEARCH_CONTEXT(true, "search price depends on the search context size"),
  NO_REGION_FOR_MULTIPLIER(true, "multiplier for a place that spans do not tell"),
  WEEKDAYS_IN_OTHER_ZONE(true, "hours in UTC on weekdays of another zone"),

  // The price is kept.
  DYNAMIC_PRICE(false, "marked as set at run time (-1): known, but not priced"),
  CACHE_READ_MISSING(false, "caching is declared, but cache reads have no price"),
  CACHE_READ_UNCHANGED(
      false, "cache reads cost the same over a change of input: before it, an estimate"),
  CACHE_WRITE_1H_MISSING(false, "cache writes have a price, 1-hour cache writes have none"),
  BAND_INCOMPLETE(false, "input has a price above a threshold that this class lacks"),
  BINARY_FRACTION(false, "digits of a binary fraction, read as the decimal next to it"),
  ROUNDED(false, "more decimals than a book can hold, rounded half even"),
  FEE_LEFT_OUT(false, "a fee for each request is left out, so the model's prices are estimates"),
  WINDOW_DATED(false, "daily window given the last start date before it"),
  OPENED_BACK(false, "tier dated on the day of recording, opened to its standard price's start"),
  INCLUSIVE_THRESHOLD(false, "threshold n - 1 with >, written as n with >=");

  private final boolean leavesOut;
  private final String meaning;

  Defect(boolean leavesOut, String meaning) {
    this.leavesOut = leavesOut;
    this.meaning = meaning;
  }

  /** Whether something is missing from the book because of it. */
  public boolean leavesOut() {
    return leavesOut;
  }

  /** One line for people. */
  public String meaning() {
    return meaning;
  }
}
