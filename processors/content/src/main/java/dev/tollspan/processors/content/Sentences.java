package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Ascii.isDigit;
import static dev.tollspan.processors.content.Ascii.isLetter;
import static dev.tollspan.processors.content.Ascii.isLower;
import static dev.tollspan.processors.content.Ascii.isUpper;

/**
 * Tells sentences that were written as one word from the names that programs have: a name has few
 * words of letters, whatever parts them. Digits, versions, hexadecimal and random characters are no
 * words, and neither are those of hosts, packages and protocols. Allocates nothing.
 */
final class Sentences {
  static final int WORDS_MAX = 6;

  private static final int ALL_MAX = 12; // those that every program has included
  private static final int BYTES_MIN = WORDS_MAX * 2 + 1; // each word, and what parts it
  private static final int UNIT_MAX = 2; // 70B, v2, rc1
  private static final int ID_BYTES_MIN = 12;
  private static final int SHORT_MAX = 2;
  private static final int WORD_OF_ID_MIN = 4;

  /** Where the count of digits begins in {@link #humpsAndDigits}. */
  static final int DIGITS = 16;

  private static final int LOWER_KIND = 1;
  private static final int UPPER_KIND = 2;
  private static final int DIGIT_KIND = 3;
  private static final int KIND = 3;
  private static final int[] KINDS = kinds();
  private static final long HUMPS = humps();

  private Sentences() {}

  /** Whether the text in {@code [from, to)}, one word by its grammar, has more than six words. */
  static boolean isSentence(byte[] bytes, int from, int to) {
    if (to - from < BYTES_MIN) {
      return false;
    }
    int words = words(bytes, from, to);
    return words > ALL_MAX
        || (words > WORDS_MAX && words - knownWords(bytes, from, to) > WORDS_MAX);
  }

  /**
   * How many runs of letters there are at most, cut where capitals begin, in the lower bits: no
   * fewer than words. How many digits, from the bit {@link #DIGITS} on. What costs more is asked of
   * few texts, if this is asked of all.
   */
  static int humpsAndDigits(byte[] bytes, int from, int to) {
    int counts = 0;
    int three = 0; // the classes of the last three characters, two bits each
    for (int p = from; p < to; p++) {
      int kind = KINDS[bytes[p] & 0xff];
      three = three << 2 | (kind & KIND);
      counts += (int) (HUMPS >>> three & 1) + (kind & ~KIND);
    }
    return counts;
  }

  /** How many words a text has. */
  private static int words(byte[] bytes, int from, int to) {
    int words = 0;
    int p = from;
    while (p < to) {
      int start = p;
      int all = 0; // of this run of letters and digits
      int longs = 0;
      int fours = 0;
      int humps = 0;
      boolean inner = false; // digits stand between letters
      int kind = kind(bytes, p, to);
      while (kind > 0) {
        int end = wordEnd(bytes, p, to);
        boolean digits = end == p;
        if (digits) {
          while (kind(bytes, end, to) == DIGIT_KIND) {
            end++;
          }
          inner |= p > start && kind(bytes, end, to) > 0;
        } else {
          int length = end - p;
          boolean unit = length <= UNIT_MAX && isBesideDigit(bytes, p, end, start, to);
          all += unit ? 0 : 1;
          humps++;
          longs += length > SHORT_MAX ? 1 : 0;
          fours += length >= WORD_OF_ID_MIN ? 1 : 0;
        }
        p = end;
        kind = kind(bytes, p, to);
      }
      boolean id = inner || (p - start > ID_BYTES_MIN && humps - longs >= longs);
      words += id ? fours : all;
      p++;
    }
    return words;
  }

  /** How many of the words of a text every program has. */
  private static int knownWords(byte[] bytes, int from, int to) {
    int known = 0;
    int p = from;
    while (p < to) {
      int end = wordEnd(bytes, p, to);
      known += end > p && Vocabulary.PROGRAMS.holds(bytes, p, end - p) ? 1 : 0;
      p = Math.max(end, p + 1);
    }
    return known;
  }

  /** Where the word of letters ends that begins here; here, if none does. */
  private static int wordEnd(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && isLetter(bytes[p])) {
      boolean upper = isUpper(bytes[p]);
      boolean hump = p > from && upper && !isUpper(bytes[p - 1]);
      boolean behindCapitals =
          p > from && upper && p + 1 < to && isLower(bytes[p + 1]) && isUpper(bytes[p - 1]);
      if (hump || behindCapitals) {
        break;
      }
      p++;
    }
    return p;
  }

  private static boolean isBesideDigit(byte[] bytes, int from, int to, int begin, int end) {
    return (from > begin && isDigit(bytes[from - 1])) || kind(bytes, to, end) == DIGIT_KIND;
  }

  private static int kind(byte[] bytes, int p, int to) {
    return p < to ? KINDS[bytes[p] & 0xff] & KIND : 0;
  }

  /** The kind of each character, and with a digit's one in the count of them. */
  private static int[] kinds() {
    int[] kinds = new int[256];
    for (int c = 0; c < 128; c++) {
      int kind = isUpper((byte) c) ? UPPER_KIND : isLower((byte) c) ? LOWER_KIND : 0;
      kinds[c] = isDigit((byte) c) ? DIGIT_KIND | 1 << DIGITS : kind;
    }
    return kinds;
  }

  /**
   * Of each three kinds, a bit that tells whether a word begins with the last or the one before.
   */
  private static long humps() {
    long humps = 0;
    for (int three = 0; three < Long.SIZE; three++) {
      int first = three >> 4;
      int second = three >> 2 & 3;
      int third = three & 3;
      boolean begins =
          (third == UPPER_KIND && second != UPPER_KIND)
              || (third == LOWER_KIND && second != LOWER_KIND && second != UPPER_KIND)
              || (third == LOWER_KIND && second == UPPER_KIND && first == UPPER_KIND);
      humps |= begins ? 1L << three : 0;
    }
    return humps;
  }
}
