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
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spans that come again are delivered once. */
class FreshTest {
  private static final KeyTable KEYS = Batches.keys();

  @TempDir Path folder;
  private Journal journal;
  private final Names exporter = new Names();

  /** Notes the names of spans in order; loses them all once, if it is told to. */
  private static final class Names implements SpanExporter {
    private final List<String> names = new ArrayList<>(); // guarded by this, as are the others
    private long first;
    private long held;
    private boolean loses;

    @Override
    public synchronized long resume(long epoch, long sequence) {
      first = sequence;
      held = sequence;
      return sequence;
    }

    @Override
    public synchronized Outcome export(List<CleanBatch> batches) {
      for (CleanBatch batch : batches) {
        SpanView span = batch.view();
        for (int i = 0; i < batch.spanCount(); i++) {
          names.add(span.moveTo(i).name());
        }
        held = batch.sequence();
      }
      if (loses) {
        loses = false;
        held = first;
        names.clear();
        return ScriptedExporter.RETRY;
      }
      return Outcome.ACCEPTED;
    }

    @Override
    public synchronized long held() {
      return held;
    }

    @Override
    public synchronized long settled() {
      return held;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    synchronized List<String> names() {
      return List.copyOf(names);
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

  @Test
  void whatIsReadAgainDidNotComeBefore() throws Exception {
    exporter.loses = true;
    Delivery delivery = open();
    hand("a", "b", "a");
    Given.await(() -> status().pendingSpans() == 0);
    delivery.close();
    assertEquals(List.of("a", "b"), exporter.names());
    assertEquals(Map.of("duplicate", 1L), status().droppedSpans());
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
