package dev.tollspan.exporters.otlp;

import java.util.List;

/**
 * Compresses whole messages, into memory that is used again: what it returns is good until it is
 * called again. For one thread.
 *
 * <p>gRPC itself is told that the message is compressed already ({@link Codecs}).
 */
interface Packer extends AutoCloseable {
  /** The message whose parts these are, packed. */
  List<Slice> pack(List<Slice> message, int bytes);

  @Override
  void close();

  static Packer of(Compression compression) {
    return switch (compression) {
      case NONE -> new Plain();
      case GZIP -> new GzipPacker();
      case ZSTD -> new ZstdPacker();
    };
  }

  /** Leaves messages as they are. */
  final class Plain implements Packer {
    @Override
    public List<Slice> pack(List<Slice> message, int bytes) {
      return message;
    }

    @Override
    public void close() {}
  }
}
