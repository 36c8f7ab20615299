package dev.tollspan.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The bytes of a segment, big-endian: a header, then records, each at a multiple of eight.
 *
 * <pre>
 * segment    0 magic   8 version   12 -   16 epoch    24 base       32 previous
 *           40 spansBefore         48 createdMillis   56 -          60 crc of 0..59
 *
 * record     0 magic   4 type       8 length   12 spans    16 base  24 offset
 *           32 sequence            40 spansBefore          48 settled
 *           56 appendedMillis      64 crc of the payload   68 crc of 0..67
 *           72 payload, then zeros up to a multiple of eight
 * </pre>
 *
 * A record names its segment and its own place in it: what a recycled file holds of its old life,
 * and what was copied to another place, is no record. {@code spansBefore} counts all spans since
 * the journal began, so that a gap tells how many were lost; {@code settled} is the last sequence
 * that was known to be durable when the record was written, so that a hole left by a crash can be
 * told from damage. A version that is not this one keeps the header's size, magic and checksum.
 */
final class Layout {
  static final int SEGMENT_HEADER = 64;
  static final int RECORD_HEADER = 72;
  static final int VERSION = 1;

  /** A record with a payload. */
  static final int BATCH = 1;

  /** Written when a journal is closed: repeats the last sequence, all before it is settled. */
  static final int MARK = 2;

  private static final long SEGMENT_MAGIC = 0x544F_4C4C_4A52_4E4CL;
  private static final int RECORD_MAGIC = 0xA5_54_52_43;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private Layout() {}

  /**
   * What stands at the start of a segment.
   *
   * @param base the first sequence that may be in it
   * @param previous the last sequence that was stored before it: what lies between is of groups
   *     that failed
   * @param spansBefore all spans up to that one
   */
  record SegmentHeader(
      int version, long epoch, long base, long previous, long spansBefore, long createdMillis) {}

  /** What stands at the start of a record. */
  record RecordHeader(
      int type,
      int length,
      int spans,
      long base,
      long offset,
      long sequence,
      long spansBefore,
      long settled,
      long appendedMillis,
      int payloadCrc) {}

  static void put(SegmentHeader header, byte[] into) {
    LONG.set(into, 0, SEGMENT_MAGIC);
    INT.set(into, 8, header.version);
    LONG.set(into, 16, header.epoch);
    LONG.set(into, 24, header.base);
    LONG.set(into, 32, header.previous);
    LONG.set(into, 40, header.spansBefore);
    LONG.set(into, 48, header.createdMillis);
    INT.set(into, 60, crc(into, 0, 60));
  }

  /** Whether these bytes are the header of a segment, of whatever version. */
  static boolean isSegment(byte[] bytes) {
    return (long) LONG.get(bytes, 0) == SEGMENT_MAGIC
        && (int) INT.get(bytes, 60) == crc(bytes, 0, 60);
  }

  static SegmentHeader segment(byte[] bytes) {
    return new SegmentHeader(
        (int) INT.get(bytes, 8),
        (long) LONG.get(bytes, 16),
        (long) LONG.get(bytes, 24),
        (long) LONG.get(bytes, 32),
        (long) LONG.get(bytes, 40),
        (long) LONG.get(bytes, 48));
  }

  static void put(RecordHeader header, byte[] into, int at) {
    INT.set(into, at, RECORD_MAGIC);
    INT.set(into, at + 4, header.type);
    INT.set(into, at + 8, header.length);
    INT.set(into, at + 12, header.spans);
    LONG.set(into, at + 16, header.base);
    LONG.set(into, at + 24, header.offset);
    LONG.set(into, at + 32, header.sequence);
    LONG.set(into, at + 40, header.spansBefore);
    LONG.set(into, at + 48, header.settled);
    LONG.set(into, at + 56, header.appendedMillis);
    INT.set(into, at + 64, header.payloadCrc);
    INT.set(into, at + 68, crc(into, at, 68));
  }

  /** Whether the header of a record of this segment and place stands here. */
  static boolean isRecord(byte[] bytes, int at, long base, long offset) {
    return (int) INT.get(bytes, at) == RECORD_MAGIC
        && (long) LONG.get(bytes, at + 16) == base
        && (long) LONG.get(bytes, at + 24) == offset
        && (int) INT.get(bytes, at + 68) == crc(bytes, at, 68);
  }

  static RecordHeader record(byte[] bytes, int at) {
    return new RecordHeader(
        (int) INT.get(bytes, at + 4),
        (int) INT.get(bytes, at + 8),
        (int) INT.get(bytes, at + 12),
        (long) LONG.get(bytes, at + 16),
        (long) LONG.get(bytes, at + 24),
        (long) LONG.get(bytes, at + 32),
        (long) LONG.get(bytes, at + 40),
        (long) LONG.get(bytes, at + 48),
        (long) LONG.get(bytes, at + 56),
        (int) INT.get(bytes, at + 64));
  }

  /** What a record with a payload of this length takes. */
  static long size(int length) {
    return (RECORD_HEADER + (long) length + 7) & -8L;
  }

  static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
