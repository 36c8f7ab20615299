package dev.tollspan.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every exporter promises, whatever it writes to. A room extends it once.
 *
 * <p>Spans are numbered: number n has n + 1 as its span id, and start times ascend with the
 * numbers, so an exporter that sorts by time keeps the order too.
 */
public abstract class SpanExporterContract {
  private static final long FIRST_START_NANOS = 1_700_000_000_000_000_000L;

  private static final long EPOCH = 0x5eed;

  private long sequence;
  private final BatchPool pool = new BatchPool(1 << 24);

  @TempDir protected Path dir;

  /**
   * A ready exporter that has {@code dir} for itself. Called more than once by some tests, each
   * time after the one before was closed; what is delivered then adds up.
   */
  protected abstract SpanExporter open(Path dir) throws Exception;

  /** The span ids (16 hex digits) of all that was delivered, in order; called after close. */
  protected abstract List<String> deliveredSpanIds(Path dir) throws Exception;

  /** Fails if something in {@code dir} is torn or temporary; called after close. */
  protected void assertNothingHalfWritten(Path dir) throws Exception {}

  /** The table that all batches of these tests are indexed with; override it to add keys. */
  protected KeyTable keys() {
    return Batches.keys("service.name");
  }

  // Scenario: several batches, some in one call, some in calls of their own.
  // Guarantee: each span arrives once, in the order of the calls and of the lists.
  @Test
  final void deliversEachSpanOnceAndInOrder() throws Exception {
    try (SpanExporter exporter = resumed(dir)) {
      export(exporter, batch(0, 3), batch(3, 4));
      exporter.flush();
      export(exporter, batch(4, 900));
      export(exporter, batch(900, 901), batch(901, 1_400), batch(1_400, 1_405));
    }
    assertDelivered(1_405);
  }

  // Scenario: after the call the batches are released and their arrays hold other spans.
  // Guarantee: nothing that happens to a batch after the call changes what is delivered.
  @Test
  final void keepsNothingOfABatchBeyondTheCall() throws Exception {
    try (SpanExporter exporter = resumed(dir)) {
      export(exporter, batch(0, 50), batch(50, 120));
      reuseArrays();
      exporter.flush();
      export(exporter, batch(120, 130));
      reuseArrays();
    }
    assertDelivered(130);
  }

