package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.exporters.ndjson.NdjsonConfig;
import dev.tollspan.exporters.ndjson.NdjsonExporter;
import dev.tollspan.exporters.parquet.ParquetConfig;
import dev.tollspan.exporters.parquet.ParquetExporter;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipelineconfig.Sweep.Finished;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real exporters and their real files, under a clock that is set. */
class SweepTest {
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Instant START = Instant.now();
  private static final KeyTable KEYS = KeyTable.of(keys());

  @TempDir private Path directory;

  private Instant now = START;

  @Test
  void deletesWholeNdjsonFilesAWeekAfterTheirLastLine() throws IOException {
    Sweep sweep = sweep(directory, NdjsonExporter.FINISHED);
    NdjsonConfig config = NdjsonConfig.defaults(directory);
    try (SpanExporter exporter =
        new SweptExporter(new NdjsonExporter(config, KEYS, () -> now), sweep)) {
      export(exporter);
      pass(Duration.ofMinutes(1)); // the first file ends
      exporter.flush();
      Path first = files().getFirst();
      age(first, START);
      export(exporter); // a second one is being written
      pass(WEEK.minusMinutes(2));
      exporter.flush();
      assertEquals(2, files().size(), "not yet, and the second has ended");
      files().forEach(file -> age(file, file.equals(first) ? START : now));
      pass(Duration.ofMinutes(2));
      exporter.flush();
      assertFalse(Files.exists(first));
      assertEquals(1, files().size());
      assertEquals(1, sweep.deleted());
      export(exporter); // a call with spans sweeps as well
      pass(WEEK);
      export(exporter);
      assertEquals(2, sweep.deleted());
      assertEquals(0, sweep.overdue());
    }
    assertEquals(2, files().size(), "what was open in the last two calls is whole now");
  }

  @Test
  void deletesWholeParquetFilesAndThePartitionsThatThisEmpties() throws IOException {
    Sweep sweep = sweep(directory, ParquetExporter.FINISHED);
    ParquetConfig config = ParquetConfig.defaults(directory);
    try (SpanExporter exporter =
        new SweptExporter(new ParquetExporter(config, KEYS, () -> now), sweep)) {
      export(exporter);
      pass(Duration.ofMinutes(1));
      exporter.flush();
      Path old = files().getFirst();
      age(old, START);
      Path notOurs = Files.writeString(old.resolveSibling("notes.parquet"), "x");
      age(notOurs, START);
      pass(WEEK);
      export(exporter);
      exporter.flush();
      assertFalse(Files.exists(old));
      assertTrue(Files.exists(notOurs));
      Files.delete(notOurs);
      Path again = Files.createFile(old);
      age(again, START);
      pass(Duration.ofMinutes(1));
      exporter.flush();
      assertFalse(Files.exists(old.getParent().getParent()), "the date");
      assertTrue(Files.exists(directory.resolve("spans")));
      assertEquals(2, sweep.deleted());
    }
    assertEquals(1, files().size());
  }

  @Test
  void touchesNothingThatIsNotOurs() throws IOException {
    String ours = "spans-00000000000000ff-000000000001-000000000002.ndjson";
    Path elsewhere = Files.createFile(directory.resolve("elsewhere"));
    Path root = Files.createDirectory(directory.resolve("root"));
    List<String> others =
        List.of(
            "." + ours + ".part",
            ours + ".gz",
            "my-" + ours,
            "spans-2026-0000.ndjson",
            "notes.txt",
            "sub/" + ours,
            "sp/" + ours);
    for (String other : others) {
      Files.createDirectories(root.resolve(other).getParent());
      Files.createFile(root.resolve(other));
    }
    Files.createSymbolicLink(root.resolve(ours), elsewhere);
    Files.createDirectory(root.resolve("spans-00000000000000ff-000000000003-000000000004.ndjson"));
    Files.createSymbolicLink(root.resolve("link"), directory);
    Path copy = Files.createFile(root.resolve("spans-00000000000000ff-000000000005-rest-1.ndjson"));
    age(copy, START);
    for (String other : others) {
      age(root.resolve(other), START);
    }
    age(elsewhere, START);
    Sweep sweep = sweep(root, NdjsonExporter.FINISHED);
    pass(WEEK.plusSeconds(1));
    sweep.runIfDue();
    assertFalse(Files.exists(copy));
    assertEquals(1, sweep.deleted());
    assertEquals(0, sweep.overdue());
    for (String other : others) {
      assertTrue(Files.exists(root.resolve(other)), other);
    }
    assertTrue(Files.exists(elsewhere));
    assertTrue(Files.isSymbolicLink(root.resolve(ours)));
  }

  @Test
  void sweepsOnceAMinuteAndAlsoWhenTheClockIsSetBack() throws IOException {
    Sweep sweep = sweep(directory, NdjsonExporter.FINISHED);
    sweep.runIfDue();
    old(0);
    pass(Duration.ofSeconds(59));
    sweep.runIfDue();
    assertEquals(0, sweep.deleted());
    pass(Duration.ofSeconds(1));
    sweep.runIfDue();
    assertEquals(1, sweep.deleted());
    old(1);
    pass(Duration.ofHours(-1));
    sweep.runIfDue();
    assertEquals(2, sweep.deleted());
  }

