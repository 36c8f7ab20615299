package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.exporters.delivery.Delivery.Source;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spans that come again are delivered once. */
class FreshTest {
  private static final KeyTable KEYS = Batches.keys();

  @TempDir Path folder;
  private Journal journal;
  private final Filing exporter = new Filing(null);

  /**
   * Keeps names in files, which it finishes at each flush; with something random and as long as it
   * is not calm it loses them, or finishes them at other times.
   */
  private static final class Filing implements SpanExporter {
    private final List<String> finished = new ArrayList<>(); // guarded by this, as are all
    private final List<String> open = new ArrayList<>();
    private final @Nullable SplittableRandom random;
    private long held;
    private long settled;
    private boolean calm;

    Filing(@Nullable SplittableRandom random) {
      this.random = random;
    }

    synchronized List<String> names() {
      return List.copyOf(finished);
    }

    synchronized void calm(boolean now) {
      calm = now;
    }

    @Override
    public synchronized long resume(long epoch, long sequence) {
      calm = random == null;
      settled = Math.max(settled, sequence);
      lose();
      return settled;
    }

    private void lose() {
      open.clear();
      held = settled;
    }

    private boolean is(int outOf) {
      return !calm && random != null && random.nextInt(outOf) == 0;
    }

    @Override
    public synchronized Outcome export(List<CleanBatch> batches) {
      for (CleanBatch batch : batches) {
        if (is(8)) {
          if (random != null && random.nextBoolean()) {
            lose();
          }
          return ScriptedExporter.RETRY;
        }
        if (batch.sequence() > held) {
          SpanView span = batch.view();
          for (int i = 0; i < batch.spanCount(); i++) {
            open.add(span.moveTo(i).name());
          }
          held = batch.sequence();
        }
        if (is(6)) {
          finish();
        }
      }
      return Outcome.ACCEPTED;
    }

    @Override
    public synchronized long held() {
      return held;
    }

    @Override
    public synchronized long settled() {
      return settled;
    }

    @Override
    public synchronized void flush() {
      if (is(12)) {
        lose();
      } else if (random == null || is(4)) {
        finish();
      }
    }

    @Override
    public synchronized void finish() {
      finished.addAll(open);
      open.clear();
      settled = held;
    }

    @Override
    public synchronized void close() {
      if (calm || random == null || random.nextBoolean()) {
        finish();
      } else {
        lose();
      }
    }
  }

  @AfterEach
  void leavesNothingBehind() {
    Given.assertBalanced(journal, "test");
    Given.assertNoThread("delivery-test");
    journal.close();
  }

  @Test
  void dropsAndCountsWhatCameBefore() throws Exception {
    Delivery delivery = open();
    hand("a", "b");
    hand("b", "c", "b", "d", "a");
    hand("a", "b", "c");
    hand("e", "e");
    Given.await(() -> status().pendingSpans() == 0);
    delivery.close();
    assertEquals(List.of("a", "b", "c", "d", "e"), exporter.names());
    assertEquals(5, status().deliveredSpans());
    assertEquals(Map.of("duplicate", 7L), status().droppedSpans());
  }

  /**
   * Files that are lost, finished early or late, in lives that end in order or not. The books say
   * what stands in the files, not only that their sum is right.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void booksTellWhatStandsInFiles(int lives) throws Exception {
    for (int seed = 0; seed < 15; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Filing files = new Filing(random.split());
      Set<String> names = new TreeSet<>();
      long handed = 0;
      for (int life = 1; life <= lives; life++) {
        Delivery delivery = open(folder.resolve(lives + "-" + seed), files);
        for (int i = 0; i < 40; i++) {
          List<String> batch = new ArrayList<>();
          for (int n = random.nextInt(1, 6); n > 0; n--) {
            batch.add("n" + random.nextInt(120));
          }
          hand(batch.toArray(String[]::new));
          handed += batch.size();
          names.addAll(batch);
        }
        files.calm(life == lives);
        delivery.close();
        if (life < lives) {
          journal.close();
        }
      }
      String what = "seed " + seed + ": " + status();
      assertEquals(List.copyOf(names), files.names().stream().sorted().toList(), what);
      assertEquals(names.size(), status().deliveredSpans(), what);
      assertEquals(Map.of("duplicate", handed - names.size()), status().droppedSpans(), what);
      Given.assertBalanced(journal, "test");
      journal.close();
    }
    journal = Given.journal(folder.resolve("none"), Durability.FSYNC, "test");
  }

  /** Intact in the journal, and no batch: a bug, which must not cost more than that record. */
  @Test
  void leavesWhatItCannotReadToTheExporter() throws Exception {
    Delivery delivery = open();
    journal.append(new byte[] {1, 2, 3, 4}, 0, 4, 1);
    Given.await(() -> status().pendingSpans() == 0); // what it is exported with would fail with it
    hand("a", "a");
    Given.await(() -> status().pendingSpans() == 0);
    delivery.close();
    assertEquals(List.of("a"), exporter.names());
    assertEquals(Map.of("exporter_failed", 1L, "duplicate", 1L), status().droppedSpans());
  }

