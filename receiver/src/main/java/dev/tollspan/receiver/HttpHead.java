package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The head of one HTTP/1.1 request (RFC 9112, sections 2 to 6), read strictly: whatever two servers
 * might understand differently is refused, so that nobody in front of us sees another request than
 * we do. Keeps the bytes and where in them is what; no object per field. Belongs to the event loop
 * of its connection, and is used again for the next request.
 */
final class HttpHead {
  static final int BYTES_MAX = 16 << 10;
  static final int FIELDS_MAX = 64;

  private static final int BYTES_START = 1 << 10;
  private static final int LENGTH_DIGITS_MAX = 15;

  /** How far it is. */
  enum Step {
    MORE,
    DONE,
    BAD,
    TOO_LARGE,
    OTHER_VERSION
  }

  /** What the Content-Type says. */
  enum Media {
    PROTOBUF,
    JSON,
    OTHER,
    NONE
  }

  /** What the Content-Encoding says. */
  enum Coding {
    IDENTITY,
    GZIP,
    ZSTD,
    OTHER
  }

  private final byte[] loginField;
  private byte[] bytes = new byte[BYTES_START];
  private int length;
  private int lineStart;
  private int fields;
  private boolean trailers;

  private int methodEnd;
  private int pathStart;
  private int pathEnd;
  private boolean hasHost;
  private int loginStart;
  private int loginEnd;
  private int originStart;
  private int originEnd;
  private boolean asksCors;

  /** Without one, -1. */
  long contentLength;

  boolean isChunked;
  boolean isKeptAlive;
  boolean expectsContinue;
  boolean expectsOther;
  boolean isVersion10;
  Media media = Media.NONE;
  Coding coding = Coding.IDENTITY;
  private boolean hasCoding;
  private boolean hasExpect;

  /** {@code loginField} is the name, in lower case, of the field that carries credentials. */
  HttpHead(String loginField) {
    this.loginField = loginField.getBytes(US_ASCII);
    reset(false);
  }

  /** Forgets the request; what comes next are trailers or another head. */
  void reset(boolean trailersNext) {
    if (length > BYTES_START) {
      bytes = new byte[BYTES_START];
    } else {
      Arrays.fill(bytes, 0, length, (byte) 0); // credentials among them
    }
    length = 0;
    lineStart = 0;
    fields = 0;
    trailers = trailersNext;
    if (!trailersNext) {
      methodEnd = 0;
      hasHost = false;
      loginStart = -1;
      originStart = -1;
      asksCors = false;
      contentLength = -1;
      isChunked = false;
      isKeptAlive = true;
      expectsContinue = false;
      expectsOther = false;
      isVersion10 = false;
      media = Media.NONE;
      coding = Coding.IDENTITY;
      hasCoding = false;
      hasExpect = false;
    }
  }

  boolean isEmpty() {
    return length == 0;
  }

  /** Takes bytes up to the end of the head, and says whether that has come. */
  Step read(ByteBuf in) {
    while (in.isReadable()) {
      int more = Math.min(in.readableBytes(), bytes.length - length);
      if (more == 0) {
        if (bytes.length == BYTES_MAX) {
          return Step.TOO_LARGE;
        }
        bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        continue;
      }
      int start = in.readerIndex();
      in.getBytes(start, bytes, length, more);
      int from = length;
      int at = from;
      Step step = Step.MORE;
      while (step == Step.MORE && at < from + more) {
        if (bytes[at++] == '\n') {
          length = at;
          step = line(at);
        }
      }
      length = at;
      in.readerIndex(start + at - from);
      Arrays.fill(bytes, at, from + more, (byte) 0);
      if (step != Step.MORE) {
        return step;
      }
    }
    return Step.MORE;
  }

