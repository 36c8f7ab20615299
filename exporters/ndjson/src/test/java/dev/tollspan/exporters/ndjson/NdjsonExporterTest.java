package dev.tollspan.exporters.ndjson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollspan.pipeline.FailingChannel;
import dev.tollspan.pipeline.Outcome;
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
  private static final String FIRST = "spans-20260822T071530Z-0000.ndjson";

  private final Clock clock = new Clock();
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
      assertEquals(List.of("." + FIRST + ".part"), Lines.hidden(dir()));
      clock.advance(Duration.ofMillis(1));
      exporter.flush();
      assertEquals(List.of(FIRST), visible());
      assertEquals(List.of("a"), names());
      clock.advance(Duration.ofHours(1));
      exporter.flush();
      assertEquals(List.of(FIRST), visible());
      assertEquals(List.of(), Lines.hidden(dir()));
    }
    assertEquals(List.of(FIRST), visible());
  }

  @Test
  void showsAFileWhenTheClockIsSetBack() throws Exception {
    try (NdjsonExporter exporter = open()) {
      export(exporter, "a");
      clock.advance(Duration.ofHours(-2));
      exporter.flush();
      assertEquals(List.of(FIRST), visible());
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
    assertEquals(
        List.of("spans-20260822T072030Z-0000.ndjson", "spans-20260822T072130Z-0000.ndjson"),
        visible());
  }

  @Test
  void startsAnotherFileOnceOneIsLargeEnough() throws Exception {
    List<String> expected = new ArrayList<>();
    try (NdjsonExporter exporter =
        new NdjsonExporter(
            new NdjsonConfig(dir(), Dialect.FLAT, Duration.ofHours(1), 1024), KEYS, clock)) {
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
    Files.createDirectories(dir());
    Files.writeString(dir().resolve(FIRST), "{\"name\":\"foreign\"}\n");
    Files.writeString(dir().resolve("." + FIRST.replace("0000", "0001") + ".part"), "");
    try (NdjsonExporter exporter = open()) {
      export(exporter, "ours");
      Files.writeString(dir().resolve(FIRST.replace("0000", "0001")), "{\"name\":\"raced\"}\n");
    }
    assertEquals(List.of("foreign", "ours", "raced"), names().stream().sorted().toList());
    assertEquals(3, visible().size());
  }

  @Test
  void twoExportersShareADirectory() throws Exception {
    try (NdjsonExporter one = open()) {
      export(one, "one");
      try (NdjsonExporter two = open()) {
        export(two, "two");
        assertEquals(2, Lines.hidden(dir()).size());
      }
      assertEquals(List.of("two"), names());
      export(one, "one more");
    }
    assertEquals(List.of("one", "one more", "two"), names());
  }

  @Test
  void publishesTheWholeLinesThatACrashLeft() throws Exception {
    Files.createDirectories(dir());
    String far = "{\"name\":\"" + "y".repeat(200_000);
    part("spans-20260101T000000Z-0000", "{\"name\":\"a\"}\n{\"name\":\"b\"}\n{\"nam");
    part("spans-20260101T000000Z-0001", "{\"name\":\"no line at all");
    part("spans-20260101T000000Z-0002", "");
    part("spans-20260101T000000Z-0003", "{\"name\":\"c\"}\n" + far);
    part("spans-20260101T000000Z-0004", "{\"name\":\"d\"}\n");
    Files.writeString(dir().resolve(".other.part"), "not ours");
    open().close();
    assertEquals(List.of("a", "b", "c", "d"), names());
    assertEquals(
        List.of(
            "spans-20260101T000000Z-0000.ndjson",
            "spans-20260101T000000Z-0003.ndjson",
            "spans-20260101T000000Z-0004.ndjson"),
        visible());
    assertEquals(List.of(".other.part"), Lines.hidden(dir()));
  }

  @Test
  void leavesNothingOfACallThatFailed() throws Exception {
    NdjsonExporter exporter = openOnDisk();
    export(exporter, "a");
    long before = Files.size(dir().resolve("." + FIRST + ".part"));
    CleanBatch large = batch("b".repeat(400_000), "c".repeat(400_000), "d");
    for (long room : new long[] {0, 1, 300_000, 799_000}) {
      disk.bytesLeft = room;
      Outcome outcome = exporter.export(List.of(large, batch("e")));
      String reason = assertInstanceOf(Outcome.RetryLater.class, outcome).reason();
      assertTrue(reason.contains("No space left on device"), reason);
      assertFalse(reason.contains("bbb"), "a name of a span in a reason");
      assertEquals(before, Files.size(dir().resolve("." + FIRST + ".part")));
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
  void countsAFileAsLostThatCannotBeMadeDurable() throws Exception {
    NdjsonExporter exporter = openOnDisk();
    export(exporter, "a", "b");
    export(exporter, "c");
    clock.advance(Duration.ofMinutes(1));
    disk.forces = false;
    assertThrows(IOException.class, exporter::flush);
    assertEquals(3, exporter.lostSpans());
    disk.forces = true;
    exporter.flush();
    export(exporter, "d");
    exporter.close();
    assertEquals(List.of("d"), names());
    assertEquals(List.of(), Lines.hidden(dir()));
    assertEquals(3, exporter.lostSpans());
  }

  @Test
  void countsTheLinesOfAFileThatSomebodyRemoved() throws Exception {
    NdjsonExporter exporter = open();
    export(exporter, "a", "b");
    Files.delete(dir().resolve("." + FIRST + ".part"));
    clock.advance(Duration.ofMinutes(1));
    assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(batch("c"))));
    assertEquals(2, exporter.lostSpans());
    export(exporter, "c");
    exporter.close();
    assertEquals(List.of("c"), names());
    assertEquals(2, exporter.lostSpans());
  }

  @Test
  void startsANewFileOnceAFailedOneIsFoundRemoved() throws Exception {
    NdjsonExporter exporter = openOnDisk();
    export(exporter, "a");
    Files.delete(dir().resolve("." + FIRST + ".part"));
    disk.bytesLeft = 0;
    assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(batch("b"))));
    assertEquals(1, exporter.lostSpans());
    disk.bytesLeft = Long.MAX_VALUE;
    export(exporter, "b");
    exporter.close();
    assertEquals(List.of("b"), names());
    assertEquals(1, exporter.lostSpans());
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
    return new NdjsonExporter(NdjsonConfig.defaults(dir()), KEYS, clock);
  }

  private NdjsonExporter openOnDisk() throws IOException {
    return new NdjsonExporter(
        NdjsonConfig.defaults(dir()),
        KEYS,
        clock,
        (path, options, attributes) ->
            new FailingChannel(FileChannel.open(path, options, attributes), disk));
  }

  private static void export(NdjsonExporter exporter, String... names) {
    assertEquals(Outcome.ACCEPTED, exporter.export(List.of(batch(names))));
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
