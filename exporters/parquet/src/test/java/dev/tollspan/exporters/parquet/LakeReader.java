package dev.tollspan.exporters.parquet;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Struct;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;

/**
 * Reads a lake with two readers that know nothing of each other: parquet-avro and DuckDB.
 *
 * <p>A row is a map from column to value: String, Integer, Long, Double, Boolean, a sorted map, or
 * for events and links a list of lists; times are microseconds. What is null is left out.
 */
final class LakeReader {
  private LakeReader() {}

  /** All visible files, by path. */
  static List<Path> files(Path root) throws IOException {
    return find(root, true);
  }

  /** Everything else that is no directory. */
  static List<Path> strangers(Path root) throws IOException {
    return find(root, false);
  }

  private static List<Path> find(Path root, boolean visible) throws IOException {
    if (!Files.exists(root)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .filter(
              p -> {
                String name = p.getFileName().toString();
                return visible == (name.endsWith(".parquet") && !name.startsWith("."));
              })
          .sorted()
          .toList();
    }
  }

  /** All rows by start and span id, as parquet-avro reads them. */
  static List<Map<String, Object>> avro(Path root) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (GenericRecord record : records(root)) {
      rows.add(row(record));
    }
    rows.sort(LakeReader::byStart);
    return rows;
  }

  /** The records that parquet-avro makes of all rows. */
  static List<GenericRecord> records(Path root) throws IOException {
    List<GenericRecord> records = new ArrayList<>();
    for (Path file : files(root)) {
      ParquetConfiguration conversion = SpanLayout.conversion();
      conversion.set("parquet.avro.read.schema", SpanLayout.avro().toString());
      conversion.setBoolean("parquet.avro.compatible", false);
      try (ParquetReader<GenericRecord> reader =
          AvroParquetReader.<GenericRecord>builder(new LocalInputFile(file), conversion)
              .withDataModel(new GenericData())
              .withCodecFactory(new Decompressing())
              .usePageChecksumVerification()
              .build()) {
        for (GenericRecord record = reader.read(); record != null; record = reader.read()) {
          records.add(record);
        }
      }
    }
    return records;
  }

  private static Map<String, Object> row(GenericRecord from) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (Schema.Field field : from.getSchema().getFields()) {
      Object value = from.get(field.pos());
      if (value != null) {
        row.put(field.name(), avroValue(value));
      }
    }
    return row;
  }

  private static Object avroValue(Object value) {
    return switch (value) {
      case CharSequence text -> text.toString();
      case Map<?, ?> map -> sorted(map);
      case List<?> list -> list.stream().map(LakeReader::avroValue).toList();
      case IndexedRecord record -> {
        List<Object> fields = new ArrayList<>();
        for (Schema.Field field : record.getSchema().getFields()) {
          Object inner = record.get(field.pos());
          fields.add(inner == null ? "null" : avroValue(inner));
        }
        yield fields;
      }
      default -> value;
    };
  }

  private static Map<String, String> sorted(Map<?, ?> map) {
    Map<String, String> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(key.toString(), value.toString()));
    return sorted;
  }

  /** All rows by start and span id, as DuckDB reads them. */
  static List<Map<String, Object>> duckdb(Path root) throws SQLException, IOException {
    if (files(root).isEmpty()) {
      return List.of();
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    StringBuilder columns = new StringBuilder();
    for (Schema.Field field : SpanLayout.avro().getFields()) {
      String name = field.name();
      boolean time = List.of("start_time", "end_time", "ingest_time").contains(name);
      columns.append(columns.isEmpty() ? "" : ", ");
      columns.append(
          time
              ? "epoch_us(" + name + ") AS " + name
              : name.equals("events")
                  ? "list_transform(events, lambda e: {'time': epoch_us(e.time), 'name': e.name,"
                      + " 'attributes': e.attributes}) AS events"
                  : name);
    }
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET threads = 1");
      try (ResultSet result = statement.executeQuery("SELECT " + columns + from(root))) {
        while (result.next()) {
          rows.add(row(result));
        }
      }
    }
    rows.sort(LakeReader::byStart);
    return rows;
  }

  /** The span ids of all rows, as numbers, in ascending order. */
  static List<Long> numbers(Path root) throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (GenericRecord record : records(root)) {
      numbers.add(Long.parseUnsignedLong(record.get("span_id").toString(), 16));
    }
    numbers.sort(null);
    return numbers;
  }

  /** The one value of a query over all files, which is followed by its FROM clause. */
  static Object query(Path root, String select) throws SQLException {
    return value(select + from(root));
  }

  /** The one value of a query. */
  static Object value(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getObject(1);
    }
  }

  private static String from(Path root) {
    return " FROM read_parquet('" + root + "/spans/*/*/*.parquet', hive_partitioning = true)";
  }

  private static Map<String, Object> row(ResultSet result) throws SQLException {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
      Object value = result.getObject(i);
      if (value != null) {
        row.put(result.getMetaData().getColumnName(i), duckValue(value));
      }
    }
    return row;
  }

  private static Object duckValue(Object value) throws SQLException {
    return switch (value) {
      case Map<?, ?> map -> sorted(map);
      case Array array -> {
        List<Object> elements = new ArrayList<>();
        for (Object element : (Object[]) array.getArray()) {
          elements.add(duckValue(element));
        }
        yield elements;
      }
      case Struct struct -> {
        List<Object> fields = new ArrayList<>();
        for (Object field : struct.getAttributes()) {
          fields.add(field == null ? "null" : duckValue(field));
        }
        yield fields;
      }
      default -> value;
    };
  }

  static int byStart(Map<String, Object> a, Map<String, Object> b) {
    int order = Long.compare((Long) a.get("start_unix_nano"), (Long) b.get("start_unix_nano"));
    return order != 0 ? order : ((String) a.get("span_id")).compareTo((String) b.get("span_id"));
  }

  /** The least that parquet-avro needs to read zstd without Hadoop's codecs. */
  private static final class Decompressing
      implements CompressionCodecFactory, CompressionCodecFactory.BytesInputDecompressor {
    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
      throw new UnsupportedOperationException();
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
      if (codec != CompressionCodecName.ZSTD) {
        throw new UncheckedIOException(new IOException("not zstd: " + codec));
      }
      return this;
    }

    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      return BytesInput.from(inflate(bytes.toInputStream().readAllBytes(), size));
    }

    @Override
    public void decompress(ByteBuffer input, int compressedSize, ByteBuffer output, int size)
        throws IOException {
      byte[] in = new byte[compressedSize];
      input.get(in);
      output.put(inflate(in, size));
    }

    private static byte[] inflate(byte[] in, int size) throws IOException {
      byte[] out = new byte[size];
      long count = Zstd.decompressByteArray(out, 0, size, in, 0, in.length);
      if (count != size) {
        throw new IOException(count + " bytes instead of " + size);
      }
      return out;
    }

    @Override
    public void release() {}
  }

  static Path only(List<Path> files) {
    if (files.size() != 1) {
      throw new AssertionError("not one file: " + Arrays.toString(files.toArray()));
    }
    return files.getFirst();
  }
}
