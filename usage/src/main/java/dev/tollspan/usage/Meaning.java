package dev.tollspan.usage;

import dev.tollspan.prices.Count;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an attribute tells; keys.tsv calls these by their names in lower case. */
enum Meaning {
  INPUT(Kind.COUNT, Count.IN_TOTAL),
  OUTPUT(Kind.COUNT, Count.OUT_TOTAL),
  TOTAL(Kind.COUNT, null),
  UNCACHED(Kind.COUNT, null),
  TOOL_INPUT(Kind.COUNT, Count.TOOL_INPUT),
  CACHE_READ(Kind.COUNT, Count.CACHE_READ),
  CACHE_WRITE(Kind.COUNT, Count.CACHE_WRITE),
  CACHE_WRITE_5M(Kind.COUNT, Count.CACHE_WRITE_5M),
  CACHE_WRITE_1H(Kind.COUNT, Count.CACHE_WRITE_1H),
  REASONING(Kind.COUNT, Count.REASONING),
  IN_TEXT(Kind.COUNT, Count.IN_TEXT),
  IN_AUDIO(Kind.COUNT, Count.IN_AUDIO),
  IN_IMAGE(Kind.COUNT, Count.IN_IMAGE),
  CACHE_READ_TEXT(Kind.COUNT, Count.CACHE_READ_TEXT),
  CACHE_READ_AUDIO(Kind.COUNT, Count.CACHE_READ_AUDIO),
  CACHE_READ_IMAGE(Kind.COUNT, Count.CACHE_READ_IMAGE),
  OUT_TEXT(Kind.COUNT, Count.OUT_TEXT),
  OUT_AUDIO(Kind.COUNT, Count.OUT_AUDIO),
  OUT_IMAGE(Kind.COUNT, Count.OUT_IMAGE),
  CITATION(Kind.COUNT, Count.CITATION),
  WEB_SEARCH(Kind.COUNT, Count.WEB_SEARCH),
  FILE_SEARCH(Kind.COUNT, Count.FILE_SEARCH),
  CODE_EXEC(Kind.COUNT, Count.CODE_EXEC),
  SEARCHES(Kind.COUNT, Count.SEARCHES),
  IMAGES(Kind.COUNT, Count.IMAGES),
  PAGES(Kind.COUNT, Count.PAGES),
  CHARACTERS(Kind.COUNT, Count.CHARACTERS),
  REQUESTS(Kind.COUNT, Count.REQUESTS),
  AUDIO_SECONDS(Kind.SECONDS, Count.AUDIO_MICROS),
  VIDEO_SECONDS(Kind.SECONDS, Count.VIDEO_MICROS),
  COST(Kind.COST, null),
  BATCH(Kind.FLAG, null),
  CACHE_HIT(Kind.FLAG, null),
  EVIDENCE(Kind.EVIDENCE, null),
  TOOL_LOOP(Kind.EVIDENCE, null),
  PROVIDER(Kind.TEXT, null),
  FRAMEWORK(Kind.TEXT, null),
  MODEL_RESPONSE(Kind.TEXT, null),
  MODEL_REQUEST(Kind.TEXT, null),
  DEPLOYMENT(Kind.TEXT, null),
  TIER_RESPONSE(Kind.TEXT, null),
  TIER_REQUEST(Kind.TEXT, null),
  SPEED(Kind.TEXT, null),
  INFERENCE_GEO(Kind.TEXT, null),
  REGION(Kind.TEXT, null),
  CLOUD(Kind.TEXT, null),
  RESPONSE_ID(Kind.TEXT, null),
  CALL_ID(Kind.TEXT, null),
  REQUEST_ID(Kind.TEXT, null),
  CURRENCY(Kind.TEXT, null);

  /** How a value is read. */
  enum Kind {
    COUNT,
    SECONDS,
    COST,
    FLAG,
    TEXT,
    EVIDENCE
  }

  /** The meanings that are texts, a bit each. */
  static final long TEXTS = texts();

  final Kind kind;
  final @Nullable Count count;

  Meaning(Kind kind, @Nullable Count count) {
    this.kind = kind;
    this.count = count;
  }

  /** A bit for each of these, by its place. */
  @SuppressWarnings("EnumOrdinal") // never stored, never shown
  static long bits(Meaning... meanings) {
    long bits = 0;
    for (Meaning meaning : meanings) {
      bits |= 1L << meaning.ordinal();
    }
    return bits;
  }

  private static long texts() {
    long texts = 0;
    for (Meaning meaning : values()) {
      texts |= meaning.kind == Kind.TEXT ? bits(meaning) : 0;
    }
    return texts;
  }

  static Meaning named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The meaning that a configured attribute of this count has. */
  static Meaning of(Count count) {
    for (Meaning meaning : values()) {
      if (meaning.count == count) {
        return meaning;
      }
    }
    throw new IllegalArgumentException("usage_attributes: no attribute can tell " + count);
  }
}
