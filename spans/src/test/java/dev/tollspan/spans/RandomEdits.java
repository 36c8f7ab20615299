package dev.tollspan.spans;

import static dev.tollspan.spans.WireWriter.wire;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes the same random edits to a batch, by its offsets, and to the message that it came from. */
final class RandomEdits {
  private static final Additions.Key[] KEYS = {
    Additions.Key.of("added.0"), Additions.Key.of("added.1"), Additions.Key.of("added.2")
  };

  private final RandomTraces random;
  private final TracesData.Builder message;
  private final BatchEditor editor;
  private final SpanBatch batch;
  private final SpanView view;
  private final List<List<KeyValue>> added = new ArrayList<>();
  private final int percent;
  private int span;

  /** Takes the batch over. */
  RandomEdits(SpanBatch batch, TracesData message, RandomTraces random) {
    this.random = random;
    this.message = message.toBuilder();
    percent = random.few() * 20;
    for (int i = 0; i < batch.spanCount(); i++) {
      added.add(new ArrayList<>());
    }
    SpanBatch more = batch;
    for (int round = random.chance(50) ? 2 : 0; round > 0; round--) {
      more = add(more, round);
    }
    this.batch = more;
    view = more.view();
    editor = BatchEditor.of(more);
  }

  CleanBatch splice() {
    int resource = 0;
    int scope = 0;
    for (ResourceSpans.Builder spans : message.getResourceSpansBuilderList()) {
      resource(spans, resource * SpanIndex.R_STRIDE);
      for (ScopeSpans.Builder scopeSpans : spans.getScopeSpansBuilderList()) {
        scope(scopeSpans, scope++ * SpanIndex.C_STRIDE);
      }
      int schema = resource * SpanIndex.R_STRIDE + SpanIndex.R_SCHEMA;
      text(batch.index.resources, schema, 3, spans::setSchemaUrl);
      resource++;
    }
    return editor.splice(batch);
  }

  TracesData expected() {
    return message.build();
  }

  private SpanBatch add(SpanBatch to, int round) {
    Additions additions = to.startAdditions();
    for (List<KeyValue> list : added) {
      additions.next();
      if (random.chance(60)) {
        Additions.Key key = KEYS[round];
        KeyValue.Builder attribute = KeyValue.newBuilder().setKey("added." + round);
        long number = random.number();
        AnyValue.Builder value = attribute.getValueBuilder();
        if (random.chance(30)) {
          additions.add(key, number);
          value.setIntValue(number);
        } else if (random.chance(30)) {
          additions.add(key, number / 3.0);
          value.setDoubleValue(number / 3.0);
        } else if (random.chance(30)) {
          additions.add(key, number > 0);
          value.setBoolValue(number > 0);
        } else {
          String text = random.text();
          additions.add(Additions.Constant.of(attribute.getKey(), text));
          value.setStringValue(text);
        }
        list.add(attribute.build());
      }
    }
    return to.with(additions);
  }

  private boolean edits() {
    return random.chance(percent);
  }

  private void resource(ResourceSpans.Builder spans, int row) {
    if (spans.hasResource()) {
      int[] table = batch.index.resources;
      Attributes attributes = new Attributes(batch.bytes, batch.index, batch.keys);
      attributes.show(
          table[row + SpanIndex.R_FIRST_ATTRIBUTE], table[row + SpanIndex.R_ATTRIBUTES]);
      List<KeyValue> left = attributes(spans.getResource().getAttributesList(), attributes, 1);
      spans.getResourceBuilder().clearAttributes().addAllAttributes(left);
    }
  }

  private void scope(ScopeSpans.Builder spans, int row) {
    int[] table = batch.index.scopes;
    if (spans.hasScope()) {
      text(table, row + SpanIndex.C_NAME, 1, spans.getScopeBuilder()::setName);
      text(table, row + SpanIndex.C_VERSION, 2, spans.getScopeBuilder()::setVersion);
      Attributes attributes = new Attributes(batch.bytes, batch.index, batch.keys);
      attributes.show(
          table[row + SpanIndex.C_FIRST_ATTRIBUTE], table[row + SpanIndex.C_ATTRIBUTES]);
      List<KeyValue> left = attributes(spans.getScope().getAttributesList(), attributes, 3);
      spans.getScopeBuilder().clearAttributes().addAllAttributes(left);
    }
    for (Span.Builder one : spans.getSpansBuilderList()) {
      view.moveTo(span);
      span(one);
      span++;
    }
    text(table, row + SpanIndex.C_SCHEMA, 3, spans::setSchemaUrl);
  }

