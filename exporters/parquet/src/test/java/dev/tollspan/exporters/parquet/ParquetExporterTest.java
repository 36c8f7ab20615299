package dev.tollspan.exporters.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetExporterTest {
  private static final Instant ARRIVAL = Instant.parse("2026-08-22T07:30:00Z");
  private static final KeyTable KEYS = Batches.keys(ParquetExporter.keys().toArray(String[]::new));
  private static final List<CleanBatch> NONE = List.of();

  @TempDir Path dir;

  private Instant now = ARRIVAL;
  private final InstantSource clock = () -> now;
  private int spans;

  @Test
  void filesSpansByTheHourOfTheirStart() throws Exception {
    try (ParquetExporter exporter = open()) {
      export(exporter, batch("2026-08-22T06:59:59.999999999Z", "2026-08-22T07:00:00Z"));
      export(exporter, batch("2026-08-22T07:59:00Z"));
    }
    List<Path> files = LakeReader.files(dir);
    assertEquals(partitions("date=2026-08-22/hour=06", "date=2026-08-22/hour=07"), partitions());
    assertEquals(2, files.size());
    for (Path file : files) {
      String path = dir.relativize(file).toString();
      assertTrue(ParquetExporter.FINISHED.matcher(path).matches(), path);
    }
  }

  @Test
  @Tag("D7")
  void filesTimesThatCannotBeRightByArrival() throws Exception {
    try (ParquetExporter exporter = open()) {
      export(exporter, batch("2026-08-15T00:00:00Z", "2026-08-23T23:59:59Z"));
      export(exporter, batch("2026-08-14T23:59:59Z", "2026-08-24T00:00:00Z"));
      export(exporter, batch("1970-01-01T00:00:00Z", "2500-01-01T00:00:00Z"));
    }
    assertEquals(
        partitions("date=2026-08-15/hour=00", "date=2026-08-22/hour=07", "date=2026-08-23/hour=23"),
        partitions());
    assertEquals(6, LakeReader.duckdb(dir).size());
  }

  @Test
  void endsAllFilesWhenANinthIsNeeded() throws Exception {
    try (ParquetExporter exporter = open()) {
      for (int hour = 10; hour < 18; hour++) {
        export(exporter, batch("2026-08-21T" + hour + ":00:00Z"));
      }
      assertEquals(8, LakeReader.strangers(dir).size());
      assertEquals(0, exporter.settled());
      export(exporter, batch("2026-08-21T17:00:00Z", "2026-08-21T18:00:00Z"));
      assertEquals(2, LakeReader.strangers(dir).size());
      assertEquals(8, LakeReader.files(dir).size());
      assertEquals(8, exporter.settled());
      assertEquals(0, exporter.overflowRows());
    }
    assertEquals(10, LakeReader.files(dir).size());
  }

  @Test
  void aBatchOfManyPartitionsStandsInOneGeneration() throws Exception {
    String[] starts = new String[14];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = "2026-08-21T" + (10 + i % 12) + ":00:00Z";
    }
    try (ParquetExporter exporter = open()) {
      export(exporter, batch("2026-08-21T09:00:00Z"));
      export(exporter, batch(starts));
      assertEquals(1, LakeReader.files(dir).size());
      assertEquals(9, LakeReader.strangers(dir).size());
      exporter.finish();
      assertEquals(4, exporter.overflowRows());
    }
    assertEquals(10, LakeReader.files(dir).size());
    assertEquals(15, LakeReader.duckdb(dir).size());
  }

  @Test
  void aFloodOfPartitionsEndsInTheOneOfItsArrival() throws Exception {
    int hours = 9;
    int sent = 0;
    try (ParquetExporter exporter = open()) {
      while (sent < ParquetExporter.EVICTIONS_PER_HOUR_MAX + 20) {
        Instant start = Instant.parse("2026-08-21T10:00:00Z").plus(Duration.ofHours(sent % hours));
        export(exporter, batch(start.toString()));
        sent++;
      }
      exporter.finish();
      assertTrue(exporter.overflowRows() > 0);
      int files = LakeReader.files(dir).size();
      assertTrue(files <= ParquetExporter.EVICTIONS_PER_HOUR_MAX + 9, "files: " + files);
    }
    assertEquals((long) sent, LakeReader.query(dir, "SELECT count(*)"));
    assertTrue(partitions().contains("date=2026-08-22/hour=07"));
  }

  @Test
  void showsAFileOnlyOnceItsAgeIsOver() throws Exception {
    try (ParquetExporter exporter = open()) {
      export(exporter, batch("2026-08-22T07:00:00Z"));
      now = ARRIVAL.plusSeconds(59);
      exporter.flush();
      assertEquals(List.of(), LakeReader.files(dir));
      now = ARRIVAL.plusSeconds(60);
      exporter.flush();
      assertEquals(1, LakeReader.duckdb(dir).size());
      assertEquals(List.of(), LakeReader.strangers(dir));
    }
  }

  @Test
  void endsAFileByRowsAndByBytes() throws Exception {
    ParquetConfig rows = new ParquetConfig(dir, Duration.ofHours(1), 1 << 30, 3);
    try (ParquetExporter exporter = new ParquetExporter(rows, KEYS, clock)) {
      export(exporter, batch("2026-08-22T07:00:00Z", "2026-08-22T07:00:01Z"));
      assertEquals(0, LakeReader.files(dir).size());
      export(exporter, batch("2026-08-22T07:00:02Z"));
      assertEquals(1, LakeReader.files(dir).size());
    }
    ParquetConfig bytes = new ParquetConfig(dir, Duration.ofHours(1), 64 << 10, 1_000_000);
    try (ParquetExporter exporter = new ParquetExporter(bytes, KEYS, clock)) {
      for (int i = 0; i < 5_000 && LakeReader.files(dir).size() == 1; i++) {
        export(exporter, batch("2026-08-22T07:00:00Z", "2026-08-22T07:00:01Z"));
      }
      assertEquals(2, LakeReader.files(dir).size());
    }
  }

  @Test
  void onlyTheOwnerMayReadTheLake() throws Exception {
    Path root = dir.resolve("a/lake");
    try (ParquetExporter exporter =
        new ParquetExporter(ParquetConfig.defaults(root), KEYS, clock)) {
      export(exporter, batch("2026-08-22T07:00:00Z"));
    }
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        assertEquals(Files.isDirectory(path) ? "rwx------" : "rw-------", mode, path.toString());
      }
    }
  }

  @Test
  void saysSoWhenTheDirectoryCannotBeWrittenTo() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "x");
    ParquetConfig config = ParquetConfig.defaults(file.resolve("lake"));
    IOException e = assertThrows(IOException.class, () -> new ParquetExporter(config, KEYS, clock));
    assertTrue(
        e.getMessage().startsWith("parquet: cannot write to the directory " + file),
        e.getMessage());
  }

  @Test
  void deletesWhatADeadProcessLeftButNothingThatIsInUse() throws Exception {
    Path hour = Files.createDirectories(dir.resolve("spans/date=2026-08-20/hour=03"));
    Files.writeString(hour.resolve(".gone-000001-x.parquet.tmp"), "PAR1 and then nothing");
    Path finished =
        Files.writeString(
            hour.resolve("gone-00000000000000aa-000000000001-000000000001-1of1.parquet"),
            "not ours to judge");
    try (ParquetExporter first = open()) {
      export(first, batch("2026-08-22T07:00:00Z"));
      Path inUse = LakeReader.only(LakeReader.strangers(dir.resolve("spans/date=2026-08-22")));
      open().close();
      assertEquals(List.of(inUse), LakeReader.strangers(dir));
    }
    assertTrue(Files.exists(finished));
    Files.delete(finished);
    assertEquals(1, LakeReader.duckdb(dir).size());
  }

  @Test
  void asksForAllSpansOfFilesOfWhichOneFailed() throws Exception {
    try (ParquetExporter exporter = open()) {
      CleanBatch six = batch("2026-08-22T06:00:00Z");
      CleanBatch seven = batch("2026-08-22T07:00:00Z", "2026-08-22T07:00:01Z");
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(six, seven)));
      assertEquals(2, exporter.held());
      Files.delete(
          LakeReader.only(LakeReader.strangers(dir.resolve("spans/date=2026-08-22/hour=06"))));
      now = ARRIVAL.plusSeconds(60);
      assertThrows(IOException.class, exporter::flush);
      assertEquals(0, exporter.held());
      assertEquals(List.of(), LakeReader.strangers(dir));
      exporter.flush();
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(six, seven)));
    }
    assertEquals(List.of("a", "b", "c"), names());
  }

  @Test
  void makesItsDirectoriesAgainIfSomebodyTookThemAway() throws Exception {
    ParquetConfig config = new ParquetConfig(dir, Duration.ofHours(1), 1 << 30, 2);
    try (ParquetExporter exporter = new ParquetExporter(config, KEYS, clock)) {
      export(exporter, batch("2026-08-22T07:00:00Z"));
      deleteTree(dir.resolve("spans"));
      CleanBatch again = batch("2026-08-22T07:00:02Z");
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(again)));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(again)));
    }
    assertEquals(List.of("b"), names());
  }

  private static void deleteTree(Path top) throws IOException {
    try (Stream<Path> below = Files.walk(top)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void addsNoRowTwiceWhenACallComesAgain() throws Exception {
    Path blocked = dir.resolve("spans/date=2026-08-22/hour=06");
    try (ParquetExporter exporter = open()) {
      export(exporter, batch("2026-08-22T07:00:00Z"));
      exporter.finish();
      Files.writeString(blocked, "a file where a directory should be");
      List<CleanBatch> call =
          List.of(
              batch("2026-08-22T07:00:01Z", "2026-08-22T07:00:02Z"),
              batch("2026-08-22T07:00:03Z", "2026-08-22T06:00:00Z", "2026-08-22T07:00:04Z"));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(call));
      Files.delete(blocked);
      assertEquals(Outcome.ACCEPTED, exporter.export(call));
    }
    assertEquals(List.of("e", "a", "b", "c", "d", "f"), names());
  }

  @Test
  void footerAndPagesAreAsTheLayoutSays() throws Exception {
    try (ParquetExporter exporter = open()) {
      export(exporter, batch("2026-08-22T07:00:05Z", "2026-08-22T07:00:01Z"));
    }
    Path file = LakeReader.only(LakeReader.files(dir));
    long second = 1_000_000_000L;
    long start = Instant.parse("2026-08-22T07:00:01Z").getEpochSecond() * second;
    assertEquals("tollspan", footer(file, "tollspan.product"));
    assertEquals("1", footer(file, "tollspan.schema_version"));
    assertEquals("2", footer(file, "tollspan.rows"));
    assertEquals(Long.toString(start), footer(file, "tollspan.start_unix_nano.min"));
    assertEquals(Long.toString(start + 4 * second), footer(file, "tollspan.start_unix_nano.max"));
    String columns = " FROM parquet_metadata('" + file + "') WHERE ";
    assertEquals("ZSTD", LakeReader.value("SELECT DISTINCT compression" + columns + "true"));
    assertEquals(
        "trace_id",
        LakeReader.value(
            "SELECT string_agg(path_in_schema, ' ')" + columns + "bloom_filter_length > 0"));
    Object encodings =
        LakeReader.value("SELECT encodings" + columns + "path_in_schema = 'span_id'");
    assertFalse(encodings.toString().contains("DICTIONARY"), encodings.toString());
  }

  @Test
  void refusesLimitsOutOfRange() {
    List<Runnable> wrong = new ArrayList<>();
    wrong.add(() -> new ParquetConfig(dir, Duration.ofMillis(999), 1 << 20, 1));
    wrong.add(() -> new ParquetConfig(dir, Duration.ofSeconds(1), (64 << 10) - 1, 1));
    wrong.add(() -> new ParquetConfig(dir, Duration.ofSeconds(1), 1 << 20, 0));
    List<String> messages = new ArrayList<>();
    for (Runnable make : wrong) {
      messages.add(assertThrows(IllegalArgumentException.class, make::run).getMessage());
    }
    assertEquals(
        List.of(
            "rotate.max_age must be from 1s to 24h",
            "rotate.max_size must be from 64KiB to 64GiB",
            "rotate.max_rows must be from 1 to 1000000000"),
        messages);
  }

  private ParquetExporter open() throws IOException {
    return new ParquetExporter(ParquetConfig.defaults(dir), KEYS, clock);
  }

  private static void export(ParquetExporter exporter, CleanBatch batch) throws IOException {
    assertEquals(Outcome.ACCEPTED, exporter.export(List.of(batch)));
    batch.release();
    assertEquals(Outcome.ACCEPTED, exporter.export(NONE));
  }

  /** Spans named a, b, c, ... that begin at these times. */
  private CleanBatch batch(String... starts) {
    TracesData.Builder message = TracesData.newBuilder();
    for (String start : starts) {
      Instant at = Instant.parse(start);
      byte[] id = ByteBuffer.allocate(8).putLong(spans + 1).array();
      message
          .addResourceSpansBuilder()
          .addScopeSpansBuilder()
          .addSpans(
              Span.newBuilder()
                  .setTraceId(ByteString.copyFrom("one-trace-of-all".getBytes(UTF_8)))
                  .setSpanId(ByteString.copyFrom(id))
                  .setName(Character.toString('a' + spans % 26))
                  .setStartTimeUnixNano(at.getEpochSecond() * 1_000_000_000L + at.getNano()));
      spans++;
    }
    return Batches.clean(KEYS, message.build());
  }

  private List<Object> names() throws Exception {
    List<Object> names = new ArrayList<>();
    LakeReader.duckdb(dir).forEach(row -> names.add(row.get("name")));
    assertEquals(LakeReader.duckdb(dir), LakeReader.avro(dir));
    return names;
  }

  private static Set<String> partitions(String... names) {
    return new TreeSet<>(List.of(names));
  }

  private Set<String> partitions() throws IOException {
    Set<String> partitions = new TreeSet<>();
    for (Path file : LakeReader.files(dir)) {
      partitions.add(dir.resolve("spans").relativize(file.getParent()).toString());
    }
    return partitions;
  }

  private static Object footer(Path file, String key) throws Exception {
    return LakeReader.value(
        "SELECT decode(value) FROM parquet_kv_metadata('"
            + file
            + "') WHERE decode(key) = '"
            + key
            + "'");
  }
}
