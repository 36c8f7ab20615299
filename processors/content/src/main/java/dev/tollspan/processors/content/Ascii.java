package dev.tollspan.processors.content;

/** Kinds of ASCII characters, read from bytes of UTF-8; no other byte is of any. */
final class Ascii {
  private Ascii() {}

  static boolean isUpper(byte c) {
    return c >= 'A' && c <= 'Z';
  }

  static boolean isLower(byte c) {
    return c >= 'a' && c <= 'z';
  }

  static boolean isLetter(byte c) {
    return isUpper(c) || isLower(c);
  }

  static boolean isDigit(byte c) {
    return (c - '0' & 0xff) < 10; // one comparison: cards are looked for in each text
  }
}
