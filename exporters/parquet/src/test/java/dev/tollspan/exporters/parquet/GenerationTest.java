package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files of one range of sequences have in common. */
class GenerationTest {
  private static final long EPOCH = 0x0123_4567_89ab_cdefL;
  private static final InstantSource CLOCK = InstantSource.fixed(Given.ARRIVAL);
  private static final Instant SIX = Given.ARRIVAL.minus(Duration.ofHours(1));
  private static final String DAY = "spans/date=2026-08-22/";

  @TempDir Path dir;

  private final Given given = new Given();

  /** A disk that shows no file as long as it is told so. */
  private static final class Hiding implements Storage {
    private boolean hides;

    @Override
    public FileChannel open(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return FileChannel.open(path, options, attributes);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      if (hides && !to.getFileName().toString().startsWith(".")) {
        throw new IOException("Read-only file system");
      }
      Storage.super.rename(from, to);
    }
  }

  @Test
  void namesAndFootersTellWhichSequencesAreInside() throws Exception {
    try (ParquetExporter exporter = open(dir)) {
      exporter.resume(EPOCH, 0);
      export(exporter, given.batchOf(SIX, Given.ARRIVAL));
      export(exporter, given.batchOf(Given.ARRIVAL));
      assertEquals(2, exporter.held());
      assertEquals(0, exporter.settled());
      exporter.finish();
      assertEquals(2, exporter.settled());
      export(exporter, given.batchOf(Given.ARRIVAL));
    }
    List<String> names = new ArrayList<>();
    for (Path file : LakeReader.files(dir)) {
      String path = dir.relativize(file).toString();
      assertTrue(ParquetExporter.FINISHED.matcher(path).matches(), path);
      names.add(path.replaceFirst("=(\\d\\d)/[A-Za-z0-9._]+-", "=$1/"));
      assertEquals("0123456789abcdef", footer(file, "tollspan.epoch"));
    }
    assertEquals(
        List.of(
            DAY + "hour=06/0123456789abcdef-000000000001-000000000002-1of2.parquet",
            DAY + "hour=07/0123456789abcdef-000000000001-000000000002-2of2.parquet",
            DAY + "hour=07/0123456789abcdef-000000000003-000000000003-1of1.parquet"),
        names);
    assertEquals("1", footer(LakeReader.files(dir).get(1), "tollspan.sequence.first"));
    assertEquals("2", footer(LakeReader.files(dir).get(1), "tollspan.sequence.last"));
    assertEquals(List.of(1L, 2L, 3L, 4L), LakeReader.numbers(dir));
  }

