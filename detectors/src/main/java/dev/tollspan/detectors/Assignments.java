package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.DIGIT;
import static dev.tollspan.detectors.Ascii.HEX;
import static dev.tollspan.detectors.Ascii.LETTER;

/**
 * Secrets that only their name gives away: a name that ends in a word for a secret, a sign of
 * assignment, a value that looks random. Hashes and ids are random too: they count only after the
 * strong words.
 */
final class Assignments {
  private static final int NAME_MAX = 48;
  private static final int VALUE_MAX = 256;
  private static final int VALUE_MIN = 10;
  private static final int PASSWORD_MIN = 8;
  private static final int SLASHES_MIN = 2;
  private static final double BITS_MIN = 3.5;
  private static final String AROUND_NAMES = " \t\"'`]";
  private static final String BEFORE_VALUES = " \t\"'`=>:[";
  private static final String BEHIND_VALUES = " \t\r\n\"'`,;&<>()[]{}|\\";
  private static final String BEHIND_QUOTED = " \t\r\n\"'`\\";
  private static final String[] SCHEMES = {"bearer ", "basic ", "token ", "apikey "};

  private Assignments() {}

  /**
   * Adds the secret that this sign assigns, as a hit in which others may still be found; where the
   * value ends that was looked at, or -1.
   */
  static int find(Scan scan, int sign) {
    return find(scan, sign, sign + 1);
  }

  private static int find(Scan scan, int sign, int behind) {
    int end = sign;
    while (sign - end < 3 && end > scan.begin && AROUND_NAMES.indexOf(scan.at(end - 1)) >= 0) {
      end--;
    }
    if (!Words.mayEndSecret(scan.text, scan.begin, end)) {
      return -1;
    }
    int start = end;
    while (end - start < NAME_MAX && isName(scan, start - 1)) {
      start--;
    }
    if (scan.at(sign) == '>' && scan.at(start - 1) != '<') {
      return -1;
    }
    long words = Words.of(scan.text, start, end) & Words.SECRETS;
    return words == 0 ? -1 : value(scan, behind, words);
  }

  /** Adds the secret with which the text begins, whose key is made of these words. */
  static int value(Scan scan, int from, long words) {
    int start = from;
    while (start - from < 4 && start < scan.end && BEFORE_VALUES.indexOf(scan.at(start)) >= 0) {
      start++;
    }
    boolean quoted = scan.at(start - 1) == '"' || scan.at(start - 1) == '\'';
    start = behindScheme(scan, start);
    String ends = quoted ? BEHIND_QUOTED : BEHIND_VALUES;
    int end = start;
    while (end < scan.end && end - start < VALUE_MAX && ends.indexOf(scan.at(end)) < 0) {
      end++;
    }
    if (isSecret(scan, start, end, words)) {
      scan.hits.add(start, end, Kind.GENERIC_SECRET);
    }
    return end;
  }

  /** As {@link #find}, for the words "is" and "Bearer": "my password is ...". */
  static int word(Scan scan, int from, int end) {
    if (end - from == 2 && scan.at(from) == 'i' && scan.at(from + 1) == 's') {
      return find(scan, from, end);
    }
    if (end - from != 6 || scan.at(end) != ' ' || !isScheme(scan, from, SCHEMES[0])) {
      return -1;
    }
    return value(scan, end, 1L << Words.STRONG);
  }

  private static boolean isName(Scan scan, int p) {
    int c = scan.at(p);
    return scan.is(p, ALNUM | Ascii.JOINER | Ascii.DOT) || c == ' ' || c == '$' || c == '@';
  }

  private static int behindScheme(Scan scan, int from) {
    for (String scheme : SCHEMES) {
      if (isScheme(scan, from, scheme)) {
        return from + scheme.length();
      }
    }
    return from;
  }

  private static boolean isScheme(Scan scan, int from, String scheme) {
    for (int i = 0; i < scheme.length(); i++) {
      if ((scan.at(from + i) | 0x20) != scheme.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSecret(Scan scan, int start, int end, long words) {
    boolean password = (words >>> Words.PASSWORD & 1) != 0;
    int length = end - start;
    int flags = 0;
    for (int p = start; p < end; p++) {
      flags |= scan.flags(p);
    }
    boolean mixed = (flags & LETTER) != 0 && (flags & DIGIT) != 0;
    boolean template = "$<{%/.*".indexOf(scan.at(start)) >= 0;
    if (!mixed || template || length < (password ? PASSWORD_MIN : VALUE_MIN)) {
      return false;
    }
    if (password) {
      return true;
    }
    boolean strong = (words >>> Words.STRONG & 1) != 0;
    boolean reference = strong ? isPath(scan, start, end) : isOfShortWords(scan, start, end);
    return !reference
        && (strong || !isId(scan, start, end))
        && Entropy.bits(scan, start, end) >= BITS_MIN;
  }

  /** Whether words of letters or of digits lead to where the secret is kept. */
  private static boolean isPath(Scan scan, int start, int end) {
    int slashes = 0;
    int flags = 0; // of the word at hand
    for (int p = start; p < end; p++) {
      slashes += scan.at(p) == '/' ? 1 : 0;
      flags = scan.is(p, ALNUM) ? flags | scan.flags(p) : 0;
      if ((flags & LETTER) != 0 && (flags & DIGIT) != 0) {
        return false;
      }
    }
    return slashes >= SLASHES_MIN;
  }

  /** Whether signs part it into words none of which is as long as a secret. */
  private static boolean isOfShortWords(Scan scan, int start, int end) {
    int longest = 0;
    int p = start;
    while (p < end) {
      int word = scan.run(p, ALNUM, end - p);
      longest = Math.max(longest, word - p);
      p = word + 1;
    }
    return longest < VALUE_MIN;
  }

  /** Hexadecimal digits in groups, as hashes, span ids and UUIDs are; a time, number or URL. */
  private static boolean isId(Scan scan, int start, int end) {
    boolean hex = true;
    boolean time = true;
    for (int p = start; p < end; p++) {
      if (scan.at(p) == ':' && scan.at(p + 1) == '/') {
        return true;
      }
      hex &= scan.is(p, HEX) || scan.at(p) == '-';
      time &= scan.is(p, DIGIT) || "-:.TZ+eE".indexOf(scan.at(p)) >= 0;
    }
    return hex || time;
  }
}
