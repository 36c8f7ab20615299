package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.delivery.Delivery.Source;
import dev.tollspan.exporters.delivery.OddExporter.Far;
import dev.tollspan.exporters.delivery.OddExporter.Fate;
import dev.tollspan.exporters.delivery.OddExporter.Habits;
import dev.tollspan.journal.Appended;
import dev.tollspan.journal.HeapJournal;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import dev.tollspan.journal.Pending;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.journal.Turns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A journal with two deliveries, all of its lives, and beside it what is owed. Nobody but the
 * thread that made it goes on unless it is given a turn.
 */
final class World {
  private static final long SECOND = 1_000_000_000L;
  private static final List<Durability> KINDS = List.of(Durability.values());
  private static final List<WhenFull> POLICIES =
      List.of(WhenFull.REFUSE, WhenFull.REFUSE, WhenFull.DROP_OLDEST, WhenFull.DROP_FOR_DOWN);

  private final SplittableRandom random;
  private final Messages messages;
  private final JournalConfig journalConfig;
  private final DeliveryConfig config;
  private final boolean early;
  private final Map<String, Far> fars = new TreeMap<>();
  private final TreeMap<Long, Integer> accepted = new TreeMap<>();
  private final List<Delivery> deliveries = new ArrayList<>();
  private final List<OddExporter> exporters = new ArrayList<>();
  private HeapJournal journal;
  private Turns turns = new Turns();
  private int batches;

  World(SplittableRandom random, Messages messages) throws IOException {
    this.random = random;
    this.messages = messages;
    Durability durability = KINDS.get(random.nextInt(KINDS.size()));
    this.early = durability == Durability.MEMORY;
    this.journalConfig =
        new JournalConfig(
            durability,
            (16 + random.nextInt(48)) << 10,
            random.nextInt(6) == 0 ? Duration.ofSeconds(20) : Duration.ZERO,
            POLICIES.get(random.nextInt(POLICIES.size())),
            Duration.ofMillis(1),
            4096,
            4096,
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            512);
    this.config =
        new DeliveryConfig(
            4096 + random.nextInt(16_000),
            1 + random.nextInt(4000),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            1.5,
            0,
            random.nextInt(4) == 0 ? Duration.ofSeconds(8) : Duration.ZERO);
    fars.put("a", new Far(random.nextBoolean()));
    fars.put("b", new Far(random.nextBoolean()));
    this.journal = HeapJournal.open(journalConfig, turns, fars.keySet());
    start();
  }

  /** All of it; every fate that a span had. */
  Set<Fate> live() throws IOException {
    for (int i = 15 + random.nextInt(20); i > 0; i--) {
      act();
      check();
    }
    heal();
    EnumSet<Fate> seen = EnumSet.noneOf(Fate.class);
    for (Far far : fars.values()) {
      seen.addAll(far.fates.values());
    }
    return seen;
  }

