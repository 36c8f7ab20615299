package dev.tollspan.spans;

import java.util.Arrays;

/**
 * Turns arrays and key-value lists into JSON, straight from their wire bytes. It knows how values
 * nest; how a text, a number or bytes look is the sink's to say, because readers of different files
 * ask for different forms.
 *
 * <p>Iterative: its stack grows with the nesting of a value, the thread's does not. Framing was
 * checked when the batch was indexed; of a field sent twice the last one counts, as protobuf says.
 * One thread.
 */
public final class NestedJson {
  // Fields of common.proto: ArrayValue.values and KeyValueList.values are 1, as is KeyValue.key;
  // KeyValue.value is 2; those of AnyValue are numbered as the types of Attributes.
  private static final int ELEMENT = 1;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  /** Where the JSON goes. Every call but {@code raw} writes one whole value or key. */
  public interface Sink {
    /** One ASCII character between values: a bracket, a brace, a comma or a colon. */
    void raw(char ascii);

    /** A text of so many bytes, quotes and escapes included. */
    void text(byte[] bytes, int offset, int count);

    void int64(long value);

    /** Any double, those included that JSON has no number for. */
    void float64(double value);

    void bool(boolean value);

    /** So many bytes that are no text. */
    void base64(byte[] bytes, int offset, int count);

    /** The value that is not there. */
    void nothing();
  }

  private final Sink out;
  private byte[] bytes = new byte[0]; // owned by the writing thread, as are all that follow
  private boolean[] lists = new boolean[32];
  private int[] ends = new int[32]; // of the elements at each depth
  private int[] resumes = new int[32]; // where the depth above reads on
  private int depth;
  private boolean first; // whether no element stands yet at this depth
  private int field; // what readField found last, as are start and end
  private int start;
  private int end;

  public NestedJson(Sink out) {
    this.out = out;
  }

  /**
   * Writes the array or list whose elements fill {@code [from, to)}.
   *
   * @param type {@link Attributes#ARRAY} or {@link Attributes#KVLIST}
   */
  public void write(byte[] source, int type, int from, int to) {
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
        out.raw(lists[depth--] ? '}' : ']');
        first = false;
      }
    }
    bytes = new byte[0];
  }

  /** Writes an element, or opens it if it has elements of its own. Returns where to read on. */
  private int element(int from, int to) {
    if (!first) {
      out.raw(',');
    }
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
    first = false;
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
    first = true;
    out.raw(lists[depth] ? '{' : '[');
  }

  private void scalar() {
    switch (field) {
      case Attributes.STRING -> out.text(bytes, start, end - start);
      case Attributes.BOOL -> out.bool(Wire.varintAt(bytes, start) != 0);
      case Attributes.INT -> out.int64(Wire.varintAt(bytes, start));
      case Attributes.DOUBLE -> out.float64(Double.longBitsToDouble(Wire.int64At(bytes, start)));
      case Attributes.BYTES -> out.base64(bytes, start, end - start);
      default -> out.nothing();
    }
  }

  /** Reads one field: its number, and where its content starts and ends. Returns the end. */
  private int readField(int p) {
    long tag = Wire.varintAt(bytes, p);
    field = (int) (tag >>> 3);
    start = behindVarint(p);
    switch ((int) tag & 7) {
      case Wire.VARINT -> end = behindVarint(start);
      case Wire.FIXED64 -> end = start + 8;
      case Wire.FIXED32 -> end = start + 4;
      default -> {
        int length = (int) Wire.varintAt(bytes, start);
        start = behindVarint(start);
        end = start + length;
      }
    }
    return end;
  }

  private int behindVarint(int from) {
    int p = from;
    while (bytes[p] < 0) {
      p++;
    }
    return p + 1;
  }
}
