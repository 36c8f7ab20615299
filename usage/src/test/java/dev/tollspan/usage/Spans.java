package dev.tollspan.usage;

import com.google.protobuf.ByteString;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.List;

/** Makes spans for the tests of this room. */
final class Spans {
  private Spans() {}

  /** A span with attributes given as key, value, key, value. */
  static Span.Builder span(Object... attributes) {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
            .setSpanId(ByteString.copyFromUtf8("01234567"))
            .setStartTimeUnixNano(1_700_000_000_000_000_000L)
            .setName("a span");
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
      case Boolean flag -> any.setBoolValue(flag);
      case AnyValue whole -> any.mergeFrom(whole);
      default -> throw new AssertionError("no attribute can be a " + value.getClass());
    }
    return KeyValue.newBuilder().setKey(key).setValue(any).build();
  }

  static TracesData message(Resource resource, String scope, List<Span> spans) {
    InstrumentationScope.Builder name = InstrumentationScope.newBuilder();
    int at = scope.lastIndexOf('@');
    name.setName(at > 0 ? scope.substring(0, at) : scope);
    name.setVersion(at > 0 ? scope.substring(at + 1) : "");
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(resource)
                .addScopeSpans(ScopeSpans.newBuilder().setScope(name).addAllSpans(spans)))
        .build();
  }

  /** A view that stands on a span; the scope may carry a version: name@version. */
  static SpanView view(KeyTable keys, Resource resource, String scope, Span.Builder span) {
    return Batches.batch(keys, message(resource, scope, List.of(span.build()))).view().moveTo(0);
  }

  static SpanView view(String scope, Span.Builder span) {
    return view(Recordings.KEYS, Resource.getDefaultInstance(), scope, span);
  }
}
