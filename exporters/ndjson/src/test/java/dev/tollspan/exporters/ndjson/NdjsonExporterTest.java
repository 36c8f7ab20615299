package dev.tollspan.exporters.ndjson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollspan.pipeline.FailingChannel;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NdjsonExporterTest {
  private static final KeyTable KEYS = Batches.keys("service.name");
  private static final long EPOCH = 0x1a2b3c4dL;
  private static final String START = "spans-000000001a2b3c4d-";
  private static final String PART = "." + START + "000000000001.ndjson.part";
  private static final BatchRestorer RESTORER = new BatchRestorer(new BatchPool(1 << 20), KEYS);

  private final Clock clock = new Clock();
  private long sequence;
  private final FailingChannel.Disk disk = new FailingChannel.Disk();

  @TempDir Path temp;

  /** A clock that stands still until a test moves it. */
  private static final class Clock implements InstantSource {
    private Instant now = Instant.parse("2026-08-22T07:15:30.250Z");

    @Override
    public Instant instant() {
      return now;
    }

    void advance(Duration by) {
      now = now.plus(by);
    }
  }

  @Test
  void showsAFileOnceItIsOldEnough() throws Exception {
    try (NdjsonExporter exporter = open()) {
      export(exporter, "a");
      clock.advance(Duration.ofMillis(59_999));
      exporter.flush();
      assertEquals(List.of(), Lines.files(dir()));
      assertEquals(List.of(PART), Lines.hidden(dir()));
      clock.advance(Duration.ofMillis(1));
      exporter.flush();
      assertEquals(List.of(whole(1, 1)), visible());
      assertEquals(List.of("a"), names());
      clock.advance(Duration.ofHours(1));
      exporter.flush();
      assertEquals(List.of(whole(1, 1)), visible());
      assertEquals(List.of(), Lines.hidden(dir()));
    }
    assertEquals(List.of(whole(1, 1)), visible());
  }

  @Test
  void showsAFileWhenTheClockIsSetBack() throws Exception {
    try (NdjsonExporter exporter = open()) {
      export(exporter, "a");
      clock.advance(Duration.ofHours(-2));
      exporter.flush();
      assertEquals(List.of(whole(1, 1)), visible());
    }
  }

  @Test
  void makesItsDirectoryAgainIfSomebodyTookItAway() throws Exception {
    try (NdjsonExporter exporter = open()) {
      Files.delete(dir());
      export(exporter, "a");
    }
    assertEquals(List.of("a"), names());
  }

  @Test
  void countsTheAgeFromTheFirstSpanOfAFile() throws Exception {
    try (NdjsonExporter exporter = open()) {
      clock.advance(Duration.ofMinutes(5));
      export(exporter, "a");
      exporter.flush();
      assertEquals(List.of(), Lines.files(dir()));
      clock.advance(Duration.ofMinutes(1));
      export(exporter, "b"); // finds the first file due, without a flush
      assertEquals(List.of("a"), names());
    }
    assertEquals(List.of("a", "b"), names());
    assertEquals(List.of(whole(1, 1), whole(2, 2)), visible());
  }

  @Test
  void startsAnotherFileOnceOneIsLargeEnough() throws Exception {
    List<String> expected = new ArrayList<>();
    try (NdjsonExporter exporter =
        new NdjsonExporter(
            new NdjsonConfig(dir(), Dialect.FLAT, Duration.ofHours(1), 1024), KEYS, clock)) {
      exporter.resume(EPOCH, 0);
      for (int i = 0; i < 12; i++) {
        expected.add(i + "x".repeat(i * 100));
        export(exporter, expected.getLast());
        exporter.flush();
      }
    }
    assertEquals(expected, names());
    assertTrue(visible().size() >= 6, "files: " + visible());
    for (Path file : Lines.files(dir())) {
      assertTrue(Files.size(file) < 1024 + 1_500, file + " has " + Files.size(file));
    }
  }

  @Test
  void neverOverwritesAFile() throws Exception {
    try (NdjsonExporter exporter = open()) {
      Files.writeString(dir().resolve(PART), "");
      export(exporter, "ours");
      Files.writeString(dir().resolve(whole(1, 1)), "{\"name\":\"foreign\"}\n");
    }
    assertEquals(List.of("foreign", "ours"), names().stream().sorted().toList());
    assertEquals(2, visible().size());
  }

  @Test
  void twoExportersShareADirectory() throws Exception {
    try (NdjsonExporter one = open()) {
      export(one, "one");
      try (NdjsonExporter two = open(EPOCH + 1)) {
        export(two, "two");
        assertEquals(2, Lines.hidden(dir()).size());
      }
      assertEquals(List.of("two"), names());
      export(one, "one more");
    }
    assertEquals(List.of("one", "one more", "two"), names());
  }

  @Test
  void settlesWhatStandsInWholeFilesAlone() throws Exception {
    NdjsonExporter exporter = open();
    export(exporter, "a");
    export(exporter, "b");
    assertEquals(2, exporter.held());
    exporter.flush();
    assertEquals(0, exporter.settled());
    clock.advance(Duration.ofMinutes(1));
    exporter.flush();
    assertEquals(2, exporter.settled());
    export(exporter, "c");
    assertEquals(2, exporter.settled());
    exporter.finish();
    assertEquals(3, exporter.settled());
    exporter.close();
    assertEquals(List.of(whole(1, 2), whole(3, 3)), visible());
  }

  @Test
  void aStartTellsWhatStandsInFilesAndDropsTheUnfinishedOneThatComesAgain() throws Exception {
    NdjsonExporter first = open();
    export(first, "a");
    export(first, "b");
    first.finish();
    export(first, "c");
    crash(first);
    NdjsonExporter second = new NdjsonExporter(NdjsonConfig.defaults(dir()), KEYS, clock);
    assertEquals(2, second.resume(EPOCH, 1));
    assertEquals(List.of(), Lines.hidden(dir()));
    sequence = 2;
    export(second, "c");
    export(second, "d");
    second.close();
    assertEquals(List.of("a", "b", "c", "d"), names());
    try (NdjsonExporter third = new NdjsonExporter(NdjsonConfig.defaults(dir()), KEYS, clock)) {
      assertEquals(9, third.resume(EPOCH, 9));
      assertEquals(9, third.held());
      assertEquals(9, third.settled());
    }
  }

  /** Nineteen digits may be more than a sequence can be. */
  @Test
  void aNameThatNoJournalCountsUpToIsNoneOfOurs() throws Exception {
    Files.createDirectories(dir());
    String name = START + "9".repeat(19) + "-" + "9".repeat(19) + ".ndjson";
    Files.writeString(dir().resolve(name), "{}\n");
    try (NdjsonExporter exporter = new NdjsonExporter(NdjsonConfig.defaults(dir()), KEYS, clock)) {
      assertEquals(1, exporter.resume(EPOCH, 1));
    }
    assertFalse(NdjsonExporter.FINISHED.matcher(name).matches());
    assertEquals(List.of(name), visible());
  }

  @Test
  void publishesTheWholeLinesThatAProcessWithoutALastingJournalLeft() throws Exception {
    Files.createDirectories(dir());
    String far = "{\"name\":\"" + "y".repeat(200_000);
    String gone = "spans-800000001a2b3c4d-00000000000";
    part(gone + 1, "{\"name\":\"a\"}\n{\"name\":\"b\"}\n{\"nam");
    part(gone + 2, "{\"name\":\"no line at all");
    part(gone + 3, "");
    part(gone + 4, "{\"name\":\"c\"}\n" + far);
    part(gone + 5, "{\"name\":\"d\"}\n");
    part("spans-000000001a2b3c4e-000000000001", "{\"name\":\"of another journal\"}\n");
    Files.writeString(dir().resolve(".other.part"), "not ours");
    open().close();
    assertEquals(List.of("a", "b", "c", "d"), names());
    assertEquals(
        List.of(gone + "1-rest.ndjson", gone + "4-rest.ndjson", gone + "5-rest.ndjson"), visible());
    assertEquals(
        List.of(".other.part", ".spans-000000001a2b3c4e-000000000001.ndjson.part"),
        Lines.hidden(dir()).stream().sorted().toList());
    for (String name : visible()) {
      assertTrue(NdjsonExporter.FINISHED.matcher(name).matches(), name);
    }
  }

  @Test
  void leavesNothingOfACallThatFailed() throws Exception {
    NdjsonExporter exporter = openOnDisk();
    export(exporter, "a");
    long before = Files.size(dir().resolve(PART));
    CleanBatch large = batch("b".repeat(400_000), "c".repeat(400_000), "d");
    for (long room : new long[] {0, 1, 300_000, 799_000}) {
      disk.bytesLeft = room;
      Outcome outcome = exporter.export(List.of(large, batch("e")));
      String reason = assertInstanceOf(Outcome.RetryLater.class, outcome).reason();
      assertTrue(reason.contains("No space left on device"), reason);
      assertFalse(reason.contains("bbb"), "a name of a span in a reason");
      assertEquals(before, Files.size(dir().resolve(PART)));
      exporter.flush();
    }
    disk.bytesLeft = Long.MAX_VALUE;
    assertEquals(Outcome.ACCEPTED, exporter.export(List.of(large, batch("e"))));
    exporter.close();
    assertEquals(List.of("a", "b".repeat(400_000), "c".repeat(400_000), "d", "e"), names());
  }

  @Test
  void rejectsASpanThatMakesNoLineAndKeepsItsNeighbours() throws Exception {
    KeyTable moreKeys = Batches.keys("service.name", "poison"); // one the encoder has no place for
    CleanBatch poison =
        Batches.clean(
            moreKeys,
            Messages.of(
                Messages.span().setName("b").build(),
                Messages.span()
                    .setName("c")
                    .addAttributes(Messages.attribute("poison", AnyValue.getDefaultInstance()))
                    .build(),
                Messages.span().setName("d").build()));
    CleanBatch unreadable = batch("e", "f");
    unreadable.bytes()[unreadable.offset()] = (byte) 0xff;
    try (NdjsonExporter exporter = open()) {
      export(exporter, "a");
      Outcome outcome = exporter.export(List.of(poison, unreadable, batch("g")));
      assertEquals(3, assertInstanceOf(Outcome.PartlyAccepted.class, outcome).rejectedSpans());
      export(exporter, "h");
    }
    assertEquals(List.of("a", "b", "d", "g", "h"), names());
  }

  @Test
  void showsNoFileOfAFirstCallThatFailed() throws Exception {
    NdjsonExporter exporter = openOnDisk();
    disk.bytesLeft = 100;
    assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(batch("a"))));
    exporter.close();
    assertEquals(List.of(), visible());
    assertEquals(List.of(), Lines.hidden(dir()));
  }

  // A second force may succeed although the pages of the first are gone.
  @Test
  void asksForTheLinesAgainOfAFileThatCannotBeMadeDurable() throws Exception {
    NdjsonExporter exporter = openOnDisk();
    export(exporter, "a");
    exporter.finish();
    export(exporter, "b", "c");
    export(exporter, "d");
    clock.advance(Duration.ofMinutes(1));
    disk.forces = false;
    assertThrows(IOException.class, exporter::flush);
    assertEquals(1, exporter.held());
    disk.forces = true;
    exporter.flush();
    sequence = 1;
    export(exporter, "b", "c");
    exporter.close();
    assertEquals(2, exporter.settled());
    assertEquals(List.of("a", "b", "c"), names());
    assertEquals(List.of(), Lines.hidden(dir()));
  }

  @Test
  void asksForTheLinesAgainOfAFileThatSomebodyRemoved() throws Exception {
    NdjsonExporter exporter = open();
    export(exporter, "a", "b");
    Files.delete(dir().resolve(PART));
    clock.advance(Duration.ofMinutes(1));
    assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(batch("c"))));
    assertEquals(0, exporter.held());
    sequence = 0;
    export(exporter, "a", "b");
    export(exporter, "c");
    exporter.close();
    assertEquals(List.of("a", "b", "c"), names());
  }

  @Test
  void startsANewFileOnceAFailedOneIsFoundRemoved() throws Exception {
    NdjsonExporter exporter = openOnDisk();
    export(exporter, "a");
    Files.delete(dir().resolve(PART));
    disk.bytesLeft = 0;
    assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(batch("b"))));
    assertEquals(0, exporter.held());
    disk.bytesLeft = Long.MAX_VALUE;
    sequence = 0;
    export(exporter, "a");
    exporter.close();
    assertEquals(List.of("a"), names());
  }

  @Test
  void survivesAnInterruptOfItsThread() throws Exception {
    NdjsonExporter exporter = open();
    export(exporter, "a");
    Thread.currentThread().interrupt();
    assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(batch("b"))));
    assertTrue(Thread.interrupted());
    export(exporter, "b");
    Thread.currentThread().interrupt();
    assertThrows(ClosedByInterruptException.class, exporter::close);
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), visible());
    exporter.close();
    assertEquals(List.of("a", "b"), names());
  }

  @Test
  void saysInOneSentenceWhyADirectoryCannotBeUsed() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "");
    for (Path path : List.of(file, file.resolve("below"), Path.of("/proc/tollspan"))) {
      IOException e =
          assertThrows(
              IOException.class,
              () -> new NdjsonExporter(NdjsonConfig.defaults(path), KEYS, clock));
      assertTrue(e.getMessage().startsWith("cannot write to " + path + ": "), e.getMessage());
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  @Test
  void keepsWhatItWritesToItsOwner() throws Exception {
    try (NdjsonExporter exporter = open()) {
      export(exporter, "a");
    }
    assertEquals("rwx------", mode(dir()));
    assertEquals("rw-------", mode(Lines.files(dir()).getFirst()));
  }

  @Test
  void refusesConfigurationsOutOfRange() {
    long mib = 1 << 20;
    Duration minute = Duration.ofMinutes(1);
    assertThrows(
        IllegalArgumentException.class, () -> new NdjsonConfig(temp, Dialect.OTLP, minute, mib));
    for (Duration age : List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofHours(25))) {
      assertThrows(
          IllegalArgumentException.class, () -> new NdjsonConfig(temp, Dialect.FLAT, age, mib));
    }
    for (long bytes : new long[] {-1, 0, 1023, (1L << 40) + 1}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new NdjsonConfig(temp, Dialect.FLAT, minute, bytes));
    }
  }

  private NdjsonExporter open() throws IOException {
    return open(EPOCH);
  }

  private NdjsonExporter open(long epoch) throws IOException {
    NdjsonExporter exporter = new NdjsonExporter(NdjsonConfig.defaults(dir()), KEYS, clock);
    exporter.resume(epoch, 0);
    return exporter;
  }

  private NdjsonExporter openOnDisk() throws IOException {
    NdjsonExporter exporter =
        new NdjsonExporter(
            NdjsonConfig.defaults(dir()),
            KEYS,
            clock,
            (path, options, attributes) ->
                new FailingChannel(FileChannel.open(path, options, attributes), disk));
    exporter.resume(EPOCH, 0);
    return exporter;
  }

  /** As if its process had ended: the lock on its file is gone, and nothing else happens. */
  private void crash(NdjsonExporter exporter) throws IOException {
    Path part = dir().resolve(Lines.hidden(dir()).getFirst());
    byte[] content = Files.readAllBytes(part);
    Files.delete(part);
    assertThrows(IOException.class, exporter::close);
    Files.write(part, content);
  }

  private static String whole(int first, int last) {
    return START + "%012d-%012d.ndjson".formatted(first, last);
  }

  private void export(NdjsonExporter exporter, String... names) {
    assertEquals(Outcome.ACCEPTED, exporter.export(List.of(numbered(batch(names)))));
  }

  private CleanBatch numbered(CleanBatch batch) {
    byte[] bytes = RESTORER.acquire(batch.byteSize());
    System.arraycopy(batch.bytes(), batch.offset(), bytes, 0, batch.byteSize());
    return RESTORER.restore(bytes, batch.byteSize(), batch.spanCount(), ++sequence, 1);
  }

  private static CleanBatch batch(String... names) {
    Span[] spans = new Span[names.length];
    for (int i = 0; i < names.length; i++) {
      spans[i] = Messages.span().setName(names[i]).build();
    }
    return Batches.clean(KEYS, Messages.of(spans));
  }

  private void part(String name, String content) throws IOException {
    Files.writeString(dir().resolve("." + name + ".ndjson.part"), content);
  }

  private Path dir() {
    return temp.resolve("made/if/missing");
  }

  private List<String> visible() throws IOException {
    List<String> files = new ArrayList<>();
    for (Path file : Lines.files(dir())) {
      files.add(file.getFileName().toString());
    }
    return files;
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode line : Lines.of(dir())) {
      names.add(line.get("name").textValue());
    }
    return names;
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
