package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.delivery.Delivery.Source;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.pipeline.SpanExporter.GivenUp;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deliveries whose destinations refuse spans, and what lies in the folder then. */
class DeadLettersTest {
  private static final long PLENTY = 1 << 20;

  @TempDir Path directory;

  /** Where a life ends. */
  enum Death {
    BEFORE_THE_LETTER,
    BEFORE_ITS_NAME,
    BEFORE_THE_COMMIT
  }

  /** A real folder that does something after, or instead of, each write. */
  private record Watched(RealLetterFolder real, Act act) implements LetterFolder {
    interface Act {
      void write(RealLetterFolder real, String name, List<ByteBuffer> content) throws IOException;
    }

    @Override
    public List<Entry> entries() throws IOException {
      return real.entries();
    }

    @Override
    public void write(String name, List<ByteBuffer> content) throws IOException {
      act.write(real, name, content);
    }

    @Override
    public byte[] read(String name, int bytesMax) throws IOException {
      return real.read(name, bytesMax);
    }

    @Override
    public void delete(String name) throws IOException {
      real.delete(name);
    }
  }

  @Test
  void keepsTheSpansThatWereRefusedAndDeliversTheOthers() throws Exception {
    ScriptedExporter exporter =
        ScriptedExporter.answering(new Outcome.PartlyAccepted(2, "bad"), Outcome.ACCEPTED);
    exporter.refused =
        List.of(new RefusedSpans(0, 1, 2, Fault.SPANS), new RefusedSpans(0, 3, 4, Fault.SPANS));
    DeadLetters letters = new DeadLetters(folder(), PLENTY);
    try (Journal journal = journal(directory)) {
      try (Delivery _ = delivery(exporter, journal, letters)) {
        hand(journal, Given.numbered(10, 5));
        Given.await(() -> status(journal).deliveredSpans() == 3);
        assertEquals(2, letters.spans());
        hand(journal, Given.numbered(20, 5));
      }
      assertEquals(Map.of("dead_letter", 2L), status(journal).droppedSpans());
      assertEquals(8, status(journal).deliveredSpans());
      Given.assertBalanced(journal, "test");
    }
    assertEquals(List.of(11, 13), ids());
    Letter letter = Letter.of(files().getFirst());
    assertEquals("refused_spans", letter.why());
    assertEquals(letter.first(), letter.last());
    assertEquals(2, letter.spans());
    assertEquals(1, letters.count());
  }

  @Test
  void keepsAllOfASenderThatIsRefused() throws Exception {
    ScriptedExporter exporter =
        ScriptedExporter.answering(new Outcome.Refused(Fault.SENDER, "who are you?"));
    try (Journal journal = journal(directory)) {
      hand(journal, Given.numbered(1, 4));
      hand(journal, Given.numbered(5, 4));
      delivery(exporter, journal, new DeadLetters(folder(), PLENTY)).close();
      assertEquals(Map.of("dead_letter", 8L), status(journal).droppedSpans());
    }
    assertEquals(IntStream.rangeClosed(1, 8).boxed().toList(), ids());
    assertEquals(1, files().size());
    assertEquals("refused_sender", Letter.of(files().getFirst()).why());
  }

  @Test
  void countsWhatTheDestinationDoesNotName() throws Exception {
    ScriptedExporter exporter =
        ScriptedExporter.answering(new Outcome.PartlyAccepted(3, "three of them"));
    exporter.refused = List.of(new RefusedSpans(0, 0, 1, Fault.SPANS));
    try (Journal journal = journal(directory)) {
      hand(journal, Given.numbered(1, 4));
      delivery(exporter, journal, new DeadLetters(folder(), PLENTY)).close();
      assertEquals(
          Map.of("dead_letter", 1L, "rejected_by_destination", 2L), status(journal).droppedSpans());
      assertEquals(1, status(journal).deliveredSpans());
    }
  }

  @ParameterizedTest
  @EnumSource(Death.class)
  void aCrashLeavesOneLetterAndDoublesNothing(Death death) throws Exception {
    Path image = directory.resolve("image");
    Path first = directory.resolve("first");
    Watched.Act act =
        (real, name, content) -> {
          if (death == Death.BEFORE_ITS_NAME) {
            Files.createDirectories(real.folder());
            Files.write(real.folder().resolve(name + ".tmp"), new byte[] {1, 2, 3});
          } else if (death == Death.BEFORE_THE_COMMIT) {
            real.write(name, content);
          }
          copy(first, image);
          real.write(name, content);
        };
    try (Journal journal = journal(first)) {
      LetterFolder folder = new Watched(new RealLetterFolder(first.resolve("letters")), act);
      DeadLetters letters = new DeadLetters("there", folder, PLENTY);
      hand(journal, Given.numbered(1, 3));
      hand(journal, Given.numbered(4, 3));
      delivery(refusing(), journal, letters).close();
    }
    boolean there = Files.exists(image.resolve("letters"));
    assertEquals(death != Death.BEFORE_THE_LETTER, there);

    ScriptedExporter second = refusing();
    try (Journal journal = journal(image)) {
      hand(journal, Given.numbered(7, 3)); // so that what is merged differs
      DeadLetters letters = new DeadLetters(image.resolve("letters"), PLENTY);
      delivery(second, journal, letters).close();
      assertEquals(Map.of("dead_letter", 9L), status(journal).droppedSpans());
      Given.assertBalanced(journal, "test");
    }
    assertEquals(IntStream.rangeClosed(1, 9).boxed().toList(), ids(image.resolve("letters")));
  }

