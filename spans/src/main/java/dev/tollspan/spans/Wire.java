package dev.tollspan.spans;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Protobuf's wire format: tags, varints, fixed-width numbers. Nothing here knows OTLP. */
final class Wire {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH = 2;
  static final int GROUP_START = 3;
  static final int GROUP_END = 4;
  static final int FIXED32 = 5;

  /** No varint of protobuf is longer than this. */
  static final int VARINT_BYTES_MAX = 10;

  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Wire() {}

  static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  /** Whether two ranges of an array are equal; a word at a time, because most are short. */
  static boolean same(byte[] bytes, int one, int other, int length) {
    int last = length - Long.BYTES;
    if (last < 0) {
      return sameFew(bytes, one, other, length);
    }
    for (int i = 0; i < last; i += Long.BYTES) {
      if (int64At(bytes, one + i) != int64At(bytes, other + i)) {
        return false;
      }
    }
    return int64At(bytes, one + last) == int64At(bytes, other + last);
  }

  private static boolean sameFew(byte[] bytes, int one, int other, int length) {
    if (Math.max(one, other) + Long.BYTES <= bytes.length) {
      long differing = int64At(bytes, one) ^ int64At(bytes, other);
      return (differing & ((1L << (length * Byte.SIZE)) - 1)) == 0;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[one + i] != bytes[other + i]) {
        return false;
      }
    }
    return true;
  }

  static long int64At(byte[] bytes, int offset) {
    return (long) INT64.get(bytes, offset);
  }

  static void putInt64(byte[] bytes, int offset, long value) {
    INT64.set(bytes, offset, value);
  }

  /** The varint that starts here; its framing has been checked before. */
  static long varintAt(byte[] bytes, int offset) {
    long value = 0;
    int shift = 0;
    for (int p = offset; ; p++) {
      byte b = bytes[p];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
      shift += 7;
    }
  }

  /** How many bytes the varint that starts here has; 0 if it runs past {@code limit} or ten. */
  static int varintBytes(byte[] bytes, int offset, int limit) {
    int last = Math.min(limit, offset + VARINT_BYTES_MAX);
    for (int p = offset; p < last; p++) {
      if (bytes[p] >= 0) {
        return p - offset + 1;
      }
    }
    return 0;
  }

  /** Whether a varint of so many bytes is the shortest and canonical encoding of its number. */
  static boolean isShortest(byte[] bytes, int offset, int size) {
    byte last = bytes[offset + size - 1];
    return size < VARINT_BYTES_MAX ? size == 1 || last != 0 : last == 1;
  }

  /** How many bytes a number takes as a varint. */
  static int varintSize(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** Writes a varint and returns the offset behind it. */
  static int putVarint(byte[] bytes, int offset, long value) {
    int p = offset;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[p++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[p++] = (byte) rest;
    return p;
  }
}
