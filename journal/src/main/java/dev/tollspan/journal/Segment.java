package dev.tollspan.journal;

import java.util.Locale;

/**
 * One file of the journal as it is known in memory. Guarded by the lock of the {@link Shelf}, but
 * for what never changes.
 */
final class Segment {
  static final String SUFFIX = ".seg";
  private static final int DIGITS = 20;

  final long base;

  /** What the file takes on the disk, room for later records included. */
  final long fileBytes;

  /** Behind the last durable record. */
  long end = Layout.SEGMENT_HEADER;

  /** The last durable sequence; as long as there is none in here, that of the segment before. */
  long last;

  /** All spans of the journal up to that one. */
  long spansAfter;

  /** When the newest record came, by the ticker. */
  long newestNanos;

  /** Whether the file was given up while readers may still be in it. */
  boolean gone;

  /** Whether a write or sync failed: the file is never used again. */
  boolean dead;

  Segment(long base, long fileBytes, long last, long spansAfter) {
    this.base = base;
    this.fileBytes = fileBytes;
    this.last = last;
    this.spansAfter = spansAfter;
  }

  boolean isEmpty() {
    return last < base;
  }

  String name() {
    return name(base);
  }

  /** Twenty digits, so that names sort as sequences do. */
  static String name(long base) {
    return String.format(Locale.ROOT, "%020d", base) + SUFFIX;
  }

  /** The base in a name; -1 if it is none of a segment. */
  static long base(String name) {
    if (name.length() != DIGITS + SUFFIX.length() || !name.endsWith(SUFFIX)) {
      return -1;
    }
    String digits = name.substring(0, DIGITS);
    try {
      return digits.charAt(0) == '0' ? Long.parseLong(digits) : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
