package dev.tollspan.spans;

import static dev.tollspan.spans.WireWriter.attribute;
import static dev.tollspan.spans.WireWriter.request;
import static dev.tollspan.spans.WireWriter.span;
import static dev.tollspan.spans.WireWriter.wire;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Edits that meet at the border of two messages, and edits without number. */
class SpliceTest {
  private static final int SPANS = 195;
  private static final int MANY = SPANS * SpanIndex.LIST_MAX;

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

  /** Each text is as long as makes a length of it, or of what is around it, one byte longer. */
  @Test
  void anAttributeMayGetAnotherTextAndASibling() {
    for (int length : new int[] {0, 1, 110, 120, 124, 126, 127, 128, 129, 16370, 16383, 16384}) {
      SpanBatch batch =
          batch(
              request(
                  span(1)
                      .message(9, attribute("a", "b"))
                      .message(9, attribute("some.key", "v"))
                      .message(9, attribute("c", "d"))));
      Attributes attributes = batch.view().moveTo(0).attributes();
      BatchEditor editor = BatchEditor.of(batch);
      byte[] text = "x".repeat(length + 3).getBytes(UTF_8);
      editor.replaceText(attributes, 1, text, length);
      editor.insertText(attributes, 1, ".previous".getBytes(UTF_8), text, length + 1);
      editor.delete(attributes.start(2), attributes.end(2));
      Span left = only(Batches.message(editor.splice(batch)));
      assertEquals(3, left.getAttributesCount());
      assertEquals("some.key", left.getAttributes(1).getKey());
      assertEquals("x".repeat(length), left.getAttributes(1).getValue().getStringValue());
      assertEquals("some.key.previous", left.getAttributes(2).getKey());
      assertEquals("x".repeat(length + 1), left.getAttributes(2).getValue().getStringValue());
    }
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
    byte[] event = wire().message(11, wire().text(2, "e")).done();
    byte[] link = wire().message(13, span(2)).done();
    WireWriter spans = wire();
    for (int s = 0; s < SPANS; s++) {
      WireWriter span = span(s + 1);
      for (int i = 0; i < SpanIndex.LIST_MAX; i++) {
        span.raw(event);
      }
      for (int i = 0; i < SpanIndex.LIST_MAX; i++) {
        span.raw(link);
      }
      spans.message(2, span);
    }
    SpanBatch batch = batch(wire().message(1, wire().message(2, spans)).done());
    BatchEditor editor = BatchEditor.of(batch);
    for (int s = 0; s < SPANS; s++) {
      everyOther(editor, batch.index.events, s, SpanIndex.E_STRIDE);
      everyOther(editor, batch.index.links, s, SpanIndex.L_STRIDE);
    }
    CleanBatch clean = assertTimeout(Duration.ofSeconds(5), () -> editor.splice(batch));
    SpanView view = clean.view().moveTo(SPANS - 1);
    assertEquals(SpanIndex.LIST_MAX / 2, view.eventCount());
    assertEquals(SpanIndex.LIST_MAX / 2, view.linkCount());
  }

  private static void everyOther(BatchEditor editor, int[] table, int span, int stride) {
    for (int i = 0; i < SpanIndex.LIST_MAX; i += 2) {
      int row = (span * SpanIndex.LIST_MAX + i) * stride;
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
