package dev.tollspan.prices;

/**
 * The counts of a call, taken apart so that nothing is counted twice: cached audio, for instance,
 * is neither in the cached tokens nor in the audio. Belongs to the pricing thread.
 */
@SuppressWarnings("EnumOrdinal") // places in small arrays and bit sets; never stored, never shown
final class Leaves {
  /** No call counts more; beyond it sums might leave 128 bits. */
  static final long COUNT_MAX = 1L << 53;

  private static final long PLAIN = bits(Count.IN_TOTAL, Count.OUT_TOTAL);
  private static final long IN_MODALITIES = bits(Count.IN_TEXT, Count.IN_AUDIO, Count.IN_IMAGE);
  private static final long OUT_MODALITIES = bits(Count.OUT_TEXT, Count.OUT_AUDIO, Count.OUT_IMAGE);

  private final long[] counts = new long[Card.CLASSES.size()];
  private int used; // the classes whose count is not 0 and stands in the array; one bit for each
  private long inputTokens;
  private long counted; // what the call counted, be it as 0; one bit for each by its place
  private boolean isClamped;
  private boolean isAbsurd;

  /** How many of a class. */
  long of(TokenClass priced) {
    return of(priced.ordinal());
  }

  /** How many of the class at a place. */
  long of(int place) {
    return (used & 1 << place) == 0 ? 0 : counts[place];
  }

  /** The classes that were used, one bit for each by its place. */
  int used() {
    return used;
  }

  /** All input, cached and written tokens too. */
  long inputTokens() {
    return inputTokens;
  }

  /** Whether some parts were more than their whole, which was raised then. */
  boolean isClamped() {
    return isClamped;
  }

  /** Whether a count is beyond all numbers. */
  boolean isAbsurd() {
    return isAbsurd;
  }

  /** Whether input or output, of those that are asked about, may hold audio or images untold. */
  boolean mayHideModalities(boolean input, boolean output) {
    return (input && (counted & IN_MODALITIES) == 0 && of(TokenClass.INPUT) > 0)
        || (output && (counted & OUT_MODALITIES) == 0 && of(TokenClass.OUTPUT) > 0);
  }

  /** How many tokens stand in the window before those of a class, on its side of the call. */
  long before(int place) {
    int side = place < TokenClass.OUTPUT.ordinal() ? 0 : TokenClass.OUTPUT.ordinal();
    long sum = 0;
    for (int i = side; i < place; i++) {
      sum += of(i);
    }
    return sum;
  }

  /** Takes a call's counts apart. */
  void read(Usage usage) {
    used = 0;
    isClamped = false;
    isAbsurd = false;
    counted = usage.countedBits();
    if ((counted & ~PLAIN) == 0) {
      inputTokens = put(TokenClass.INPUT, count(usage, Count.IN_TOTAL));
      put(TokenClass.OUTPUT, count(usage, Count.OUT_TOTAL));
    } else {
      input(usage);
      output(usage);
      fees(usage);
    }
  }

  private void input(Usage usage) {
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
  }

  private void output(Usage usage) {
    long parts = put(TokenClass.REASONING, count(usage, Count.REASONING));
    parts += put(TokenClass.OUTPUT_AUDIO, count(usage, Count.OUT_AUDIO));
    parts += put(TokenClass.OUTPUT_IMAGE, count(usage, Count.OUT_IMAGE));
    put(TokenClass.OUTPUT, rest(count(usage, Count.OUT_TOTAL), parts));
    put(TokenClass.CITATION, count(usage, Count.CITATION));
  }

  private void fees(Usage usage) {
    if (counted >>> Count.WEB_SEARCH.ordinal() != 0) {
      for (int i = TokenClass.WEB_SEARCH.ordinal(); i <= TokenClass.REQUEST.ordinal(); i++) {
        TokenClass fee = Card.CLASSES.get(i);
        put(fee, count(usage, fee.count()));
      }
    }
  }

  private static long bits(Count... counts) {
    long bits = 0;
    for (Count each : counts) {
      bits |= 1L << each.ordinal();
    }
    return bits;
  }

  private long put(TokenClass priced, long count) {
    if (count > 0) {
      counts[priced.ordinal()] = count;
      used |= 1 << priced.ordinal();
    }
    return count;
  }

  private long rest(long whole, long parts) {
    isClamped |= parts > whole;
    return Math.max(0, whole - parts);
  }

  private long count(Usage usage, Count what) {
    long count = usage.countOrZero(what);
    isAbsurd |= count > COUNT_MAX;
    return Math.min(count, COUNT_MAX);
  }
}
