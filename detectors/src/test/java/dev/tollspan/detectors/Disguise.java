package dev.tollspan.detectors;

/** What may have happened to the characters of a value before it came into its carrier. */
enum Disguise {
  NONE,
  WIDE_DIGITS,
  ZERO_WIDTH,
  JSON_CODES,
  PERCENT,
  ODD_SPACES;

  String of(String text) {
    StringBuilder changed = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (this) {
        case NONE -> changed.append(c);
        case WIDE_DIGITS -> changed.append(Character.isDigit(c) ? (char) (c - '0' + 0xff10) : c);
        case ZERO_WIDTH ->
            changed.append(c).append(i % 3 == 1 ? "\u200b" : i % 7 == 3 ? "\ufeff" : "");
        case JSON_CODES ->
            changed.append(i % 2 == 0 ? "\\u%04x".formatted((int) c) : String.valueOf(c));
        case PERCENT ->
            changed.append(i % 2 == 0 ? "%%%02x".formatted((int) c) : String.valueOf(c));
        case ODD_SPACES ->
            changed.append(c == ' ' ? (i % 2 == 0 ? '\u00a0' : '\u2009') : c == '-' ? '\u2011' : c);
      }
    }
    return changed.toString();
  }
}