  /** A line that ends before {@code end}. */
  private Step line(int end) {
    int from = lineStart;
    int to = end - 2;
    lineStart = end;
    if (to < from || bytes[to] != '\r') {
      return Step.BAD; // a bare LF
    }
    if (to == from) {
      if (trailers || methodEnd > 0) {
        return trailers || isConsistent() ? Step.DONE : Step.BAD;
      }
      return from == 0 ? Step.MORE : Step.BAD; // RFC 9112, section 2.2: one empty line may come
    }
    if (!trailers && methodEnd == 0) {
      return requestLine(from, to);
    }
    if (++fields > FIELDS_MAX) {
      return Step.TOO_LARGE;
    }
    return field(from, to) ? Step.MORE : Step.BAD;
  }

  private boolean isConsistent() {
    expectsContinue &= !isVersion10; // RFC 9110, section 10.1.1
    return (hasHost || isVersion10) && !(isChunked && (contentLength >= 0 || isVersion10));
  }

  private Step requestLine(int from, int to) {
    int at = from;
    while (at < to && Ascii.isToken(bytes[at])) {
      at++;
    }
    if (at == from || at == to || bytes[at] != ' ') {
      return Step.BAD;
    }
    int method = at;
    int target = at + 1;
    at = target;
    while (at < to && bytes[at] > ' ' && bytes[at] < 127) {
      at++;
    }
    if (at == target || at == to || bytes[at] != ' ' || !path(target, at)) {
      return Step.BAD;
    }
    methodEnd = method;
    int version = at + 1;
    if (to - version != 8
        || !Ascii.isAt(bytes, version, "HTTP/")
        || !Ascii.isDigit(bytes[version + 5])
        || bytes[version + 6] != '.'
        || !Ascii.isDigit(bytes[version + 7])) {
      return Step.BAD;
    }
    isVersion10 = bytes[version + 7] == '0';
    isKeptAlive = !isVersion10;
    boolean known = bytes[version + 5] == '1' && bytes[version + 7] <= '1';
    return known ? Step.MORE : Step.OTHER_VERSION;
  }

  /** Finds the path of a target: {@code /path?query}, the same behind a host, or {@code *}. */
  private boolean path(int from, int to) {
    int at = from;
    if (bytes[at] != '/' && !(bytes[at] == '*' && to == at + 1)) {
      int scheme = at;
      while (at < to && Ascii.isLetter(bytes[at])) {
        at++;
      }
      if (at == scheme || !Ascii.isAt(bytes, at, "://")) {
        return false;
      }
      int host = at + 3;
      at = host;
      while (at < to && bytes[at] != '/' && bytes[at] != '?') {
        at++;
      }
      if (at == host || !Ascii.isHost(bytes, host, at)) {
        return false;
      }
    }
    pathStart = at;
    pathEnd = Ascii.indexOf(bytes, at, to, '?');
    return Ascii.indexOf(bytes, at, to, '#') == to; // RFC 9110, section 7.1: a target has none
  }

