package dev.tollspan.spans;

import static dev.tollspan.spans.Traces.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lists that are as long as a sender's may be: what is added to them, and what is cut. */
class FullListsTest {
  private static final int MAX = SpanIndex.LIST_MAX;
  private static final KeyTable KEYS = Batches.keys("ours");
  private static final String USAGE = "llm.token_count.prompt";

  private final BatchPool pool = new BatchPool(1 << 20);

  @Test
  void whatIsAddedToFullListsIsReadAsAllElse() {
    TracesData full = everywhere(unknown(MAX));
    CleanBatch clean = doubled(Batches.batch(pool, KEYS, full.toByteArray()));
    TracesData message = Batches.message(clean);
    for (List<KeyValue> list : lists(message)) {
      assertEquals(list == span(message).getAttributesList() ? 2 * MAX + 1 : 2 * MAX, list.size());
    }
    Agreement.check(message, clean.view(), KEYS);
  }

  /** What one pipeline added, the next takes for a sender's. */
  @Test
  void theNextPipelineCutsWhatItDoesNotKnow() {
    TracesData full = everywhere(unknown(MAX));
    CleanBatch clean = doubled(Batches.batch(pool, KEYS, full.toByteArray()));
    TracesData next = Batches.message(through(Batches.message(clean), KEYS));
    for (List<KeyValue> list : lists(next)) {
      assertEquals(MAX, list.size());
    }
    assertEquals(MAX + 1, span(next).getDroppedAttributesCount());
    assertEquals("ours", span(next).getAttributesList().getLast().getKey());
  }

  /** With the sender's in front, as it is passed through, and in a long attribute and a short. */
  @Test
  void aKeyOfOursTakesThePlaceOfTheSenders() {
    for (String value : List.of("theirs", "t".repeat(200))) {
      List<KeyValue> attributes = new ArrayList<>(unknown(3));
      attributes.add(1, text("ours", value));
      CleanBatch clean = ours(Batches.batch(pool, KEYS, everywhere(attributes).toByteArray()));
      Attributes read = clean.view().moveTo(0).attributes();
      assertEquals(4, read.count());
      assertEquals(List.of("key0", "key1", "key2", "ours"), names(read));
      int at = read.find(KEYS.id("ours"));
      assertEquals(1, read.longValue(at));
      SpanView.EventView event = clean.view().moveTo(0).event(0);
      assertEquals(List.of("key0", "ours", "key1", "key2"), names(event.attributes()));
    }
  }

  @Test
  void knownKeysAreKeptWhereverTheyStand() {
    for (int place : new int[] {0, 700, 1023, 1024, 1499}) {
      List<KeyValue> attributes = new ArrayList<>(unknown(1500));
      attributes.add(place, text(USAGE, "7"));
      TracesData cut = Batches.message(through(everywhere(attributes), KEYS));
      List<String> expected = new ArrayList<>(names(unknown(MAX - 1)));
      expected.add(Math.min(place, MAX - 1), USAGE);
      for (List<KeyValue> list : lists(cut)) {
        assertEquals(expected, names(list));
      }
      assertDropped(1501 - MAX, cut);
    }
  }

  /** The first of the table are the usage, the models and the ids that rooms ask for first. */
  @Test
  void ofTooManyKnownKeysTheFirstOfTheTableAreKept() {
    List<KeyValue> attributes = new ArrayList<>(unknown(1500));
    KeyTable table = KeyTable.of(names(attributes));
    attributes.addAll(500, IntStream.range(0, 600).mapToObj(i -> text("no" + i, "")).toList());
    Collections.reverse(attributes);
    TracesData cut = Batches.message(through(everywhere(attributes), table));
    List<String> expected = names(unknown(MAX));
    Collections.reverse(expected);
    for (List<KeyValue> list : lists(cut)) {
      assertEquals(expected, names(list));
    }
    assertDropped(2100 - MAX, cut);
  }

  @Test
  void ofAKeyThatComesTwiceTheLastIsKeptAndTheRestIsNotCut() {
    List<KeyValue> attributes = new ArrayList<>(unknown(MAX));
    attributes.add(text("key5", "again"));
    TracesData cut = Batches.message(through(everywhere(attributes), KEYS));
    assertEquals(names(unknown(MAX)), names(span(cut).getAttributesList()));
    assertEquals("again", span(cut).getAttributes(5).getValue().getStringValue());
    assertDropped(0, cut);
  }

