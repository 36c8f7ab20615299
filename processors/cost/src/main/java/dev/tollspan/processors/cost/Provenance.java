package dev.tollspan.processors.cost;

import dev.tollspan.prices.Note;
import dev.tollspan.prices.Quote;
import dev.tollspan.prices.Terms;
import dev.tollspan.prices.TokenClass;
import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Additions.Block;
import dev.tollspan.spans.Additions.Constant;
import dev.tollspan.usage.Reading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A cost and how it came to be, as attributes that are encoded once for all costs with the same
 * terms, parts, and notes on quality and usage: only the amounts are missing.
 *
 * <p>Safe for all threads: what is kept is immutable, and made again if it got lost in a race.
 * Belongs to one price book, because terms are numbered within one.
 */
@SuppressWarnings("EnumOrdinal") // bits of keys; never stored, never shown
final class Provenance {
  private static final int KEPT_LOG2 = 12;
  private static final int NOTES_SHIFT = 24;
  private static final String STANDARD = "standard";
  private static final String ANY = "any";

  private final List<String> dialects;
  private final AtomicReferenceArray<@Nullable Kept> blocks =
      new AtomicReferenceArray<>(1 << KEPT_LOG2);

  /** A block with all that led to it. */
  private record Kept(int terms, int parts, long key, long missing, Block block) {}

  Provenance(List<String> dialects) {
    this.dialects = dialects;
  }

  /** The attributes of a priced call: the cost, then its parts in their order, then the rest. */
  Block of(Verdict verdict, Terms terms) {
    Quote quote = verdict.quote;
    long key = key(verdict);
    long missing = quote.missingBits();
    int parts = quote.componentBits();
    long mixed = key + missing + parts + terms.number() * 0xff51afd7ed558ccdL;
    int slot = (int) ((mixed * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - KEPT_LOG2));
    Kept kept = blocks.getAcquire(slot);
    if (kept == null
        || kept.terms != terms.number()
        || kept.parts != parts
        || kept.key != key
        || kept.missing != missing) {
      kept = new Kept(terms.number(), parts, key, missing, encode(verdict, terms, parts));
      blocks.setRelease(slot, kept);
    }
    return kept.block;
  }

  private Block encode(Verdict verdict, Terms terms, int parts) {
    List<Additions.Key> amounts = new ArrayList<>(List.of(CostAttributes.USD));
    for (int left = parts; left != 0; left &= left - 1) {
      amounts.add(CostAttributes.PARTS.get(Integer.numberOfTrailingZeros(left)));
    }
    return Block.of(amounts, Constant.join(encode(terms), encode(verdict)));
  }

  private static long key(Verdict verdict) {
    Reading reading = verdict.reading();
    int said = reading.dialect() << 8;
    said |= verdict.isExact() ? 1 : 0;
    said |= reading.cacheRule() == 0 ? 0 : 2 + reading.cacheBasis().ordinal() * 4;
    said |= reading.reasoningRule() == 0 ? 0 : 8 + reading.reasoningBasis().ordinal() * 16;
    said |= reading.confidence().ordinal() << 5;
    return said | (long) verdict.quote.noteBits() << NOTES_SHIFT;
  }

  private static Constant encode(Terms terms) {
    List<Constant> all = new ArrayList<>();
    all.add(Constant.of(CostAttributes.BASIS_NAME, CostBasis.TOKEN_PRICE.label()));
    all.add(Constant.of(CostAttributes.MATCH_NAME, terms.match().label()));
    all.add(Constant.of(CostAttributes.PRICE_ID_NAME, terms.id()));
    all.add(Constant.of(CostAttributes.SOURCE_NAME, terms.source()));
    all.add(Constant.of(CostAttributes.VERSION_NAME, terms.version()));
    if (!terms.effectiveFrom().isEmpty()) {
      all.add(Constant.of(CostAttributes.FROM_NAME, terms.effectiveFrom()));
    }
    if (!terms.tier().equals(STANDARD) && !terms.tier().equals(ANY)) {
      all.add(Constant.of(CostAttributes.TIER_NAME, terms.tier()));
    }
    if (!terms.band().equals(ANY)) {
      all.add(Constant.of(CostAttributes.BAND_NAME, terms.band()));
    }
    all.add(CostAttributes.BILLABLE);
    return Constant.join(all.toArray(Constant[]::new));
  }

  private Constant encode(Verdict verdict) {
    Reading reading = verdict.reading();
    List<Constant> all = new ArrayList<>();
    all.add(
        verdict.isExact()
            ? Constant.of(CostAttributes.QUALITY_NAME, "exact")
            : CostAttributes.APPROXIMATE);
    if (reading.dialect() != 0) {
      all.add(Constant.of(CostAttributes.DIALECT_NAME, dialects.get(reading.dialect())));
    }
    if (reading.cacheRule() != 0) {
      all.add(
          Constant.of(CostAttributes.CACHE_BASIS_NAME, CostAttributes.word(reading.cacheBasis())));
    }
    if (reading.reasoningRule() != 0) {
      all.add(
          Constant.of(
              CostAttributes.REASONING_BASIS_NAME, CostAttributes.word(reading.reasoningBasis())));
    }
    if (reading.cacheRule() != 0 || reading.reasoningRule() != 0) {
      all.add(
          Constant.of(CostAttributes.CONFIDENCE_NAME, CostAttributes.word(reading.confidence())));
    }
    List<String> notes = notes(verdict.quote);
    if (!notes.isEmpty()) {
      all.add(Constant.of(CostAttributes.NOTES_NAME, notes));
    }
    return Constant.join(all.toArray(Constant[]::new));
  }

  /** The notes on a cost, with the classes that lack a price of their own. */
  static List<String> notes(Quote quote) {
    List<String> notes = new ArrayList<>();
    for (Note note : Note.values()) {
      if (quote.has(note) && note != Note.CLASS_PRICE_MISSING) {
        notes.add(note.label());
      }
    }
    Arrays.stream(TokenClass.values())
        .filter(quote::isMissing)
        .map(missing -> Note.CLASS_PRICE_MISSING.label() + ":" + missing.label())
        .forEach(notes::add);
    return notes;
  }
}