  @Test
  void acceptsNothingBeforeWhatIsWholeIsShown() throws Exception {
    Hiding disk = new Hiding();
    ParquetConfig config = new ParquetConfig(dir, Duration.ofHours(1), 1 << 30, 3);
    try (ParquetExporter exporter = new ParquetExporter(config, Given.KEYS, CLOCK, disk)) {
      exporter.resume(EPOCH, 0);
      disk.hides = true;
      export(exporter, given.batchOf(SIX, Given.ARRIVAL, SIX, SIX));
      assertEquals(1, exporter.held());
      assertEquals(0, exporter.settled());
      List<CleanBatch> more = List.of(given.batch(1));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(more));
      assertThrows(IOException.class, exporter::flush);
      assertEquals(1, exporter.held());
      assertEquals(0, exporter.settled());
      assertEquals(List.of(), LakeReader.files(dir));
      disk.hides = false;
      assertEquals(Outcome.ACCEPTED, exporter.export(more));
      assertEquals(1, exporter.settled());
      assertEquals(2, exporter.held());
    }
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), LakeReader.numbers(dir));
  }

  @Test
  void theNextProcessShowsWhatWasWholeAtTheEnd() throws Exception {
    Hiding disk = new Hiding();
    ParquetExporter exporter =
        new ParquetExporter(ParquetConfig.defaults(dir), Given.KEYS, CLOCK, disk);
    exporter.resume(EPOCH, 0);
    export(exporter, given.batchOf(SIX, Given.ARRIVAL));
    disk.hides = true;
    assertThrows(IOException.class, exporter::close);
    assertEquals(2, LakeReader.strangers(dir).size());
    try (ParquetExporter next = open(dir)) {
      assertEquals(1, next.resume(EPOCH, 0));
    }
    assertEquals(List.of(1L, 2L), LakeReader.numbers(dir));
  }

  @Test
  void doesNotBelieveFilesOfAnotherEpoch() throws Exception {
    try (ParquetExporter exporter = open(dir)) {
      exporter.resume(EPOCH, 0);
      export(exporter, given.batch(3));
    }
    Path other = LakeReader.only(LakeReader.files(dir));
    byte[] before = Files.readAllBytes(other);
    try (ParquetExporter exporter = open(dir)) {
      assertEquals(0, exporter.resume(EPOCH + 1, 0));
      export(exporter, given.batch(1));
    }
    assertEquals(List.of(1L, 2L, 3L, 4L), LakeReader.numbers(dir));
    assertEquals(2, LakeReader.files(dir).size());
    assertEquals(List.of(), LakeReader.strangers(dir));
    assertTrue(Arrays.equals(before, Files.readAllBytes(other)));
  }

  @Test
  void finishesOrDeletesWhatAnyDeadProcessMadeReady() throws Exception {
    Path hour = Files.createDirectories(dir.resolve(DAY + "hour=03"));
    Path next = Files.createDirectories(dir.resolve(DAY + "hour=04"));
    String whole = "gone-00000000000000aa-000000000001-000000000005-";
    String half = "gone-00000000000000aa-000000000006-000000000009-";
    String shown = "gone-00000000000000bb-000000000001-000000000004-";
    touch(hour.resolve("." + whole + "1of2.parquet.ready"));
    touch(next.resolve("." + whole + "2of2.parquet.ready"));
    touch(hour.resolve("." + half + "2of2.parquet.ready"));
    touch(hour.resolve(shown + "1of3.parquet"));
    touch(next.resolve("." + shown + "3of3.parquet.ready"));
    try (ParquetExporter exporter = open(dir)) {
      assertEquals(5, exporter.resume(0xaa, 2));
      assertEquals(4, exporter.resume(0xbb, 0));
    }
    assertEquals(
        List.of(
            hour.resolve(whole + "1of2.parquet"),
            hour.resolve(shown + "1of3.parquet"),
            next.resolve(whole + "2of2.parquet"),
            next.resolve(shown + "3of3.parquet")),
        LakeReader.files(dir));
    assertEquals(List.of(), LakeReader.strangers(dir));
  }

  @Test
  void disturbsNoGenerationOfALivingProcess() throws Exception {
    Path hour = Files.createDirectories(dir.resolve(DAY + "hour=03"));
    String name = ".other-00000000000000aa-000000000001-000000000005-";
    Path free = touch(hour.resolve(name + "1of2.parquet.ready"));
    Path locked = touch(hour.resolve(name + "2of2.parquet.ready"));
    try (FileChannel channel = FileChannel.open(locked, StandardOpenOption.WRITE);
        FileLock lock = channel.lock();
        ParquetExporter exporter = open(dir)) {
      assertTrue(lock.isValid());
      assertEquals(0, exporter.resume(0xab, 0));
      assertThrows(IOException.class, () -> exporter.resume(0xaa, 0));
      assertEquals(List.of(free, locked), LakeReader.strangers(dir));
    }
  }

  @Test
  void overwritesNoFile() throws Exception {
    ParquetConfig config = new ParquetConfig(dir, Duration.ofHours(1), 1 << 30, 1);
    CleanBatch batch = given.batch(2);
    try (ParquetExporter one = new ParquetExporter(config, Given.KEYS, CLOCK);
        ParquetExporter two = new ParquetExporter(config, Given.KEYS, CLOCK)) {
      one.resume(EPOCH, 0);
      two.resume(EPOCH, 0);
      export(one, batch);
      byte[] before = Files.readAllBytes(LakeReader.only(LakeReader.files(dir)));
      assertInstanceOf(Outcome.RetryLater.class, two.export(List.of(batch)));
      assertEquals(0, two.held());
      assertTrue(Arrays.equals(before, Files.readAllBytes(LakeReader.only(LakeReader.files(dir)))));
    }
  }

  @Test
  void theSameJournalMakesTheSameFiles() throws Exception {
    CleanBatch[] journal = new CleanBatch[40];
    for (int i = 0; i < journal.length; i++) {
      journal[i] = i % 7 == 3 ? given.batchOf(SIX, Given.ARRIVAL) : given.batch(1 + i % 5);
    }
    Path one = dir.resolve("one");
    Path two = dir.resolve("two");
    for (Path root : List.of(one, two)) {
      ParquetConfig config = new ParquetConfig(root, Duration.ofHours(1), 1 << 30, 20);
      Instant now = root == one ? Given.ARRIVAL : Given.ARRIVAL.plusSeconds(90_000);
      try (ParquetExporter exporter =
          new ParquetExporter(config, Given.KEYS, InstantSource.fixed(now))) {
        exporter.resume(EPOCH, 0);
        if (root == one) {
          new Feed(journal).give(exporter);
        } else {
          assertEquals(Outcome.ACCEPTED, exporter.export(List.of(journal)));
        }
      }
    }
    assertTrue(LakeReader.files(one).size() > 4);
    assertEquals(contents(one), contents(two));
  }

  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (Path file : LakeReader.files(root)) {
      contents.put(
          root.relativize(file).toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
    }
    return contents;
  }

  private static Path touch(Path file) throws IOException {
    return Files.createFile(file);
  }

  private static ParquetExporter open(Path root) throws IOException {
    return new ParquetExporter(ParquetConfig.defaults(root), Given.KEYS, CLOCK);
  }

  private static void export(ParquetExporter exporter, CleanBatch batch) {
    assertEquals(Outcome.ACCEPTED, exporter.export(List.of(batch)));
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
