package dev.tollspan.exporters.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Compresses pages with zstd and nothing else, without the codec classes of Hadoop that
 * parquet-java would load. One thread; serves all files of an exporter, one after another, and
 * holds native memory until it is closed.
 */
final class ZstdPages
    implements CompressionCodecFactory,
        CompressionCodecFactory.BytesInputCompressor,
        AutoCloseable {
  static final int LEVEL = 3;

  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private final Page page = new Page();
  private byte[] compressed = new byte[0]; // owned by the exporting thread

  /** Pages are copied here before they are compressed; the array is used again. */
  private static final class Page extends ByteArrayOutputStream {
    byte[] bytes() {
      return buf;
    }
  }

  ZstdPages() {
    context.setLevel(LEVEL);
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    if (codec != CompressionCodecName.ZSTD) {
      throw new IllegalArgumentException("only zstd is written, not " + codec);
    }
    return this;
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("this room only writes");
  }

  @Override
  public BytesInput compress(BytesInput bytes) throws IOException {
    page.reset();
    bytes.writeAllTo(page);
    int bound = Math.toIntExact(Zstd.compressBound(page.size()));
    if (compressed.length < bound) {
      compressed = new byte[bound];
    }
    int length = context.compressByteArray(compressed, 0, bound, page.bytes(), 0, page.size());
    return BytesInput.from(compressed, 0, length);
  }

  @Override
  public CompressionCodecName getCodecName() {
    return CompressionCodecName.ZSTD;
  }

  /** Called by each writer at its end; the next one goes on with the same context. */
  @Override
  public void release() {}

  @Override
  public void close() {
    context.close();
  }
}
