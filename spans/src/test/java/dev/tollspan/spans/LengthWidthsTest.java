package dev.tollspan.spans;

import static dev.tollspan.spans.Traces.text;
import static dev.tollspan.spans.WireWriter.wire;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** Edits that make a message's length one byte wider or narrower than it was, at each level. */
class LengthWidthsTest {
  private static final KeyTable KEYS = Batches.keys("pad", "cut");
  private static final int[] WIDTHS = {127, 128, 16_383, 16_384, 2_097_151, 2_097_152};

  private final BatchPool pool = new BatchPool(1 << 25);

  @Test
  void ofSpans() {
    crosses(LengthWidthsTest::inSpan, message -> span(message).getSerializedSize());
  }

  @Test
  void ofScopeSpans() {
    crosses(LengthWidthsTest::inSpan, message -> scope(message).getSerializedSize());
  }

  @Test
  void ofResourceSpans() {
    crosses(LengthWidthsTest::inSpan, message -> resource(message).getSerializedSize());
  }

  @Test
  void ofScopes() {
    crosses(LengthWidthsTest::inScope, message -> scope(message).getScope().getSerializedSize());
  }

  @Test
  void ofResources() {
    crosses(
        LengthWidthsTest::inResource,
        message -> resource(message).getResource().getSerializedSize());
  }

  @Test
  void ofEventsAndLinks() {
    crosses(LengthWidthsTest::inEvent, message -> span(message).getEvents(0).getSerializedSize());
    crosses(LengthWidthsTest::inLink, message -> span(message).getLinks(0).getSerializedSize());
  }

  private interface Maker {
    TracesData message(List<KeyValue> attributes);
  }

  /** At each width, the part is that long with one attribute, then with two; there and back. */
  private void crosses(Maker maker, ToIntFunction<TracesData> size) {
    int crossed = 0;
    for (int width : WIDTHS) {
      for (KeyValue more : new KeyValue[] {text("cut", ""), text("cut", "y".repeat(300))}) {
        for (List<KeyValue> list : List.of(List.<KeyValue>of(), List.of(more))) {
          KeyValue pad = pad(maker, size, list, width);
          TracesData one = maker.message(List.of(pad));
          TracesData two = maker.message(List.of(pad, more));
          splice(one, two, more);
          splice(two, one, more);
          int wider = Wire.varintSize(size.applyAsInt(two));
          crossed += wider > Wire.varintSize(size.applyAsInt(one)) ? 1 : 0;
        }
      }
    }
    assertTrue(crossed >= WIDTHS.length, "crossed " + crossed);
  }

  /** An attribute that makes the part under test this long, or as near below as can be. */
  private static KeyValue pad(
      Maker maker, ToIntFunction<TracesData> size, List<KeyValue> others, int width) {
    for (int length = width; length > 0; ) {
      KeyValue pad = text("pad", "x".repeat(length));
      List<KeyValue> all = new ArrayList<>(List.of(pad));
      all.addAll(others);
      int over = size.applyAsInt(maker.message(all)) - width;
      if (over <= 0) {
        return pad;
      }
      length -= over;
    }
    return text("pad", "");
  }

  /** Edits the one into the other on the wire: inserts or deletes the second attribute. */
  private void splice(TracesData from, TracesData to, KeyValue second) {
    SpanBatch batch = Batches.batch(pool, KEYS, from.toByteArray());
    BatchEditor editor = BatchEditor.of(batch);
    Attributes all = new Attributes(batch.bytes, batch.index, KEYS);
    all.show(0, batch.index.attributeCount);
    if (all.count() == 2) {
      editor.delete(all.start(1), all.end(1));
    } else {
      int field = batch.bytes[all.start(0)] >>> 3;
      byte[] attribute = wire().bytes(field, second.toByteArray()).done();
      editor.replace(all.end(0), all.end(0), attribute);
    }
    CleanBatch clean = editor.splice(batch);
    assertEquals(to, Batches.message(clean));
    assertEquals(2, clean.view().spanCount());
    clean.release();
    batch.release();
  }

  private static TracesData inSpan(List<KeyValue> attributes) {
    return message(TracesData.newBuilder(), one().addAllAttributes(attributes));
  }

  private static TracesData inEvent(List<KeyValue> attributes) {
    return message(
        TracesData.newBuilder(),
        one().addEvents(Span.Event.newBuilder().addAllAttributes(attributes)));
  }

  private static TracesData inLink(List<KeyValue> attributes) {
    Span.Link.Builder link = Span.Link.newBuilder();
    link.setTraceId(one().getTraceId()).setSpanId(one().getSpanId());
    return message(
        TracesData.newBuilder(), one().addLinks(link.addAllAttributes(attributes).build()));
  }

  private static TracesData inScope(List<KeyValue> attributes) {
    TracesData.Builder out = TracesData.newBuilder();
    message(out, one());
    out.getResourceSpansBuilder(0)
        .getScopeSpansBuilder(0)
        .getScopeBuilder()
        .addAllAttributes(attributes);
    return out.build();
  }

  private static TracesData inResource(List<KeyValue> attributes) {
    TracesData.Builder out = TracesData.newBuilder();
    message(out, one());
    out.getResourceSpansBuilder(0).getResourceBuilder().addAllAttributes(attributes);
    return out.build();
  }

  private static TracesData message(TracesData.Builder out, Span.Builder span) {
    return out.addResourceSpans(
            ResourceSpans.newBuilder()
                .addScopeSpans(ScopeSpans.newBuilder().addSpans(span).addSpans(one())))
        .build();
  }

  private static Span.Builder one() {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(WireWriter.id(16, 1)))
        .setSpanId(ByteString.copyFrom(WireWriter.id(8, 1)));
  }

  private static ResourceSpans resource(TracesData message) {
    return message.getResourceSpans(0);
  }

  private static ScopeSpans scope(TracesData message) {
    return resource(message).getScopeSpans(0);
  }

  private static Span span(TracesData message) {
    return scope(message).getSpans(0);
  }
}
