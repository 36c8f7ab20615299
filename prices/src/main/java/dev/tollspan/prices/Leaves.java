package dev.tollspan.prices;

import java.util.Arrays;

/**
 * The counts of a call, taken apart so that nothing is counted twice: cached audio, for instance,
 * is neither in the cached tokens nor in the audio. One thread.
 */
@SuppressWarnings("EnumOrdinal") // places in small arrays and bit sets; never stored, never shown
final class Leaves {
  /** No call counts more; beyond it sums might leave 128 bits. */
  static final long COUNT_MAX = 1L << 53;

  private final long[] counts = new long[Card.CLASSES.size()];
  private long inputTokens; // this and the rest: of the call in hand, the pricing thread owns them
  private boolean isClamped;
  private boolean isCounted;
  private boolean isAbsurd;

  long of(TokenClass priced) {
    return counts[priced.ordinal()];
  }

  /** All input, cached and written tokens too. */
  long inputTokens() {
    return inputTokens;
  }

  /** Whether some parts were more than their whole, which was raised then. */
  boolean isClamped() {
    return isClamped;
  }

  /** Whether anything was counted. */
  boolean isCounted() {
    return isCounted;
  }

  /** Whether a count is beyond all numbers. */
  boolean isAbsurd() {
    return isAbsurd;
  }

  /** Takes a call's counts apart. */
  void read(Usage usage) {
    Arrays.fill(counts, 0);
    isClamped = false;
    isCounted = false;
    isAbsurd = false;
    long cachedAudio = put(TokenClass.CACHE_READ_AUDIO, count(usage, Count.CACHE_READ_AUDIO));
    long cachedImage = put(TokenClass.CACHE_READ_IMAGE, count(usage, Count.CACHE_READ_IMAGE));
    long cached = cachedAudio + cachedImage;
    cached += put(TokenClass.CACHE_READ, rest(count(usage, Count.CACHE_READ), cached));
    long written = put(TokenClass.CACHE_WRITE_5M, count(usage, Count.CACHE_WRITE_5M));
    written += put(TokenClass.CACHE_WRITE_1H, count(usage, Count.CACHE_WRITE_1H));
    written += put(TokenClass.CACHE_WRITE, rest(count(usage, Count.CACHE_WRITE), written));
    long parts = cached + written;
    parts += put(TokenClass.INPUT_AUDIO, rest(count(usage, Count.IN_AUDIO), cachedAudio));
    parts += put(TokenClass.INPUT_IMAGE, rest(count(usage, Count.IN_IMAGE), cachedImage));
    parts += put(TokenClass.TOOL_INPUT, count(usage, Count.TOOL_INPUT));
    inputTokens = parts + put(TokenClass.INPUT, rest(count(usage, Count.IN_TOTAL), parts));
    long out = put(TokenClass.REASONING, count(usage, Count.REASONING));
    out += put(TokenClass.OUTPUT_AUDIO, count(usage, Count.OUT_AUDIO));
    out += put(TokenClass.OUTPUT_IMAGE, count(usage, Count.OUT_IMAGE));
    put(TokenClass.OUTPUT, rest(count(usage, Count.OUT_TOTAL), out));
    put(TokenClass.CITATION, count(usage, Count.CITATION));
    for (int i = TokenClass.WEB_SEARCH.ordinal(); i <= TokenClass.REQUEST.ordinal(); i++) {
      TokenClass fee = Card.CLASSES.get(i);
      put(fee, count(usage, fee.count()));
    }
  }

  private long put(TokenClass priced, long count) {
    counts[priced.ordinal()] = count;
    return count;
  }

  private long rest(long whole, long parts) {
    isClamped |= parts > whole;
    return Math.max(0, whole - parts);
  }

  private long count(Usage usage, Count what) {
    long count = usage.count(what);
    if (count < 0) {
      return 0;
    }
    isCounted = true;
    isAbsurd |= count > COUNT_MAX;
    return Math.min(count, COUNT_MAX);
  }
}
