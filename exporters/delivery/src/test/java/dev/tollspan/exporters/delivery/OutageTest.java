package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.delivery.OddExporter.Far;
import dev.tollspan.exporters.delivery.OddExporter.Fate;
import dev.tollspan.exporters.delivery.OddExporter.Habits;
import dev.tollspan.journal.Appended;
import dev.tollspan.journal.HeapJournal;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.journal.Turns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A destination that answers UNAVAILABLE for seven days, one batch a minute meanwhile. */
class OutageTest {
  private static final Logger LOG = Logger.getLogger("dev.tollspan"); // held, or it forgets
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MINUTES = 7 * 24 * 60;
  private static final int AT_HAND = 600;
  private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(45).toNanos(); // with jitter
  private static final Habits DOWN = new Habits(0, 100, 0, 0, 0, 0, false);

  private static final Habits FAILING = new Habits(0, 0, 100, 0, 0, 0, false);

  private final Turns turns = new Turns();
  private final Messages messages = new Messages();
  private final Far far = new Far(false);
  private final List<Long> waits = new ArrayList<>();
  private HeapJournal journal;
  private Delivery delivery;
  private long accepted;

  /** How many batches a limit has taken: always the oldest. */
  private int taken;

  @BeforeAll
  static void expectsTrouble() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void saysTroubleAgain() {
    LOG.setLevel(null);
  }

  @AfterEach
  void end() {
    turns.end();
    delivery.close();
    journal.journal().close();
  }

  @Test
  void sevenDaysLoseNothingBelowTheLimits() throws Exception {
    start(8 << 20, Duration.ZERO, WhenFull.REFUSE);
    outage();
    assertEquals(Map.of(), status().droppedSpans());
    assertEquals(accepted, status().pendingSpans());
    // From 5 s on the waits grow to 30 s, give or take the half.
    assertTrue(waits.stream().allMatch(wait -> wait > 0 && wait <= LONGEST_WAIT_NANOS));
    assertTrue(waits.stream().skip(10).allMatch(wait -> wait >= LONGEST_WAIT_NANOS / 3));
    int triesMin = (int) (MINUTES * MINUTE_NANOS / (2 * LONGEST_WAIT_NANOS));
    assertTrue(waits.size() >= triesMin, waits.size() + " tries");
    returns();
    assertEquals(Map.of(), status().droppedSpans());
    assertEquals(accepted, status().deliveredSpans());
  }

  @Test
  void maxAgeDropsWhatIsOlderAndCountsIt() throws Exception {
    Duration day = Duration.ofDays(1);
    start(8 << 20, day, WhenFull.REFUSE);
    outage();
    int dayMinutes = (int) day.toMinutes();
    assertTrue(taken <= MINUTES - dayMinutes, taken + " batches: one was younger than a day");
    assertTrue(taken >= MINUTES - dayMinutes - 1000, taken + " batches: some are much older");
    returns();
    assertEquals(Map.of("journal_age", spansUpTo(taken)), status().droppedSpans());
    assertEquals(accepted - spansUpTo(taken), status().deliveredSpans());
  }

  @Test
  void whatALimitTookIsCountedOnceAlthoughTheExporterFailsWithIt() throws Exception {
    start(256 << 10, Duration.ZERO, WhenFull.DROP_OLDEST);
    for (int batch = 1; batch <= AT_HAND; batch++) {
      append(batch);
    }
    turn(MINUTE_NANOS); // takes all of them at once
    int last = AT_HAND;
    while (taken == 0 || last < 2 * AT_HAND) {
      append(++last);
      turns.pass(MINUTE_NANOS);
      upkeep();
    }
    assertTrue(taken < AT_HAND, "the limit took all that was at hand");
    far.habits = FAILING;
    turn(LONGEST_WAIT_NANOS);
    far.habits = Habits.WELL;
    turn(LONGEST_WAIT_NANOS);
    assertEquals(0, status().pendingSpans());
    assertEquals(Fate.FAILED, far.fates.get(Messages.spansOf(1).getFirst()), "it was at hand");
    long failed = 0;
    for (int batch = taken + 1; batch <= last; batch++) {
      for (int span : Messages.spansOf(batch)) {
        failed += far.fates.get(span) == Fate.FAILED ? 1 : 0;
      }
    }
    assertEquals(
        Map.of("journal_full", spansUpTo(taken), "exporter_failed", failed),
        status().droppedSpans());
    assertEquals(accepted - spansUpTo(taken) - failed, status().deliveredSpans());
  }

