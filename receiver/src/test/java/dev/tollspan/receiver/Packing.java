package dev.tollspan.receiver;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** How a request is packed, and the streams that senders and other servers have for it. */
enum Packing {
  NONE,
  GZIP,
  ZSTD;

  /** The largest window of zstd that a stream may have. */
  private static final int WINDOW_BITS_MAX = 31;

  /** By a Content-Encoding, which must be one that is understood. */
  static Packing named(String coding) {
    return switch (coding.toLowerCase(Locale.ROOT)) {
      case "", "identity" -> NONE;
      case "gzip", "x-gzip" -> GZIP;
      case "zstd" -> ZSTD;
      default -> throw new AssertionError("nobody should have taken this encoding");
    };
  }

  /** The name of the encoding. */
  String coding() {
    return this == NONE ? "identity" : name().toLowerCase(Locale.ROOT);
  }

  byte[] pack(byte[] plain) {
    return switch (this) {
      case NONE -> plain;
      case GZIP -> Requests.gzip(plain);
      case ZSTD -> Requests.zstdStream(plain);
    };
  }

  /** What comes out, but no more than one byte above the limit; fails if it is broken. */
  byte[] unpack(byte[] packed, int limit) {
    byte[] plain = new byte[limit + 1];
    int size = 0;
    try (InputStream in = stream(new ByteArrayInputStream(packed))) {
      for (int more = 1; more > 0 && size < plain.length; size += Math.max(0, more)) {
        more = in.read(plain, size, plain.length - size);
      }
    } catch (ZstdIOException e) {
      // Who unpacks in one go, as we do, needs no window, and minds no block that exceeds it.
      long all = Zstd.decompressByteArray(plain, 0, plain.length, packed, 0, packed.length);
      if (Zstd.isError(all)) {
        throw new AssertionError("others refuse it", e);
      }
      size = (int) all;
    } catch (IOException e) {
      throw new AssertionError("others refuse it", e);
    }
    return Arrays.copyOf(plain, size);
  }

  private InputStream stream(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new GZIPInputStream(in);
      case ZSTD -> new ZstdInputStream(in).setLongMax(WINDOW_BITS_MAX);
    };
  }
}
