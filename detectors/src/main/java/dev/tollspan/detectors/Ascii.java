package dev.tollspan.detectors;

/** Classes of bytes, as bits; a set of characters is an or of them. */
final class Ascii {
  static final int DIGIT = 1;
  static final int LOWER = 2;
  static final int UPPER = 4;
  static final int HEX_LETTER = 8;
  static final int JOINER = 16; // - _
  static final int PLUS_SLASH = 32;
  static final int DOT = 64;

  static final int LETTER = LOWER | UPPER;
  static final int ALNUM = LETTER | DIGIT;
  static final int HEX = DIGIT | HEX_LETTER;
  static final int TOKEN = ALNUM | JOINER; // base64url
  static final int BASE64 = ALNUM | PLUS_SLASH;

  private static final byte[] FLAGS = flags();

  private Ascii() {}

  static int flags(byte character) {
    return FLAGS[character & 0xff];
  }

  static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }

  static boolean isUpper(int character) {
    return character >= 'A' && character <= 'Z';
  }

  static int upper(int character) {
    return character >= 'a' && character <= 'z' ? character - 32 : character;
  }

  /** The value of a hexadecimal digit, or -1. */
  static int hex(int character) {
    if (isDigit(character)) {
      return character - '0';
    }
    int letter = (character | 0x20) - 'a';
    return letter >= 0 && letter < 6 ? letter + 10 : -1;
  }

  private static byte[] flags() {
    byte[] flags = new byte[256];
    for (int c = 0; c < 128; c++) {
      int letter = (c | 0x20) - 'a';
      int flag = isDigit(c) ? DIGIT : 0;
      flag |= letter >= 0 && letter < 26 ? c >= 'a' ? LOWER : UPPER : 0;
      flag |= letter >= 0 && letter < 6 ? HEX_LETTER : 0;
      flag |= c == '-' || c == '_' ? JOINER : 0;
      flag |= c == '+' || c == '/' ? PLUS_SLASH : 0;
      flag |= c == '.' ? DOT : 0;
      flags[c] = (byte) flag;
    }
    return flags;
  }
}
