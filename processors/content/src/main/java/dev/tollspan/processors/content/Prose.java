package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Grammar.Characters.DIGIT;
import static dev.tollspan.processors.content.Grammar.Characters.LETTER;

/** What tells text that somebody wrote from text that a program made. Allocates nothing. */
final class Prose {
  private static final int CHARACTERS_MAX = 256;
  private static final int WORDS_MAX = 11;
  private static final int WORD = 4; // in quarters, as are the next two
  private static final int IDEOGRAM = 2;
  private static final int UNPARTED_LETTER = 1;
  private static final int HEX_MIN = 4;

  /** Letters, digits, and the marks that belong to letters. */
  private static final int WORD_TYPES =
      1 << Character.UPPERCASE_LETTER
          | 1 << Character.LOWERCASE_LETTER
          | 1 << Character.TITLECASE_LETTER
          | 1 << Character.MODIFIER_LETTER
          | 1 << Character.OTHER_LETTER
          | 1 << Character.NON_SPACING_MARK
          | 1 << Character.ENCLOSING_MARK
          | 1 << Character.COMBINING_SPACING_MARK
          | 1 << Character.DECIMAL_DIGIT_NUMBER
          | 1 << Character.LETTER_NUMBER
          | 1 << Character.OTHER_NUMBER;

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
   * Whether a text has 12 words or more. Whatever is neither letter nor digit parts words. Of
   * scripts that part none, two characters count for a word from U+2E80 on, and four of those of
   * South East Asia and Tibet. Four hexadecimal digits or more, of both kinds, are no word.
   */
  static boolean isWordy(byte[] bytes, int from, int to) {
    int quarters = 0;
    int start = -1; // of the word at hand
    int p = from;
    while (p < to && quarters < (WORDS_MAX + 2) * WORD) {
      int next = p + 1;
      boolean inWord;
      if (bytes[p] >= 0) {
        inWord = (Grammar.Characters.of(bytes[p]) & (LETTER | DIGIT)) != 0;
      } else {
        next = characterEnd(bytes, next, to);
        int point = codePoint(bytes, p, next);
        int unparted = unparted(point);
        quarters += unparted;
        inWord = unparted == 0 && (WORD_TYPES >>> Character.getType(point) & 1) != 0;
      }
      if (inWord && start < 0) {
        start = p;
        quarters += WORD;
      } else if (!inWord && start >= 0) {
        quarters -= isHex(bytes, start, p) ? WORD : 0;
        start = -1;
      }
      p = next;
    }
    quarters -= start >= 0 && isHex(bytes, start, p) ? WORD : 0;
    return quarters > WORDS_MAX * WORD + WORD - 1;
  }

  /** What a character of a script without spaces counts; 0 for others. */
  private static int unparted(int point) {
    if (point < 0xe00) {
      return 0;
    }
    boolean asian =
        point < 0x10a0 // Thai, Lao, Tibetan, Burmese
            || (point >= 0x1780 && point < 0x1800) // Khmer
            || (point >= 0x1950 && point < 0x1ab0) // Tai
            || (point >= 0x1b00 && point < 0x1b80) // Balinese
            || (point >= 0xa980 && point < 0xaae0); // Javanese, Burmese, Cham, Tai Viet
    if (asian) {
      return UNPARTED_LETTER;
    }
    boolean ideogram = (point >= 0x2e80 && point < 0xf900) || point >= 0x20000;
    return ideogram || (point >= 0xff66 && point < 0xffe0) ? IDEOGRAM : 0;
  }

  /** Part of a hash or of a UUID: no sentence is made of these. */
  private static boolean isHex(byte[] bytes, int from, int to) {
    int kinds = 0;
    for (int p = from; p < to; p++) {
      int kind = Grammar.Characters.of(bytes[p]);
      int letter = bytes[p] | 0x20;
      if (kind != DIGIT && (letter < 'a' || letter > 'f')) {
        return false;
      }
      kinds |= kind;
    }
    return to - from >= HEX_MIN && kinds == (LETTER | DIGIT);
  }

  /** Where the character begins that this byte belongs to. */
  static int characterStart(byte[] bytes, int at, int from) {
    int p = at;
    while (p > from && (bytes[p] & 0xc0) == 0x80) {
      p--;
    }
    return p;
  }

  /** Where the next character begins: here, if one does. */
  static int characterEnd(byte[] bytes, int at, int to) {
    int p = at;
    while (p < to && (bytes[p] & 0xc0) == 0x80) {
      p++;
    }
    return p;
  }

  /** The character of these bytes, or one that parts words if they are none. */
  private static int codePoint(byte[] bytes, int from, int to) {
    int lead = bytes[from] & 0xff;
    int more = to - from - 1;
    int expected = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
    if (more == 0 || more != expected) {
      return ' ';
    }
    int point = lead & (0x3f >> more);
    for (int p = from + 1; p < to; p++) {
      point = point << 6 | (bytes[p] & 0x3f);
    }
    return point;
  }

  /**
   * Whether a text is, or holds, an object or a list of JSON or of another notation: it begins with
   * one, or a name in quotes with a colon behind it follows its bracket. The text has been folded,
   * so that JSON in JSON reads as JSON does.
   */
  static boolean isStructure(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && isWrapping(bytes[p])) {
      p++;
    }
    if (to - p > 2 && isBracket(bytes[p])) {
      return true;
    }
    while (p < to && !isBracket(bytes[p])) {
      p++;
    }
    boolean behindQuote = false;
    for (p++; p < to; p++) {
      if (behindQuote && bytes[p] == ':') {
        return true;
      }
      boolean quote = bytes[p] == '"' || bytes[p] == '\'' || bytes[p] == '`';
      behindQuote = quote || (behindQuote && (isSpace(bytes[p]) || bytes[p] == '\\'));
    }
    return false;
  }

  private static boolean isBracket(byte c) {
    return c == '{' || c == '[';
  }

  private static boolean isWrapping(byte c) {
    return isSpace(c) || c == '"' || c == '\'' || c == '(' || c == '\\';
  }

  private static boolean isSpace(byte c) {
    return c <= ' ' && c >= 0;
  }
}
