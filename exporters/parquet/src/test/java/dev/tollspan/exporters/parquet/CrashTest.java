package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process dies, the power fails, or the disk does, at each step there is. */
class CrashTest {
  private static final long EPOCH = 0xfedc_ba98_7654_3210L;
  private static final InstantSource CLOCK = InstantSource.fixed(Given.ARRIVAL);
  private static final Instant FIVE = Given.ARRIVAL.minus(Duration.ofHours(2));
  private static final Instant SIX = Given.ARRIVAL.minus(Duration.ofHours(1));
  private static final Instant SEVEN = Given.ARRIVAL;

  @TempDir Path dir;

  private int copies;
  private final Given given = new Given();
  private final CleanBatch[] batches = {
    given.batchOf(SEVEN, SIX), given.batchOf(FIVE), given.batchOf(SEVEN, SEVEN, SEVEN),
    given.batchOf(SIX, SIX, SIX, SIX), given.batchOf(FIVE), given.batchOf(FIVE, SEVEN)
  };

  /** A change of a name that is not durable yet; both are relative to the lake. */
  private record Renamed(Path from, Path to) {
    boolean isIn(Path directory) {
      return directory.equals(from.getParent());
    }

    void undo(Path root) throws IOException {
      if (Files.exists(root.resolve(to))) {
        Files.move(root.resolve(to), root.resolve(from));
      }
    }
  }

