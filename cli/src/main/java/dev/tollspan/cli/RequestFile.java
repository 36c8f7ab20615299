package dev.tollspan.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * Cuts a file into JSON objects, one after the other, or takes it as one request in protobuf;
 * either may be packed with gzip. Holds one object at a time. One use, one thread, which owns every
 * field.
 *
 * <p>An object may stand on one line or on many. Where one breaks off, the next line that begins
 * another is the place to go on from.
 */
final class RequestFile {
  /** What is found, in the order of the file. */
  interface Finder {
    /** An object with balanced brackets; the array is good during the call. */
    void json(byte[] bytes, int length, int line);

    /** A whole file. */
    void protobuf(byte[] bytes);

    /** Something that is neither. */
    void bad(int line, String reason);
  }

  static final int JSON_BYTES_MAX = 32 << 20;
  private static final int PROTOBUF_BYTES_MAX = 64 << 20;
  private static final int PIECE_BYTES = 1 << 16;
  private static final int PEEKED_BYTES = 64;
  private static final String TOO_LARGE = "is larger than " + (JSON_BYTES_MAX >> 20) + " MiB";
  private static final String BROKEN_OFF = "ends within a value";

  private final Finder finder;
  private byte[] object = new byte[PIECE_BYTES];
  private int length;
  private int line = 1;
  private int firstLine;
  private int depth;
  private boolean inText;
  private boolean escaped;
  private boolean lineBegins = true;
  private boolean skipsLine;
  private byte last; // that is no space

  private RequestFile(Finder finder) {
    this.finder = finder;
  }

  /**
   * Reads to the end.
   *
   * @param named whether the file's name says that it is protobuf
   * @throws IOException if it cannot be read further; what came before has been found
   */
  static void read(InputStream file, boolean named, Finder finder) throws IOException {
    BufferedInputStream packed = new BufferedInputStream(file, PIECE_BYTES);
    packed.mark(2);
    boolean isPacked = packed.read() == 0x1f && packed.read() == 0x8b;
    packed.reset();
    InputStream unpacked = isPacked ? new GZIPInputStream(packed, PIECE_BYTES) : packed;
    BufferedInputStream in = new BufferedInputStream(unpacked, PIECE_BYTES);
    in.mark(PEEKED_BYTES);
    byte[] peeked = in.readNBytes(PEEKED_BYTES);
    in.reset();
    if (isProtobuf(peeked, named)) {
      byte[] bytes = in.readNBytes(PROTOBUF_BYTES_MAX + 1);
      if (bytes.length > PROTOBUF_BYTES_MAX) {
        finder.bad(0, "is larger than " + (PROTOBUF_BYTES_MAX >> 20) + " MiB");
      } else {
        finder.protobuf(bytes);
      }
    } else {
      new RequestFile(finder).cut(in);
    }
  }

  /** A request's first byte is also a line end, so the name decides where both may be. */
  private static boolean isProtobuf(byte[] peeked, boolean named) {
    if (peeked.length == 0 || peeked[0] == '{') {
      return false;
    }
    int at = 0;
    while (at < peeked.length && isSpace(peeked[at])) {
      at++;
    }
    boolean mayBeText = at == peeked.length || peeked[at] == '{';
    return named || (peeked[0] == '\n' && !mayBeText);
  }

  private void cut(InputStream in) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        for (int i = 0; i < read; i++) {
          take(piece[i]);
        }
      }
    } finally {
      if (depth > 0) {
        breakOff(BROKEN_OFF);
      }
    }
  }

  private void take(byte b) {
    boolean begins = lineBegins;
    lineBegins = b == '\n';
    if (depth > 0 && begins && b == '{' && last != '[' && last != ',' && last != ':') {
      breakOff(BROKEN_OFF);
    }
    if (skipsLine) {
      skipsLine = b != '\n';
    } else if (depth > 0) {
      inside(b);
    } else if (b == '{') {
      firstLine = line;
      inside(b);
    } else if (!isSpace(b)) {
      finder.bad(line, "is no JSON object");
      skipsLine = true;
    }
    if (b == '\n') {
      line++;
    }
    if (!isSpace(b)) {
      last = b;
    }
  }

  private void inside(byte b) {
    if (inText && b == '\n') {
      breakOff(BROKEN_OFF);
      return;
    }
    keep(b);
    if (inText) {
      inText = escaped || b != '"';
      escaped = !escaped && b == '\\';
    } else if (b == '"') {
      inText = true;
    } else if (b == '{' || b == '[') {
      depth++;
    } else if (b == '}' || b == ']') {
      depth--;
      if (depth == 0) {
        if (length > JSON_BYTES_MAX) {
          finder.bad(firstLine, TOO_LARGE);
        } else {
          finder.json(object, length, firstLine);
        }
        length = 0;
      }
    }
  }

  private void keep(byte b) {
    if (length <= JSON_BYTES_MAX) {
      if (length == object.length) {
        object = Arrays.copyOf(object, Math.min(length * 2, JSON_BYTES_MAX + 1));
      }
      object[length] = b;
      length++;
    }
  }

  private void breakOff(String reason) {
    finder.bad(firstLine, length > JSON_BYTES_MAX ? TOO_LARGE : reason);
    length = 0;
    depth = 0;
    inText = false;
    escaped = false;
  }

  private static boolean isSpace(byte b) {
    return b == ' '
        || b == '\n'
        || b == '\r'
        || b == '\t'
        || b == (byte) 0xef
        || b == (byte) 0xbb
        || b == (byte) 0xbf; // and the mark that UTF-8 text may begin with
  }
}
