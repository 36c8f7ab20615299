package dev.tollspan.exporters.otlp;

import com.github.luben.zstd.ZstdInputStream;
import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What gRPC needs to know of compression.
 *
 * <p>Out: nothing but the name; a {@link Packer} has done the work. In: gzip and zstd, always,
 * because grpc-go answers in the request's encoding, and an answer that cannot be read would make
 * us send again what has arrived.
 */
final class Codecs {
  private Codecs() {}

  static CompressorRegistry out(Compression compression) {
    CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
    if (compression != Compression.NONE) {
      registry.register(new Packed(compression.encoding()));
    }
    return registry;
  }

  static DecompressorRegistry in() {
    return DecompressorRegistry.emptyInstance()
        .with(Codec.Identity.NONE, false)
        .with(new Codec.Gzip(), true)
        .with(new Unzstd(), true);
  }

  private static final class Packed implements Compressor {
    private final String encoding;

    Packed(String encoding) {
      this.encoding = encoding;
    }

    @Override
    public String getMessageEncoding() {
      return encoding;
    }

    @Override
    public OutputStream compress(OutputStream target) {
      return target;
    }
  }

  private static final class Unzstd implements Decompressor {
    @Override
    public String getMessageEncoding() {
      return Compression.ZSTD.encoding();
    }

    @Override
    public InputStream decompress(InputStream source) throws IOException {
      return new ZstdInputStream(source);
    }
  }
}
