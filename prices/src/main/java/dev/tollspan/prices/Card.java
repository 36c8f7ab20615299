package dev.tollspan.prices;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A price card: what each class costs for one tier, region, context band and time. Immutable. */
@SuppressWarnings("EnumOrdinal") // places in small arrays and bit sets; never stored, never shown
final class Card {
  static final List<TokenClass> CLASSES = List.of(TokenClass.values());

  private final @Nullable Entry[] entries;
  private final Terms terms;
  private final boolean pricesTokens;
  private final boolean lifetimesDiffer;
  private final boolean discountsCache;
  private final boolean mixesInput;
  private final boolean mixesOutput;

  /**
   * A card.
   *
   * @param entries by the class's place; null where there is no price
   */
  Card(@Nullable Entry[] entries, Terms terms) {
    this.entries = entries;
    this.terms = terms;
    boolean tokens = false;
    for (TokenClass each : CLASSES) {
      tokens |= each.isTokens() && entries[each.ordinal()] != null;
    }
    pricesTokens = tokens;
    lifetimesDiffer = differ(TokenClass.CACHE_WRITE, TokenClass.CACHE_WRITE_1H);
    discountsCache = differ(TokenClass.INPUT, TokenClass.CACHE_READ);
    mixesInput =
        differ(TokenClass.INPUT, TokenClass.INPUT_AUDIO)
            || differ(TokenClass.INPUT, TokenClass.INPUT_IMAGE);
    mixesOutput =
        differ(TokenClass.OUTPUT, TokenClass.OUTPUT_AUDIO)
            || differ(TokenClass.OUTPUT, TokenClass.OUTPUT_IMAGE);
  }

  @Nullable Entry entry(TokenClass priced) {
    return entries[priced.ordinal()];
  }

  @Nullable Entry entry(int place) {
    return entries[place];
  }

  Terms terms() {
    return terms;
  }

  /** Whether tokens have a price; else they are not what is billed. */
  boolean pricesTokens() {
    return pricesTokens;
  }

  /** Whether it matters for how long a cache write lives. */
  boolean lifetimesDiffer() {
    return lifetimesDiffer;
  }

  /** Whether cached input has a price of its own. */
  boolean discountsCache() {
    return discountsCache;
  }

  /** Whether audio or images have prices of their own as input. */
  boolean mixesInput() {
    return mixesInput;
  }

  /** The same of output. */
  boolean mixesOutput() {
    return mixesOutput;
  }

  /** Whether two classes both have a price, and not the same. */
  private boolean differ(TokenClass one, TokenClass other) {
    Entry first = entry(one);
    Entry second = entry(other);
    return first != null && second != null && first.atto() != second.atto();
  }
}
