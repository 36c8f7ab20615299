package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.LETTER;

import java.util.Arrays;

/**
 * One text under examination, and what was found in it. All that the matchers share; one thread
 * owns it. Positions are those of {@link #text}, from begin up to end.
 */
final class Scan {
  static final int NEAR = 64;

  private static final byte[] NOTHING = {};
  private static final int BEFORE_MAX = 80;
  private static final int BEHIND = 24;
  private static final int NEVER = Integer.MIN_VALUE / 2;

  final Hits hits = new Hits();
  final Digits digits = new Digits();
  final char[] collected = new char[Iban.LENGTH_MAX];
  final int[] counts = new int[128];

  byte[] text = NOTHING;
  int begin;
  int end;
  long kinds;
  long words; // of the text's key

  /** Where each word stood last, up to {@link #read}; every byte is read for words only once. */
  private final int[] latest = new int[Long.SIZE];

  private int read;
  private int latestNumber;

  void start(byte[] bytes, int from, int to, long keyWords) {
    text = bytes;
    begin = from;
    end = to;
    words = keyWords;
    read = NEVER;
    hits.clear();
  }

  /** Forgets the text, so that nothing of it stays in memory. */
  void clear() {
    text = NOTHING;
    digits.clear();
    Arrays.fill(collected, '\0');
  }

  boolean wants(Kind kind) {
    return (kinds & kind.bit()) != 0;
  }

  /** The byte at a position, or 0 outside of the text. */
  int at(int position) {
    return position >= begin && position < end ? text[position] : 0;
  }

  int flags(int position) {
    return position >= begin && position < end ? Ascii.flags(text[position]) : 0;
  }

  boolean is(int position, int set) {
    return (flags(position) & set) != 0;
  }

  /** Where a run of these characters ends that begins here, at most so far away. */
  int run(int from, int set, int max) {
    int limit = Math.min(end, from + max);
    int p = from;
    while (p < limit && (Ascii.flags(text[p]) & set) != 0) {
      p++;
    }
    return p;
  }

  boolean startsWith(int from, byte[] prefix) {
    return from + prefix.length <= end
        && Arrays.equals(text, from, from + prefix.length, prefix, 0, prefix.length);
  }

  boolean near(Kind kind, int start, int stop) {
    return near(kind.place(), start, stop, NEAR);
  }

  /**
   * Whether a word stands in the key, at most so many bytes before the start, or shortly behind the
   * stop. Candidates come in the order of the text; then the latest place of a word tells all.
   */
  boolean near(int word, int start, int stop, int before) {
    if ((words >>> word & 1) != 0) {
      return true;
    }
    readTo(start, Math.min(end, stop + BEHIND));
    return latest[word] >= start - before;
  }

  /** As near, for the words of any national id, phone number or date. */
  boolean isNumberNear(int start, int stop) {
    if ((words & Words.NUMBERS) != 0) {
      return true;
    }
    readTo(start, Math.min(end, stop + BEHIND));
    return latestNumber >= start - NEAR;
  }

  private void readTo(int start, int to) {
    if (read == NEVER) {
      Arrays.fill(latest, NEVER);
      latestNumber = NEVER;
    }
    if (read < start - BEFORE_MAX) {
      read = Math.max(begin, start - BEFORE_MAX);
      while (read > begin && read < to && is(read, LETTER) && is(read - 1, LETTER)) {
        read++;
      }
    }
    while (read < to) {
      if (!is(read, LETTER)) {
        read++;
        continue;
      }
      long found = Words.phrases(text, read, end, false);
      latestNumber = (found & Words.NUMBERS) != 0 ? read : latestNumber;
      for (; found != 0; found &= found - 1) {
        latest[Long.numberOfTrailingZeros(found)] = read;
      }
      read = Words.endOfWord(text, read, end);
    }
  }
}
