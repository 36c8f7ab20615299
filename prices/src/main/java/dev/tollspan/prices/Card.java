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
    Entry write = entry(TokenClass.CACHE_WRITE);
    Entry hour = entry(TokenClass.CACHE_WRITE_1H);
    Entry input = entry(TokenClass.INPUT);
    Entry read = entry(TokenClass.CACHE_READ);
    mixesInput =
        differs(TokenClass.INPUT, TokenClass.INPUT_AUDIO)
            || differs(TokenClass.INPUT, TokenClass.INPUT_IMAGE);
    mixesOutput =
        differs(TokenClass.OUTPUT, TokenClass.OUTPUT_AUDIO)
            || differs(TokenClass.OUTPUT, TokenClass.OUTPUT_IMAGE);
    discountsCache = input != null && read != null && read.atto() != input.atto();
    lifetimesDiffer = write != null && hour != null && write.atto() != hour.atto();
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

  /** Whether audio or images have prices of their own. */
  boolean isMixed() {
    return mixesInput || mixesOutput;
  }

  boolean mixesInput() {
    return mixesInput;
  }

  boolean mixesOutput() {
    return mixesOutput;
  }

  private boolean differs(TokenClass text, TokenClass other) {
    Entry own = entry(other);
    Entry plain = entry(text);
    return own != null && (plain == null || plain.atto() != own.atto());
  }
}