  @Test
  void aSpanOfTooManyMessagesIsRejectedForThat() {
    Span.Builder large = span(everywhere(unknown(1))).toBuilder();
    large.clearAttributes().addAllAttributes(unknown(32_700));
    TracesData taken = Batches.message(through(message(large.build()), KEYS));
    assertEquals(MAX, span(taken).getAttributesCount());
    assertEquals(32_700 - MAX, span(taken).getDroppedAttributesCount());
    large.addAllAttributes(unknown(100));
    Span small = span(everywhere(unknown(1)));
    byte[] request = message(large.build(), small).toByteArray();
    Decoded.Whole whole =
        assertInstanceOf(
            Decoded.Whole.class, SpanBatch.decode(pool, KEYS, request, request.length));
    assertEquals(1, whole.rejectedSpans());
    assertEquals(1, whole.batch().spanCount());
    assertEquals(
        "a span holds more than 65,536 messages: attributes, their values, events and links",
        whole.reason());
  }

  private CleanBatch through(TracesData message, KeyTable keys) {
    SpanBatch batch = Batches.batch(pool, keys, message.toByteArray());
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    Agreement.check(Batches.message(clean), clean.view(), keys);
    return clean;
  }

  /** With an attribute of ours on the span. */
  private static CleanBatch ours(SpanBatch batch) {
    SpanBatch with = withOurs(batch);
    BatchEditor editor = BatchEditor.of(with);
    editor.insertAdditions(with, 0);
    return editor.splice(with);
  }

  /** With the same, and a sibling behind each attribute of each list. */
  private static CleanBatch doubled(SpanBatch batch) {
    SpanBatch with = withOurs(batch);
    BatchEditor editor = BatchEditor.of(with);
    SpanView view = with.view().moveTo(0);
    addSiblings(editor, view.resourceAttributes());
    addSiblings(editor, view.scopeAttributes());
    addSiblings(editor, view.attributes());
    editor.insertAdditions(with, 0);
    addSiblings(editor, view.event(0).attributes());
    addSiblings(editor, view.link(0).attributes());
    return editor.splice(with);
  }

  private static SpanBatch withOurs(SpanBatch batch) {
    Additions additions = batch.startAdditions();
    additions.next();
    additions.add(Additions.Key.of("ours"), 1);
    return batch.with(additions);
  }

  private static void addSiblings(BatchEditor editor, Attributes list) {
    for (int i = 0; i < list.count(); i++) {
      editor.insertText(list, i, ".previous".getBytes(UTF_8), new byte[] {'v'}, 1);
    }
  }

  private static void assertDropped(int count, TracesData message) {
    ResourceSpans resource = message.getResourceSpans(0);
    assertEquals(count, resource.getResource().getDroppedAttributesCount());
    assertEquals(count, resource.getScopeSpans(0).getScope().getDroppedAttributesCount());
    assertEquals(count, span(message).getDroppedAttributesCount());
    assertEquals(count, span(message).getEvents(0).getDroppedAttributesCount());
    assertEquals(count, span(message).getLinks(0).getDroppedAttributesCount());
  }

  private static List<List<KeyValue>> lists(TracesData message) {
    ResourceSpans resource = message.getResourceSpans(0);
    return List.of(
        resource.getResource().getAttributesList(),
        resource.getScopeSpans(0).getScope().getAttributesList(),
        span(message).getAttributesList(),
        span(message).getEvents(0).getAttributesList(),
        span(message).getLinks(0).getAttributesList());
  }

  private static Span span(TracesData message) {
    return message.getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }

  private static List<String> names(List<KeyValue> list) {
    return new ArrayList<>(list.stream().map(KeyValue::getKey).toList());
  }

  private static List<String> names(Attributes list) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < list.count(); i++) {
      names.add(new String(list.bytes(), list.keyOffset(i), list.keyLength(i), UTF_8));
    }
    return names;
  }

  private static List<KeyValue> unknown(int count) {
    return IntStream.range(0, count).mapToObj(i -> text("key" + i, "v")).toList();
  }

  private static TracesData everywhere(List<KeyValue> attributes) {
    ByteString trace = ByteString.copyFrom(WireWriter.id(16, 1));
    ByteString id = ByteString.copyFrom(WireWriter.id(8, 1));
    Span span =
        Span.newBuilder()
            .setTraceId(trace)
            .setSpanId(id)
            .addAllAttributes(attributes)
            .addEvents(Span.Event.newBuilder().setName("e").addAllAttributes(attributes))
            .addLinks(
                Span.Link.newBuilder().setTraceId(trace).setSpanId(id).addAllAttributes(attributes))
            .build();
    TracesData.Builder message = message(span).toBuilder();
    message
        .getResourceSpansBuilder(0)
        .setResource(Resource.newBuilder().addAllAttributes(attributes))
        .getScopeSpansBuilder(0)
        .setScope(InstrumentationScope.newBuilder().addAllAttributes(attributes));
    return message.build();
  }

  private static TracesData message(Span... spans) {
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(List.of(spans))))
        .build();
  }
}
