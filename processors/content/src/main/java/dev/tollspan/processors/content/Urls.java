package dev.tollspan.processors.content;

/**
 * Reduces URLs to scheme, host, port and a path of known words; whatever else a path holds becomes
 * {@code {}}, and user, query and fragment go. Allocates nothing.
 */
final class Urls {
  private static final int HOST_MAX = 128;
  private static final int PORT_DIGITS_MAX = 5;
  private static final int PARTS_MAX = 16;

  /** How many bytes {@link #reduce} may need more than the text has. */
  static final int ROOM = PARTS_MAX * 2;

  private Urls() {}

  /** Where {@code ://} stands in a text, or -1. */
  static int sign(byte[] bytes, int from, int to) {
    for (int p = from; p + 2 < to; p++) {
      if (bytes[p] == ':' && bytes[p + 1] == '/' && bytes[p + 2] == '/') {
        return p;
      }
    }
    return -1;
  }

  /**
   * Whether a text is a URL, holds one, or is part of one: it holds {@code ://}, begins with a
   * slash, also behind a method, or has a query. The text has been folded.
   */
  static boolean isUrl(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && ((bytes[p] >= 0 && bytes[p] <= ' ') || bytes[p] == '"' || bytes[p] == '\'')) {
      p++;
    }
    return (p < to && bytes[p] == '/')
        || beginsWithMethod(bytes, p, to)
        || sign(bytes, p, to) >= 0
        || hasQuery(bytes, p, to);
  }

  private static boolean beginsWithMethod(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && Grammar.Characters.of(bytes[p]) == Grammar.Characters.LETTER) {
      p++;
    }
    return p + 1 < to
        && bytes[p] == ' '
        && bytes[p + 1] == '/'
        && Vocabulary.METHODS.holds(bytes, from, p - from);
  }

  /** Whether {@code ?name=} stands in a text, or {@code ?name} in a word with a slash. */
  private static boolean hasQuery(byte[] bytes, int from, int to) {
    boolean slash = false;
    int name = -1;
    for (int p = from; p < to; p++) {
      byte c = bytes[p];
      if (name >= 0 && p > name && (c == '=' || slash)) {
        return true;
      }
      name = c == '?' ? p + 1 : name >= 0 && isQueryName(c) ? name : -1;
      slash = c == '/' || (slash && c != ' ');
    }
    return slash && name >= 0 && name < to;
  }

  private static boolean isQueryName(byte c) {
    return isHost(c) || c == '[' || c == ']' || c == '$' || c < 0;
  }

  /** Whether a text is a URL that {@link #reduce} would not change. */
  static boolean isReduced(byte[] bytes, int from, int to) {
    int host = hostStart(bytes, from, to);
    int path = host < 0 ? -1 : hostEnd(bytes, host, to);
    if (path < 0) {
      return false;
    }
    for (int p = path; p < to; ) {
      int end = partEnd(bytes, p + 1, to);
      boolean template = end == p + 3 && bytes[p + 1] == '{' && bytes[p + 2] == '}';
      if (bytes[p] != '/' || !(isKnown(bytes, p + 1, end) || template)) {
        return false;
      }
      p = end;
    }
    return true;
  }

  /** Whether a text is a path of known words and of parameters in braces. */
  static boolean isRoute(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && bytes[p] == '/') {
      int end = partEnd(bytes, p + 1, to);
      if (!isKnown(bytes, p + 1, end) && !isParameter(bytes, p + 1, end)) {
        return false;
      }
      p = end;
    }
    return p == to && to > from;
  }

  private static boolean isParameter(byte[] bytes, int from, int to) {
    if (to - from < 3 || bytes[from] != '{' || bytes[to - 1] != '}') {
      return false;
    }
    for (int p = from + 1; p < to - 1; p++) {
      int kind = Grammar.Characters.of(bytes[p]);
      if (kind != Grammar.Characters.LETTER && bytes[p] != '_' && bytes[p] != '-') {
        return false;
      }
    }
    return true;
  }

  /**
   * Writes what may stay of a URL, or of a path, and returns its length; 0 if nothing may. Needs
   * {@link #ROOM} bytes more than the text has.
   */
  static int reduce(byte[] bytes, int from, int to, byte[] target) {
    if (from < to && bytes[from] == '/') {
      return path(bytes, from, to, target, 0);
    }
    int scheme = sign(bytes, from, to);
    if (scheme < 0 || !Vocabulary.PROTOCOLS.holds(bytes, from, scheme - from)) {
      return 0;
    }
    int host = behindUser(bytes, scheme + 3, to);
    int path = hostEnd(bytes, host, to);
    if (path < 0 || Sentences.isSentence(bytes, host, path)) {
      return 0;
    }
    int length = scheme + 3 - from;
    System.arraycopy(bytes, from, target, 0, length);
    System.arraycopy(bytes, host, target, length, path - host);
    return path(bytes, path, to, target, length + path - host);
  }

  private static int path(byte[] bytes, int from, int to, byte[] target, int at) {
    int length = at;
    int parts = 0;
    int p = from;
    while (p < to && bytes[p] == '/' && parts++ < PARTS_MAX) {
      int end = partEnd(bytes, p + 1, to);
      target[length++] = '/';
      if (isKnown(bytes, p + 1, end)) {
        System.arraycopy(bytes, p + 1, target, length, end - p - 1);
        length += end - p - 1;
      } else {
        target[length++] = '{';
        target[length++] = '}';
      }
      p = end;
    }
    return length;
  }

  private static boolean isKnown(byte[] bytes, int from, int to) {
    return from == to || Vocabulary.PATHS.holds(bytes, from, to - from);
  }

  private static int partEnd(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && bytes[p] != '/' && bytes[p] != '?' && bytes[p] != '#') {
      p++;
    }
    return p;
  }

  private static int hostStart(byte[] bytes, int from, int to) {
    int scheme = sign(bytes, from, to);
    boolean known = scheme > 0 && Vocabulary.PROTOCOLS.holds(bytes, from, scheme - from);
    return known ? scheme + 3 : -1;
  }

  private static int behindUser(byte[] bytes, int from, int to) {
    int host = from;
    for (int p = from; p < to && bytes[p] != '/'; p++) {
      host = bytes[p] == '@' ? p + 1 : host;
    }
    return host;
  }

  /** Behind host and port; -1 if that is not what stands here. */
  private static int hostEnd(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && bytes[p] != ':' && isHost(bytes[p])) {
      p++;
    }
    if (p - from > HOST_MAX) {
      return -1;
    }
    if (p < to && bytes[p] == ':') {
      int port = ++p;
      while (p < to && Ascii.isDigit(bytes[p])) {
        p++;
      }
      if (p == port || p - port > PORT_DIGITS_MAX) {
        return -1;
      }
    }
    boolean ends = p == to || bytes[p] == '/' || bytes[p] == '?' || bytes[p] == '#';
    return ends ? p : -1;
  }

  private static boolean isHost(byte c) {
    int kind = Grammar.Characters.of(c);
    return kind == Grammar.Characters.LETTER
        || kind == Grammar.Characters.DIGIT
        || kind == Grammar.Characters.DOT;
  }
}