  private void act() throws IOException {
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4, 5 -> append(1 + random.nextInt(6));
      case 6, 7 -> upkeep();
      case 8 -> far().habits = Habits.of(random);
      case 9 -> far().habits = new Habits(0, 100, 0, 10, 0, 0, false); // down
      case 10 -> far().habits = Habits.WELL;
      case 11 -> restart();
      default -> turn(random.nextInt(2500) * SECOND / 1000);
    }
  }

  private Far far() {
    return fars.get(random.nextBoolean() ? "a" : "b");
  }

  private void append(int count) {
    Map<Integer, Pending> group = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int batch = ++batches;
      byte[] bytes = messages.bytes(batch);
      group.put(batch, journal.journal().join(bytes, 0, bytes.length, Messages.spans(batch)));
    }
    group.forEach(
        (batch, pending) -> {
          if (pending.await() instanceof Appended.Stored(long sequence)) {
            accepted.put(sequence, batch);
          }
        });
  }

  private void turn(long passedNanos) {
    turns.pass(passedNanos);
    turns.give(deliveries.size(), journal.journal(), fars.keySet());
  }

  /** What a reader has passed afterwards and had not before was taken by a limit. */
  private void upkeep() {
    turns.pass(SECOND);
    Map<String, Long> before = new TreeMap<>();
    fars.keySet().forEach(name -> before.put(name, status(name).committed()));
    journal.upkeep();
    fars.forEach(
        (name, far) ->
            accepted
                .subMap(before.get(name), false, status(name).committed(), true)
                .values()
                .forEach(batch -> far.fate(Messages.spansOf(batch), Fate.LIMIT)));
  }

  private void start() throws IOException {
    for (Map.Entry<String, Far> each : fars.entrySet()) {
      OddExporter exporter = new OddExporter(each.getValue(), early, random.split());
      exporters.add(exporter);
      Source source = new Source(journal.journal(), messages.restorer());
      deliveries.add(new Delivery(each.getKey(), exporter, config, source, new TurnPace(turns)));
    }
    turns.awaitQuiet(deliveries.size());
  }

  private void restart() throws IOException {
    if (early) {
      return;
    }
    Turns later = new Turns();
    HeapJournal next;
    if (random.nextBoolean()) {
      next = journal.afterKill(later);
      exporters.forEach(OddExporter::kill);
      close(Duration.ZERO);
      fars.values().forEach(far -> far.exact = false);
    } else {
      close(Duration.ofSeconds(10));
      next = journal.next(later);
    }
    turns = later;
    journal = next;
    fars.forEach((name, far) -> passBy(far, status(name).committed()));
    start();
  }

  /** What a file was finished over needs not come again, and counts as delivered. */
  private void passBy(Far far, long committed) {
    if (far.files && far.finished() > committed) {
      for (int batch : accepted.subMap(committed, false, far.finished(), true).values()) {
        for (int span : Messages.spansOf(batch)) {
          if (far.fates.get(span) != Fate.TAKEN) {
            far.fate(List.of(span), Fate.PASSED_BY);
          }
        }
      }
    }
  }

  private void close(Duration limit) {
    turns.end();
    Delivery.closeAll(deliveries, limit);
    journal.journal().close();
    deliveries.clear();
    exporters.clear();
  }

  private ReaderStatus status(String name) {
    return journal.journal().reader(name).status();
  }

  /** Holds the books against what became of each span. */
  private void check() {
    if (journalConfig.durability() == Durability.INTERVAL) {
      upkeep();
    }
    long spans = 0;
    for (int batch : accepted.values()) {
      spans += Messages.spans(batch);
    }
    assertEquals(spans, journal.journal().status().spans(), "accepted");
    for (Map.Entry<String, Far> each : fars.entrySet()) {
      ReaderStatus status = status(each.getKey());
      check(each.getKey(), each.getValue(), status);
      long dropped = 0;
      for (long count : status.droppedSpans().values()) {
        dropped += count;
      }
      assertEquals(spans, status.deliveredSpans() + status.pendingSpans() + dropped, each.getKey());
    }
  }

  private void check(String name, Far far, ReaderStatus status) {
    assertEquals(List.of(), far.wrong, name);
    Map<Fate, Long> owed = new EnumMap<>(Fate.class);
    for (int batch : accepted.headMap(status.committed(), true).values()) {
      for (int span : Messages.spansOf(batch)) {
        owed.merge(far.fates.getOrDefault(span, Fate.PUT_OFF), 1L, Long::sum);
      }
    }
    Map<String, Long> books = new TreeMap<>();
    books.put("delivered", status.deliveredSpans());
    status.droppedSpans().forEach((reason, count) -> books.merge(fate(reason), count, Long::sum));
    books.values().removeIf(count -> count == 0);
    Map<String, Long> wanted = new TreeMap<>();
    owed.forEach(
        (fate, count) -> {
          boolean there = fate == Fate.TAKEN || fate == Fate.PASSED_BY;
          wanted.merge(there ? "delivered" : fate.name(), count, Long::sum);
        });
    assertEquals(wanted, books, name + " of " + fars.keySet());
  }

  private static String fate(String reason) {
    return switch (reason) {
      case "rejected_by_destination" -> Fate.REJECTED.name();
      case "refused_by_destination" -> Fate.REFUSED.name();
      case "exporter_failed" -> Fate.FAILED.name();
      case "file_lost" -> Fate.FILE_LOST.name();
      case "max_elapsed_time", "shutdown" -> Fate.PUT_OFF.name();
      case "journal_full", "journal_age" -> Fate.LIMIT.name();
      default -> reason;
    };
  }

  /** All is well again: everything comes out, and stands where it belongs. */
  private void heal() throws IOException {
    fars.values().forEach(far -> far.habits = Habits.WELL);
    if (!early && random.nextInt(4) == 0) {
      restart();
    }
    for (int i = 0; i < 200 && waits(); i++) {
      turn(6 * SECOND);
    }
    check();
    assertTrue(!waits(), "not all came out");
    List<Delivery> last = List.copyOf(deliveries);
    close(Duration.ofSeconds(10));
    check();
    assertEquals(fars.size(), last.size());
    fars.forEach((name, far) -> accepted.values().forEach(batch -> arrived(name, far, batch)));
  }

  private boolean waits() {
    return fars.keySet().stream().anyMatch(name -> status(name).pendingSpans() > 0);
  }

  private static void arrived(String name, Far far, int batch) {
    for (int span : Messages.spansOf(batch)) {
      int times = far.arrived.getOrDefault(span, 0);
      Fate fate = far.fates.get(span);
      boolean exact = far.files || far.exact;
      boolean right =
          switch (fate) {
            case null -> false;
            case TAKEN -> exact ? times == 1 : times >= 1;
            case LIMIT -> times <= 1 || !exact;
            default -> times == 0 || !exact;
          };
      assertTrue(right, name + ": a span that is " + fate + " came " + times + " times");
    }
  }
}
