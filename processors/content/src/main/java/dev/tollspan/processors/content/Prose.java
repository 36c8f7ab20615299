package dev.tollspan.processors.content;

/** What tells text that somebody wrote from text that a program made. Allocates nothing. */
final class Prose {
  private static final int CHARACTERS_MAX = 256;
  private static final int WORDS_MAX = 11;

  private Prose() {}

  /** Whether a text has more than 256 characters. */
  static boolean isLong(byte[] bytes, int from, int to) {
    if (to - from <= CHARACTERS_MAX) {
      return false;
    }
    int characters = 0;
    for (int p = from; p < to && characters <= CHARACTERS_MAX; p++) {
      characters += (bytes[p] & 0xc0) == 0x80 ? 0 : 1;
    }
    return characters > CHARACTERS_MAX;
  }

  /**
   * Whether a text has 12 words or more. Spaces, underscores, plus signs, commas, semicolons and
   * their like in Unicode part words; scripts that part none (from U+3000 on) count two characters
   * for one.
   */
  static boolean isWordy(byte[] bytes, int from, int to) {
    int halves = 0;
    boolean inWord = false;
    int p = from;
    while (p < to) {
      int c = bytes[p] & 0xff;
      if (c >= 0xe3 && c < 0xef) {
        halves++;
        inWord = false;
      } else if (parts(c)) {
        inWord = false;
      } else if (!inWord) {
        inWord = true;
        halves += 2;
      }
      p += c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    }
    return halves > WORDS_MAX * 2 + 1;
  }

  /** Whether a text is an object or a list, of JSON or of another notation. */
  static boolean isStructure(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && bytes[p] <= ' ' && bytes[p] >= 0) {
      p++;
    }
    return to - p > 2 && (bytes[p] == '{' || bytes[p] == '[');
  }

  /** U+0080 to U+00BF and U+2000 to U+2FFF hold spaces and signs, and no letters. */
  private static boolean parts(int c) {
    return c <= ' ' || c == '_' || c == '+' || c == ',' || c == ';' || c == '%' || c == 0xc2
        || c == 0xe2;
  }
}
