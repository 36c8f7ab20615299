package dev.tollspan.exporters.ndjson;

import dev.tollspan.spans.Attributes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes arrays and key-value lists, straight from their wire bytes.
 *
 * <p>Iterative: its stack grows with the nesting of a value, the thread's does not. Framing was
 * checked when the batch was indexed; of a field sent twice the last one counts, as protobuf says.
 * One thread.
 */
final class NestedValues {
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  // Fields of common.proto: ArrayValue.values and KeyValueList.values are 1, as is KeyValue.key;
  // KeyValue.value is 2; those of AnyValue are numbered as the types of Attributes.
  private static final int ELEMENT = 1;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  private final JsonBuffer out;
  private byte[] bytes = new byte[0];
  private boolean[] lists = new boolean[32];
  private int[] ends = new int[32]; // of the elements at each depth
  private int[] resumes = new int[32]; // where the depth above reads on
  private int depth;
  private int field; // what readField found last, as are start and end
  private int start;
  private int end;

  NestedValues(JsonBuffer out) {
    this.out = out;
  }

  /** Writes the array or list whose elements fill {@code [from, to)}. */
  void write(byte[] source, int type, int from, int to) {
    bytes = source;
    depth = -1;
    open(type, to, to);
    int p = from;
    while (depth >= 0) {
      if (p < ends[depth]) {
        p = readField(p);
        if (field == ELEMENT) {
          p = element(start, end);
        }
      } else {
        p = resumes[depth];
        out.dropLast(',');
        out.raw(lists[depth--] ? '}' : ']');
        out.raw(',');
      }
    }
    out.dropLast(',');
    bytes = new byte[0];
  }

  /** Writes an element, or opens it if it has elements of its own. Returns where to read on. */
  private int element(int from, int to) {
    int any = from;
    int anyEnd = to;
    if (lists[depth]) {
      int key = to;
      int keyEnd = to;
      any = to;
      for (int p = from; p < to; ) {
        p = readField(p);
        if (field == KEY) {
          key = start;
          keyEnd = end;
        } else if (field == VALUE) {
          any = start;
          anyEnd = end;
        }
      }
      out.text(bytes, key, keyEnd - key);
      out.raw(':');
    }
    field = Attributes.EMPTY;
    for (int p = any; p < anyEnd; ) {
      p = readField(p);
    }
    if (field == Attributes.ARRAY || field == Attributes.KVLIST) {
      open(field, end, to);
      return start;
    }
    scalar();
    out.raw(',');
    return to;
  }

  private void open(int type, int elementsEnd, int resume) {
    depth++;
    if (depth == ends.length) {
      lists = Arrays.copyOf(lists, depth * 2);
      ends = Arrays.copyOf(ends, depth * 2);
      resumes = Arrays.copyOf(resumes, depth * 2);
    }
    lists[depth] = type == Attributes.KVLIST;
    ends[depth] = elementsEnd;
    resumes[depth] = resume;
    out.raw(lists[depth] ? '{' : '[');
  }

  private void scalar() {
    switch (field) {
      case Attributes.STRING -> out.text(bytes, start, end - start);
      case Attributes.BOOL -> out.bool(varint(start) != 0);
      case Attributes.INT -> out.int64(varint(start));
      case Attributes.DOUBLE ->
          out.float64(Double.longBitsToDouble((long) INT64.get(bytes, start)));
      case Attributes.BYTES -> out.base64(bytes, start, end - start);
      default -> out.nothing();
    }
  }

  /** Reads one field: its number, and where its content starts and ends. Returns the end. */
  private int readField(int p) {
    long tag = varint(p);
    field = (int) (tag >>> 3);
    start = p + varintSize(p);
    switch ((int) tag & 7) {
      case 0 -> end = start + varintSize(start);
      case 1 -> end = start + 8;
      case 5 -> end = start + 4;
      default -> {
        int length = (int) varint(start);
        start += varintSize(start);
        end = start + length;
      }
    }
    return end;
  }

  private long varint(int from) {
    long value = 0;
    int p = from;
    for (int shift = 0; ; shift += 7) {
      byte b = bytes[p++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  private int varintSize(int from) {
    int p = from;
    while (bytes[p] < 0) {
      p++;
    }
    return p - from + 1;
  }
}
