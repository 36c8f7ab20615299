package dev.tollspan.receiver;

import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The compressions that are understood, and their unpackers, kept for reuse. Safe for all threads.
 *
 * <p>grpc-java gives a decompressor a stream and no way to say "too large" or "broken" (whatever is
 * thrown reaches the client as UNKNOWN). So its decompressors only put one byte in front of the
 * message that says which compression it has; the work is done by {@link RequestReader}.
 */
final class Unpackers implements AutoCloseable {
  static final int GZIP = 1;
  static final int ZSTD = 2;

  private final Kind gzip;
  private final Kind zstd;

  /** Keeps at most so many idle unpackers of each kind. */
  Unpackers(int keptMax, Supplier<Unpacker> freshGzip, Supplier<Unpacker> freshZstd) {
    gzip = Kind.of(keptMax, freshGzip);
    zstd = Kind.of(keptMax, freshZstd);
  }

  /** What grpc-java must be given, so that compressed messages arrive as {@link #unpack} wants. */
  static DecompressorRegistry registry() {
    return DecompressorRegistry.emptyInstance()
        .with(Codec.Identity.NONE, false)
        .with(new Marking("gzip", GZIP), true)
        .with(new Marking("zstd", ZSTD), true);
  }

  /** Whether gRPC's clients may send what is so encoded. */
  static boolean isKnown(String encoding) {
    return encoding.equals("identity") || encoding.equals("gzip") || encoding.equals("zstd");
  }

  /** Decompresses {@code [0, size)} of {@code packed} by the mark that came with it. */
  Unpacker.Result unpack(int mark, byte[] packed, int size, Inflated out) {
    return switch (mark) {
      case GZIP -> gzip.unpack(packed, size, out);
      case ZSTD -> zstd.unpack(packed, size, out);
      default -> Unpacker.Result.BROKEN;
    };
  }

  /** Those that are at work are closed when they are done. */
  @Override
  public void close() {
    gzip.close();
    zstd.close();
  }

  /** Unpackers of one compression: those that are idle, and how a new one is made. */
  private record Kind(
      ArrayBlockingQueue<Unpacker> idle, Supplier<Unpacker> fresh, AtomicBoolean closed) {
    static Kind of(int keptMax, Supplier<Unpacker> fresh) {
      return new Kind(new ArrayBlockingQueue<>(keptMax), fresh, new AtomicBoolean());
    }

    /** An unpacker that threw is in no known state, and is not used again. */
    Unpacker.Result unpack(byte[] packed, int size, Inflated out) {
      Unpacker idler = idle.poll();
      Unpacker unpacker = idler != null ? idler : fresh.get();
      boolean kept = false;
      try {
        Unpacker.Result result = unpacker.unpack(packed, size, out);
        kept = idle.offer(unpacker);
        return result;
      } finally {
        if (!kept) {
          unpacker.close();
        }
        if (closed.get()) {
          closeIdle();
        }
      }
    }

    void close() {
      closed.set(true);
      closeIdle();
    }

    private void closeIdle() {
      for (Unpacker idler = idle.poll(); idler != null; idler = idle.poll()) {
        idler.close();
      }
    }
  }

  /** Passes the compressed bytes on behind a mark. */
  private record Marking(String encoding, int mark) implements Decompressor {
    @Override
    public String getMessageEncoding() {
      return encoding;
    }

    @Override
    public InputStream decompress(InputStream compressed) {
      return new Marked(compressed, mark);
    }
  }

  /** A stream with one byte in front, which {@link #available()} does not count. */
  private static final class Marked extends FilterInputStream {
    private final int mark;
    private boolean told;

    Marked(InputStream in, int mark) {
      super(in);
      this.mark = mark;
    }

    @Override
    public int read() throws IOException {
      if (told) {
        return super.read();
      }
      told = true;
      return mark;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (told || length == 0) {
        return super.read(target, offset, length);
      }
      target[offset] = (byte) read();
      return 1;
    }
  }
}
