package dev.tollspan.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares everything that a view says with what the generated classes say. */
final class Agreement {
  private final SpanView view;
  private final Map<String, Integer> ids = new HashMap<>();

  private Agreement(SpanView view, KeyTable keys) {
    this.view = view;
    for (int id = 1; id <= keys.size(); id++) {
      ids.put(keys.name(id), id);
    }
  }

  static void check(TracesData message, SpanView view, KeyTable keys) {
    new Agreement(view, keys).check(message);
  }

  private void check(TracesData message) {
    int number = 0;
    int resource = 0;
    int scope = 0;
    for (ResourceSpans resourceSpans : message.getResourceSpansList()) {
      for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
        for (Span span : scopeSpans.getSpansList()) {
          view.moveTo(number++);
          assertEquals(resource, view.resource());
          assertEquals(scope, view.scope());
          attributes(resourceSpans.getResource().getAttributesList(), view.resourceAttributes());
          scope(scopeSpans.getScope());
          span(span);
        }
        scope++;
      }
      resource++;
    }
    assertEquals(number, view.spanCount());
  }

  private void scope(InstrumentationScope scope) {
    assertEquals(scope.getName(), text(view.scopeNameOffset(), view.scopeNameLength()));
    assertEquals(scope.getVersion(), text(view.scopeVersionOffset(), view.scopeVersionLength()));
    attributes(scope.getAttributesList(), view.scopeAttributes());
  }

  private void span(Span span) {
    assertEquals(span.getTraceId(), bytes(view.traceIdOffset(), 16));
    assertEquals(span.getSpanId(), bytes(view.spanIdOffset(), 8));
    assertEquals(span.getParentSpanId(), bytes(view.parentIdOffset(), 8));
    assertEquals(span.getTraceState(), text(view.traceStateOffset(), view.traceStateLength()));
    assertEquals(span.getName(), view.name());
    assertEquals(span.getName(), text(view.nameOffset(), view.nameLength()));
    assertEquals(Math.max(0, span.getKindValue()), view.kind());
    assertEquals(span.getStartTimeUnixNano(), view.startNanos());
    assertEquals(span.getEndTimeUnixNano(), view.endNanos());
    assertEquals(Math.max(0, span.getStatus().getCodeValue()), view.statusCode());
    assertEquals(
        span.getStatus().getMessage(),
        text(view.statusMessageOffset(), view.statusMessageLength()));
    assertEquals(span.getDroppedAttributesCount(), view.droppedAttributesCount());
    attributes(span.getAttributesList(), view.attributes());
    assertEquals(span.getEventsCount(), view.eventCount());
    for (int i = 0; i < span.getEventsCount(); i++) {
      SpanView.EventView event = view.event(i);
      assertEquals(span.getEvents(i).getTimeUnixNano(), event.timeNanos());
      assertEquals(span.getEvents(i).getName(), text(event.nameOffset(), event.nameLength()));
      attributes(span.getEvents(i).getAttributesList(), event.attributes());
    }
    assertEquals(span.getLinksCount(), view.linkCount());
    for (int i = 0; i < span.getLinksCount(); i++) {
      SpanView.LinkView link = view.link(i);
      assertEquals(span.getLinks(i).getTraceId(), bytes(link.traceIdOffset(), 16));
      assertEquals(span.getLinks(i).getSpanId(), bytes(link.spanIdOffset(), 8));
      assertEquals(
          span.getLinks(i).getTraceState(), text(link.traceStateOffset(), link.traceStateLength()));
      attributes(span.getLinks(i).getAttributesList(), link.attributes());
    }
  }

  private void attributes(List<KeyValue> expected, Attributes actual) {
    assertEquals(expected.size(), actual.count());
    for (int i = 0; i < expected.size(); i++) {
      String key = expected.get(i).getKey();
      assertEquals(key, actual.key(i));
      assertEquals(key, text(actual.keyOffset(i), actual.keyLength(i)));
      int id = actual.keyId(i);
      assertEquals(id == 0 ? -1 : i, id == 0 ? -1 : actual.find(id));
      assertEquals(ids.getOrDefault(key, 0), id);
      value(expected.get(i).getValue(), actual, i);
    }
  }

  private void value(AnyValue expected, Attributes actual, int i) {
    int type = expected.getValueCase().getNumber();
    assertEquals(type, actual.type(i));
    assertEquals(actual.end(i) - actual.valueOffset(i), actual.valueLength(i));
    assertEquals(expected.getIntValue(), actual.longValue(i));
    assertEquals(expected.getBoolValue(), actual.boolValue(i));
    double said = type == Attributes.DOUBLE ? expected.getDoubleValue() : Double.NaN;
    assertEquals(
        Double.doubleToRawLongBits(said), Double.doubleToRawLongBits(actual.doubleValue(i)));
    ByteString content = bytes(actual.valueOffset(i), actual.valueLength(i));
    try {
      switch (type) {
        case Attributes.EMPTY -> assertEquals(0, actual.valueLength(i));
        case Attributes.STRING -> assertEquals(expected.getStringValue(), actual.text(i));
        case Attributes.BYTES -> assertEquals(expected.getBytesValue(), content);
        case Attributes.ARRAY ->
            assertEquals(expected.getArrayValue(), ArrayValue.parseFrom(content));
        case Attributes.KVLIST ->
            assertEquals(expected.getKvlistValue(), KeyValueList.parseFrom(content));
        default -> {} // numbers, compared above
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private String text(int offset, int length) {
    return view.text(offset, length);
  }

  private ByteString bytes(int offset, int length) {
    return offset < 0 ? ByteString.EMPTY : ByteString.copyFrom(view.bytes(), offset, length);
  }
}
