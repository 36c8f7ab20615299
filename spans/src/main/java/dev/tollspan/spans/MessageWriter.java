package dev.tollspan.spans;

import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * Writes nested messages in the order of their field numbers, in whatever order the fields come.
 * Where a field comes twice, the last one stands. One thread, one request.
 *
 * <p>A message begins with its tag and one byte for its length. One that turns out longer is noted,
 * and the heads of all of them are widened in one go from the back to the front: each byte moves a
 * bounded number of times however deep it lies.
 *
 * <pre>
 * bytes   tag 0 a a tag 0 b b b b        heads  (outer, size) (inner, size): ascending
 *             ^       ^                         one that fits its byte is forgotten at once,
 *             heads                             so those behind an open one belong to it
 * </pre>
 */
final class MessageWriter {
  private static final int NUMBER_MAX = JsonMessage.NUMBER_MAX;
  private static final int PAIR = 2; // ints for a head: place, size; for a part: field, place
  private static final int ONE_BYTE_MAX = 0x7f;
  private static final byte[] NOTHING = {};

  // What may be moved to bring fields into order: so many times the request, and so much anyhow.
  // All lists of all spans in alphabetical order take six times.
  private static final int MOVED_TIMES = 12;
  private static final long MOVED_BYTES_MIN = 64 << 20;

  private final BatchPool pool;
  private final LongPredicate room;
  private final int[] last = new int[NUMBER_MAX + 1];
  private byte[] bytes; // these belong to the writing thread
  private int length;
  private int[] heads = new int[PAIR * 64];
  private int headsEnd;
  private int[] parts = new int[PAIR * 64]; // the fields of all open messages
  private int partsEnd;
  private int owed; // bytes that the noted heads will need
  private byte[] scratch = NOTHING;
  private int scratchUsed;
  private long movable;

  /** A message that is open; whoever opens it keeps it until it is closed. */
  static final class Mark {
    private int begin; // these belong to the writing thread
    private int body;
    private int head;
    private int firstPart;
    private int owed;
    private int lastField;
    private int seen;
    private boolean isInOrder;
  }

