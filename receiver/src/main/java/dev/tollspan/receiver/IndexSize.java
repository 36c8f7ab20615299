package dev.tollspan.receiver;

/**
 * How much memory the index of a request can take, told from its framing before it is decoded. Rows
 * are larger than the messages they stand for: an empty scope has two bytes and its row 68.
 *
 * <p>It tells no good request from a bad one: decoding does. What cannot be followed is left out,
 * because decoding stops there too. Used by one thread.
 */
final class IndexSize {
  /** Up to here a request is not looked into: no processor decodes more than one at a time. */
  static final int UNSEEN_BYTES_MAX = 256 << 10;

  /** A table is up to twice as long as its rows, and while it grows the old one is there. */
  private static final int GROWTH = 3;

  /** The tables of an index before its first row. */
  private static final int EMPTY_BYTES = 24 << 10;

  private static final int RESOURCE_ROW = 52;
  private static final int SCOPE_ROW = 68;
  private static final int SPAN_ROW = 112;
  private static final int ATTRIBUTE_ROW = 16;
  private static final int EVENT_ROW = 32;
  private static final int LINK_ROW = 36;

  private static final int VARINT_BITS_MAX = 63;

  private final byte[] bytes;
  private long rows;
  private int at; // behind the varint that was read last; owned by the thread that measures

  /** A message with rows of its own, or with messages that have. */
  private enum Level {
    REQUEST(0),
    RESOURCE_SPANS(RESOURCE_ROW),
    SCOPE_SPANS(SCOPE_ROW),
    RESOURCE(0),
    SCOPE(0),
    SPAN(SPAN_ROW),
    EVENT(EVENT_ROW),
    LINK(LINK_ROW),
    ATTRIBUTE(ATTRIBUTE_ROW),
    OTHER(0);

    final int row;

    Level(int row) {
      this.row = row;
    }

    /** What this field of such a message holds. */
    Level field(long number) {
      return switch (this) {
        case REQUEST -> number == 1 ? RESOURCE_SPANS : OTHER;
        case RESOURCE_SPANS -> number == 1 ? RESOURCE : number == 2 ? SCOPE_SPANS : OTHER;
        case SCOPE_SPANS -> number == 1 ? SCOPE : number == 2 ? SPAN : OTHER;
        case RESOURCE -> number == 1 ? ATTRIBUTE : OTHER;
        case SCOPE, EVENT -> number == 3 ? ATTRIBUTE : OTHER;
        case SPAN -> number == 9 ? ATTRIBUTE : number == 11 ? EVENT : number == 13 ? LINK : OTHER;
        case LINK -> number == 4 ? ATTRIBUTE : OTHER;
        case ATTRIBUTE, OTHER -> OTHER;
      };
    }

    boolean isLeaf() {
      return this == ATTRIBUTE || this == OTHER;
    }
  }

  private IndexSize(byte[] bytes) {
    this.bytes = bytes;
  }

  /** What its index takes at most; for a small request what it takes if its spans are usual. */
  static long bytesMax(byte[] request, int length) {
    if (length <= UNSEEN_BYTES_MAX) {
      return EMPTY_BYTES + (long) GROWTH * length;
    }
    IndexSize size = new IndexSize(request);
    size.count(Level.REQUEST, 0, length);
    return EMPTY_BYTES + GROWTH * size.rows;
  }

  /** Goes at most as deep as there are levels. */
  private void count(Level level, int from, int end) {
    int p = from;
    while (p < end) {
      long tag = varint(p, end);
      p = at;
      int wire = (int) (tag & 7);
      if (tag < 0 || wire > 5) {
        return;
      }
      if (wire == 0) {
        varint(p, end);
        p = at;
      } else if (wire == 1 || wire == 5) {
        p += wire == 1 ? 8 : 4;
      } else if (wire == 2) {
        long length = varint(p, end);
        if (length < 0 || length > end - at) {
          return;
        }
        p = at + (int) length;
        Level child = level.field(tag >> 3);
        rows += child.row;
        if (!child.isLeaf()) {
          count(child, at, p);
        }
      } // else the edge of a group: its content counts as if it stood here
    }
  }

  /** Reads a varint that ends before {@code end}, and leaves {@link #at} behind it; -1 if none. */
  private long varint(int from, int end) {
    long value = 0;
    int p = from;
    for (int shift = 0; p < end && shift <= VARINT_BITS_MAX; shift += 7) {
      byte b = bytes[p++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        at = p;
        return value;
      }
    }
    at = end;
    return -1;
  }
}
