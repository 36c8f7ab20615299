package dev.tollspan.usage;

/** What a key tells, packed into an int: meaning, rank and marks. 0: nothing. */
@SuppressWarnings("EnumOrdinal") // never stored, never shown
final class Code {
  /** The counts of a span with this key hold their parts. */
  static final int INCLUSIVE = 1 << 16;

  /** The counts of a span with this key stand beside each other. */
  static final int EXCLUSIVE = 1 << 17;

  /** One of OpenTelemetry's names for cached tokens. */
  static final int DOTTED = 1 << 18;

  /** The vendor's own name for cached tokens. */
  static final int RAW = 1 << 19;

  /** The value is vendor/model. */
  static final int VENDOR_AND_MODEL = 1 << 20;

  /** The key counts only under some dialects. */
  static final int ONLY = 1 << 21;

  /** The value is, or holds, a signal of what the span is; the meaning is the signal's number. */
  static final int SIGNAL = 1 << 22;

  /** The value holds others. */
  static final int PACKED = 1 << 23;

  /** The key tells the dialect. */
  static final int MARKER = 1 << 24;

  /** The key's value tells the dialect, or the key does beside another. */
  static final int TELLS = 1 << 29;

  /** The key tells what its meaning says. */
  static final int PLAIN = 1 << 25;

  /** The key tells a count. */
  static final int COUNT = 1 << 26;

  /** The key tells a text. */
  static final int TEXT = 1 << 27;

  /** The key tells a count of cached tokens. */
  static final int CACHE = 1 << 28;

  /** The key fills a column of files. */
  static final int COLUMN = 1 << 30;

  static final int RANK_MAX = 255;
  private static final int MEANING_MASK = 0xff;
  private static final int RANK_SHIFT = 8;

  private Code() {}

  static int of(Meaning meaning, int rank) {
    if (rank > RANK_MAX) {
      throw new IllegalStateException("too many keys tell " + meaning);
    }
    int kind =
        switch (meaning.kind) {
          case COUNT -> COUNT;
          case TEXT -> TEXT;
          case SECONDS, COST, FLAG, EVIDENCE -> 0;
        };
    boolean cache = meaning == Meaning.CACHE_READ || meaning == Meaning.CACHE_WRITE;
    return PLAIN | kind | (cache ? CACHE : 0) | meaning.ordinal() | rank << RANK_SHIFT;
  }

  /** The meaning's ordinal, or the signal's number. */
  static int meaning(int code) {
    return code & MEANING_MASK;
  }

  /** Whether a key's own value has this meaning. */
  static boolean tells(int code, Meaning meaning) {
    return (code & PLAIN) != 0 && meaning(code) == meaning.ordinal();
  }

  static int rank(int code) {
    return code >> RANK_SHIFT & RANK_MAX;
  }
}