  private void span(Span.Builder to) {
    text(view.traceStateOffset(), view.traceStateLength(), 3, to::setTraceState);
    text(view.nameOffset(), view.nameLength(), 5, to::setName);
    List<KeyValue> left = attributes(to.getAttributesList(), view.attributes(), 9);
    to.clearAttributes().addAllAttributes(left).addAllAttributes(added.get(span));
    editor.insertAdditions(batch, span);
    int place = editor.place();
    if (edits()) {
      int dropped = (int) Math.abs(random.number() & 0xfffffff);
      editor.addDroppedAttributes(batch, span, dropped);
      to.setDroppedAttributesCount(to.getDroppedAttributesCount() + dropped);
    }
    if (edits()) {
      long value = random.number();
      editor.insertAttribute(place, batch, span, Additions.Key.of("late"), value);
      AnyValue any = AnyValue.newBuilder().setIntValue(value).build();
      to.addAttributes(KeyValue.newBuilder().setKey("late").setValue(any));
    }
    events(to);
    links(to);
    if (to.hasStatus()) {
      Status.Builder status = to.getStatusBuilder();
      text(view.statusMessageOffset(), view.statusMessageLength(), 2, status::setMessage);
    }
  }

  private void events(Span.Builder to) {
    int first = batch.index.spans[span * SpanIndex.S_STRIDE + SpanIndex.S_FIRST_EVENT];
    List<Span.Event> events = to.getEventsList();
    to.clearEvents();
    for (int i = 0; i < events.size(); i++) {
      int row = (first + i) * SpanIndex.E_STRIDE;
      if (edits() && random.chance(40)) {
        int[] table = batch.index.events;
        editor.delete(table[row + SpanIndex.TAG], table[row + SpanIndex.END]);
      } else {
        Span.Event.Builder event = events.get(i).toBuilder();
        SpanView.EventView at = view.event(i);
        text(at.nameOffset(), at.nameLength(), 2, event::setName);
        List<KeyValue> left = attributes(event.getAttributesList(), at.attributes(), 3);
        to.addEvents(event.clearAttributes().addAllAttributes(left));
      }
    }
  }

  private void links(Span.Builder to) {
    int first = batch.index.spans[span * SpanIndex.S_STRIDE + SpanIndex.S_FIRST_LINK];
    List<Span.Link> links = to.getLinksList();
    to.clearLinks();
    for (int i = 0; i < links.size(); i++) {
      int row = (first + i) * SpanIndex.L_STRIDE;
      if (edits() && random.chance(40)) {
        int[] table = batch.index.links;
        editor.delete(table[row + SpanIndex.TAG], table[row + SpanIndex.END]);
      } else {
        Span.Link.Builder link = links.get(i).toBuilder();
        SpanView.LinkView at = view.link(i);
        text(at.traceStateOffset(), at.traceStateLength(), 3, link::setTraceState);
        List<KeyValue> left = attributes(link.getAttributesList(), at.attributes(), 4);
        to.addLinks(link.clearAttributes().addAllAttributes(left));
      }
    }
  }

  /** Deletes or replaces some of a list's attributes and returns what is left of it. */
  private List<KeyValue> attributes(List<KeyValue> list, Attributes at, int field) {
    List<KeyValue> left = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      KeyValue attribute = list.get(i);
      if (!edits()) {
        left.add(attribute);
      } else if (random.chance(60)) {
        editor.delete(at.start(i), at.end(i));
      } else {
        AnyValue.Builder value = AnyValue.newBuilder().setStringValue(random.text());
        KeyValue other = attribute.toBuilder().setValue(value).build();
        byte[] fields = wire().bytes(field, other.toByteArray()).done();
        editor.replace(at.start(i), at.end(i), fields);
        left.add(other);
      }
    }
    return left;
  }

  private void text(int[] table, int column, int field, Consumer<String> setter) {
    text(table[column], Math.max(0, table[column + 1]), field, setter);
  }

  /** Deletes or replaces a text field, whose tag takes one byte. */
  private void text(int offset, int length, int field, Consumer<String> setter) {
    if (offset >= 0 && edits()) {
      int from = offset - Wire.varintSize(length) - 1;
      if (random.chance(50)) {
        editor.delete(from, offset + length);
        setter.accept("");
      } else {
        String text = "r" + random.text();
        editor.replace(from, offset + length, BatchEditor.textField(field, text));
        setter.accept(text);
      }
    }
  }
}
