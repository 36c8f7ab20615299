package dev.tollspan.usage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads values out of objects that emitters pack into a text: JSON, or what Python's repr makes of
 * a dict or of an object with named fields. Takes the union of both, because what is sent is
 * neither: quotes of either kind, members behind a colon or an equals sign, any bare word.
 *
 * <p>Iterative; its memory does not depend on the text. Looks at each byte about once. One thread.
 */
final class PackedReader {
  /** Longer texts are not read. */
  static final int BYTES_MAX = 4 << 20;

  /** Texts that nest deeper are not read to their end. */
  static final int DEPTH_MAX = 512;

  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final int BROKEN = -1;
  private static final int TOO_DEEP = -2;

  private final Scan scan;

  // All of the reading thread, good during one call.
  private final int[] places = new int[PackedPaths.DEPTH_MAX + 2];
  private final int[] indexes = new int[PackedPaths.DEPTH_MAX + 2]; // -1: an object
  private int depth;
  private boolean wantsName;
  private int place;

  PackedReader(Scan scan) {
    this.scan = scan;
  }

  /** Reads a text at {@code [from, to)} and tells the scan what stands at the paths' places. */
  Fault read(byte[] bytes, int from, int to, PackedPaths paths) {
    if (to - from > BYTES_MAX) {
      return Fault.PACKED_TOO_LONG;
    }
    int p = from;
    while (p < to && bytes[p] <= ' ') {
      p++;
    }
    if (p == to) {
      return Fault.NONE;
    }
    depth = 0;
    wantsName = false;
    place = PackedPaths.ROOT;
    do {
      p = step(bytes, p, to, paths);
    } while (p >= 0 && p < to && depth > 0);
    if (p == TOO_DEEP) {
      return Fault.PACKED_TOO_DEEP;
    }
    return p < 0 || depth > 0 ? Fault.PACKED_BROKEN : Fault.NONE;
  }

  /** Takes one token; returns where the next begins, or BROKEN or TOO_DEEP. */
  private int step(byte[] bytes, int p, int to, PackedPaths paths) {
    return switch (bytes[p]) {
      case ' ', '\t', '\n', '\r' -> p + 1;
      case ',' -> {
        next(paths);
        yield p + 1;
      }
      case ':', '=' -> {
        wantsName = false;
        yield p + 1;
      }
      case '{' -> open(bytes, p, to, paths, true);
      case '[', '(' -> open(bytes, p, to, paths, false);
      case '}', ']', ')' -> {
        depth--;
        place = PackedPaths.NOWHERE;
        wantsName = false;
        yield p + 1;
      }
      case '"', '\'' -> {
        int end = endOfText(bytes, p, to);
        if (end >= 0) {
          value(bytes, p + 1, end, true, paths);
        }
        yield end >= 0 ? end + 1 : BROKEN;
      }
      default -> word(bytes, p, to, paths);
    };
  }

  private int word(byte[] bytes, int p, int to, PackedPaths paths) {
    int end = p + 1;
    while (end < to && isWordPart(bytes[end])) {
      end++;
    }
    if (end == to) {
      return depth == 0 ? to : BROKEN; // it may go on where the text was cut off
    }
    if (bytes[end] == '(' && !wantsName) {
      return open(bytes, end, to, paths, true);
    }
    value(bytes, p, end, false, paths);
    return end;
  }

  private void value(byte[] bytes, int from, int to, boolean quoted, PackedPaths paths) {
    if (wantsName) {
      int here = places[depth];
      place = paths.member(here, bytes, from, to);
      return;
    }
    int code = place == PackedPaths.NOWHERE ? 0 : paths.code(place);
    place = PackedPaths.NOWHERE;
    if ((code & Code.SIGNAL) != 0) {
      scan.signal(Code.meaning(code), bytes, from, to - from);
    } else if (code != 0) {
      scan.take(code, bytes, from, to, quoted);
    }
  }

  private int open(byte[] bytes, int p, int to, PackedPaths paths, boolean named) {
    if (place == PackedPaths.NOWHERE || !paths.leadsOn(place)) {
      place = PackedPaths.NOWHERE;
      return skip(bytes, p, to, DEPTH_MAX - depth);
    }
    depth++;
    places[depth] = place;
    indexes[depth] = named ? -1 : 0;
    wantsName = named;
    place = named ? PackedPaths.NOWHERE : paths.element(place, 0);
    return p + 1;
  }

  private void next(PackedPaths paths) {
    if (depth == 0) {
      return;
    }
    wantsName = indexes[depth] < 0;
    place = PackedPaths.NOWHERE;
    if (!wantsName) {
      indexes[depth]++;
      place = paths.element(places[depth], indexes[depth]);
    }
  }

  /** Behind a value that begins with a bracket. */
  private static int skip(byte[] bytes, int begin, int to, int depthMax) {
    int open = 0;
    int p = begin;
    while (p < to) {
      switch (bytes[p]) {
        case '{', '[', '(' -> {
          open++;
          if (open > depthMax) {
            return TOO_DEEP;
          }
        }
        case '}', ']', ')' -> {
          open--;
          if (open == 0) {
            return p + 1;
          }
        }
        case '"', '\'' -> {
          p = endOfText(bytes, p, to);
          if (p < 0) {
            return BROKEN;
          }
        }
        default -> {
          // part of a number or a word
        }
      }
      p++;
    }
    return BROKEN;
  }

  /** Where the text that begins with this quote ends: its last quote, or BROKEN. */
  private static int endOfText(byte[] bytes, int begin, int to) {
    byte quote = bytes[begin];
    long quotes = (quote & 0xff) * ONES;
    long backslashes = '\\' * ONES;
    int p = begin + 1;
    while (p < to) {
      if (p + 8 <= to) {
        long word = (long) INT64.get(bytes, p);
        long hits = zeros(word ^ quotes) | zeros(word ^ backslashes);
        if (hits == 0) {
          p += 8;
          continue;
        }
        p += Long.numberOfTrailingZeros(hits) >> 3;
      }
      if (bytes[p] == quote) {
        return p;
      }
      p += bytes[p] == '\\' ? 2 : 1;
    }
    return BROKEN;
  }

  /** The high bits of the bytes that are 0; bytes above the lowest of them may be marked too. */
  private static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  private static boolean isWordPart(byte b) {
    return switch (b) {
      case ' ', '\t', '\n', '\r', ',', ':', '=', '{', '}', '[', ']', '(', ')', '"', '\'' -> false;
      default -> true;
    };
  }
}