  // Scenario: a batch is exported, the exporter closed, then the batch's holder lets go of it.
  // Guarantee: an exporter neither releases nor holds a batch; one release is left, not two.
  @Test
  final void leavesBatchesToTheCaller() throws Exception {
    CleanBatch batch;
    try (SpanExporter exporter = resumed(dir)) {
      batch = batch(0, 10);
      byte[] before = Arrays.copyOf(batch.bytes(), batch.bytes().length);
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(batch)));
      assertEquals(ByteBuffer.wrap(before), ByteBuffer.wrap(batch.bytes()));
    }
    batch.release();
    assertThrows(IllegalStateException.class, batch::release);
    assertDelivered(10);
  }

  // Scenario: a call without batches, before, between and after others.
  // Guarantee: it is accepted and delivers nothing.
  @Test
  final void acceptsAnEmptyList() throws Exception {
    try (SpanExporter exporter = resumed(dir)) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of()));
      export(exporter, batch(0, 2));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of()));
      exporter.flush();
      export(exporter, batch(2, 4));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of()));
    }
    assertDelivered(4);
  }

  // Scenario: flush and close are called again and again, with and without spans before.
  // Guarantee: the second call changes nothing and does not fail.
  @Test
  final void flushesAndClosesAsOftenAsAsked() throws Exception {
    SpanExporter exporter = resumed(dir);
    exporter.flush();
    exporter.flush();
    export(exporter, batch(0, 5));
    exporter.flush();
    exporter.flush();
    export(exporter, batch(5, 6));
    exporter.close();
    exporter.close();
    assertDelivered(6);
  }

  // Scenario: what is open is finished before it is due.
  // Guarantee: all that was accepted is settled, and stays where it is.
  @Test
  final void settlesAllThatItFinishes() throws Exception {
    try (SpanExporter exporter = resumed(dir)) {
      export(exporter, batch(0, 5), batch(5, 9));
      exporter.finish();
      assertEquals(2, exporter.settled());
      export(exporter, batch(9, 12));
      assertTrue(exporter.settled() >= 2);
    }
    assertDelivered(12);
  }

  // Scenario: an exporter is opened and closed and never given a span.
  // Guarantee: nothing is delivered and nothing is left lying about.
  @Test
  final void deliversNothingOfNothing() throws Exception {
    SpanExporter exporter = resumed(dir);
    exporter.flush();
    exporter.close();
    assertDelivered(0);
  }

  // Scenario: close comes right after an export, without a flush between.
  // Guarantee: what was accepted is delivered.
  @Test
  final void deliversOnCloseWhatWasNeverFlushed() throws Exception {
    try (SpanExporter exporter = resumed(dir)) {
      export(exporter, batch(0, 700));
    }
    assertDelivered(700);
  }

  // Scenario: the process ends in good order and starts again, three times.
  // Guarantee: what was delivered before stays, what comes is added behind it.
  @Test
  final void addsToWhatIsThereWhenOpenedAgain() throws Exception {
    for (int run = 0; run < 3; run++) {
      try (SpanExporter exporter = resumed(dir)) {
        export(exporter, batch(run * 20, run * 20 + 20));
      }
    }
    assertDelivered(60);
  }

  // Scenario: a batch with several resources and scopes, some of them without spans.
  // Guarantee: grouping loses and reorders no span.
  @Test
  final void deliversSpansOfManyResourcesAndScopes() throws Exception {
    TracesData.Builder message = TracesData.newBuilder();
    int next = 0;
    for (int r = 0; r < 5; r++) {
      ResourceSpans.Builder resource = resource("service-" + r);
      for (int s = 0; s < 3; s++) {
        ScopeSpans.Builder scope = resource.addScopeSpansBuilder();
        for (int i = 0; i < (r + s) % 3; i++) {
          scope.addSpans(span(next++));
        }
      }
      message.addResourceSpans(resource);
    }
    try (SpanExporter exporter = resumed(dir)) {
      export(exporter, clean(message.build()));
    }
    assertDelivered(next);
  }

  /** A batch of the spans with these numbers, first inclusive, last exclusive. */
  protected final CleanBatch batch(int from, int to) {
    ResourceSpans.Builder resource = resource("contract");
    ScopeSpans.Builder scope = resource.addScopeSpansBuilder();
    for (int n = from; n < to; n++) {
      scope.addSpans(span(n));
    }
    return clean(TracesData.newBuilder().addResourceSpans(resource).build());
  }

  /** The span with this number, for batches of one's own. */
  protected static Span span(int number) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom("one-trace-of-all".getBytes(UTF_8)))
        .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(spanId(number))))
        .setName("span " + number)
        .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
        .setStartTimeUnixNano(FIRST_START_NANOS + number * 1_000_000L)
        .setEndTimeUnixNano(FIRST_START_NANOS + number * 1_000_000L + 2_000_000L)
        .addAttributes(text("gen_ai.request.model", "gpt-4o"))
        .build();
  }

  /** The id of the span with this number; never all zero. */
  protected static String spanId(int number) {
    return HexFormat.of().toHexDigits(number + 1L);
  }

  /** A clean batch of this message as a journal gives it, in the pool whose arrays are reused. */
  protected final CleanBatch clean(TracesData message) {
    SpanBatch batch = Batches.batch(pool, keys(), message.toByteArray());
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    batch.release();
    BatchRestorer journal = new BatchRestorer(pool, keys());
    byte[] bytes = journal.acquire(clean.byteSize());
    System.arraycopy(clean.bytes(), clean.offset(), bytes, 0, clean.byteSize());
    CleanBatch stored =
        journal.restore(
            bytes, clean.byteSize(), clean.spanCount(), ++sequence, FIRST_START_NANOS / 1_000_000);
    clean.release();
    return stored;
  }

  private SpanExporter resumed(Path dir) throws Exception {
    SpanExporter exporter = open(dir);
    assertEquals(sequence, exporter.resume(EPOCH, sequence));
    return exporter;
  }

  /** Exports the batches in one call, wants them taken, and releases them as their holder. */
  protected static void export(SpanExporter exporter, CleanBatch... batches) {
    assertEquals(Outcome.ACCEPTED, exporter.export(List.of(batches)));
    assertEquals(batches[batches.length - 1].sequence(), exporter.held());
    assertTrue(exporter.settled() <= exporter.held());
    for (CleanBatch batch : batches) {
      batch.release();
    }
  }

  /** Wants the spans 0 to {@code count} - 1 delivered, once each and in order, and all tidy. */
  protected final void assertDelivered(int count) throws Exception {
    List<String> expected = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      expected.add(spanId(n));
    }
    assertEquals(expected, deliveredSpanIds(dir));
    assertNothingHalfWritten(dir);
  }

  /** Takes arrays of all sizes in use out of the pool, so that whoever kept one reads rubbish. */
  private void reuseArrays() {
    for (int size = 1 << 12; size <= 1 << 17; size <<= 1) {
      for (int i = 0; i < 8; i++) {
        Arrays.fill(pool.acquire(size), (byte) 0x7f);
      }
    }
  }

  private static ResourceSpans.Builder resource(String service) {
    return ResourceSpans.newBuilder()
        .setResource(Resource.newBuilder().addAttributes(text("service.name", service)));
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }
}
