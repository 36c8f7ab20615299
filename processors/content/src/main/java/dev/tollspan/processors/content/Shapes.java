package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Ascii.isDigit;
import static dev.tollspan.processors.content.Ascii.isLetter;
import static dev.tollspan.processors.content.Ascii.isUpper;

/** What the characters of a text do not tell: whether it is built as a version or an error is. */
final class Shapes {
  private static final int PARTS_MAX = 6;
  private static final int WORDS_MAX = 5;
  private static final int WORD_MAX = 40;
  private static final int DIGITS_MAX = 3; // an HTTP status
  private static final int PREFIX_MAX = 2; // v1, go1
  private static final int LABELS_MAX = 2; // 2.1.0-alpha-SNAPSHOT, 25+8-LTS-b01
  private static final int LABEL_MAX = 12;
  private static final int COMMIT_MIN = 7;

  private static final byte[] TIME = Names.ascii("0000-00-00T00:00:00");

  private Shapes() {}

  /**
   * Whether a text is a class ({@code openai.RateLimitError}) or a code ({@code rate_limit_error},
   * {@code 429}): at most six parts with a dot or colon between, lower case before upper case, and
   * words within a part only if all of it has one case.
   */
  static boolean isError(byte[] bytes, int from, int to) {
    int parts = 0;
    boolean classes = false;
    int start = from;
    for (int p = from; p <= to; p++) {
      if (p == to || bytes[p] == '.' || bytes[p] == ':') {
        boolean isClass = p > start && isUpper(bytes[start]);
        if (p > start && (++parts > PARTS_MAX || (classes && !isClass))) {
          return false;
        }
        if (!isErrorPart(bytes, start, p)) {
          return false;
        }
        classes |= isClass;
        start = p + 1;
      }
    }
    return parts == 1 || classes;
  }

  private static boolean isErrorPart(byte[] bytes, int from, int to) {
    boolean lower = false;
    boolean upper = false;
    int digits = 0;
    int word = 0;
    int words = 1;
    for (int p = from; p < to; p++) {
      byte c = bytes[p];
      boolean between = c == '_' || c == '-';
      digits = isDigit(c) ? digits + 1 : 0;
      word = between ? 0 : word + 1;
      words += between && p > from ? 1 : 0;
      lower |= !between && !isDigit(c) && !isUpper(c);
      upper |= isUpper(c);
      if (digits > DIGITS_MAX || word > WORD_MAX) {
        return false;
      }
    }
    return words == 1 || (words <= WORDS_MAX && !(lower && upper));
  }

  /**
   * Whether a text is digits with dots, with a short prefix and at most two labels behind ({@code
   * v1.2.0-rc1}, {@code 6.8.0-1021-aws}), the hex digits of a commit, or the word for a channel.
   */
  static boolean isVersion(byte[] bytes, int from, int to) {
    return isNumbered(bytes, from, to) || isCommit(bytes, from, to) || isChannel(bytes, from, to);
  }

  private static boolean isNumbered(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && p - from < PREFIX_MAX && isLetter(bytes[p])) {
      p++;
    }
    if (p == to || !isDigit(bytes[p])) {
      return false;
    }
    int labels = 0;
    int letters = 0; // of the word at hand
    for (; p < to; p++) {
      boolean between = !isLetter(bytes[p]) && !isDigit(bytes[p]);
      labels += letters == 0 && isLetter(bytes[p]) ? 1 : 0;
      letters = between ? 0 : letters + (isLetter(bytes[p]) ? 1 : 0);
      if (labels > LABELS_MAX || letters > LABEL_MAX) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCommit(byte[] bytes, int from, int to) {
    int digits = 0;
    for (int p = from; p < to; p++) {
      if (isDigit(bytes[p])) {
        digits++;
      } else if ((bytes[p] | 0x20) < 'a' || (bytes[p] | 0x20) > 'f') {
        return false;
      }
    }
    return digits > 0 && to - from >= COMMIT_MIN;
  }

  /**
   * Whether this sign is one that vendors put before a model ({@code @cf/meta/llama-2}, {@code
   * ~openai/gpt-latest}) or before its version ({@code claude-3-haiku@20240307}).
   */
  static boolean isMarkOfModel(byte[] bytes, int from, int at, int to) {
    if (at == from) {
      return bytes[at] == '@' || bytes[at] == '~';
    }
    int version = at + 1;
    return bytes[at] == '@' && (areDigits(bytes, version, to) || isChannel(bytes, version, to));
  }

  private static boolean areDigits(byte[] bytes, int from, int to) {
    for (int p = from; p < to; p++) {
      if (!isDigit(bytes[p]) && bytes[p] != '-') {
        return false;
      }
    }
    return to > from;
  }

  private static boolean isChannel(byte[] bytes, int from, int to) {
    return Vocabulary.CHANNELS.holds(bytes, from, to - from);
  }

  /** Whether a text is digits, with a point at most, and a unit ({@code 1.2s}, {@code 45ms}). */
  static boolean isDuration(byte[] bytes, int from, int to) {
    int p = from;
    int points = 0;
    while (p < to && (isDigit(bytes[p]) || (bytes[p] == '.' && p > from))) {
      points += bytes[p] == '.' ? 1 : 0;
      p++;
    }
    boolean micro = to - p == 3 && bytes[p] < 0 && bytes[p + 1] < 0;
    int unit = micro ? p + 2 : p;
    return p > from
        && points < 2
        && (micro ? bytes[unit] == 's' : Vocabulary.UNITS.holds(bytes, unit, to - unit));
  }

  /** Whether a text is a time: {@code 2026-11-21T16:42:32.123Z}, with an offset or without. */
  static boolean isTime(byte[] bytes, int from, int to) {
    for (int i = 0; i < TIME.length; i++) {
      int p = from + i;
      if (p >= to || (TIME[i] == '0' ? !isDigit(bytes[p]) : bytes[p] != TIME[i])) {
        return false;
      }
    }
    for (int p = from + TIME.length; p < to; p++) {
      boolean last = bytes[p] == 'Z' && p + 1 == to;
      if (isLetter(bytes[p]) && !last) {
        return false;
      }
    }
    return true;
  }

  /** Whether a text is a list of known finish reasons, as JSON or Python write one. */
  static boolean isReasons(byte[] bytes, int from, int to) {
    if (to - from < 2 || bytes[from] != '[' || bytes[to - 1] != ']') {
      return false;
    }
    int p = from + 1;
    int end = to - 1;
    while (p < end) {
      byte quote = bytes[p];
      int start = ++p;
      while (p < end && bytes[p] != quote) {
        p++;
      }
      boolean quoted = (quote == '"' || quote == '\'') && p < end;
      if (!quoted || !Vocabulary.REASONS.holds(bytes, start, p - start)) {
        return false;
      }
      p++;
      if (p < end && bytes[p++] != ',') {
        return false;
      }
      p += p < end && bytes[p] == ' ' ? 1 : 0;
    }
    return true;
  }
}
