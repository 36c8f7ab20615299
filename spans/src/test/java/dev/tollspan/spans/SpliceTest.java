package dev.tollspan.spans;

import static dev.tollspan.spans.WireWriter.attribute;
import static dev.tollspan.spans.WireWriter.request;
import static dev.tollspan.spans.WireWriter.span;
import static dev.tollspan.spans.WireWriter.wire;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Edits that meet at the border of two messages, and edits without number. */
class SpliceTest {
  private static final int MANY = 200_000;

  private final BatchPool pool = new BatchPool(1 << 25);

  @Test
  void anEventGoesWhileTheOneInFrontLosesItsLastAttribute() {
    WireWriter event = wire().text(2, "e").message(3, attribute("k", "v"));
    SpanBatch batch = batch(request(span(1).message(11, event).message(11, event)));
    BatchEditor editor = BatchEditor.of(batch);
    Attributes attributes = batch.view().moveTo(0).event(0).attributes();
    editor.delete(attributes.start(0), attributes.end(0));
    int second = SpanIndex.E_STRIDE;
    assertEquals(attributes.end(0), batch.index.events[second + SpanIndex.TAG]);
    editor.delete(attributes.end(0), batch.index.events[second + SpanIndex.END]);
    Span left = only(Batches.message(editor.splice(batch)));
    assertEquals(1, left.getEventsCount());
    assertEquals("e", left.getEvents(0).getName());
    assertEquals(0, left.getEvents(0).getAttributesCount());
  }

  @Test
  void anInsertionAtTheEndOfASpanStaysInIt() {
    SpanBatch batch = batch(request(span(1), span(2)));
    BatchEditor editor = BatchEditor.of(batch);
    int end = batch.index.spans[SpanIndex.END];
    editor.replace(end, end, wire().message(9, attribute("k", "v")).done());
    int limit = batch.index.limit;
    editor.replace(limit, limit, wire().message(9, attribute("k", "w")).done());
    TracesData left = Batches.message(editor.splice(batch));
    assertEquals("v", only(left).getAttributes(0).getValue().getStringValue());
    Span last = left.getResourceSpans(0).getScopeSpans(0).getSpans(1);
    assertEquals("w", last.getAttributes(0).getValue().getStringValue());
  }

  @Test
  void allThatASpanHoldsMayGo() {
    WireWriter whole = span(1).message(9, attribute("k", "v")).message(15, wire().text(2, "m"));
    SpanBatch batch = batch(request(whole));
    BatchEditor editor = BatchEditor.of(batch);
    int[] table = batch.index.spans;
    editor.delete(table[SpanIndex.BODY], table[SpanIndex.END]);
    assertEquals(Span.getDefaultInstance(), only(Batches.message(editor.splice(batch))));
  }

  /** Each edit is looked at once: what is quadratic takes half a minute here. */
  @Test
  void everyOtherEventAndLinkGoesQuickly() {
    WireWriter span = span(1);
    byte[] event = wire().message(11, wire().text(2, "e")).done();
    byte[] link = wire().message(13, span(2)).done();
    for (int i = 0; i < MANY; i++) {
      span.raw(event);
    }
    for (int i = 0; i < MANY; i++) {
      span.raw(link);
    }
    SpanBatch batch = batch(request(span));
    BatchEditor editor = BatchEditor.of(batch);
    everyOther(editor, batch.index.events, SpanIndex.E_STRIDE);
    everyOther(editor, batch.index.links, SpanIndex.L_STRIDE);
    CleanBatch clean = assertTimeout(Duration.ofSeconds(5), () -> editor.splice(batch));
    SpanView view = clean.view().moveTo(0);
    assertEquals(MANY / 2, view.eventCount());
    assertEquals(MANY / 2, view.linkCount());
  }

  private static void everyOther(BatchEditor editor, int[] table, int stride) {
    for (int row = 0; row < MANY * stride; row += 2 * stride) {
      editor.delete(table[row + SpanIndex.TAG], table[row + SpanIndex.END]);
    }
  }

  private SpanBatch batch(byte[] request) {
    return Batches.batch(pool, Requests.KEYS, request);
  }

  private static Span only(TracesData message) {
    return message.getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }
}
