package dev.tollspan.prices;

import dev.tollspan.prices.Entry.Steps;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call costs, or why that cannot be told. Mutable, made to be filled again for each call by
 * {@link PriceBook#price}; belongs to one thread.
 *
 * <p>A cost is an exact number of atto-dollars (10^-18 USD) in 128 bits, the exact sum of its
 * {@linkplain Component components}; {@link #nanoUsd} is rounded from it once, half to even.
 */
@SuppressWarnings("EnumOrdinal") // places in small arrays and bit sets; never stored, never shown
public final class Quote {
  private static final List<Component> COMPONENTS = List.of(Component.values());

  private final Leaves leaves = new Leaves();
  private final Amount total = new Amount();
  private final Amount[] amounts = new Amount[COMPONENTS.size()];
  private @Nullable Unpriced reason = Unpriced.NO_USAGE;
  private @Nullable Terms terms;
  private long nanos;
  private int notes;
  private long missing; // classes without a price of their own, one bit each
  private boolean approximate;

  /** A quote of nothing yet. */
  public Quote() {
    Arrays.setAll(amounts, i -> new Amount());
  }

  /** Whether there is a cost. */
  public boolean isPriced() {
    return reason == null;
  }

  /** Why there is none; null if there is one. */
  public @Nullable Unpriced unpriced() {
    return reason;
  }

  /** On which terms; null if there is no cost. */
  public @Nullable Terms terms() {
    return terms;
  }

  /** The cost in nano-dollars, rounded half to even; 0 if there is none. */
  public long nanoUsd() {
    return nanos;
  }

  /** The double nearest to the nano-dollars. */
  public double usd() {
    return Amount.usdOfNanos(nanos);
  }

  /** The exact cost. */
  public BigDecimal exactUsd() {
    return total.exactUsd();
  }

  /** The upper 64 bits of the exact cost in atto-dollars. */
  public long attoUsdHigh() {
    return total.high();
  }

  /** The lower 64 bits of the exact cost in atto-dollars. */
  public long attoUsdLow() {
    return total.low();
  }

  /** The double nearest to a part of the cost. */
  public double usd(Component part) {
    return amounts[part.ordinal()].usd();
  }

  /** A part of the cost, exactly. */
  public BigDecimal exactUsd(Component part) {
    return amounts[part.ordinal()].exactUsd();
  }

  /** Whether every token was billed at a price made for it, as far as the book knows. */
  public boolean isExact() {
    return isPriced() && !approximate;
  }

  /** Whether there is such a note, from the usage or from the price. */
  public boolean has(Note note) {
    return (notes & note.bit()) != 0;
  }

  /** Whether a class that was used had no price of its own, so that another stood in or none. */
  public boolean isMissing(TokenClass priced) {
    return (missing & 1L << priced.ordinal()) != 0;
  }

  /** All notes, one bit for each by its place among them: equal bits, equal notes. */
  public int noteBits() {
    return notes;
  }

  /** All missing classes, one bit for each by its place among them. */
  public long missingBits() {
    return missing;
  }

  Leaves leaves() {
    return leaves;
  }

  long inputTokens() {
    return leaves.inputTokens();
  }

  /** Takes in what a call used; false if that cannot be priced. */
  boolean read(Usage usage) {
    reset();
    leaves.read(usage);
    notes = usage.noteBits();
    approximate = usage.isApproximate();
    if (leaves.isAbsurd()) {
      refuse(Unpriced.INVALID_USAGE);
    } else if (!leaves.isCounted()) {
      refuse(Unpriced.NO_USAGE);
    }
    return isPriced();
  }

  /** Says that there is no cost. */
  void refuse(Unpriced why) {
    reset();
    reason = why;
  }

  /** Makes out the cost by a card. */
  void charge(Card card, boolean undated) {
    boolean tokens = chargeTokens(card);
    boolean fees = chargeFees(card);
    if (reason != null) {
      refuse(reason);
      return;
    }
    if (!tokens && !fees && isUsed()) {
      refuse(Unpriced.CLASS_PRICE_MISSING);
      return;
    }
    for (Amount each : amounts) {
      total.add(each);
    }
    nanos = total.nanos();
    if (nanos < 0) {
      refuse(Unpriced.INVALID_USAGE);
      return;
    }
    terms = card.terms();
    long defaults = leaves.of(TokenClass.CACHE_WRITE);
    long lives = leaves.of(TokenClass.CACHE_WRITE_5M) + leaves.of(TokenClass.CACHE_WRITE_1H);
    if (defaults > 0 && (lives > 0 || card.lifetimesDiffer())) {
      note(Note.CACHE_TTL_UNKNOWN.bit());
    }
    if (undated) {
      note(Note.SNAPSHOT_STRIPPED.bit());
    }
    if (leaves.isClamped()) {
      note(Note.USAGE_CLAMPED.bit());
    }
    approximate |= card.terms().match() == Match.DEFAULT;
  }

  /** Whether any tokens were charged; if none have a price, they are not what is billed. */
  private boolean chargeTokens(Card card) {
    if (!card.pricesTokens()) {
      return false;
    }
    boolean charged = false;
    long position = 0;
    for (int i = 0; i <= TokenClass.CITATION.ordinal(); i++) {
      TokenClass each = Card.CLASSES.get(i);
      position = each == TokenClass.OUTPUT ? 0 : position;
      long count = leaves.of(each);
      if (count > 0) {
        Entry entry = card.entry(each);
        if (entry == null) {
          reason = Unpriced.CLASS_PRICE_MISSING;
        } else {
          charge(each, entry, position);
          charged = true;
        }
        position += count;
      }
    }
    return charged;
  }

  /** Whether any fee was charged. */
  private boolean chargeFees(Card card) {
    boolean charged = false;
    for (int i = TokenClass.WEB_SEARCH.ordinal(); i <= TokenClass.REQUEST.ordinal(); i++) {
      TokenClass each = Card.CLASSES.get(i);
      if (leaves.of(each) > 0) {
        Entry entry = card.entry(each);
        if (entry != null) {
          charge(each, entry, 0);
          charged = true;
        } else if (each.isTool()) {
          note(Note.CLASS_PRICE_MISSING.bit());
          missing |= 1L << i;
        }
      }
    }
    return charged;
  }

  private void charge(TokenClass priced, Entry entry, long position) {
    if (entry.isDynamic()) {
      reason = Unpriced.DYNAMIC_PRICE;
    }
    Amount amount = amounts[priced.component().ordinal()];
    Steps steps = entry.steps();
    if (steps == null) {
      amount.add(leaves.of(priced), entry.atto());
    } else {
      steps.add(amount, leaves.of(priced), position);
    }
    if (entry.notes() != 0) {
      note(entry.notes());
      if ((entry.notes() & Note.CLASS_PRICE_MISSING.bit()) != 0) {
        missing |= 1L << priced.ordinal();
      }
    }
  }

  private boolean isUsed() {
    for (int i = 0; i <= TokenClass.REQUEST.ordinal(); i++) {
      if (leaves.of(Card.CLASSES.get(i)) > 0) {
        return true;
      }
    }
    return false;
  }

  private void note(int bits) {
    notes |= bits;
    approximate = true;
  }

  private void reset() {
    reason = null;
    terms = null;
    nanos = 0;
    notes = 0;
    missing = 0;
    approximate = false;
    total.clear();
    for (Amount each : amounts) {
      each.clear();
    }
  }
}
