package dev.tollspan.exporters.ndjson;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tollspan.spans.NestedJson;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * JSON being written, as bytes in one growing array.
 *
 * <p>Text comes in as bytes and goes out as bytes: what needs no escape is copied eight bytes at a
 * time, what is not UTF-8 becomes U+FFFD. Nothing allocates but growth and the rare double. One
 * thread.
 */
final class JsonBuffer implements NestedJson.Sink {
  private static final int KEPT_BYTES_MAX = 1 << 20;

  /** Integers beyond are not exact in every JSON reader. */
  private static final long EXACT_MAX = 1L << 53;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);
  private static final byte[] BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(ISO_8859_1);
  private static final byte[] NULL = "null".getBytes(ISO_8859_1);
  private static final byte[] TRUE = "true".getBytes(ISO_8859_1);
  private static final byte[] FALSE = "false".getBytes(ISO_8859_1);
  private static final byte[] REPLACEMENT = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};
  private static final short[] HEX_PAIRS = new short[256];
  private static final short[] DIGIT_PAIRS = new short[100];
  private static final long[] POWERS_OF_TEN = new long[19];

  static {
    long power = 1;
    for (int i = 0; i < 19; i++, power *= 10) {
      POWERS_OF_TEN[i] = power;
    }
    for (int i = 0; i < 256; i++) {
      HEX_PAIRS[i] = (short) (HEX[i >> 4] | (HEX[i & 15] << 8));
    }
    for (int i = 0; i < 100; i++) {
      DIGIT_PAIRS[i] = (short) (('0' + i / 10) | (('0' + i % 10) << 8));
    }
  }

  private byte[] bytes = new byte[1 << 16];
  private int length;

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Forgets what was written from here on, and an array of unusual size with it. */
  void clear() {
    length = 0;
    if (bytes.length > KEPT_BYTES_MAX) {
      bytes = new byte[1 << 16];
    }
  }

  /** Takes back what was written behind this length. */
  void cutBack(int to) {
    length = to;
  }

  void raw(byte[] json) {
    raw(json, 0, json.length);
  }

  void raw(byte[] json, int from, int count) {
    room(count);
    System.arraycopy(json, from, bytes, length, count);
    length += count;
  }

  @Override
  public void raw(char ascii) {
    room(1);
    bytes[length++] = (byte) ascii;
  }

  /** Takes back the last byte if it is this one: the comma behind the last element. */
  void dropLast(char ascii) {
    if (bytes[length - 1] == ascii) {
      length--;
    }
  }

  @Override
  public void nothing() {
    raw(NULL);
  }

  @Override
  public void bool(boolean value) {
    raw(value ? TRUE : FALSE);
  }

  /** A number, or a text of its digits where readers could lose some. */
  @Override
  public void int64(long value) {
    if (value > EXACT_MAX || value < -EXACT_MAX) {
      raw('"');
      number(value);
      raw('"');
    } else {
      number(value);
    }
  }

  /** A number, however large. */
  void number(long value) {
    if (value < 0) {
      raw('-');
    }
    unsigned(value < 0 ? -value : value);
  }

  /** A number from 0 to 2^64 - 1. */
  void unsigned(long value) {
    if (value < 0) {
      long tenth = Long.divideUnsigned(value, 10);
      unsigned(tenth);
      raw((char) ('0' + (value - tenth * 10)));
      return;
    }
    room(20);
    int end = length + digits(value);
    length = end;
    putDigits(value, end);
  }

  /** A number with so many digits behind the point: {@code value / 10^decimals}. */
  void fixed(long value, int decimals) {
    room(24);
    int end = length + Math.max(digits(value), decimals + 1) + 1;
    Arrays.fill(bytes, length, end, (byte) '0');
    putDigits(value, end);
    int point = end - decimals - 1;
    System.arraycopy(bytes, length + 1, bytes, length, point - length);
    bytes[point] = '.';
    length = end;
  }

  /** The shortest decimal that means this double; null for what JSON has no number for. */
  @Override
  public void float64(double value) {
    double size = Math.abs(value);
    if (!(size <= Double.MAX_VALUE)) {
      nothing();
      return;
    }
    // Up to 15 digits every decimal has a double of its own, and one correctly rounded division
    // finds it, so what comes back is the shortest.
    boolean large = size >= 1e6;
    double scale = large ? 1e3 : 1e9;
    double scaled = Math.rint(size * scale);
    if (scaled < 1e15 && scaled / scale == size) {
      if (Double.doubleToRawLongBits(value) < 0) {
        raw('-');
      }
      long rest = (long) scaled;
      int decimals = large ? 3 : 9;
      while (decimals > 1 && rest % 10 == 0) {
        rest /= 10;
        decimals--;
      }
      fixed(rest, decimals);
      return;
    }
    String text = Double.toString(value);
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
  }

  /** Lower-case hex, two digits a byte, in quotes. */
  void hex(byte[] from, int offset, int count) {
    room(count * 2 + 2);
    bytes[length++] = '"';
    for (int i = offset; i < offset + count; i++) {
      INT16.set(bytes, length, HEX_PAIRS[from[i] & 0xff]);
      length += 2;
    }
    bytes[length++] = '"';
  }

  /** Base64 with padding, in quotes. */
  @Override
  public void base64(byte[] from, int offset, int count) {
    room((count + 2) / 3 * 4 + 2);
    bytes[length++] = '"';
    int end = offset + count;
    for (int p = offset; p < end; p += 3) {
      int left = end - p;
      int bits =
          ((from[p] & 0xff) << 16)
              | (left > 1 ? (from[p + 1] & 0xff) << 8 : 0)
              | (left > 2 ? from[p + 2] & 0xff : 0);
      bytes[length++] = BASE64[bits >> 18];
      bytes[length++] = BASE64[(bits >> 12) & 63];
      bytes[length++] = left > 1 ? BASE64[(bits >> 6) & 63] : (byte) '=';
      bytes[length++] = left > 2 ? BASE64[bits & 63] : (byte) '=';
    }
    bytes[length++] = '"';
  }

  /** A text in quotes. */
  @Override
  public void text(byte[] from, int offset, int count) {
    int end = offset + count;
    int p = offset;
    room(count + 2);
    bytes[length++] = '"';
    while (p < end) {
      p = plain(from, p, end);
      if (p < end) {
        p = careful(from, p, end);
        room(end - p + 1);
      }
    }
    bytes[length++] = '"';
  }

  /** Copies up to the first byte that may need care. There is room for all of the text. */
  private int plain(byte[] from, int start, int end) {
    int p = start;
    int q = length;
    byte[] to = bytes;
    for (; p + 8 <= end; p += 8, q += 8) {
      long eight = (long) INT64.get(from, p);
      if (needsCare(eight)) {
        break;
      }
      INT64.set(to, q, eight);
    }
    while (p < end && from[p] >= ' ' && from[p] != '"' && from[p] != '\\') {
      to[q++] = from[p++];
    }
    length = q;
    return p;
  }

  /** Whether one of eight bytes is a control character, a quote, a backslash or not ASCII. */
  private static boolean needsCare(long eight) {
    long quote = eight ^ (ONES * '"');
    long backslash = eight ^ (ONES * '\\');
    long found = eight | (eight - ONES * ' ') | (quote - ONES) | (backslash - ONES);
    return (found & HIGHS) != 0;
  }

  /** Writes one character that {@link #plain} stopped at; returns where to read on. */
  private int careful(byte[] from, int p, int end) {
    byte first = from[p];
    if (first < 0) {
      int size = sequence(from, p, end);
      if (size > 0) {
        raw(from, p, size);
        return p + size;
      }
      raw(REPLACEMENT);
      return p - size;
    }
    raw('\\');
    switch (first) {
      case '"', '\\' -> raw((char) first);
      case '\n' -> raw('n');
      case '\r' -> raw('r');
      case '\t' -> raw('t');
      case '\b' -> raw('b');
      case '\f' -> raw('f');
      default -> {
        raw('u');
        raw('0');
        raw('0');
        room(2);
        INT16.set(bytes, length, HEX_PAIRS[first]);
        length += 2;
      }
    }
    return p + 1;
  }

  /**
   * How many bytes the valid sequence that begins here has; if none does, minus how many bytes one
   * U+FFFD stands for (Unicode, section 3.9: the maximal subpart).
   */
  private static int sequence(byte[] from, int p, int end) {
    int first = from[p] & 0xff;
    if (first < 0xc2 || first > 0xf4) {
      return -1;
    }
    int size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (int i = 1; i < size; i++) {
      int next = p + i < end ? from[p + i] & 0xff : 0;
      if (next < low || next > high) {
        return -i;
      }
      low = 0x80;
      high = 0xbf;
    }
    return size;
  }

  private static int digits(long value) {
    int about = ((64 - Long.numberOfLeadingZeros(value)) * 1233) >> 12; // log10(2) is 1233 / 4096
    return value < POWERS_OF_TEN[about] ? Math.max(1, about) : about + 1;
  }

  private void putDigits(long value, int end) {
    int p = end;
    long rest = value;
    while (rest >= 100) {
      long hundredth = rest / 100;
      p -= 2;
      INT16.set(bytes, p, DIGIT_PAIRS[(int) (rest - hundredth * 100)]);
      rest = hundredth;
    }
    if (rest >= 10) {
      INT16.set(bytes, p - 2, DIGIT_PAIRS[(int) rest]);
    } else {
      bytes[p - 1] = (byte) ('0' + rest);
    }
  }

  private void room(int more) {
    if (more > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
    }
  }
}
