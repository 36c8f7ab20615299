package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Ascii.isDigit;
import static dev.tollspan.processors.content.Ascii.isLetter;
import static dev.tollspan.processors.content.Ascii.isLower;
import static dev.tollspan.processors.content.Ascii.isUpper;

/**
 * A key as words: runs of letters or of digits, in either case, up to a hump; an s at the end of
 * one is left away, so that singular and plural are the same. Signs are forgotten. So {@code
 * gen_ai.inputMessages}, {@code GEN-AI:INPUT_MESSAGE} and {@code genAi/input.message} are one key.
 *
 * <p>One thread. Makes no garbage. Holds numbers of the key it read last, and no text.
 */
final class KeyWords {
  /** As many as an entry of a list has characters; a key of a span that is looked at has fewer. */
  private static final int WORDS_MAX = 128;

  private static final int BASE = 67; // odd: a word of up to ten characters has its number alone

  private final long[] words = new long[WORDS_MAX];
  private final boolean[] digits = new boolean[WORDS_MAX];
  private final boolean[] parts = new boolean[WORDS_MAX];
  private int count; // these are the thread's, as the arrays are
  private boolean plural;
  private boolean indexed;

  /** Reads a key of at most 128 characters. */
  void read(byte[] key, int from, int to) {
    count = 0;
    plural = false;
    indexed = isIndexed(key, from, to);
    boolean part = true;
    int p = from;
    while (p < to) {
      int start = p;
      boolean number = isDigit(key[p]);
      long word = 0;
      long before = 0;
      while (p < to && isPart(key[p]) && isDigit(key[p]) == number && !isHump(key, start, p, to)) {
        before = word;
        word = word * BASE + letter(key[p++]);
      }
      if (p > start) {
        plural = !number && p - start > 2 && letter(key[p - 1]) == letter((byte) 's');
        words[count] = plural ? before : word;
        parts[count] = part;
        digits[count++] = number;
        part = false;
      } else {
        part |= key[p] != '_' && key[p] != '-';
        p++;
      }
    }
  }

  int count() {
    return count;
  }

  long word(int i) {
    return words[i];
  }

  boolean isNumber(int i) {
    return digits[i];
  }

  /** Whether the last word is written in the plural. */
  boolean isPlural() {
    return plural;
  }

  /** Whether a word comes first or behind a dot or its like, and not behind _, - or a hump. */
  boolean startsPart(int i) {
    return parts[i];
  }

  /** Whether the last part is an index: one of many, as in a vector or a text of tokens. */
  boolean isIndexed() {
    return indexed;
  }

  /** Tells {@link #isIndexed()} of a key that has not been read. */
  static boolean isIndexed(byte[] key, int from, int to) {
    int end = to;
    while (end > from && !isPart(key[end - 1])) {
      end--;
    }
    int p = end;
    while (p > from && isDigit(key[p - 1])) {
      p--;
    }
    return p < end && p > from && !isPart(key[p - 1]);
  }

  /** Where a word begins within a run of letters: userId, HTTPHeader, but not userIDs. */
  private static boolean isHump(byte[] key, int start, int p, int to) {
    if (p == start || !isUpper(key[p])) {
      return false;
    }
    int next = p + 1;
    boolean plural = next < to && key[next] == 's' && (next + 1 == to || !isLower(key[next + 1]));
    return !isUpper(key[p - 1]) || (next < to && isLower(key[next]) && !plural);
  }

  private static int letter(byte c) {
    return isUpper(c) ? c - 'A' + 11 : isLower(c) ? c - 'a' + 11 : isDigit(c) ? c - '0' + 1 : c;
  }

  /** Letters and digits, and whatever is no ASCII: what is written in it is not told apart. */
  private static boolean isPart(byte c) {
    return isLetter(c) || isDigit(c) || c < 0;
  }
}
