package dev.tollspan.prices;

/**
 * What can be counted on a call, after the emitter's own meaning has been settled: totals include
 * their parts.
 *
 * <p>{@link #IN_TOTAL} contains cache reads, cache writes and the modalities; {@link #CACHE_WRITE}
 * contains its 5-minute and 1-hour parts; {@link #OUT_TOTAL} contains reasoning; {@link
 * #CACHE_READ_AUDIO} is part of both {@link #CACHE_READ} and {@link #IN_AUDIO}. {@link #CITATION}
 * and the fees stand outside. Tokens, unless the name says another unit.
 */
public enum Count {
  IN_TOTAL,
  CACHE_READ,
  CACHE_WRITE,
  CACHE_WRITE_5M,
  CACHE_WRITE_1H,
  TOOL_INPUT,
  IN_TEXT,
  IN_AUDIO,
  IN_IMAGE,
  CACHE_READ_TEXT,
  CACHE_READ_AUDIO,
  CACHE_READ_IMAGE,
  OUT_TOTAL,
  REASONING,
  OUT_TEXT,
  OUT_AUDIO,
  OUT_IMAGE,
  CITATION,
  WEB_SEARCH,
  FILE_SEARCH,
  CODE_EXEC,
  SEARCHES,
  IMAGES,
  PAGES,
  CHARACTERS,
  AUDIO_MICROS, // millionths of a second
  VIDEO_MICROS,
  REQUESTS
}