  /**
   * A writer whose array is of this pool.
   *
   * @param room is asked before memory is taken, with all of it
   * @throws NoRoomException if there is no room for so many bytes
   */
  MessageWriter(BatchPool pool, int bytesExpected, LongPredicate room) {
    this.pool = pool;
    this.room = room;
    ask(bytesExpected);
    movable = MOVED_BYTES_MIN + (long) MOVED_TIMES * bytesExpected;
    bytes = pool.acquire(bytesExpected);
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Begins the request itself, which has no head. */
  void open(Mark mark) {
    mark.begin = length;
    mark.body = length;
    mark.head = headsEnd;
    mark.firstPart = partsEnd;
    mark.owed = owed;
    mark.lastField = 0;
    mark.seen = 0;
    mark.isInOrder = true;
  }

  /** Begins a message that is a field of the one that is open. */
  void open(Mark mark, int field) {
    int begin = length;
    int head = headsEnd;
    makeRoom(2);
    bytes[length] = (byte) Wire.tag(field, Wire.LENGTH);
    if (headsEnd == heads.length) {
      ask((long) bytes.length + scratch.length);
      heads = Arrays.copyOf(heads, heads.length * 2);
    }
    heads[headsEnd] = length + 1;
    headsEnd += PAIR;
    length += 2;
    open(mark);
    mark.begin = begin;
    mark.head = head;
  }

  /**
   * Says that all bytes from here on are this field of the message that is open; false: it had that
   * field before, and what it had does not count.
   */
  boolean part(Mark mark, int field) {
    if (partsEnd == parts.length) {
      ask((long) bytes.length + scratch.length);
      parts = Arrays.copyOf(parts, parts.length * 2);
    }
    parts[partsEnd++] = field;
    parts[partsEnd++] = length;
    boolean isFirst = (mark.seen >>> field & 1) == 0;
    mark.seen |= 1 << field;
    mark.isInOrder &= field > mark.lastField;
    mark.lastField = field;
    return isFirst;
  }

  /**
   * Ends a message; false: its fields are out of order, and so much of the request has been that it
   * is made to cost us.
   *
   * @param isOneOf whether the last of its fields is the only one
   */
  boolean close(Mark mark, boolean isOneOf) {
    if (!mark.isInOrder || (isOneOf && partsEnd > mark.firstPart + PAIR)) {
      widen(mark);
      movable -= length - mark.body;
      if (movable < 0) {
        return false;
      }
      order(mark, isOneOf);
    }
    partsEnd = mark.firstPart;
    if (mark.begin == mark.body) {
      widen(mark);
      return true;
    }
    int size = length - mark.body + owed - mark.owed;
    if (size <= ONE_BYTE_MAX) {
      bytes[mark.body - 1] = (byte) size;
      headsEnd = mark.head;
    } else {
      heads[mark.head + 1] = size;
      owed += Wire.varintSize(size) - 1;
    }
    return true;
  }

  /**
   * Widens the head of a message that was closed, and those within it. Not for messages that lie in
   * others of their kind: each time moves what the message holds.
   */
  void settle(Mark mark) {
    widen(mark, mark.head);
  }

  /** Writes a message without fields. */
  void empty(int field) {
    makeRoom(2);
    bytes[length] = (byte) Wire.tag(field, Wire.LENGTH);
    length += 2;
  }

  /** Forgets a message, closed or not. */
  void undo(Mark mark) {
    wipe(mark.begin);
    headsEnd = mark.head;
    partsEnd = mark.firstPart;
    owed = mark.owed;
  }

  /** Whether the content of a message, all of it written, begins with ids as a span's must. */
  boolean hasIds(Mark mark) {
    int body = mark.body;
    return length - body >= 28
        && bytes[body] == 0x0a
        && bytes[body + 1] == 16
        && bytes[body + 18] == 0x12
        && bytes[body + 19] == 8
        && (Wire.int64At(bytes, body + 2) | Wire.int64At(bytes, body + 10)) != 0
        && Wire.int64At(bytes, body + 20) != 0;
  }

  void varint(int field, long value) {
    makeRoom(1 + Wire.VARINT_BYTES_MAX);
    bytes[length] = (byte) Wire.tag(field, Wire.VARINT);
    length = Wire.putVarint(bytes, length + 1, value);
  }

  void fixed64(int field, long value) {
    makeRoom(1 + Long.BYTES);
    bytes[length] = (byte) Wire.tag(field, Wire.FIXED64);
    Wire.putInt64(bytes, length + 1, value);
    length += 1 + Long.BYTES;
  }

  void fixed32(int field, int value) {
    makeRoom(2 + Integer.BYTES);
    length = Wire.putVarint(bytes, length, Wire.tag(field, Wire.FIXED32));
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[length++] = (byte) (value >>> (i * 8));
    }
  }

  /** Writes the text that was read last; false: parts of it were no Unicode and are replaced. */
  boolean text(int field, JsonReader text) {
    int sizeMax = text.stop() - text.start();
    int at = contentPlace(sizeMax);
    int end = at + sizeMax;
    if (text.isEscaped()) {
      end = JsonText.unescape(text.source(), text.start(), text.stop(), bytes, at);
    } else {
      System.arraycopy(text.source(), text.start(), bytes, at, sizeMax);
    }
    boolean isText = (text.isAscii() && !text.isEscaped()) || Utf8.isValid(bytes, at, end);
    if (!isText) {
      Utf8.repair(bytes, at, end);
    }
    content(field, at, end, sizeMax);
    return isText;
  }

  /** Writes the bytes that the text says in hex that was read last; false: it says none. */
  boolean hex(int field, JsonReader text) {
    text.resolve();
    int sizeMax = text.stop() - text.start();
    int at = contentPlace(sizeMax);
    return content(
        field, at, JsonText.hex(text.source(), text.start(), text.stop(), bytes, at), sizeMax);
  }

  /** The same for base64. */
  boolean base64(int field, JsonReader text) {
    int sizeMax = text.stop() - text.start();
    int at = contentPlace(sizeMax);
    byte[] source = text.source();
    int from = text.start();
    int to = text.stop();
    if (text.isEscaped()) {
      to = JsonText.unescape(source, from, to, bytes, at);
      source = bytes;
      from = at;
    }
    return content(field, at, JsonText.base64(source, from, to, bytes, at), sizeMax);
  }

  /** Gives all arrays back. */
  void release() {
    pool.release(bytes, length);
    releaseScratch();
  }