  /** One field line; false if it is none, or says what must not be said twice. */
  private boolean field(int from, int to) {
    int at = from;
    while (at < to && Ascii.isToken(bytes[at])) {
      at++;
    }
    if (at == from || at == to || bytes[at] != ':') {
      return false; // obs-fold and a blank before the colon, too
    }
    int nameEnd = at;
    int start = nameEnd + 1;
    int end = to;
    while (start < end && Ascii.isBlank(bytes[start])) {
      start++;
    }
    while (end > start && Ascii.isBlank(bytes[end - 1])) {
      end--;
    }
    for (int i = start; i < end; i++) {
      if ((bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 127) {
        return false; // a bare CR or a NUL among them
      }
    }
    return trailers || known(from, nameEnd, start, end);
  }

  private boolean known(int from, int nameEnd, int start, int end) {
    if (isName(from, nameEnd, loginField)) {
      boolean first = loginStart < 0;
      loginStart = start;
      loginEnd = end;
      return first;
    }
    return switch (nameEnd - from) {
      case 4 -> !isName(from, nameEnd, "host") || host(start, end);
      case 6 ->
          isName(from, nameEnd, "expect")
              ? expect(start, end)
              : !isName(from, nameEnd, "origin") || origin(start, end);
      case 10 -> !isName(from, nameEnd, "connection") || connection(start, end);
      case 12 -> !isName(from, nameEnd, "content-type") || contentType(start, end);
      case 14 -> !isName(from, nameEnd, "content-length") || contentLength(start, end);
      case 16 -> !isName(from, nameEnd, "content-encoding") || contentEncoding(start, end);
      case 17 -> !isName(from, nameEnd, "transfer-encoding") || transferEncoding(start, end);
      case 29 -> {
        asksCors |= isName(from, nameEnd, "access-control-request-method");
        yield true;
      }
      default -> true;
    };
  }

  private boolean host(int start, int end) {
    boolean first = !hasHost;
    hasHost = true;
    return first && Ascii.isHost(bytes, start, end);
  }

  private boolean origin(int start, int end) {
    boolean first = originStart < 0;
    originStart = start;
    originEnd = end;
    return first;
  }

  private boolean expect(int start, int end) {
    boolean first = !hasExpect;
    hasExpect = true;
    expectsContinue = Ascii.isWord(bytes, start, end, "100-continue");
    expectsOther = !expectsContinue;
    return first;
  }

  private boolean connection(int start, int end) {
    isKeptAlive &= !Ascii.isListed(bytes, start, end, "close");
    return true;
  }

  private boolean contentType(int start, int end) {
    boolean first = media == Media.NONE;
    int to = Ascii.indexOf(bytes, start, end, ';');
    while (to > start && Ascii.isBlank(bytes[to - 1])) {
      to--;
    }
    media =
        Ascii.isWord(bytes, start, to, "application/x-protobuf")
            ? Media.PROTOBUF
            : Ascii.isWord(bytes, start, to, "application/json") ? Media.JSON : Media.OTHER;
    return first;
  }

  private boolean contentEncoding(int start, int end) {
    boolean first = !hasCoding;
    hasCoding = true;
    coding =
        start == end || Ascii.isWord(bytes, start, end, "identity")
            ? Coding.IDENTITY
            : Ascii.isWord(bytes, start, end, "gzip") || Ascii.isWord(bytes, start, end, "x-gzip")
                ? Coding.GZIP
                : Ascii.isWord(bytes, start, end, "zstd") ? Coding.ZSTD : Coding.OTHER;
    return first;
  }

  private boolean contentLength(int start, int end) {
    boolean first = contentLength < 0;
    long value = 0;
    for (int i = start; i < end; i++) {
      if (!Ascii.isDigit(bytes[i])) {
        return false; // also a list, and a sign
      }
      value = 10 * value + bytes[i] - '0';
    }
    contentLength = value;
    return first && end > start && end - start <= LENGTH_DIGITS_MAX;
  }

  private boolean transferEncoding(int start, int end) {
    boolean first = !isChunked;
    isChunked = true;
    return first && Ascii.isWord(bytes, start, end, "chunked");
  }

  private boolean isName(int from, int to, String name) {
    return Ascii.isWord(bytes, from, to, name);
  }

  private boolean isName(int from, int to, byte[] name) {
    if (to - from != name.length) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (Ascii.lower(bytes[from + i]) != name[i]) {
        return false;
      }
    }
    return true;
  }

  boolean isMethod(String method) {
    return methodEnd >= method.length()
        && Ascii.isAt(bytes, methodEnd - method.length(), method)
        && (methodEnd == method.length() || bytes[methodEnd - method.length() - 1] == '\n');
  }

  boolean isPath(byte[] path) {
    return Arrays.equals(bytes, pathStart, pathEnd, path, 0, path.length);
  }

  /** Whether this is what a browser asks before it sends. */
  boolean isPreflight() {
    return asksCors && originStart >= 0 && isMethod("OPTIONS");
  }

  /** The Origin; empty without one. */
  String origin() {
    return originStart < 0 ? "" : new String(bytes, originStart, originEnd - originStart, US_ASCII);
  }

  /** Whether the guard lets this request in. */
  boolean isAdmitted(Guard guard) {
    return loginStart >= 0 && guard.admits(bytes, loginStart, loginEnd);
  }
}