  @Test
  void maxSizeDropsTheOldestAndCountsThem() throws Exception {
    start(256 << 10, Duration.ZERO, WhenFull.DROP_OLDEST);
    outage();
    assertTrue(journal.journal().status().bytes() <= 256 << 10);
    assertTrue(taken > MINUTES / 2 && taken < MINUTES, taken + " batches");
    returns();
    assertEquals(Map.of("journal_full", spansUpTo(taken)), status().droppedSpans());
    assertEquals(accepted - spansUpTo(taken), status().deliveredSpans());
  }

  private void start(long bytesMax, Duration ageMax, WhenFull whenFull) throws IOException {
    JournalConfig config =
        new JournalConfig(
            Durability.FSYNC,
            bytesMax,
            ageMax,
            whenFull,
            Duration.ofMillis(1),
            16 << 10,
            16 << 10,
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            512);
    journal = HeapJournal.open(config, turns, Set.of("test"));
    far.habits = DOWN;
    OddExporter exporter = new OddExporter(far, false, new SplittableRandom(1));
    Delivery.Source source = new Delivery.Source(journal.journal(), messages.restorer());
    delivery =
        new Delivery("test", exporter, DeliveryConfig.defaults(), source, new Noting(turns, waits));
    turns.awaitQuiet(1);
  }

  /** Time as the delivery sees it; notes its waits. */
  private record Noting(Turns turns, List<Long> waits) implements Stopping.Pace {
    @Override
    public long nanos() {
      return turns.nanos();
    }

    @Override
    public void await(Stopping stopping, boolean begunKnown, long nanos) {
      if (!turns.free()) {
        waits.add(nanos);
      }
      new TurnPace(turns).await(stopping, begunKnown, nanos);
    }
  }

  private void outage() {
    for (int minute = 1; minute <= MINUTES; minute++) {
      append(minute);
      turn(MINUTE_NANOS);
      upkeep();
    }
    assertTrue(delivery.failing());
    assertEquals(Map.of(), far.arrived);
  }

  private void append(int batch) {
    byte[] bytes = messages.bytes(batch);
    Appended answer = journal.journal().append(bytes, 0, bytes.length, Messages.spans(batch));
    assertInstanceOf(Appended.Stored.class, answer);
    accepted += Messages.spans(batch);
  }

  private void upkeep() {
    long before = status().committed();
    journal.upkeep();
    taken += (int) (status().committed() - before);
  }

  /** The destination is back: all that is left comes, in order, once. */
  private void returns() {
    far.habits = Habits.WELL;
    for (int i = 0; i < 100 && status().pendingSpans() > 0; i++) {
      turn(LONGEST_WAIT_NANOS);
    }
    assertEquals(0, status().pendingSpans());
    assertEquals(List.of(), far.wrong);
    for (int batch = taken + 1; batch <= MINUTES; batch++) {
      for (int span : Messages.spansOf(batch)) {
        assertEquals(1, far.arrived.get(span), "a span of minute " + batch);
      }
    }
  }

  private void turn(long nanos) {
    turns.pass(nanos);
    turns.give(1, journal.journal(), Set.of("test"));
  }

  private ReaderStatus status() {
    return journal.journal().reader("test").status();
  }

  private static long spansUpTo(int batch) {
    long spans = 0;
    for (int i = 1; i <= batch; i++) {
      spans += Messages.spans(i);
    }
    return spans;
  }
}