  /** What a crash left: the files, and how far the journal was told to be done. */
  private record Remains(Path root, long committed, int step, List<Renamed> undurable) {
    boolean hasReadyFiles() {
      try {
        return LakeReader.strangers(root).stream().anyMatch(p -> p.toString().endsWith(".ready"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A disk that can be asked for its steps, and to fail at some of them. */
  private final class Steps implements Storage {
    private final Path root;
    private final List<Remains> remains = new ArrayList<>();
    private final List<Renamed> undurable = new ArrayList<>();
    private int count;
    private int failFrom = Integer.MAX_VALUE;
    private int failTo = Integer.MAX_VALUE;
    private boolean copying;
    private long committed;

    Steps(Path root) {
      this.root = root;
    }

    @Override
    public FileChannel open(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      step();
      return FileChannel.open(path, options, attributes);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      step();
      Storage.super.rename(from, to);
      undurable.add(new Renamed(root.relativize(from), root.relativize(to)));
    }

    @Override
    public void delete(Path file) throws IOException {
      step();
      Storage.super.delete(file);
    }

    @Override
    public void sync(Path directory) throws IOException {
      step();
      Storage.super.sync(directory);
      undurable.removeIf(renamed -> renamed.isIn(root.relativize(directory)));
    }

    private void step() throws IOException {
      if (copying) {
        remember();
      }
      count++;
      if (count >= failFrom && count <= failTo) {
        throw new IOException("Input/output error");
      }
    }

    /** Copies the lake as it is, and as it may be after the power failed. */
    private void remember() throws IOException {
      remains.add(new Remains(copy(root), committed, count, List.copyOf(undurable)));
      for (Renamed renamed : undurable) {
        rememberWithout(List.of(renamed));
      }
      if (undurable.size() > 1) {
        rememberWithout(undurable.reversed());
      }
    }

    private void rememberWithout(List<Renamed> gone) throws IOException {
      Path copy = copy(root);
      for (Renamed renamed : gone) {
        renamed.undo(copy);
      }
      remains.add(new Remains(copy, committed, count, List.of()));
    }
  }

  @Test
  void eachRowStandsOnceWhereverTheProcessDies() throws Exception {
    Steps steps = new Steps(dir.resolve("lake"));
    try (ParquetExporter exporter = open(steps)) {
      steps.copying = true;
      for (CleanBatch batch : batches) {
        new Feed(batch).give(exporter);
        steps.committed = exporter.settled();
      }
      exporter.finish();
      steps.remember();
      steps.copying = false;
    }
    assertTrue(steps.remains.size() > 50, "steps: " + steps.remains.size());
    for (Remains remains : steps.remains) {
      goOnWith(remains, batches);
    }
  }

  @Test
  void eachRowStandsOnceThoughTheNextProcessDiesToo() throws Exception {
    Steps first = new Steps(dir.resolve("lake"));
    CleanBatch[] journal = {batches[0]}; // two files are enough
    try (ParquetExporter exporter = open(first)) {
      exporter.export(List.of(journal));
      first.copying = true;
      exporter.finish();
      first.copying = false;
    }
    int deaths = 0;
    first.remains.removeIf(remains -> !remains.hasReadyFiles()); // there is little to do then
    for (Remains remains : first.remains) {
      Steps second = new Steps(remains.root);
      second.undurable.addAll(remains.undurable);
      second.copying = true;
      new ParquetExporter(config(second.root), Given.KEYS, CLOCK, second).close();
      for (Remains again : second.remains) {
        goOnWith(again, journal);
        deaths++;
      }
    }
    assertTrue(deaths > 20, "deaths: " + deaths);
  }

  @Test
  void eachRowStandsOnceWhereverTheDiskFailsForAWhile() throws Exception {
    int all = stepsOfAll();
    for (int first = 1; first <= all; first++) {
      for (int failures : new int[] {1, 4}) {
        Steps steps = new Steps(dir.resolve("lake-" + first + "-" + failures));
        try (ParquetExporter exporter = open(steps)) {
          steps.failFrom = first;
          steps.failTo = first + failures - 1;
          new Feed(batches).settle(exporter);
        }
        assertWhole(steps.root, "from " + first + " on, " + failures, batches);
      }
    }
  }

  @Test
  void eachRowStandsOnceWhereverTheDiskFailsForGood() throws Exception {
    int all = stepsOfAll();
    for (int first = 1; first <= all; first++) {
      Steps steps = new Steps(dir.resolve("lake-" + first));
      long committed;
      ParquetExporter exporter = open(steps);
      steps.failFrom = first;
      for (CleanBatch batch : batches) {
        exporter.export(List.of(batch));
      }
      closeBadly(exporter);
      committed = exporter.settled();
      goOnWith(new Remains(copy(steps.root), committed, first, List.of()), batches);
    }
  }

  private int stepsOfAll() throws Exception {
    Steps steps = new Steps(dir.resolve("lake-0"));
    try (ParquetExporter exporter = open(steps)) {
      steps.count = 0;
      new Feed(batches).settle(exporter);
    }
    assertTrue(steps.count > 20, "steps: " + steps.count);
    return steps.count;
  }

  private static void closeBadly(ParquetExporter exporter) {
    try {
      exporter.close();
    } catch (IOException e) {
      // As it has to.
    }
  }

  private static ParquetExporter open(Steps steps) throws IOException {
    ParquetExporter exporter = new ParquetExporter(config(steps.root), Given.KEYS, CLOCK, steps);
    assertEquals(0, exporter.resume(EPOCH, 0));
    steps.count = 0;
    return exporter;
  }

  private static ParquetConfig config(Path root) {
    return new ParquetConfig(root, Duration.ofHours(1), 1 << 30, 4);
  }

  private void goOnWith(Remains remains, CleanBatch... journal) throws Exception {
    try (ParquetExporter next = new ParquetExporter(config(remains.root), Given.KEYS, CLOCK)) {
      long from = next.resume(EPOCH, remains.committed);
      assertTrue(from >= remains.committed);
      assertEquals(from, next.held());
      assertEquals(from, next.settled());
      new Feed(journal).give(next);
    }
    assertWhole(remains.root, "step " + remains.step, journal);
  }

  private static void assertWhole(Path root, String when, CleanBatch... journal) throws Exception {
    long spans = List.of(journal).stream().mapToInt(CleanBatch::spanCount).sum();
    List<Long> all = LongStream.rangeClosed(1, spans).boxed().toList();
    assertEquals(all, LakeReader.numbers(root), when);
    assertEquals(List.of(), LakeReader.strangers(root), when);
  }

  private Path copy(Path root) throws IOException {
    Path copy = dir.resolve("copy-" + ++copies);
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.toList()) {
        Files.copy(path, copy.resolve(root.relativize(path)));
      }
    }
    return copy;
  }
}
