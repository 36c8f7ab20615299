package dev.tollspan.spans;

/**
 * Tells valid UTF-8 from invalid (RFC 3629: no overlong forms, no surrogates, no more than 21
 * bits).
 */
final class Utf8 {
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /**
   * Puts a question mark in place of each byte that is not part of a valid sequence; says whether
   * there was any.
   */
  static boolean repair(byte[] bytes, int from, int to) {
    boolean isRepaired = false;
    int p = from;
    while (p < to) {
      int size = sequence(bytes, p, to);
      if (size == 0) {
        bytes[p++] = '?';
        isRepaired = true;
      } else {
        p += size;
      }
    }
    return isRepaired;
  }

  /** Whether the text is valid. */
  static boolean isValid(byte[] bytes, int from, int to) {
    return (highBits(bytes, from, to) & HIGH_BITS) == 0 || isSequences(bytes, from, to);
  }

  /** All bytes ored, eight at a time: nearly all text is ASCII, and this tells it. */
  private static long highBits(byte[] bytes, int from, int to) {
    long any = 0;
    if (to - from >= 8) {
      any = Wire.int64At(bytes, to - 8);
      for (int p = from; p < to - 8; p += 8) {
        any |= Wire.int64At(bytes, p);
      }
    } else if (from + 8 <= bytes.length) {
      any = Wire.int64At(bytes, from) & ((1L << ((to - from) * 8)) - 1);
    } else {
      for (int p = from; p < to; p++) {
        any |= bytes[p];
      }
    }
    return any;
  }

  private static boolean isSequences(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to) {
      int size = bytes[p] >= 0 ? 1 : sequence(bytes, p, to);
      if (size == 0) {
        return false;
      }
      p += size;
    }
    return true;
  }

  /** How many bytes the valid sequence that begins here has; 0 if none does. */
  private static int sequence(byte[] bytes, int p, int to) {
    int first = bytes[p] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    int size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || p + size > to) {
      return 0;
    }
    int second = bytes[p + 1] & 0xff;
    int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = 2; i < size; i++) {
      if ((bytes[p + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }
}
