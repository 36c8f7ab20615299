package dev.tollspan.receiver;

/** What HTTP's grammar asks of single bytes and words (RFC 9110, section 5.6). */
final class Ascii {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
  private static final String HOST_MARKS = "-._~%!$&'()*+,;=";

  private Ascii() {}

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static boolean isLetter(byte b) {
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** Whether it may stand in the name of a method or a field. */
  static boolean isToken(byte b) {
    return isLetter(b) || b == '-' || isDigit(b) || (b > 0 && TOKEN_MARKS.indexOf(b) >= 0);
  }

  static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  /** Whether this is a host, which may be empty, and perhaps a port (RFC 3986, section 3.2). */
  static boolean isHost(byte[] bytes, int from, int to) {
    int at = from;
    boolean isNumber = from < to && bytes[from] == '['; // of IPv6
    if (isNumber) {
      at++;
    }
    while (at < to && (isHostByte(bytes[at]) || (isNumber && bytes[at] == ':'))) {
      at++;
    }
    if (isNumber && (at == to || bytes[at++] != ']')) {
      return false;
    }
    if (at < to && bytes[at++] != ':') {
      return false;
    }
    while (at < to && isDigit(bytes[at])) {
      at++;
    }
    return at == to;
  }

  private static boolean isHostByte(byte b) {
    return isLetter(b) || isDigit(b) || (b > 0 && HOST_MARKS.indexOf(b) >= 0);
  }

  /** The value of a hexadecimal digit, or -1. */
  static int hex(byte b) {
    return b < 0 ? -1 : Character.digit(b, 16);
  }

  /** Whether just these bytes begin here. */
  static boolean isAt(byte[] bytes, int at, String text) {
    if (bytes.length - at < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the bytes are this word of lower case, in any case. */
  static boolean isWord(byte[] bytes, int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (lower(bytes[from + i]) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether this word of lower case is in the list, whose commas may have blanks around. */
  static boolean isListed(byte[] bytes, int from, int to, String word) {
    int at = from;
    while (at < to) {
      int comma = indexOf(bytes, at, to, ',');
      int end = comma;
      while (at < end && isBlank(bytes[at])) {
        at++;
      }
      while (end > at && isBlank(bytes[end - 1])) {
        end--;
      }
      if (isWord(bytes, at, end, word)) {
        return true;
      }
      at = comma + 1;
    }
    return false;
  }

  /** Where this byte stands first, or the end. */
  static int indexOf(byte[] bytes, int from, int to, char sought) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == sought) {
        return i;
      }
    }
    return to;
  }
}
