package dev.tollspan.processors.cost;

import com.google.protobuf.ByteString;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes spans for the tests of this room, and reads back what was added to them. */
final class Spans {
  static final KeyTable KEYS =
      Batches.keys(EstimateCost.keys(EstimateCostConfig.defaults()).toArray(String[]::new));

  private Spans() {}

  /** A span with attributes given as key, value, key, value. */
  static Span.Builder span(Object... attributes) {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
            .setSpanId(ByteString.copyFromUtf8("01234567"))
            .setName("chat.completion");
    for (int i = 0; i < attributes.length; i += 2) {
      span.addAttributes(attribute((String) attributes[i], attributes[i + 1]));
    }
    return span;
  }

  static KeyValue attribute(String key, Object value) {
    AnyValue.Builder any = AnyValue.newBuilder();
    switch (value) {
      case String text -> any.setStringValue(text);
      case Integer number -> any.setIntValue(number);
      case Long number -> any.setIntValue(number);
      case Double number -> any.setDoubleValue(number);
      case AnyValue whole -> any.mergeFrom(whole);
      default -> throw new AssertionError("no attribute can be a " + value.getClass());
    }
    return KeyValue.newBuilder().setKey(key).setValue(any).build();
  }

  static TracesData message(List<Span> spans) {
    ScopeSpans scope = ScopeSpans.newBuilder().addAllSpans(spans).build();
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build();
  }

  /** The spans as they leave the pipeline, additions behind their own attributes. */
  static List<Span> process(EstimateCost room, List<Span> spans) {
    return spans(room.process(Batches.batch(KEYS, message(spans))));
  }

  static List<Span> spans(SpanBatch batch) {
    BatchEditor editor = BatchEditor.of(batch);
    for (int i = 0; i < batch.spanCount(); i++) {
      editor.insertAdditions(batch, i);
    }
    CleanBatch clean = editor.splice(batch);
    batch.release();
    List<Span> spans = new ArrayList<>();
    for (ResourceSpans resource : Batches.message(clean).getResourceSpansList()) {
      resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
    }
    return spans;
  }

  /** What the room added to one span, as "key=value" in the order of writing. */
  static List<String> added(EstimateCost room, Span.Builder span) {
    Span before = span.build();
    Span after = process(room, List.of(before)).getFirst();
    int own = before.getAttributesCount();
    if (!after.getAttributesList().subList(0, own).equals(before.getAttributesList())) {
      throw new AssertionError("the span's own attributes have changed");
    }
    List<String> added = new ArrayList<>();
    for (KeyValue attribute : after.getAttributesList().subList(own, after.getAttributesCount())) {
      added.add(attribute.getKey() + "=" + text(attribute.getValue()));
    }
    return added;
  }

  /** What the room added to one span, by key. */
  static Map<String, String> said(EstimateCost room, Span.Builder span) {
    Map<String, String> said = new LinkedHashMap<>();
    for (String each : added(room, span)) {
      int equals = each.indexOf('=');
      if (said.put(each.substring(0, equals), each.substring(equals + 1)) != null) {
        throw new AssertionError("written twice: " + each);
      }
    }
    return said;
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
      case ARRAY_VALUE ->
          String.join(
              ",", value.getArrayValue().getValuesList().stream().map(Spans::text).toList());
      default -> throw new AssertionError("never written: " + value.getValueCase());
    };
  }
}
