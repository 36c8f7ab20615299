package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.BASE64;
import static dev.tollspan.detectors.Ascii.DIGIT;
import static dev.tollspan.detectors.Ascii.HEX;
import static dev.tollspan.detectors.Ascii.JOINER;
import static dev.tollspan.detectors.Ascii.TOKEN;
import static java.nio.charset.StandardCharsets.US_ASCII;

/** Keys known by more than a prefix: OpenAI's marker, JSON web tokens, lengths beside a word. */
final class Tokens {
  private static final int NEAR = 48;
  private static final int LENGTH_MAX = 90;
  private static final double BITS_MIN = 3.5;

  private static final byte[] OPENAI_MARKER = "T3BlbkFJ".getBytes(US_ASCII);
  private static final byte[] OPENAI_PROJECT = "sk-proj-".getBytes(US_ASCII);
  private static final int OPENAI_MIN = 40;
  private static final int OPENAI_MAX = 220;
  private static final int VENDOR_MIN = 20;

  private static final int HEADER_BYTES_MAX = 512;
  private static final long ALGORITHM = 0x22616c6722L; // "alg" in quotes
  private static final int PARTS_MAX = 5; // encrypted ones have five

  private Tokens() {}

  /** Adds the key that begins here; none of its characters stands before it. Its end, or -1. */
  static int find(Scan scan, int from) {
    if (scan.is(from - 1, TOKEN)) {
      return -1;
    }
    if (scan.at(from) == 's' && scan.at(from + 1) == 'k' && scan.at(from + 2) == '-') {
      return vendor(scan, from);
    }
    if (from + 2 < scan.end && mayBeginJwt(scan.text, from)) {
      return scan.wants(Kind.JWT) ? jwt(scan, from) : -1;
    }
    return -1;
  }

  /** Whether this is a brace in base64, with a quote or white space behind it. */
  private static boolean mayBeginJwt(byte[] text, int from) {
    int third = text[from + 2];
    return text[from] == 'e'
        && (text[from + 1] == 'y'
            ? third == 'J' || third == 'A'
            : text[from + 1] == 'w' && (third == 'o' || third == '0' || third == 'k'));
  }

  /** Whether what {@link #find} finds may begin here, three bytes before the end at least. */
  static boolean mayBegin(byte[] text, int from) {
    boolean vendor = text[from] == 's' && text[from + 1] == 'k' && text[from + 2] == '-';
    return vendor || mayBeginJwt(text, from);
  }

  private static int vendor(Scan scan, int from) {
    int end = scan.run(from, TOKEN, OPENAI_MAX);
    boolean openai = end - from >= OPENAI_MIN && scan.startsWith(from, OPENAI_PROJECT);
    for (int p = from; p < end - OPENAI_MARKER.length && !openai; p++) {
      openai = scan.text[p] == 'T' && scan.startsWith(p, OPENAI_MARKER);
    }
    if (openai && end - from >= OPENAI_MIN) {
      return accept(scan, Kind.OPENAI_KEY, from, end);
    }
    int length = scan.run(from + 3, ALNUM, OPENAI_MAX) - from - 3;
    boolean other = length >= VENDOR_MIN && from + 3 + length == end;
    return other && Entropy.bits(scan, from + 3, end) >= BITS_MIN
        ? accept(scan, Kind.LLM_VENDOR_KEY, from, end)
        : -1;
  }

  /** RFC 7519: parts of base64url, the first a JSON object that names its algorithm. */
  private static int jwt(Scan scan, int from) {
    int end = scan.run(from, TOKEN, scan.end - from);
    if (scan.at(end) != '.' || !namesAlgorithm(scan, from, end)) {
      return -1;
    }
    for (int part = 1; part < PARTS_MAX && scan.at(end) == '.'; part++) {
      int next = scan.run(end + 1, TOKEN, scan.end);
      if (part == 1 && next - end < 4) {
        return -1;
      }
      end = next;
    }
    return accept(scan, Kind.JWT, from, end);
  }

