package dev.tollspan.detectors;

import java.util.Arrays;

/**
 * A text with its disguises taken off: percent-encoding (RFC 3986) and JSON escapes (RFC 8259),
 * also when done twice, become what they stand for; wide digits and letters, digits of other
 * scripts, letters with accents, odd spaces and hyphens become ASCII; what has no width vanishes;
 * other characters become one byte that is none of ASCII. It remembers where each byte came from.
 *
 * <p>One thread owns it. It holds a text from {@link #fold} until {@link #clear}.
 */
public final class Folded {
  private static final int KEPT_BYTES_MAX = 64 << 10;
  private static final byte OTHER = -128;
  private static final int ESCAPES_MAX = 8;
  private static final boolean[] ODD = odd();

  /** Letters for U+00C0 to U+00FF. */
  private static final String ACCENTS =
      "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

  private byte[] bytes = new byte[256];
  private int[] origins = new int[257];
  private int length;

  private byte[] raw = bytes; // of the caller, during fold alone
  private int limit;
  private int next; // behind what unit() has read
  private boolean decoded; // whether that was a code point already

  /** Where the first byte stands that folding could change, or the end. */
  public static int firstOdd(byte[] text, int from, int to) {
    int p = from;
    while (p < to && !ODD[text[p] & 0xff]) {
      p++;
    }
    return p;
  }

  /** Folds a text anew; what was there before must have been cleared. */
  public void fold(byte[] text, int from, int to) {
    if (bytes.length < to - from) {
      bytes = new byte[to - from];
      origins = new int[to - from + 1];
    }
    raw = text;
    limit = to;
    length = 0;
    int p = from;
    while (p < to) {
      int folded = text[p];
      int start = p;
      if (ODD[folded & 0xff]) {
        folded = fold(codePoint(p));
        p = next;
      } else {
        p++;
      }
      if (folded != 0) {
        bytes[length] = (byte) folded;
        origins[length++] = start;
      }
    }
    origins[length] = to;
    raw = bytes;
  }

  /** The folded text, in {@code [0, length())}; it stays this object's and may not be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many bytes the folded text has. */
  public int length() {
    return length;
  }

  int[] origins() {
    return origins;
  }

  /** Forgets the text, so that nothing of it stays in memory, and lets go of large arrays. */
  public void clear() {
    if (bytes.length > KEPT_BYTES_MAX) {
      Arrays.fill(bytes, 0, length, (byte) 0);
      bytes = new byte[256];
      origins = new int[257];
      raw = bytes;
    } else {
      Arrays.fill(bytes, 0, length, (byte) 0);
    }
    length = 0;
  }

  private int codePoint(int p) {
    int lead = unit(p);
    if (decoded || lead < 0xc2 || lead > 0xf4) {
      return lead;
    }
    int more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    int point = lead & (0x3f >> more);
    int end = next;
    for (int i = 0; i < more; i++) {
      int unit = end < limit ? unit(end) : 0;
      if (decoded || (unit & 0xc0) != 0x80) {
        next = end;
        return 0xfffd;
      }
      point = (point << 6) | (unit & 0x3f);
      end = next;
    }
    return point;
  }

  /** A byte, or a code point if it was written as one in JSON. */
  private int unit(int p) {
    decoded = false;
    int c = raw[p] & 0xff;
    if (c == '%') {
      int q = p + 1;
      while (q < p + ESCAPES_MAX && hexAt(q, 2) == '%') {
        q += 2;
      }
      int value = hexAt(q, 2);
      if (value == '\\') {
        return escape(q + 2);
      }
      if (value >= 0) {
        next = q + 2;
        return value;
      }
    } else if (c == '\\') {
      return escape(p + 1);
    }
    next = p + 1;
    return c;
  }

  /** What stands behind a backslash, which may be one of several and percent-encoded. */
  private int escape(int from) {
    int p = from;
    while (p < from + ESCAPES_MAX && byteAt(p) == '\\') {
      p = next;
    }
    int c = byteAt(p);
    int point = c == 'u' ? hexAt(next, 4) : -1;
    if (point >= 0) {
      next += 4;
      decoded = true;
      return point;
    }
    if (c == 'n' || c == 'r' || c == 't' || c == 'b' || c == 'f') {
      return c == 'n' ? '\n' : ' ';
    }
    if (c > ' ' && (Ascii.flags((byte) c) & Ascii.ALNUM) == 0 && c != '%' && c != '\\') {
      return c;
    }
    next = p;
    return '\\';
  }

  /** A byte as it is or percent-encoded, 0 at the end. */
  private int byteAt(int p) {
    int value = p < limit && raw[p] == '%' ? hexAt(p + 1, 2) : -1;
    next = value >= 0 ? p + 3 : p + 1;
    return value >= 0 ? value : p < limit ? raw[p] : 0;
  }

  private int hexAt(int from, int digits) {
    if (from + digits > limit) {
      return -1;
    }
    int value = 0;
    for (int p = from; p < from + digits; p++) {
      int digit = Ascii.hex(raw[p]);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /** The byte that stands for a code point, 0 for none. */
  private static int fold(int point) {
    if (point < 0x80) {
      return point == 0 ? ' ' : point;
    }
    if (point >= 0xc0 && point <= 0xff) {
      return ACCENTS.charAt(point - 0xc0);
    }
    if (point >= 0xff01 && point <= 0xff5e) {
      return point - 0xff01 + '!';
    }
    if (isSpace(point)) {
      return ' ';
    }
    if (isWithoutWidth(point)) {
      return 0;
    }
    if (point == 0x2044 || point == 0x2215) {
      return '/';
    }
    if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212 || point == 0xfe63) {
      return '-';
    }
    if (point == 0x201c || point == 0x201d) {
      return '"';
    }
    return digit(point);
  }

  private static boolean isSpace(int point) {
    return point == 0xa0
        || (point >= 0x2000 && point <= 0x200a)
        || point == 0x202f
        || point == 0x205f
        || point == 0x3000;
  }

  private static boolean isWithoutWidth(int point) {
    return (point >= 0x200b && point <= 0x200f)
        || (point >= 0x202a && point <= 0x202e)
        || (point >= 0x2060 && point <= 0x2064)
        || point == 0xad
        || point == 0xfeff;
  }

  /** Digits of Arabic, Persian and Hindi. */
  private static int digit(int point) {
    int first = point < 0x66a ? 0x660 : point < 0x6fa ? 0x6f0 : 0x966;
    return point >= first && point < first + 10 ? '0' + point - first : OTHER;
  }

  private static boolean[] odd() {
    boolean[] odd = new boolean[256];
    Arrays.fill(odd, 128, 256, true);
    odd['%'] = true;
    odd['\\'] = true;
    return odd;
  }
}
