package dev.tollspan.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** What {@link Shape} makes, as an SDK would send it in JSON. */
final class JsonShape {
  private JsonShape() {}

  static byte[] of(TracesData message) {
    StringBuilder json = new StringBuilder("{\"resourceSpans\":[");
    for (ResourceSpans resource : message.getResourceSpansList()) {
      json.append("{\"resource\":{\"attributes\":")
          .append(attributes(resource.getResource().getAttributesList()))
          .append("},\"scopeSpans\":[");
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        json.append("{\"scope\":{\"name\":\"%s\"},".formatted(scope.getScope().getName()))
            .append("\"spans\":")
            .append(list(scope.getSpansList().stream().map(JsonShape::span).toList()))
            .append('}');
      }
      json.append("]}");
    }
    return json.append("]}").toString().getBytes(UTF_8);
  }

  private static String span(Span span) {
    List<String> events =
        span.getEventsList().stream()
            .map(
                event ->
                    "{\"timeUnixNano\":\"%d\",\"name\":\"%s\",\"attributes\":%s}"
                        .formatted(
                            event.getTimeUnixNano(),
                            event.getName(),
                            attributes(event.getAttributesList())))
            .toList();
    String ids =
        "{\"traceId\":\"%s\",\"spanId\":\"%s\",\"parentSpanId\":\"%s\","
            .formatted(hex(span.getTraceId()), hex(span.getSpanId()), hex(span.getParentSpanId()));
    return ids
        + "\"name\":\"%s\",\"kind\":%d,\"startTimeUnixNano\":\"%d\",\"endTimeUnixNano\":\"%d\","
            .formatted(
                span.getName(),
                span.getKindValue(),
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano())
        + "\"attributes\":%s,\"events\":%s}"
            .formatted(attributes(span.getAttributesList()), list(events));
  }

  private static String attributes(List<KeyValue> attributes) {
    return list(
        attributes.stream()
            .map(
                each ->
                    each.getValue().hasStringValue()
                        ? "{\"key\":\"%s\",\"value\":{\"stringValue\":\"%s\"}}"
                            .formatted(each.getKey(), each.getValue().getStringValue())
                        : "{\"key\":\"%s\",\"value\":{\"intValue\":\"%d\"}}"
                            .formatted(each.getKey(), each.getValue().getIntValue()))
            .toList());
  }

  private static String list(List<String> values) {
    return values.stream().collect(Collectors.joining(",", "[", "]"));
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