  @Test
  void whatIsCommittedStaysInTheNextLife() throws Exception {
    for (int life = 0; life < 3; life++) {
      try (Journal journal = journal(directory)) {
        hand(journal, Given.numbered(1 + life, 1));
        delivery(refusing(), journal, new DeadLetters(folder(), PLENTY)).close();
      }
    }
    assertEquals(List.of(1, 2, 3), ids());
  }

  @Test
  void aLetterOfWhichALimitTookTheBeginningIsNotDoubledByItsEnd() throws Exception {
    RealLetterFolder real = new RealLetterFolder(folder());
    for (long first : new long[] {1, 4, 7}) {
      CleanBatch batch = Given.numbered((int) first, 3);
      ByteBuffer bytes = ByteBuffer.wrap(batch.bytes(), batch.offset(), batch.byteSize());
      Letter letter = new Letter(9, first, first + 2, 0, 3, Fault.SPANS, 0);
      real.write(letter.with(List.of(bytes)).file(), List.of(bytes));
    }
    DeadLetters letters = new DeadLetters(folder(), PLENTY);
    letters.begin(8, 0); // another journal's
    assertEquals(3, letters.count());
    letters.begin(9, 5);
    assertEquals(List.of(1, 2, 3), ids());
    assertEquals(3, letters.spans());
  }

  @Test
  void dropsAndCountsBeyondItsSizeAndGoesOnOnceThereIsRoom() throws Exception {
    int size = Given.numbered(1, 10).byteSize();
    DeadLetters letters = new DeadLetters(folder(), size + 5);
    try (Journal journal = journal(directory)) {
      try (Delivery delivery = delivery(refusing(), journal, letters)) {
        hand(journal, Given.numbered(1, 10));
        Given.await(() -> letters.count() == 1);
        hand(journal, Given.numbered(11, 10));
        Given.await(() -> dropped(journal) == 20);
        assertFalse(delivery.failing());
      }
      assertEquals(
          Map.of("dead_letter", 10L, "refused_by_destination", 10L),
          status(journal).droppedSpans());
      Files.delete(folder().resolve(files().getFirst())); // as a replay does
      letters.look("test", System.nanoTime() + 11_000_000_000L);
      assertEquals(0, letters.count());
      List<RefusedSpans> all = List.of(new RefusedSpans(0, 0, 10, Fault.SPANS));
      CleanBatch more = Given.numbered(21, 10);
      assertEquals(Map.of("dead_letter", 10L), letters.post(7, List.of(more), all).write());
      assertEquals(IntStream.rangeClosed(21, 30).boxed().toList(), ids());
      Given.assertBalanced(journal, "test");
    }
  }