  @Test
  void knowsAfterAStartWhatTheJournalStillHas() throws Exception {
    Delivery delivery = open();
    hand("a", "b");
    Given.await(() -> status().pendingSpans() == 0);
    delivery.close();
    journal.close();
    delivery = open();
    hand("b", "c");
    Given.await(() -> status().pendingSpans() == 0);
    delivery.close();
    assertEquals(List.of("a", "b", "c"), exporter.names());
    assertEquals(Map.of("duplicate", 1L), status().droppedSpans());
  }

  @Test
  void aSpanOfAnotherKindOrStartIsAnother() throws Exception {
    Delivery delivery = open();
    hand(span("a").build(), span("a").setKind(Span.SpanKind.SPAN_KIND_SERVER).build());
    hand(span("a").setStartTimeUnixNano(7).build(), span("a").build());
    Given.await(() -> status().pendingSpans() == 0);
    delivery.close();
    assertEquals(List.of("a", "a", "a"), exporter.names());
    assertEquals(Map.of("duplicate", 1L), status().droppedSpans());
  }

  /** Whatever comes again, and wherever it stands, each name comes once and in order. */
  @Test
  void leavesTheOthersAsTheyAre() throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    List<String> expected = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    Delivery delivery = open();
    long handed = 0;
    for (int i = 0; i < 300; i++) {
      List<String> batch = new ArrayList<>();
      for (int n = random.nextInt(1, 12); n > 0; n--) {
        batch.add("n" + random.nextInt(500));
      }
      hand(batch.toArray(String[]::new));
      handed += batch.size();
      batch.stream().filter(name -> seen.put(name, 1) == null).forEach(expected::add);
    }
    Given.await(() -> status().pendingSpans() == 0);
    delivery.close();
    assertEquals(expected, exporter.names());
    assertEquals(Map.of("duplicate", handed - expected.size()), status().droppedSpans());
  }

  private ReaderStatus status() {
    return journal.reader("test").status();
  }

  private Delivery open() throws Exception {
    journal = Given.journal(folder, Durability.FSYNC, "test");
    return deliver(exporter);
  }

  /** Nobody reads for "slow", so the journal keeps all that there was. */
  private Delivery open(Path folder, SpanExporter exporter) throws Exception {
    journal = Given.journal(folder, Durability.FSYNC, "test", "slow");
    return deliver(exporter);
  }

  private Delivery deliver(SpanExporter exporter) throws Exception {
    BatchRestorer restorer = new BatchRestorer(new BatchPool(1 << 20), KEYS);
    Source source = new Source(journal, restorer, DeadLetters.none(), 10_000);
    return new Delivery("test", exporter, Given.config(), source, System::nanoTime);
  }

  private void hand(String... names) {
    Span[] spans = new Span[names.length];
    for (int i = 0; i < names.length; i++) {
      spans[i] = span(names[i]).build();
    }
    hand(spans);
  }

  private void hand(Span... spans) {
    TracesData.Builder message = TracesData.newBuilder();
    ScopeSpans.Builder scope = message.addResourceSpansBuilder().addScopeSpansBuilder();
    for (int i = 0; i < spans.length; i++) {
      if (i % 4 == 3) {
        scope = message.addResourceSpansBuilder().addScopeSpansBuilder();
      }
      scope.addSpans(spans[i]);
    }
    JournalGroup group = new JournalGroup(List.of(journal), new ReentrantLock());
    Outcome outcome = group.accept(List.of(Batches.clean(KEYS, message.build())));
    assertTrue(outcome instanceof Outcome.Accepted, outcome::toString);
  }

  private static Span.Builder span(String name) {
    byte[] id = new byte[16];
    id[0] = 1;
    byte[] bytes = name.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, id, 1, bytes.length);
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(id))
        .setSpanId(ByteString.copyFrom(id, 0, 8))
        .setName(name);
  }
}
