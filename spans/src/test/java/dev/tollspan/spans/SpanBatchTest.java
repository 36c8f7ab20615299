package dev.tollspan.spans;

import static dev.tollspan.spans.Traces.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import org.junit.jupiter.api.Test;

class SpanBatchTest {
  private static final KeyTable KEYS = Batches.keys("service.name", "prompt");

  @Test
  void readsWhatTheGeneratedClassesWrote() {
    SpanView view = Batches.batch(KEYS, message("hi")).view().moveTo(1);
    assertEquals("decode", view.name());
    assertEquals(7, view.startNanos());
    assertEquals(2, view.statusCode());
    assertEquals("boom", view.text(view.statusMessageOffset(), view.statusMessageLength()));
    assertEquals("svc", view.resourceAttributes().text(0));
    assertEquals("prompt", view.attributes().key(1));
    assertEquals("hi", view.attributes().text(view.attributes().find(KEYS.id("prompt"))));
    assertEquals(12, new LlmFields(KEYS).read(view).count(LlmField.INPUT_TOKENS));
    assertEquals("unknown.key", view.attributes().key(2));
    assertEquals(1, view.eventCount());
    assertEquals("event text", view.event(0).attributes().text(0));
  }

  @Test
  void spliceWithoutEditsChangesNothing() {
    TracesData message = message("hello");
    assertEquals(message, Batches.message(Batches.clean(KEYS, message)));
  }

  @Test
  void deletesAndAddsAcrossEachWidthOfALength() {
    for (int size : new int[] {0, 1, 90, 126, 127, 128, 129, 16_383, 16_384, 2_097_152}) {
      TracesData message = message("x".repeat(size));
      SpanBatch batch = Batches.batch(KEYS, message);
      Additions additions = batch.startAdditions();
      additions.next();
      additions.next();
      additions.add(Additions.Key.of("estimated_cost_usd"), 0.25);
      additions.add(Additions.Constant.of("cost.match", "exact"));
      batch = batch.with(additions);
      SpanView view = batch.view().moveTo(1);
      BatchEditor editor = BatchEditor.of(batch);
      editor.delete(view.attributes().start(1), view.attributes().end(1));
      editor.insertAdditions(batch, 1);
      TracesData.Builder expected = message.toBuilder();
      expected
          .getResourceSpansBuilder(0)
          .getScopeSpansBuilder(0)
          .getSpansBuilder(1)
          .removeAttributes(1)
          .addAttributes(
              KeyValue.newBuilder()
                  .setKey("estimated_cost_usd")
                  .setValue(AnyValue.newBuilder().setDoubleValue(0.25)))
          .addAttributes(text("cost.match", "exact"));
      assertEquals(expected.build(), Batches.message(editor.splice(batch)));
    }
  }

  @Test
  void refusesWhatIsCutOff() {
    byte[] whole = message("hi").toByteArray();
    BatchPool pool = new BatchPool(1 << 20);
    for (int length = 1; length < whole.length; length++) {
      byte[] bytes = pool.acquire(length);
      System.arraycopy(whole, 0, bytes, 0, length);
      assertInstanceOf(
          Decoded.Malformed.class, SpanBatch.decode(pool, KEYS, bytes, length), "at " + length);
    }
  }

  private static TracesData message(String prompt) {
    Span root =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom("0123456789abcdef".getBytes(UTF_8)))
            .setSpanId(ByteString.copyFrom("01234567".getBytes(UTF_8)))
            .setName("root")
            .build();
    Span child =
        root.toBuilder()
            .setName("decode")
            .setParentSpanId(root.getSpanId())
            .setStartTimeUnixNano(7)
            .setEndTimeUnixNano(9)
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("gen_ai.usage.input_tokens")
                    .setValue(AnyValue.newBuilder().setIntValue(12)))
            .addAttributes(text("prompt", prompt))
            .addAttributes(text("unknown.key", "v"))
            .addEvents(Span.Event.newBuilder().setName("e").addAttributes(text("k", "event text")))
            .setStatus(Status.newBuilder().setMessage("boom").setCodeValue(2))
            .setFlags(257)
            .build();
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(text("service.name", "svc")))
                .addScopeSpans(
                    ScopeSpans.newBuilder()
                        .setScope(InstrumentationScope.newBuilder().setName("lib"))
                        .addSpans(root)
                        .addSpans(child)))
        .build();
  }
}