  /** Gives all arrays back but the one that holds the request. */
  void releaseScratch() {
    pool.release(scratch, scratchUsed);
    scratch = NOTHING;
    scratchUsed = 0;
  }

  /** Where so many bytes may be written before their head is known. */
  private int contentPlace(int sizeMax) {
    makeRoom(1 + Wire.varintSize(sizeMax) + sizeMax);
    return length + 1 + Wire.varintSize(sizeMax);
  }

  /** Puts a head before what was written there; if it ends nowhere, forgets it and says no. */
  private boolean content(int field, int at, int end, int sizeMax) {
    int used = length;
    if (end >= 0) {
      int size = end - at;
      int start = length + 1 + Wire.varintSize(size);
      if (start < at) {
        System.arraycopy(bytes, at, bytes, start, size);
      }
      bytes[length] = (byte) Wire.tag(field, Wire.LENGTH);
      Wire.putVarint(bytes, length + 1, size);
      length = start + size;
      used = length;
    }
    if (used < at + sizeMax) {
      Arrays.fill(bytes, used, at + sizeMax, (byte) 0);
    }
    return end >= 0;
  }

  /** Gives the lengths of all messages within this open one the bytes that they need. */
  private void widen(Mark mark) {
    widen(mark, mark.begin == mark.body ? mark.head : mark.head + PAIR);
  }

  private void widen(Mark mark, int firstHead) {
    int more = owed - mark.owed;
    makeRoom(more);
    int from = length;
    int to = length + more;
    int part = partsEnd;
    for (int h = headsEnd - PAIR; h >= firstHead; h -= PAIR) {
      int behind = heads[h] + 1;
      to -= from - behind;
      System.arraycopy(bytes, behind, bytes, to, from - behind);
      for (; part > mark.firstPart && parts[part - 1] >= behind; part -= PAIR) {
        parts[part - 1] += to - behind;
      }
      to -= Wire.varintSize(heads[h + 1]);
      Wire.putVarint(bytes, to, heads[h + 1]);
      from = heads[h];
    }
    headsEnd = firstHead;
    length += more;
    owed = mark.owed;
  }

  private void order(Mark mark, boolean isOneOf) {
    int size = length - mark.body;
    if (size > scratch.length) {
      int before = scratch.length;
      releaseScratch();
      ask((long) bytes.length + Math.max(before, size));
      scratch = pool.acquire(size);
    }
    System.arraycopy(bytes, mark.body, scratch, 0, size);
    scratchUsed = Math.max(scratchUsed, size);
    Arrays.fill(last, -1);
    for (int p = mark.firstPart; p < partsEnd; p += PAIR) {
      last[parts[p]] = p;
    }
    if (isOneOf) {
      keepLastOnly();
    }
    int end = mark.body;
    for (int p : last) {
      if (p >= 0) {
        int partSize = partSize(p);
        System.arraycopy(scratch, parts[p + 1] - mark.body, bytes, end, partSize);
        end += partSize;
      }
    }
    wipe(end);
  }

  /** Of fields of which one counts, the last that is there. */
  private void keepLastOnly() {
    int only = -1;
    for (int p : last) {
      only = p > only && partSize(p) > 0 ? p : only;
    }
    Arrays.fill(last, -1);
    last[0] = only;
  }

  private int partSize(int p) {
    int end = p + PAIR < partsEnd ? parts[p + PAIR + 1] : length;
    return end - parts[p + 1];
  }

  private void wipe(int from) {
    Arrays.fill(bytes, from, length, (byte) 0);
    length = from;
  }

  private void makeRoom(int more) {
    if (bytes.length - length < more) {
      long wanted = Math.max((long) length + more, length + (length >> 1));
      if (wanted > Integer.MAX_VALUE - 8) {
        throw new NoRoomException();
      }
      ask(bytes.length + wanted + scratch.length);
      byte[] larger = pool.acquire((int) wanted);
      System.arraycopy(bytes, 0, larger, 0, length);
      pool.release(bytes, length);
      bytes = larger;
    }
  }

  /** Asks for so many bytes in arrays of the pool, and for twice the tables. */
  private void ask(long arrayBytes) {
    if (!room.test(arrayBytes + 2L * Integer.BYTES * (heads.length + parts.length))) {
      throw new NoRoomException();
    }
  }
}
