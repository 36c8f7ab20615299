package dev.tollspan.canary;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;

/** Reads a Parquet file of ours back, every column decoded, without the codecs of Hadoop. */
public final class LakeFile {
  private LakeFile() {}

  /** Hands over each row; the row is not touched afterwards. */
  public static void read(Path file, Consumer<GenericRecord> rows) throws IOException {
    ParquetConfiguration plain = new PlainParquetConfiguration();
    // With a data model of its own the reader asks no configuration of Hadoop for one.
    plain.setBoolean("parquet.avro.compatible", false);
    try (ParquetReader<GenericRecord> reader =
        AvroParquetReader.<GenericRecord>builder(new LocalInputFile(file), plain)
            .withDataModel(new GenericData())
            .withCodecFactory(new ZstdPages())
            .build()) {
      for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
        rows.accept(row);
      }
    }
  }

  /** Unpacks pages of zstd, the one codec that is written. */
  private static final class ZstdPages
      implements CompressionCodecFactory, CompressionCodecFactory.BytesInputDecompressor {
    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
      throw new UnsupportedOperationException("files are only read here");
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
      if (codec != CompressionCodecName.ZSTD) {
        throw new IllegalArgumentException("a page is packed with " + codec);
      }
      return this;
    }

    @Override
    public BytesInput decompress(BytesInput bytes, int unpackedBytes) throws IOException {
      byte[] packed = bytes.toInputStream().readAllBytes();
      return BytesInput.from(Zstd.decompress(packed, unpackedBytes));
    }

    @Override
    public void decompress(ByteBuffer input, int packedBytes, ByteBuffer output, int unpackedBytes)
        throws IOException {
      byte[] packed = new byte[packedBytes];
      input.get(packed);
      output.put(Zstd.decompress(packed, unpackedBytes));
    }

    @Override
    public void release() {}
  }
}
