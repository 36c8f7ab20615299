package dev.tollspan.spans;

import java.util.Arrays;

/**
 * Writes nested messages in the order of their field numbers, in whatever order the fields come.
 * Where a field comes twice, the last one stands. One thread, one request.
 *
 * <p>A message is written where it will stand and closed when its end is known: then its fields are
 * put in order and its head is pushed in before it.
 */
final class MessageWriter {
  private static final int NUMBER_MAX = JsonMessage.NUMBER_MAX;
  private static final int PART = 3; // ints for a part: field, from, to

  private final BatchPool pool;
  private byte[] bytes; // these belong to the writing thread
  private int length;
  private int[] parts = new int[PART * 64]; // the fields of all open messages
  private int partsEnd;

  MessageWriter(BatchPool pool, int bytesExpected) {
    this.pool = pool;
    bytes = pool.acquire(bytesExpected);
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Where the next field's parts will stand. */
  int partsEnd() {
    return partsEnd;
  }

  void varint(int field, long value) {
    tag(field, Wire.VARINT);
    room(Wire.VARINT_BYTES_MAX);
    length = Wire.putVarint(bytes, length, value);
  }

  void fixed64(int field, long value) {
    tag(field, Wire.FIXED64);
    room(Long.BYTES);
    Wire.putInt64(bytes, length, value);
    length += Long.BYTES;
  }

  void fixed32(int field, int value) {
    tag(field, Wire.FIXED32);
    room(Integer.BYTES);
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[length++] = (byte) (value >>> (i * 8));
    }
  }

  void content(int field, byte[] content) {
    tag(field, Wire.LENGTH);
    room(Wire.VARINT_BYTES_MAX + content.length);
    length = Wire.putVarint(bytes, length, content.length);
    System.arraycopy(content, 0, bytes, length, content.length);
    length += content.length;
  }

  /** Says that all bytes from here on are this field of the message that is open. */
  void part(int field, int from) {
    if (partsEnd + PART > parts.length) {
      parts = Arrays.copyOf(parts, parts.length * 2);
    }
    parts[partsEnd++] = field;
    parts[partsEnd++] = from;
    parts[partsEnd++] = length;
  }

  /**
   * Closes the message that began here.
   *
   * @param firstPart what {@link #partsEnd} was then
   * @param isOneOf whether the last of its fields is the only one
   */
  void close(int from, int firstPart, boolean isOneOf) {
    boolean inOrder = true;
    for (int p = firstPart + PART; p < partsEnd; p += PART) {
      inOrder &= !isOneOf && parts[p] > parts[p - PART];
    }
    if (!inOrder) {
      order(from, firstPart, isOneOf);
    }
    partsEnd = firstPart;
  }

  /** Puts the head of a closed message before it. */
  void head(int field, int from) {
    int size = length - from;
    int head = Wire.varintSize(Wire.tag(field, Wire.LENGTH)) + Wire.varintSize(size);
    room(head);
    System.arraycopy(bytes, from, bytes, from + head, size);
    int at = Wire.putVarint(bytes, from, Wire.tag(field, Wire.LENGTH));
    Wire.putVarint(bytes, at, size);
    length += head;
  }

  /** Gives the array back, instead of to the caller. */
  void release() {
    pool.release(bytes, length);
  }

  private void order(int from, int firstPart, boolean isOneOf) {
    int[] last = new int[NUMBER_MAX + 1];
    Arrays.fill(last, -1);
    for (int p = firstPart; p < partsEnd; p += PART) {
      last[isOneOf ? 0 : parts[p]] = p;
    }
    int size = length - from;
    byte[] before = pool.acquire(size);
    System.arraycopy(bytes, from, before, 0, size);
    int end = from;
    for (int p : last) {
      if (p >= 0) {
        int partSize = parts[p + 2] - parts[p + 1];
        System.arraycopy(before, parts[p + 1] - from, bytes, end, partSize);
        end += partSize;
      }
    }
    Arrays.fill(bytes, end, length, (byte) 0);
    length = end;
    pool.release(before, size);
  }

  private void tag(int field, int wireType) {
    room(Wire.VARINT_BYTES_MAX);
    length = Wire.putVarint(bytes, length, Wire.tag(field, wireType));
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      byte[] larger = pool.acquire(Math.max(length + more, length + (length >> 1)));
      System.arraycopy(bytes, 0, larger, 0, length);
      pool.release(bytes, length);
      bytes = larger;
    }
  }
}
