package dev.tollspan.prices;

import java.math.BigDecimal;
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
  private static final int TOKENS = (1 << TokenClass.WEB_SEARCH.ordinal()) - 1;
  private static final int[] CLASSES_OF = classesOf();
  private static final int[] COMPONENTS = components();

  private final Leaves leaves = new Leaves();
  private final Amount total = new Amount();
  private final Amount part = new Amount(); // of a component, made when it is asked for
  private final long[] parts = new long[Component.values().length]; // atto-dollars, if so small
  private int small; // the components whose cost stands there, one bit for each by its place
  private int large; // those whose cost is to be made when it is asked for
  private @Nullable Quote rival; // made when it is asked for
  private @Nullable PriceBook asked; // by which the next was found
  private OfferCache.@Nullable Slot recent;
  private @Nullable Usage recentUsage;
  private long recentTexts;
  private @Nullable Card card; // if there is a cost
  private @Nullable Unpriced reason = Unpriced.NO_USAGE;
  private @Nullable Terms terms;
  private long nanos;
  private int notes;
  private long missing; // classes without a price of their own, one bit each
  private boolean approximate;

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
    int place = part.ordinal();
    if ((large & 1 << place) != 0) {
      return amount(part).usd();
    }
    return (small & 1 << place) != 0 ? parts[place] / Amount.ATTO_PER_USD : 0;
  }

  /** The components that cost something, one bit for each by its place. */
  public int componentBits() {
    return small | large;
  }

  /** A part of the cost, exactly. */
  public BigDecimal exactUsd(Component part) {
    return amount(part).exactUsd();
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

  /** What the book offered last, if that was for the same texts: a service keeps to its model. */
  OfferCache.@Nullable Slot recent(PriceBook book, Usage usage) {
    OfferCache.Slot offered = asked == book ? recent : null;
    if (offered == null) {
      return null;
    }
    long texts = usage.textsNumber();
    boolean same = texts != 0 && texts == recentTexts && usage == recentUsage;
    if (!same && !offered.isFor(usage)) {
      return null;
    }
    recentUsage = usage;
    recentTexts = texts;
    return offered;
  }

  /** Notes what a book offered. */
  void recent(PriceBook book, Usage usage, OfferCache.Slot offered) {
    asked = book;
    recent = offered;
    recentUsage = usage;
    recentTexts = usage.textsNumber();
  }

  /** Another quote, for comparisons; always the same. */
  Quote rival() {
    Quote made = rival == null ? new Quote() : rival;
    rival = made;
    return made;
  }

  /** Whether the cost is the same. */
  boolean isSame(Quote other) {
    return attoUsdHigh() == other.attoUsdHigh() && attoUsdLow() == other.attoUsdLow();
  }

  Leaves leaves() {
    return leaves;
  }

  long inputTokens() {
    return leaves.inputTokens();
  }

  /** Takes in what a call used; false if that cannot be priced. */
  boolean read(Usage usage) {
    leaves.read(usage);
    if (leaves.isAbsurd()) {
      refuse(Unpriced.INVALID_USAGE);
    } else if (usage.countedBits() == 0) {
      refuse(Unpriced.NO_USAGE);
    } else {
      reset(null);
      notes = usage.noteBits();
      approximate = usage.isApproximate();
      return true;
    }
    return false;
  }

  /** Says that there is no cost. */
  void refuse(Unpriced why) {
    reset(why);
  }

  /** Makes out the cost by a card. */
  void charge(Card by, int matchNotes) {
    int charged = charge(by);
    if (reason == null && charged == 0 && leaves.used() != 0) {
      reason = Unpriced.CLASS_PRICE_MISSING;
    }
    nanos = total.nanos();
    if (reason == null && nanos < 0) {
      reason = Unpriced.INVALID_USAGE;
    }
    if (reason != null) {
      refuse(reason);
      return;
    }
    card = by;
    terms = by.terms();
    if (matchNotes != 0) {
      note(matchNotes);
    }
    if (leaves.mayHideModalities(by.mixesInput(), by.mixesOutput())) {
      note(Note.MODALITY_UNKNOWN.bit());
    }
    if (leaves.isClamped()) {
      note(Note.USAGE_CLAMPED.bit());
    }
    if (leaves.of(TokenClass.CACHE_WRITE) > 0 && (by.lifetimesDiffer() || lifetimesTold())) {
      note(Note.CACHE_TTL_UNKNOWN.bit());
    }
    if (has(Note.CACHE_UNREPORTED)) {
      boundCache(by);
    }
    approximate |= terms.match() == Match.DEFAULT;
  }

  /** Adds up what was used; says what had a price, one bit for each class. */
  private int charge(Card by) {
    int charged = 0;
    int billed = by.pricesTokens() ? leaves.used() : leaves.used() & ~TOKENS;
    for (int bits = billed; bits != 0; bits &= bits - 1) {
      int place = Integer.numberOfTrailingZeros(bits);
      Entry entry = by.entry(place);
      if (entry != null) {
        charged |= 1 << place;
        if (entry.isDynamic()) {
          reason = Unpriced.DYNAMIC_PRICE;
        }
        charge(place, entry);
        if (entry.notes() != 0) {
          note(entry.notes());
          missing |= (entry.notes() & Note.CLASS_PRICE_MISSING.bit()) == 0 ? 0 : 1L << place;
        }
      } else if (place < TokenClass.WEB_SEARCH.ordinal()) {
        reason = Unpriced.CLASS_PRICE_MISSING;
      } else if (Card.CLASSES.get(place).isTool()) {
        note(Note.CLASS_PRICE_MISSING.bit());
        missing |= 1L << place;
      }
    }
    return charged;
  }

  private void charge(int place, Entry entry) {
    int component = COMPONENTS[place];
    long count = leaves.of(place);
    if (entry.steps() != null) {
      long free = total.low();
      add(total, place, entry);
      large |= total.low() != free ? 1 << component : 0;
      return;
    }
    total.add(count, entry.atto());
    if (entry.atto() == 0) {
      return;
    }
    long atto = count * entry.atto();
    long before = (small & 1 << component) != 0 ? parts[component] : 0;
    boolean fits = Math.multiplyHigh(count, entry.atto()) == 0 && atto >= 0;
    if (fits && atto <= Amount.DOUBLE_MAX - before) {
      parts[component] = atto + before;
      small |= 1 << component;
    } else {
      large |= 1 << component;
    }
  }

  private void add(Amount sum, int place, Entry entry) {
    if (entry.steps() == null) {
      sum.add(leaves.of(place), entry.atto());
    } else {
      entry.steps().add(sum, leaves.of(place), leaves.before(place));
    }
  }

  private Amount amount(Component of) {
    part.clear();
    Card by = card;
    int bits = by == null ? 0 : leaves.used() & CLASSES_OF[of.ordinal()];
    for (; by != null && bits != 0; bits &= bits - 1) {
      int place = Integer.numberOfTrailingZeros(bits);
      Entry entry = by.entry(place);
      if (entry != null) {
        add(part, place, entry);
      }
    }
    return part;
  }

  /** By the place of a class its component's. */
  private static int[] components() {
    int[] components = new int[Card.CLASSES.size()];
    for (TokenClass each : Card.CLASSES) {
      components[each.ordinal()] = each.component().ordinal();
    }
    return components;
  }

  /** By the place of a component its classes, one bit for each by its place. */
  private static int[] classesOf() {
    int[] classes = new int[Component.values().length];
    for (TokenClass each : Card.CLASSES) {
      classes[each.component().ordinal()] |= 1 << each.ordinal();
    }
    return classes;
  }

  /** Input of which an unknown part was cached costs this much at most, or exactly this. */
  private void boundCache(Card by) {
    if (by.discountsCache() && leaves.of(TokenClass.INPUT) > 0) {
      approximate = true;
    } else {
      notes &= ~Note.CACHE_UNREPORTED.bit();
    }
  }

  private boolean lifetimesTold() {
    return leaves.of(TokenClass.CACHE_WRITE_5M) + leaves.of(TokenClass.CACHE_WRITE_1H) > 0;
  }

  private void note(int bits) {
    notes |= bits;
    approximate = true;
  }

  private void reset(@Nullable Unpriced why) {
    reason = why;
    card = null;
    terms = null;
    nanos = 0;
    notes = 0;
    missing = 0;
    approximate = false;
    small = 0;
    large = 0;
    total.clear();
  }
}
