package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest {
  private static final String NAME = "Zo\u00eb-00007 Quillfeather";
  private static final String MAIL = "zoe.quillfeather+00007@example.com";
  private static final Set<String> BOTH = Set.of(NAME, MAIL);
  private static final String PROMPT = "for " + NAME + " and " + MAIL + ".";
  private static final String WORD = "qzxvbnhjklmwertuiopasdfg";

  private final Search search = Search.forTexts(List.of(NAME, MAIL, "TOLLSPAN-MARK-00008-Z"));

  @TempDir private Path directory;

  @Test
  void findsEachMarkOfAPrompt() {
    assertEquals(BOTH, search.find(PROMPT));
    assertEquals(3, search.marks());
    assertEquals(Set.of(), search.find("TOLLSPAN-MARK-00009-Z, TOLLSPAN-MARK-0000"));
    assertEquals(Set.of(), search.find(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "xy", "xyz"})
  void findsMarksInsideOfBase64(String before) {
    byte[] bytes = (before + PROMPT).getBytes(UTF_8);
    assertEquals(BOTH, search.find(Base64.getEncoder().encodeToString(bytes)));
    assertEquals(BOTH, search.find(Base64.getUrlEncoder().encodeToString(bytes)));
  }

  @Test
  void findsMarksThatAreEscaped() {
    assertEquals(BOTH, search.find(PROMPT.replace("\u00eb", "\\u00eb")));
    assertEquals(BOTH, search.find(PROMPT.replace("\u00eb", "\\u00EB")));
    assertEquals(BOTH, search.find(Forms.escaped(PROMPT)));
    assertEquals(BOTH, search.find(Forms.percent(PROMPT)));
    assertEquals(BOTH, search.find(URLEncoder.encode(PROMPT, UTF_8)));
    assertEquals(BOTH, search.find(URLEncoder.encode(PROMPT, UTF_8).replace("+", "%20")));
  }

  /** What was sent in one form may come out in another one, on top of its own. */
  @ParameterizedTest
  @EnumSource(Encoding.class)
  void findsWhatIsSentInEachEncoding(Encoding encoding) {
    Mark mark =
        new Mark(
            WORD,
            Transport.GRPC,
            "",
            encoding.label(),
            new byte[0],
            encoding.forms(WORD),
            false,
            Set.of());
    Search one = Search.forMarks(List.of(mark));
    for (String form : encoding.forms(WORD)) {
      assertEquals(Set.of(WORD), one.find(("x" + form + "y").getBytes(ISO_8859_1)), form);
    }
    String text = encoding == Encoding.SPLIT ? Encoding.half(WORD, 1) : encoding.text(WORD);
    assertEquals(Set.of(WORD), one.find(text));
    assertEquals(Set.of(WORD), one.find(WORD));
  }

  @Test
  void findsAMarkAtBothEnds() {
    assertEquals(Set.of(MAIL), search.find(MAIL + "x".repeat(100)));
    assertEquals(Set.of(MAIL), search.find("x".repeat(100) + MAIL));
    assertEquals(Set.of(), search.find("x".repeat(100) + MAIL.substring(0, MAIL.length() - 1)));
  }

  @Test
  void goesDownIntoWhatIsPacked() {
    byte[] noise = new byte[10_000];
    new Random(1).nextBytes(noise);
    byte[] plain = PROMPT.repeat(50).getBytes(UTF_8);
    byte[] gzip = Around.gzip(plain);
    assertEquals(BOTH, search.find(join(noise, gzip, noise)));
    assertEquals(BOTH, search.find(join(noise, Zstd.compress(plain), noise)));
    assertEquals(BOTH, search.find(Around.gzip(Zstd.compress(join(noise, gzip)))));
    assertEquals(Set.of(), search.find(noise));
  }

  @Test
  void readsAPackedStreamThatIsCutOffAsFarAsItGoes() {
    byte[] noise = new byte[500_000];
    new Random(1).nextBytes(noise);
    byte[] plain = join(PROMPT.getBytes(UTF_8), noise);
    byte[] gzip = Around.gzip(plain);
    byte[] zstd = Zstd.compress(plain);
    assertEquals(BOTH, search.find(Arrays.copyOf(gzip, gzip.length / 2)));
    assertEquals(BOTH, search.find(Arrays.copyOf(zstd, zstd.length / 2)));
  }

  @Test
  void readsDictionariesOfParquet() throws IOException {
    assertEquals(Set.of(MAIL), search.find(parquet(true, Map.of(), "a", MAIL, MAIL)));
  }

  /** There the texts are written as what they do not share with the one before. */
  @Test
  void readsPagesOfParquet() throws IOException {
    String shared = MAIL.substring(0, 20);
    Path file = parquet(false, Map.of(), "a", shared + "0zzz", MAIL, shared + "9");
    assertEquals(Set.of(MAIL), search.find(file));
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(Set.of(), search.find(bytes), "the bytes alone do not show it");
  }

  @Test
  void readsTheFooterOfParquet() throws IOException {
    assertEquals(Set.of(NAME), search.find(parquet(true, Map.of("note", NAME), "a")));
  }

  private Path parquet(boolean dictionary, Map<String, String> extra, String... texts)
      throws IOException {
    Schema schema = SchemaBuilder.record("Row").fields().requiredString("text").endRecord();
    Path file = Files.createTempDirectory(directory, "lake").resolve("rows.parquet");
    try (ParquetWriter<GenericRecord> writer =
        AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
            .withSchema(schema)
            .withConf(new PlainParquetConfiguration())
            .withDataModel(new GenericData())
            .withWriterVersion(WriterVersion.PARQUET_2_0)
            .withCodecFactory(new ZstdPages())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withDictionaryEncoding(dictionary)
            .withStatisticsEnabled("text", false)
            .withExtraMetaData(extra)
            .build()) {
      for (String text : texts) {
        writer.write(new GenericRecordBuilder(schema).set("text", text).build());
      }
    }
    assertTrue(Files.size(file) > 0);
    return file;
  }

  /** Packs pages without Hadoop's codecs. */
  private static final class ZstdPages
      implements CompressionCodecFactory, CompressionCodecFactory.BytesInputCompressor {
    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
      return this;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
      throw new UnsupportedOperationException("files are only written here");
    }

    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      return BytesInput.from(Zstd.compress(bytes.toInputStream().readAllBytes()));
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    @Override
    public void release() {}
  }

  private static byte[] join(byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    byte[] joined = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return joined;
  }
}
