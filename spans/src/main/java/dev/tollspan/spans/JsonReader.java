package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Reads JSON (RFC 8259) from UTF-8 bytes, one value after the other, as the caller asks for them.
 *
 * <p>Texts and numbers are not made into objects: the reader says where they stand. Nothing
 * recurses; depth and lengths are bounded. Bytes of a text that are no UTF-8 pass, so that one text
 * costs no more than itself; elsewhere they are an error. One thread, which owns all fields.
 */
final class JsonReader {
  /** Kvlists of depth 32 in an event take 136. */
  static final int DEPTH_MAX = 500;

  private static final int TEXT_BYTES_MAX = 16 << 20;
  private static final int SMALL_BYTES = 1000;
  private static final String NOT_JSON = "is not JSON";
  private static final String CUT_OFF = "ends within a value";
  private static final byte[] TRUE = "true".getBytes(US_ASCII);
  private static final byte[] FALSE = "false".getBytes(US_ASCII);
  private static final byte[] NULL = "null".getBytes(US_ASCII);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final byte[] bytes;
  private final int begin;
  private final int end;
  private final long[] objects = new long[DEPTH_MAX / Long.SIZE + 1]; // a bit for each depth
  private final byte[] small = new byte[SMALL_BYTES];
  private int at;
  private int depth;
  private boolean isFirst; // whether nothing stands yet at this depth
  private int valueStart;
  private byte[] source;
  private int start;
  private int stop;
  private boolean isEscaped;
  private boolean isAscii;

  JsonReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    source = bytes;
    begin = offset;
    end = offset + length;
    boolean hasMark =
        length >= 3 && bytes[offset] == (byte) 0xef && bytes[offset + 1] == (byte) 0xbb;
    at = hasMark && bytes[offset + 2] == (byte) 0xbf ? offset + 3 : offset;
  }

  /** How many objects and arrays are open. */
  int depth() {
    return depth;
  }

  /**
   * What the next value is: a bracket, a brace, a quote, t, f, n, or 0 for a number. The value
   * itself is still to be read.
   */
  int kind() throws OtlpJsonException {
    int kind = kindHere();
    valueStart = at;
    return kind;
  }

  private int kindHere() throws OtlpJsonException {
    int next = peek();
    return switch (next) {
      case '{', '[', '"', 't', 'f', 'n' -> next;
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> '0';
      default -> throw fault(at, NOT_JSON);
    };
  }

  /** Goes into the object or array that comes next. */
  void open() throws OtlpJsonException {
    boolean isObject = bytes[at] == '{';
    if (++depth > DEPTH_MAX) {
      throw fault(at, "is nested deeper than " + DEPTH_MAX);
    }
    at++;
    long bit = 1L << depth;
    int word = depth / Long.SIZE;
    objects[word] = isObject ? objects[word] | bit : objects[word] & ~bit;
    isFirst = true;
  }

  /** Reads the next member's name; false: the object has ended and is left. */
  boolean nextMember() throws OtlpJsonException {
    int next = peek();
    if (next == '}') {
      leave();
      return false;
    }
    if (!isFirst) {
      expect(next == ',');
      at++;
      next = peek();
    }
    expect(next == '"');
    isFirst = false;
    text();
    expect(peek() == ':');
    at++;
    return true;
  }

  /** Goes to the next element; false: the array has ended and is left. */
  boolean nextElement() throws OtlpJsonException {
    int next = peek();
    if (next == ']') {
      leave();
      return false;
    }
    if (!isFirst) {
      expect(next == ',');
      at++;
    }
    isFirst = false;
    return true;
  }

  /** Passes over the next value. */
  void skip() throws OtlpJsonException {
    int floor = depth;
    pass();
    skipTo(floor);
  }

  /** Reads on until no more than so many objects and arrays are open. */
  void skipTo(int floor) throws OtlpJsonException {
    while (depth > floor) {
      boolean isObject = (objects[depth / Long.SIZE] >>> depth & 1) != 0;
      if (isObject ? nextMember() : nextElement()) {
        pass();
      }
    }
  }

  /** Checks that nothing follows but white space. */
  void end() throws OtlpJsonException {
    space();
    if (at < end) {
      throw fault(at, "goes on behind its end");
    }
  }

  /** Reads {@code true}, {@code false} or {@code null}. */
  void literal() throws OtlpJsonException {
    byte[] word = bytes[at] == 't' ? TRUE : bytes[at] == 'f' ? FALSE : NULL;
    if (end - at < word.length) {
      throw fault(end, CUT_OFF);
    }
    for (byte b : word) {
      expect(bytes[at] == b);
      at++;
    }
  }

  /** Reads a number. */
  void number() throws OtlpJsonException {
    source = bytes;
    isEscaped = false;
    start = at;
    stop = JsonNumber.end(bytes, at, end);
    expect(stop > start);
    if (stop - start > JsonNumber.CHARS_MAX) {
      throw fault(at, "holds a number of more than 400 digits");
    }
    at = stop;
  }

  /** Reads a text, and checks its escapes. */
  void text() throws OtlpJsonException {
    source = bytes;
    start = at + 1;
    isEscaped = false;
    long any = 0;
    int p = start;
    while (true) {
      long found = 0;
      while (p + Long.BYTES <= end) {
        long word = Wire.int64At(bytes, p);
        found = special(word);
        if (found != 0) {
          int before = Long.numberOfTrailingZeros(found) >>> 3;
          any |= word & ((1L << (before * Byte.SIZE)) - 1);
          p += before;
          break;
        }
        any |= word;
        p += Long.BYTES;
      }
      if (p >= end) {
        throw fault(end, CUT_OFF);
      }
      byte next = bytes[p];
      if (next == '"') {
        break;
      }
      if (next == '\\') {
        isEscaped = true;
        p = behindEscape(p + 1);
      } else if (next >= 0 && next < ' ') {
        throw fault(p, NOT_JSON);
      } else {
        any |= next;
        p++;
      }
    }
    stop = p;
    at = p + 1;
    isAscii = (any & HIGH_BITS) == 0;
    if (stop - start > TEXT_BYTES_MAX) {
      throw fault(start, "holds a text above 16 MiB");
    }
  }

  /** Where the text or number stands that was read last, without the quotes. */
  byte[] source() {
    return source;
  }

  int start() {
    return start;
  }

  int stop() {
    return stop;
  }

  boolean isEscaped() {
    return isEscaped;
  }

  /** Whether the text that was read last has ASCII bytes only, escapes not counted. */
  boolean isAscii() {
    return isAscii;
  }

  /** Resolves the escapes of a short text; of a long one nothing is left. */
  void resolve() {
    if (isEscaped) {
      int length = stop - start > SMALL_BYTES ? 0 : JsonText.unescape(bytes, start, stop, small, 0);
      source = small;
      isEscaped = false;
      start = 0;
      stop = length;
    }
  }

  /** An error at the value that came last. */
  OtlpJsonException wrong(String reason) {
    return fault(valueStart, reason);
  }

  private static long special(long word) {
    long quote = word ^ (ONES * '"');
    long slash = word ^ (ONES * '\\');
    // Bytes above the lowest one that is found may be found by mistake; nobody looks at them.
    long control = (word - ONES * ' ') & ~word;
    return (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | control) & HIGH_BITS;
  }

  private int behindEscape(int p) throws OtlpJsonException {
    if (p >= end) {
      throw fault(end, CUT_OFF);
    }
    if (bytes[p] != 'u') {
      if (JsonText.escaped(bytes[p]) == 0) {
        throw fault(p, NOT_JSON);
      }
      return p + 1;
    }
    if (end - p < 5) {
      throw fault(end, CUT_OFF);
    }
    if (JsonText.hex4(bytes, p + 1) < 0) {
      throw fault(p, NOT_JSON);
    }
    return p + 5;
  }

  /** Reads a value without parts, or goes into one. */
  private void pass() throws OtlpJsonException {
    switch (kindHere()) {
      case '{', '[' -> open();
      case '"' -> text();
      case '0' -> number();
      default -> literal();
    }
  }

  private void leave() {
    at++;
    depth--;
    isFirst = false;
  }

  private int peek() throws OtlpJsonException {
    space();
    if (at == end) {
      throw fault(end, CUT_OFF);
    }
    return bytes[at];
  }

  private void space() {
    while (at < end
        && bytes[at] <= ' '
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
  }

  private void expect(boolean isSo) throws OtlpJsonException {
    if (!isSo) {
      throw fault(at, NOT_JSON);
    }
  }

  private OtlpJsonException fault(int place, String reason) {
    int line = 1;
    int lineStart = begin;
    for (int p = begin; p < place; p++) {
      if (bytes[p] == '\n') {
        line++;
        lineStart = p + 1;
      }
    }
    return new OtlpJsonException(line, place - lineStart + 1, reason);
  }
}