  @Test
  void waitsForADiskThatTakesNoLetterAndGoesOnOnceItDoes() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    List<String> tried = new CopyOnWriteArrayList<>();
    LetterFolder folder = new Watched(new RealLetterFolder(folder()), failsAfterOne(full, tried));
    ScriptedExporter exporter =
        ScriptedExporter.answering(new Outcome.PartlyAccepted(3, "bad"), Outcome.ACCEPTED);
    exporter.refused =
        List.of(new RefusedSpans(0, 0, 2, Fault.SPANS), new RefusedSpans(0, 2, 3, Fault.SENDER));
    try (Journal journal = journal(directory)) {
      hand(journal, Given.numbered(1, 5));
      DeadLetters letters = new DeadLetters("there", folder, PLENTY);
      try (Delivery delivery = delivery(exporter, journal, letters)) {
        Given.await(() -> tried.size() >= 4);
        assertTrue(delivery.failing());
        assertEquals(5, status(journal).pendingSpans());
        assertEquals(List.of(1, 2), ids());
        full.set(false);
        hand(journal, Given.numbered(11, 5));
        Given.await(() -> status(journal).pendingSpans() == 0);
        assertFalse(delivery.failing());
      }
      assertEquals(Map.of("dead_letter", 3L), status(journal).droppedSpans());
      assertEquals(7, status(journal).deliveredSpans());
      Given.assertBalanced(journal, "test");
    }
    assertEquals(List.of(List.of(5), List.of(5)), exporter.calls, "nothing is sent again");
    assertEquals(List.of(1, 2, 3), ids());
    assertEquals(1, tried.stream().filter(tried.getFirst()::equals).count());
  }

  @Test
  void whatTheDiskDoesNotTakeBeforeTheEndComesAgainInTheNextLife() throws Exception {
    List<String> tried = new CopyOnWriteArrayList<>();
    Watched.Act act = failsAfterOne(new AtomicBoolean(true), tried);
    LetterFolder folder = new Watched(new RealLetterFolder(folder()), act);
    ScriptedExporter exporter = refusing();
    exporter.refused =
        List.of(new RefusedSpans(0, 0, 2, Fault.SPANS), new RefusedSpans(0, 2, 4, Fault.SENDER));
    try (Journal journal = journal(directory)) {
      hand(journal, Given.numbered(1, 4));
      DeadLetters letters = new DeadLetters("there", folder, PLENTY);
      Delivery delivery = delivery(exporter, journal, letters);
      Given.await(() -> tried.size() >= 3);
      delivery.close(Duration.ofMillis(50));
      assertEquals(4, status(journal).pendingSpans());
      assertEquals(Map.of(), status(journal).droppedSpans());
    }
    assertEquals(List.of(1, 2), ids());
    try (Journal journal = journal(directory)) {
      delivery(refusing(), journal, new DeadLetters(folder(), PLENTY)).close();
      assertEquals(Map.of("dead_letter", 4L), status(journal).droppedSpans());
      Given.assertBalanced(journal, "test");
    }
    assertEquals(List.of(1, 2, 3, 4), ids());
  }

  /** Takes the first letter; of the others none while it is full. */
  private static Watched.Act failsAfterOne(AtomicBoolean full, List<String> tried) {
    return (real, name, content) -> {
      tried.add(name);
      if (tried.size() > 1 && full.get()) {
        throw new IOException("No space left on device");
      }
      real.write(name, content);
    };
  }

  @Test
  void whatIsGivenUpCountsOnlyAsFarAsNothingBecameOfIt() throws Exception {
    ScriptedExporter exporter = new ScriptedExporter().then(batches -> ScriptedExporter.RETRY);
    exporter.refused = List.of(new RefusedSpans(0, 2, 3, Fault.SPANS));
    exporter.givenUp = new GivenUp(4, 3);
    DeliveryConfig config = Given.config(Duration.ofMillis(1), Duration.ofMillis(20));
    try (Journal journal = journal(directory)) {
      hand(journal, Given.numbered(1, 10));
      Source source = Given.source(journal, new DeadLetters(folder(), PLENTY));
      try (Delivery delivery = new Delivery("test", exporter, config, source, System::nanoTime)) {
        Given.await(() -> status(journal).pendingSpans() == 0);
        assertTrue(delivery.failing());
      }
      assertEquals(
          Map.of("max_elapsed_time", 4L, "dead_letter", 1L, "rejected_by_destination", 2L),
          status(journal).droppedSpans());
      assertEquals(3, status(journal).deliveredSpans());
      Given.assertBalanced(journal, "test");
    }
    assertEquals(List.of(3), ids());
  }

  @Test
  void aDefectAtALetterEndsNothing() throws Exception {
    AtomicBoolean defect = new AtomicBoolean(true);
    Watched.Act act =
        (real, name, content) -> {
          if (defect.get()) {
            throw new IllegalStateException("canary-of-a-prompt");
          }
          real.write(name, content);
        };
    LetterFolder folder = new Watched(new RealLetterFolder(folder()), act);
    ScriptedExporter exporter = refusing();
    try (Journal journal = journal(directory)) {
      hand(journal, Given.numbered(1, 4));
      DeadLetters letters = new DeadLetters("there", folder, PLENTY);
      try (Delivery delivery = delivery(exporter, journal, letters)) {
        Given.await(() -> exporter.calls.size() > 2 && delivery.failing());
        assertEquals(4, status(journal).pendingSpans());
        defect.set(false);
        Given.await(() -> status(journal).pendingSpans() == 0 && !delivery.failing());
        exporter.then(batches -> Outcome.ACCEPTED);
        hand(journal, Given.numbered(11, 4));
        Given.await(() -> status(journal).deliveredSpans() == 4);
      }
      assertEquals(Map.of("dead_letter", 4L), status(journal).droppedSpans());
      Given.assertBalanced(journal, "test");
    }
    assertEquals(List.of(1, 2, 3, 4), ids());
  }

  @Test
  void leavesNothingOfALetterThatCannotBeWritten() throws Exception {
    Files.createDirectories(folder());
    String name = new Letter(1, 2, 3, 0, 1, Fault.SPANS, 0).file();
    Files.createDirectory(folder().resolve(name)); // in the way of the rename
    Files.writeString(folder().resolve(name).resolve("x"), "x");
    DeadLetters letters = new DeadLetters(folder(), PLENTY);
    CleanBatch batch = Given.numbered(1, 1);
    RealLetterFolder real = new RealLetterFolder(folder());
    org.junit.jupiter.api.Assertions.assertThrows(
        IOException.class,
        () ->
            real.write(
                name, List.of(ByteBuffer.wrap(batch.bytes(), batch.offset(), batch.byteSize()))));
    assertEquals(List.of(), real.entries());
    assertEquals(0, letters.count());
  }

  @Test
  void cutsLettersAtTheSizeOfACall() throws Exception {
    List<CleanBatch> batches = new ArrayList<>();
    List<RefusedSpans> refused = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      batches.add(Given.batch(1, 1 << 20));
      refused.add(new RefusedSpans(i, 0, 1, i < 9 ? Fault.SPANS : Fault.SENDER));
    }
    DeadLetters letters = new DeadLetters(folder(), 64 << 20);
    assertEquals(Map.of("dead_letter", 10L), letters.post(7, batches, refused).write());
    List<Integer> spans = files().stream().map(name -> Letter.of(name).spans()).toList();
    assertEquals(List.of(3, 3, 3, 1), spans);
    assertEquals("refused_sender", Letter.of(files().getLast()).why());
  }

  @Test
  void onlyTheOwnerMayLookIntoALetter() throws Exception {
    new DeadLetters(folder(), PLENTY)
        .post(7, List.of(Given.numbered(1, 1)), List.of(new RefusedSpans(0, 0, 1, Fault.SPANS)))
        .write();
    Path file = folder().resolve(files().getFirst());
    assertEquals("rw-------", mode(file));
    assertEquals("rwx------", mode(folder()));
  }

  @Test
  void saysOnceAMinuteThatThereAreSome() throws Exception {
    List<String> said = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            said.add(java.text.MessageFormat.format(line.getMessage(), line.getParameters()));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(DeadLetters.class.getName());
    logger.addHandler(handler);
    try {
      DeadLetters letters = new DeadLetters(folder(), PLENTY);
      letters.look("otlp", 0);
      assertEquals(List.of(), said);
      for (int second = 1; second < 125; second++) {
        List<RefusedSpans> all = List.of(new RefusedSpans(0, 0, 1, Fault.SPANS));
        letters.post(7, List.of(Given.numbered(second, 1)), all).write();
        letters.look("otlp", second * 1_000_000_000L);
      }
      letters.look("otlp", 1_000_000_000_000L);
      letters.look("otlp", 2_000_000_000_000L);
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(4, said.size(), said::toString);
    assertTrue(said.getFirst().contains(folder().toString()), said::toString);
    assertTrue(said.getFirst().contains("`tollspan replay --list`"), said::toString);
  }

  private static String mode(Path path) throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path));
  }

  private static ScriptedExporter refusing() {
    return new ScriptedExporter().then(batches -> new Outcome.Refused("bad"));
  }

  private Path folder() {
    return directory.resolve("letters");
  }

  private static Journal journal(Path above) {
    return Given.journal(above.resolve("journal"), Durability.FSYNC, "test");
  }

  private static Delivery delivery(ScriptedExporter exporter, Journal journal, DeadLetters letters)
      throws IOException {
    Source source = Given.source(journal, letters);
    return new Delivery("test", exporter, Given.config(), source, System::nanoTime);
  }

  private static void hand(Journal journal, CleanBatch batch) {
    assertEquals(
        Outcome.ACCEPTED,
        new JournalGroup(List.of(journal), new ReentrantLock()).accept(List.of(batch)));
  }

  private static ReaderStatus status(Journal journal) {
    return journal.reader("test").status();
  }

  private static long dropped(Journal journal) {
    return status(journal).droppedSpans().values().stream().mapToLong(n -> n).sum();
  }

  private List<String> files() throws IOException {
    return new RealLetterFolder(folder()).entries().stream().map(LetterFolder.Entry::name).toList();
  }

  private List<Integer> ids() throws IOException {
    return ids(folder());
  }

  /** Of all letters, sorted. */
  private static List<Integer> ids(Path folder) throws IOException {
    List<Integer> ids = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        ids.addAll(Given.ids(Files.readAllBytes(file)));
      }
    }
    ids.sort(null);
    return ids;
  }

  private static void copy(Path from, Path to) {
    if (Files.exists(to)) {
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
