package dev.tollspan.receiver;

import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Gzip as RFC 1952 has it: header fields of any kind, one member or several. Checksums are checked,
 * and bytes behind the last member make the whole request broken: what they were meant to be, no
 * one knows, and the sender must not believe that it was taken.
 */
final class GzipUnpacker implements Unpacker {
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final int DEFLATE = 8;
  private static final int F_HEADER_CRC = 2;
  private static final int F_EXTRA = 4;
  private static final int F_NAME = 8;
  private static final int F_COMMENT = 16;
  private static final int F_RESERVED = 0xe0;

  /** After so many bytes others may go on. */
  private static final int SLICE_BYTES = 128 << 10;

  /** And after so many that are read. */
  private static final int INPUT_BYTES = 64 << 10;

  /** What may be read in vain, beside so many times what comes out. */
  private static final int WASTE_BYTES_MAX = 1 << 20;

  private static final int WASTE_TIMES = 4;

  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private int fed; // where the input goes on; owned by the thread that unpacks

  /** What does not fit two arrays, the one that is full and a larger one, is begun again in one. */
  @Override
  public Result unpack(byte[] packed, int size, Inflated out) {
    Result result = members(packed, size, out);
    return result == Result.NO_ROOM && out.startOver(Long.MAX_VALUE)
        ? members(packed, size, out)
        : result;
  }

  private Result members(byte[] packed, int size, Inflated out) {
    int at = 0;
    do {
      int body = headerEnd(packed, at, size);
      if (body < 0) {
        return Result.BROKEN;
      }
      int before = out.length();
      Result result = inflate(packed, body, size, out);
      if (result != Result.DONE) {
        return result;
      }
      at = fed - inflater.getRemaining();
      if (size - at < TRAILER_BYTES
          || int32(packed, at) != (int) crc.getValue()
          || int32(packed, at + 4) != out.length() - before) {
        return Result.BROKEN;
      }
      at += TRAILER_BYTES;
      if (isWasteful(at, out)) {
        return Result.WASTEFUL;
      }
    } while (at < size);
    return Result.DONE;
  }

  private Result inflate(byte[] packed, int from, int size, Inflated out) {
    inflater.reset();
    crc.reset();
    fed = from;
    try {
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          if (fed == size || isWasteful(fed, out)) {
            return fed == size ? Result.BROKEN : Result.WASTEFUL;
          }
          feed(packed, from, size);
        }
        if (out.room() == 0 && !out.grow(firstRoom(packed, size))) {
          return Result.NO_ROOM;
        }
        int n = inflater.inflate(out.bytes(), out.length(), Math.min(out.room(), SLICE_BYTES));
        if (n == 0 && inflater.needsDictionary()) {
          return Result.BROKEN;
        }
        crc.update(out.bytes(), out.length(), n);
        out.add(n);
        if (out.isTooLarge()) {
          return Result.TOO_LARGE;
        }
        if (n == SLICE_BYTES) {
          LockSupport.parkNanos(1);
        }
      }
      return Result.DONE;
    } catch (DataFormatException e) {
      return Result.BROKEN;
    }
  }

  private void feed(byte[] packed, int from, int size) {
    if (fed > from) {
      LockSupport.parkNanos(1);
    }
    int more = Math.min(INPUT_BYTES, size - fed);
    inflater.setInput(packed, fed, more);
    fed += more;
  }

  /** Whether so much has been read for so little that it can only be meant to keep us busy. */
  private static boolean isWasteful(int read, Inflated out) {
    return read > WASTE_BYTES_MAX + (long) WASTE_TIMES * out.length();
  }

  /** One byte more than the last member says it has, so that its end is seen. */
  private static long firstRoom(byte[] packed, int size) {
    long claimed = size < TRAILER_BYTES ? 0 : int32(packed, size - 4) & 0xffffffffL;
    return Math.max(size, Unpacker.firstRoom(claimed, size)) + 1;
  }

  /** Where the compressed data of the member at {@code from} begins, or -1. */
  private int headerEnd(byte[] packed, int from, int size) {
    if (size - from < HEADER_BYTES
        || packed[from] != 0x1f
        || packed[from + 1] != (byte) 0x8b
        || packed[from + 2] != DEFLATE
        || (packed[from + 3] & F_RESERVED) != 0) {
      return -1;
    }
    int flags = packed[from + 3];
    int at = from + HEADER_BYTES; // cannot overflow: a request has at most 1 GiB
    if ((flags & F_EXTRA) != 0) {
      at = at + 2 <= size ? at + 2 + int16(packed, at) : -1;
    }
    if ((flags & F_NAME) != 0) {
      at = textEnd(packed, at, size);
    }
    if ((flags & F_COMMENT) != 0) {
      at = textEnd(packed, at, size);
    }
    if ((flags & F_HEADER_CRC) != 0) {
      at = at >= 0 && at + 2 <= size && isHeaderCrc(packed, from, at) ? at + 2 : -1;
    }
    return at <= size ? at : -1;
  }

  private boolean isHeaderCrc(byte[] packed, int from, int at) {
    crc.reset();
    crc.update(packed, from, at - from);
    return int16(packed, at) == (crc.getValue() & 0xffff);
  }

  private static int textEnd(byte[] packed, int from, int size) {
    if (from >= 0) {
      for (int p = from; p < size; p++) {
        if (packed[p] == 0) {
          return p + 1;
        }
      }
    }
    return -1;
  }

  private static int int16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8);
  }

  private static int int32(byte[] bytes, int at) {
    return int16(bytes, at) | (int16(bytes, at + 2) << 16);
  }

  @Override
  public void close() {
    inflater.end();
  }
}
