package dev.tollspan.spans;

import static dev.tollspan.spans.Traces.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** Parts of a batch hold all its spans once, and whoever counts memory is asked for each. */
class CutTest {
  private static final KeyTable KEYS = Batches.keys("k");

  private final BatchPool pool = new BatchPool(1 << 22);

  @Test
  void partsAreTheBatchAgainWhereverItIsCut() {
    TracesData message = message(7);
    for (int step = 1; step <= 22; step++) {
      SpanBatch batch = Batches.batch(pool, KEYS, message.toByteArray());
      List<String> seen = new ArrayList<>();
      for (int from = 0; from < batch.spanCount(); from += step) {
        int end = Math.min(from + step, batch.spanCount());
        SpanBatch part = batch.part(from, end);
        assertEquals(end - from, part.spanCount());
        CleanBatch clean = BatchEditor.of(part).splice(part);
        part.release();
        seen.addAll(said(Batches.message(clean)));
        clean.release();
      }
      batch.release();
      assertEquals(said(message), seen);
    }
  }

  @Test
  void aPartEndsBeforeItIsTooLargeButHoldsOneSpan() {
    SpanBatch batch = Batches.batch(pool, KEYS, message(50).toByteArray());
    assertEquals(1, batch.partEnd(0, 1));
    assertEquals(batch.spanCount(), batch.partEnd(0, 1 << 20));
    int end = batch.partEnd(3, 2_000);
    assertTrue(end > 4 && end < 20, "ends at " + end);
    batch.release();
  }

  @Test
  void isAskedForEachPartAndForWhatIsMadeOfIt() {
    List<Long> asked = new ArrayList<>();
    SpanBatch batch = batch(message(20_000).toByteArray(), all -> asked.add(all));
    long index = asked.getLast();
    asked.clear();
    SpanBatch part = batch.part(0, 30_000);
    int copied = part.byteSize();
    assertTrue(asked.getLast() >= index / 2 + copied + part.rowBytes(), "asked for " + asked);
    asked.clear();
    CleanBatch clean = BatchEditor.of(part).splice(part);
    assertEquals(1, asked.size());
    long peak = asked.getFirst();
    assertTrue(peak >= copied + part.rowBytes() + clean.byteSize(), "asked for " + asked);
    part.release();
    assertEquals(2, asked.size());
    assertTrue(asked.getLast() < peak, "holds " + asked);
    clean.release();
    batch.release();
  }

  @Test
  void makesNothingLargeWithoutRoom() {
    long[] most = {Long.MAX_VALUE};
    SpanBatch batch = batch(message(20_000).toByteArray(), all -> all <= most[0]);
    most[0] = batch.rowBytes() + (1 << 16);
    assertThrows(NoRoomException.class, () -> batch.part(0, 30_000));
    assertThrows(NoRoomException.class, () -> BatchEditor.of(batch).splice(batch));
    most[0] = Long.MAX_VALUE;
    batch.part(0, 30_000).release();
    batch.release();
  }

  /** What must not change: each span with what it belongs to. */
  private static List<String> said(TracesData message) {
    List<String> said = new ArrayList<>();
    for (ResourceSpans resource : message.getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          String groups = resource.getResource() + resource.getSchemaUrl() + scope.getScope();
          said.add(groups + scope.getSchemaUrl() + span);
        }
      }
    }
    return said;
  }

  /** Three groups of spans and an empty one, twice. */
  private static TracesData message(int spansEach) {
    TracesData.Builder message = TracesData.newBuilder();
    int number = 0;
    for (int r = 0; r < 2; r++) {
      ResourceSpans.Builder resource = message.addResourceSpansBuilder().setSchemaUrl("r" + r);
      resource.getResourceBuilder().addAttributes(text("service.name", "s" + r));
      for (int s = 0; s < 4 - r; s++) {
        ScopeSpans.Builder scope = resource.addScopeSpansBuilder().setSchemaUrl("c" + s);
        scope.getScopeBuilder().setName("scope " + s);
        int spans = s == 1 ? 0 : spansEach / (s + 1);
        for (int i = 0; i < spans; i++) {
          scope.addSpans(span(number++));
        }
      }
    }
    return message.build();
  }

  private static Span.Builder span(int number) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(WireWriter.id(16, number)))
        .setSpanId(ByteString.copyFrom(WireWriter.id(8, number)))
        .setName("chat " + number)
        .addAttributes(text("k", "v" + number));
  }

  private SpanBatch batch(byte[] message, LongPredicate room) {
    byte[] bytes = pool.acquire(message.length);
    System.arraycopy(message, 0, bytes, 0, message.length);
    Decoded decoded = SpanBatch.decode(pool, KEYS, bytes, message.length, room);
    return ((Decoded.Whole) decoded).batch();
  }
}
