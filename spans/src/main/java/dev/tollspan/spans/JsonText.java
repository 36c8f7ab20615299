package dev.tollspan.spans;

/** The escapes of JSON's texts, and the two ways in which its texts say bytes. */
final class JsonText {
  private static final int BASE64_DIGIT_BITS = 6;

  private JsonText() {}

  /**
   * Writes a text without its escapes, which were checked before, and returns the offset behind it.
   * It is never longer than it was. A lone surrogate becomes a byte that is no UTF-8.
   *
   * @param target may be the source, if {@code to} is at most {@code from}
   */
  static int unescape(byte[] source, int from, int end, byte[] target, int to) {
    int out = to;
    int p = from;
    while (p < end) {
      byte next = source[p++];
      if (next != '\\') {
        target[out++] = next;
      } else if (source[p] != 'u') {
        target[out++] = escaped(source[p++]);
      } else {
        int point = hex4(source, p + 1);
        p += 5;
        if (Character.isHighSurrogate((char) point)
            && end - p >= 6
            && source[p] == '\\'
            && source[p + 1] == 'u'
            && Character.isLowSurrogate((char) hex4(source, p + 2))) {
          point = Character.toCodePoint((char) point, (char) hex4(source, p + 2));
          p += 6;
        }
        out = encode(point, target, out);
      }
    }
    return out;
  }

  /** What stands for itself behind a backslash, or another byte there; 0: nothing may. */
  static byte escaped(byte letter) {
    return switch (letter) {
      case '"', '\\', '/' -> letter;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> 0;
    };
  }

  /** The number that four hex digits make; below zero if they are none. */
  static int hex4(byte[] bytes, int at) {
    return digit(bytes[at]) << 12
        | digit(bytes[at + 1]) << 8
        | digit(bytes[at + 2]) << 4
        | digit(bytes[at + 3]);
  }

  /** Writes the bytes that hex digits say, and returns the offset behind; -1: they are none. */
  static int hex(byte[] source, int from, int end, byte[] target, int to) {
    int wrong = end - from & 1;
    int out = to;
    for (int p = from; p < end - 1; p += 2) {
      int value = digit(source[p]) << 4 | digit(source[p + 1]);
      wrong |= value & ~0xff;
      target[out++] = (byte) value;
    }
    return wrong == 0 ? out : -1;
  }

  /**
   * The same for base64 of either alphabet, with or without padding.
   *
   * @param target may be the source, if {@code to} is at most {@code from}
   */
  static int base64(byte[] source, int from, int end, byte[] target, int to) {
    int stop = end;
    while (stop > from && end - stop < 2 && source[stop - 1] == '=') {
      stop--;
    }
    boolean isPadded = stop < end;
    if ((isPadded && (end - from) % 4 != 0) || (stop - from) % 4 == 1) {
      return -1;
    }
    int out = to;
    int bits = 0;
    int pending = 0;
    int wrong = 0;
    for (int p = from; p < stop; p++) {
      int sextet = sextet(source[p]);
      wrong |= sextet;
      pending = pending << BASE64_DIGIT_BITS | (sextet & 0x3f);
      bits += BASE64_DIGIT_BITS;
      if (bits >= Byte.SIZE) {
        bits -= Byte.SIZE;
        target[out++] = (byte) (pending >>> bits);
      }
    }
    return wrong < 0 ? -1 : out;
  }

  private static int sextet(byte letter) {
    if (letter >= 'A' && letter <= 'Z') {
      return letter - 'A';
    }
    if (letter >= 'a' && letter <= 'z') {
      return letter - 'a' + 26;
    }
    if (letter >= '0' && letter <= '9') {
      return letter - '0' + 52;
    }
    return switch (letter) {
      case '+', '-' -> 62;
      case '/', '_' -> 63;
      default -> -1;
    };
  }

  private static int digit(byte letter) {
    if (letter >= '0' && letter <= '9') {
      return letter - '0';
    }
    int lower = letter | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  private static int encode(int point, byte[] target, int to) {
    int out = to;
    if (point < 0x80) {
      target[out++] = (byte) point;
    } else if (point < 0x800) {
      target[out++] = (byte) (0xc0 | (point >>> 6));
      target[out++] = continuation(point);
    } else if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
      target[out++] = (byte) 0xff;
    } else {
      if (point < 0x10000) {
        target[out++] = (byte) (0xe0 | point >>> 12);
      } else {
        target[out++] = (byte) (0xf0 | point >>> 18);
        target[out++] = continuation(point >>> 12);
      }
      target[out++] = continuation(point >>> 6);
      target[out++] = continuation(point);
    }
    return out;
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3f));
  }
}