  private static boolean namesAlgorithm(Scan scan, int from, int to) {
    long window = 0;
    int bits = 0;
    int held = 0;
    for (int p = from; p < to && p < from + HEADER_BYTES_MAX; p++) {
      held = held << 6 | sextet(scan.text[p]);
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        window = ((window << 8) | (held >>> bits & 0xff)) & 0xffffffffffL;
        if (window == ALGORITHM) {
          return true;
        }
      }
    }
    return false;
  }

  private static int sextet(int c) {
    if (c >= 'a') {
      return c - 'a' + 26;
    }
    if (c >= 'A') {
      return c == '_' ? 63 : c - 'A';
    }
    return c >= '0' ? c - '0' + 52 : 62;
  }

  /**
   * Adds the key of a known length that begins here, if a word near it says whose; its end, or -1.
   */
  static int findBeside(Scan scan, int from) {
    if (scan.is(from - 1, BASE64 | JOINER)) {
      return -1;
    }
    int stop = scan.run(from, BASE64 | JOINER, LENGTH_MAX + 1);
    int end = Secrets.padded(scan, stop);
    int length = end - from;
    if (length < 32 || length > LENGTH_MAX) {
      return -1;
    }
    boolean alnum = scan.run(from, ALNUM, length) == end;
    boolean hex = scan.run(from, HEX, length) == end;
    boolean base64 = scan.run(from, BASE64, length) == stop;
    if (length == 40
        && base64
        && stop == end
        && !hex
        && isBeside(scan, Kind.AWS_SECRET, from, end)) {
      return accept(scan, Kind.AWS_SECRET, from, end);
    }
    boolean storage = base64 && ((length == 88 && stop + 2 == end) || (length == 44 && stop < end));
    if (storage && isBeside(scan, Kind.AZURE_SECRET, from, end)) {
      return accept(scan, Kind.AZURE_SECRET, from, end);
    }
    boolean vendor = hex ? length == 64 : alnum && (length == 40 || length == 32);
    if (vendor && isBeside(scan, Kind.LLM_VENDOR_KEY, from, end)) {
      return accept(scan, Kind.LLM_VENDOR_KEY, from, end);
    }
    if (hex && length <= 40 && isBeside(scan, Kind.DATADOG, from, end)) {
      return accept(scan, Kind.DATADOG, from, end);
    }
    return hex && length == 32 && isBeside(scan, Kind.TWILIO, from, end)
        ? accept(scan, Kind.TWILIO, from, end)
        : -1;
  }

  private static boolean isBeside(Scan scan, Kind kind, int from, int end) {
    return scan.wants(kind) && scan.near(kind.place(), from, end, NEAR);
  }

  /** Adds an Azure client secret: three characters, a digit, "Q~" at this place, 31 to 34 more. */
  static int azure(Scan scan, int tilde) {
    int start = tilde - 5;
    boolean marked = scan.at(tilde - 1) == 'Q' && scan.is(tilde - 2, DIGIT);
    for (int p = start; p < tilde - 2; p++) {
      marked &= isAzure(scan, p);
    }
    if (!marked) {
      return -1;
    }
    int end = tilde + 1;
    while (end <= tilde + 35 && isAzure(scan, end)) {
      end++;
    }
    boolean length = end - tilde > 31 && end - tilde <= 35;
    return length && !isAzure(scan, start - 1) ? accept(scan, Kind.AZURE_SECRET, start, end) : -1;
  }

  private static boolean isAzure(Scan scan, int p) {
    return scan.is(p, TOKEN | Ascii.DOT) || scan.at(p) == '~';
  }

  private static int accept(Scan scan, Kind kind, int from, int end) {
    if (!scan.wants(kind)) {
      return -1;
    }
    scan.hits.add(from, end, kind);
    return end;
  }
}
