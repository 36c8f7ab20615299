package dev.tollspan.spans;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.EntityRef;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.List;

/** One request with something in each field that traces have. */
final class Traces {
  private static final Span.Event EVENT =
      Span.Event.newBuilder()
          .setTimeUnixNano(3)
          .setName("event")
          .addAttributes(text("of", "event"))
          .setDroppedAttributesCount(4)
          .build();
  private static final Span.Link LINK =
      Span.Link.newBuilder()
          .setTraceId(ByteString.copyFrom(WireWriter.id(16, 9)))
          .setSpanId(ByteString.copyFrom(WireWriter.id(8, 9)))
          .setTraceState("of=link")
          .addAttributes(text("of", "link"))
          .setDroppedAttributesCount(5)
          .setFlags(0x1ff)
          .build();
  private static final Status STATUS =
      Status.newBuilder().setCodeValue(2).setMessage("went wrong").build();
  private static final EntityRef ENTITY =
      EntityRef.newBuilder()
          .setSchemaUrl("https://example.com/entity")
          .setType("host")
          .addIdKeys("host.id")
          .addDescriptionKeys("host.name")
          .build();
  private static final InstrumentationScope SCOPE =
      InstrumentationScope.newBuilder()
          .setName("lib")
          .setVersion("1.2")
          .addAttributes(text("of", "scope"))
          .setDroppedAttributesCount(7)
          .build();
  private static final Resource RESOURCE =
      Resource.newBuilder()
          .addAttributes(text("service.name", "svc"))
          .setDroppedAttributesCount(6)
          .addEntityRefs(ENTITY)
          .build();

  private Traces() {}

  /** The whole of it; its texts have no braces. */
  static TracesData full() {
    ScopeSpans scope =
        ScopeSpans.newBuilder()
            .setScope(SCOPE)
            .addSpans(span())
            .setSchemaUrl("https://example.com/scope")
            .build();
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(RESOURCE)
                .addScopeSpans(scope)
                .setSchemaUrl("https://example.com/resource"))
        .build();
  }

  /** Messages that stand in it and may be absent or empty. */
  static List<Message> parts() {
    return List.of(RESOURCE, SCOPE, ENTITY, STATUS, EVENT);
  }

  /** One attribute of each type of value, the mixed, nested and empty ones included. */
  static Span.Builder values() {
    return Span.newBuilder()
        .addAttributes(text("text", "v"))
        .addAttributes(text("no text", ""))
        .addAttributes(pair("bool", AnyValue.newBuilder().setBoolValue(false)))
        .addAttributes(pair("int", AnyValue.newBuilder().setIntValue(-1)))
        .addAttributes(pair("double", AnyValue.newBuilder().setDoubleValue(0.1)))
        .addAttributes(pair("bytes", AnyValue.newBuilder().setBytesValue(LINK.getTraceId())))
        .addAttributes(pair("no bytes", AnyValue.newBuilder().setBytesValue(ByteString.EMPTY)))
        .addAttributes(pair("nothing", AnyValue.newBuilder()))
        .addAttributes(KeyValue.newBuilder().setKey("not even a value"))
        .addAttributes(pair("array", AnyValue.newBuilder().setArrayValue(mixed())))
        .addAttributes(
            pair("no array", AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder())))
        .addAttributes(
            pair(
                "list",
                AnyValue.newBuilder()
                    .setKvlistValue(
                        KeyValueList.newBuilder()
                            .addValues(pair("a", AnyValue.newBuilder().setArrayValue(mixed())))
                            .addValues(text("b", "v")))));
  }

  private static Span span() {
    return values()
        .setTraceId(ByteString.copyFrom(WireWriter.id(16, 1)))
        .setSpanId(ByteString.copyFrom(WireWriter.id(8, 1)))
        .setTraceState("of=span")
        .setParentSpanId(ByteString.copyFrom(WireWriter.id(8, 2)))
        .setName("chat")
        .setKindValue(3)
        .setStartTimeUnixNano(1_790_000_000_000_000_000L)
        .setEndTimeUnixNano(1_790_000_001_000_000_000L)
        .setDroppedAttributesCount(1)
        .addEvents(EVENT)
        .setDroppedEventsCount(2)
        .addLinks(LINK)
        .setDroppedLinksCount(3)
        .setStatus(STATUS)
        .setFlags(0xffffffff)
        .build();
  }

  private static ArrayValue.Builder mixed() {
    return ArrayValue.newBuilder()
        .addValues(AnyValue.newBuilder().setStringValue("s"))
        .addValues(AnyValue.newBuilder().setIntValue(1))
        .addValues(AnyValue.newBuilder())
        .addValues(AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder()))
        .addValues(AnyValue.newBuilder().setKvlistValue(KeyValueList.newBuilder()));
  }

  static KeyValue text(String key, String value) {
    return pair(key, AnyValue.newBuilder().setStringValue(value)).build();
  }

  private static KeyValue.Builder pair(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value);
  }
}