  @Test
  void whatCannotBeDeletedIsCountedAndTriedAgain() throws IOException {
    boolean[] locked = {true};
    Sweep sweep =
        new Sweep(
            "ndjson",
            new Finished(directory, NdjsonExporter.FINISHED),
            WEEK,
            () -> now,
            file -> {
              if (locked[0]) {
                throw new AccessDeniedException(file.toString());
              }
              Files.delete(file);
            });
    old(0);
    old(1);
    sweep.runIfDue();
    assertEquals(2, sweep.overdue());
    assertEquals(0, sweep.deleted());
    locked[0] = false;
    pass(Duration.ofMinutes(1));
    sweep.runIfDue();
    assertEquals(0, sweep.overdue());
    assertEquals(2, sweep.deleted());
  }

  @Test
  void deletesWhereTheDirectoryIsALink() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    Path file =
        Files.createFile(real.resolve("spans-00000000000000fe-000000000001-000000000002.ndjson"));
    age(file, START);
    Sweep sweep = sweep(link, NdjsonExporter.FINISHED);
    pass(WEEK.plusSeconds(1));
    sweep.runIfDue();
    assertFalse(Files.exists(file));
    assertEquals(1, sweep.deleted());
    assertEquals(0, sweep.overdue());
  }

  @Test
  void partitionsBehindALinkAreOverdue() throws IOException {
    Path away = Files.createDirectory(directory.resolve("away"));
    Path root = Files.createDirectory(directory.resolve("lake"));
    Files.createSymbolicLink(root.resolve("spans"), away);
    Sweep sweep = sweep(root, ParquetExporter.FINISHED);
    sweep.runIfDue();
    assertEquals(1, sweep.overdue());
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsOverdue() throws IOException {
    Sweep sweep = sweep(Files.createFile(directory.resolve("f")), NdjsonExporter.FINISHED);
    sweep.runIfDue();
    assertEquals(1, sweep.overdue());
  }

  @Test
  void aDirectoryThatIsNotThereIsNoFailure() {
    Sweep sweep = sweep(directory.resolve("none"), NdjsonExporter.FINISHED);
    sweep.runIfDue();
    assertEquals(0, sweep.overdue());
  }

  @Test
  void filesAreReadableByTheirOwnerAlone() throws IOException {
    Path ndjson = directory.resolve("a");
    Path lake = directory.resolve("b");
    try (SpanExporter first = new NdjsonExporter(NdjsonConfig.defaults(ndjson), KEYS, () -> now);
        SpanExporter second = new ParquetExporter(ParquetConfig.defaults(lake), KEYS, () -> now)) {
      export(first);
      export(second);
      assertModes();
    }
    assertModes();
    assertEquals(2, files().size());
  }

  @Test
  void theOthersCallsGoThrough() throws IOException {
    boolean[] closed = {false};
    SpanExporter exporter =
        new SweptExporter(
            new SpanExporter() {
              @Override
              public Outcome export(List<CleanBatch> batches) {
                return new Outcome.Refused("no");
              }

              @Override
              public void flush() throws IOException {
                throw new IOException("full");
              }

              @Override
              public long resume(long epoch, long sequence) {
                return epoch + sequence;
              }

              @Override
              public long held() {
                return 7;
              }

              @Override
              public long settled() {
                return 6;
              }

              @Override
              public void finish() throws IOException {
                throw new IOException("fuller");
              }

              @Override
              public void close() {
                closed[0] = true;
              }
            },
            sweep(directory, NdjsonExporter.FINISHED));
    assertEquals(new Outcome.Refused("no"), exporter.export(List.of()));
    assertThrows(IOException.class, exporter::flush);
    assertThrows(IOException.class, exporter::finish);
    assertEquals(5, exporter.resume(2, 3));
    assertEquals(7, exporter.held());
    assertEquals(6, exporter.settled());
    exporter.close();
    assertTrue(closed[0]);
  }

  private void assertModes() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.filter(p -> !p.equals(directory)).toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        assertEquals(Files.isDirectory(path) ? "rwx------" : "rw-------", mode, path.toString());
      }
    }
  }

  private Sweep sweep(Path root, java.util.regex.Pattern finished) {
    return new Sweep("e", new Finished(root, finished), WEEK, () -> now);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private void old(int number) throws IOException {
    String name = "spans-00000000000000ff-%012d-000000000009.ndjson".formatted(number);
    age(Files.createFile(directory.resolve(name)), START.minus(WEEK).minusSeconds(4000));
  }

  /** The system writes times of its own clock, not of this one. */
  private static void age(Path file, Instant written) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(written));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    }
  }

  private void export(SpanExporter exporter) {
    long nanos = now.getEpochSecond() * 1_000_000_000L;
    TracesData.Builder message = TracesData.newBuilder();
    message
        .addResourceSpansBuilder()
        .addScopeSpansBuilder()
        .addSpansBuilder()
        .setTraceId(ByteString.copyFrom("0123456789abcdef", US_ASCII))
        .setSpanId(ByteString.copyFrom("01234567", US_ASCII))
        .setStartTimeUnixNano(nanos)
        .setEndTimeUnixNano(nanos);
    CleanBatch batch = Batches.clean(KEYS, message.build());
    assertEquals(Outcome.ACCEPTED, exporter.export(List.of(batch)));
    batch.release();
  }

  private static List<String> keys() {
    List<String> keys = new ArrayList<>(dev.tollspan.spans.LlmField.allKeys());
    keys.addAll(NdjsonExporter.keys());
    keys.addAll(ParquetExporter.keys());
    return keys;
  }
}
