package dev.tollspan.exporters.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.spans.Attributes;
import java.util.Arrays;
import java.util.Base64;
import org.apache.parquet.io.api.Binary;

/**
 * A nested value, ArrayValue or KeyValueList of the protocol's common.proto, as JSON. Integers keep
 * all their digits, bytes become base64, numbers that JSON lacks become text.
 *
 * <p>Reads canonical bytes only, so framing is not checked again. Iterative, so that no nesting can
 * overflow the thread's stack. One thread.
 */
final class JsonText {
  /** Canonical values nest 32 deep. */
  private static final int DEPTH_MAX = 64;

  private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);
  private static final byte[] NULL = "null".getBytes(UTF_8);

  private final int[] places = new int[DEPTH_MAX];
  private final int[] ends = new int[DEPTH_MAX];
  private final int[] types = new int[DEPTH_MAX];
  private byte[] in = new byte[0];
  private byte[] out = new byte[256];
  private int length;
  private int depth;
  private int p; // reading position, moved by varint()

  /** The value whose content is {@code [from, to)}; good until the next call. */
  Binary of(byte[] bytes, int type, int from, int to) {
    in = bytes;
    length = 0;
    depth = 0;
    open(type, from, to);
    while (depth > 0) {
      int top = depth - 1;
      if (places[top] >= ends[top]) {
        append(types[top] == Attributes.ARRAY ? ']' : '}');
        depth--;
      } else {
        element(top);
      }
    }
    in = new byte[0];
    return Binary.fromReusedByteArray(out, 0, length);
  }

  private void open(int type, int from, int to) {
    if (depth == DEPTH_MAX) {
      append(NULL, 0, NULL.length);
      return;
    }
    places[depth] = from;
    ends[depth] = to;
    types[depth++] = type;
    append(type == Attributes.ARRAY ? '[' : '{');
  }

  private void element(int top) {
    byte last = out[length - 1];
    if (last != '[' && last != '{') {
      append(',');
    }
    p = places[top] + 1;
    int size = (int) varint();
    int from = p;
    int to = from + size;
    places[top] = to;
    if (types[top] == Attributes.ARRAY) {
      value(from, to);
    } else {
      keyValue(from, to);
    }
  }

  private void keyValue(int from, int to) {
    int key = from;
    int keyEnd = from;
    int any = from;
    int anyEnd = from;
    for (p = from; p < to; ) {
      int field = in[p++] >>> 3;
      int size = (int) varint();
      if (field == 1) {
        key = p;
        keyEnd = p + size;
      } else if (field == 2) {
        any = p;
        anyEnd = p + size;
      }
      p += size;
    }
    text(key, keyEnd);
    append(':');
    value(any, anyEnd);
  }

  private void value(int from, int to) {
    int type = Attributes.EMPTY;
    int begin = from;
    int end = from;
    long number = 0;
    for (p = from; p < to; ) {
      int tag = in[p++];
      type = tag >>> 3;
      if ((tag & 7) == 0) {
        number = varint();
      } else if ((tag & 7) == 1) {
        number = fixed64();
      } else {
        int size = (int) varint();
        begin = p;
        end = p + size;
        p = end;
      }
    }
    switch (type) {
      case Attributes.STRING -> text(begin, end);
      case Attributes.BOOL -> append(number != 0 ? "true" : "false");
      case Attributes.INT -> append(Long.toString(number));
      case Attributes.DOUBLE -> real(Double.longBitsToDouble(number));
      case Attributes.ARRAY, Attributes.KVLIST -> open(type, begin, end);
      case Attributes.BYTES -> {
        append('"');
        append(Base64.getEncoder().encodeToString(Arrays.copyOfRange(in, begin, end)));
        append('"');
      }
      default -> append(NULL, 0, NULL.length);
    }
  }

  private void real(double value) {
    if (Double.isFinite(value)) {
      append(Double.toString(value));
    } else {
      append('"');
      append(Double.toString(value));
      append('"');
    }
  }

  private void text(int from, int to) {
    append('"');
    int clean = from;
    for (int i = from; i < to; i++) {
      byte c = in[i];
      if ((c >= 0 && c < 0x20) || c == '"' || c == '\\') {
        append(in, clean, i - clean);
        clean = i + 1;
        append('\\');
        if (c >= 0x20) {
          append(c);
        } else {
          append("u00");
          append(HEX[c >> 4]);
          append(HEX[c & 15]);
        }
      }
    }
    append(in, clean, to - clean);
    append('"');
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in[p++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  private long fixed64() {
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | (in[p + i] & 0xff);
    }
    p += 8;
    return value;
  }

  private void append(int c) {
    room(1);
    out[length++] = (byte) c;
  }

  private void append(String ascii) {
    byte[] bytes = ascii.getBytes(UTF_8);
    append(bytes, 0, bytes.length);
  }

  private void append(byte[] bytes, int from, int count) {
    room(count);
    System.arraycopy(bytes, from, out, length, count);
    length += count;
  }

  private void room(int more) {
    if (length + more > out.length) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, length + more));
    }
  }
}
