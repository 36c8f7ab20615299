package dev.tollspan.sampleinferenceservice;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** A span as one line of JSON for offline work. Fields are only ever added. */
final class SpanRecord {
  private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

  private SpanRecord() {}

  static ObjectNode of(SpanData span) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    String parent = span.getParentSpanContext().isValid() ? span.getParentSpanId() : "";
    root.put("trace_id", span.getTraceId()).put("span_id", span.getSpanId());
    root.put("parent_span_id", parent).put("name", span.getName());
    root.put("kind", titleCase(span.getKind().name()));
    root.put("start_time_ns", span.getStartEpochNanos());
    root.put("end_time_ns", span.getEndEpochNanos());
    putDuration(root, span.getStartEpochNanos(), span.getEndEpochNanos());
    root.put("status", span.getStatus().getStatusCode().name());
    String service = span.getResource().getAttribute(SERVICE_NAME);
    root.put("service", service == null ? "" : service);
    root.set("attributes", attributes(span.getAttributes()));
    root.set("resource", attributes(span.getResource().getAttributes()));
    putEvents(root, span.getEvents());
    putLinks(root, span.getLinks());
    return root;
  }

  private static void putDuration(ObjectNode root, long startNanos, long endNanos) {
    if (startNanos <= 0 || endNanos <= 0) {
      root.putNull("duration_ms");
      return;
    }
    BigDecimal milliseconds = BigDecimal.valueOf(endNanos - startNanos, 6);
    root.put("duration_ms", milliseconds.setScale(3, RoundingMode.HALF_EVEN));
  }

  private static void putEvents(ObjectNode root, List<EventData> events) {
    if (events.isEmpty()) {
      return;
    }
    ArrayNode array = root.putArray("events");
    for (EventData event : events) {
      ObjectNode node = array.addObject();
      node.put("time_ns", event.getEpochNanos()).put("name", event.getName());
      node.set("attributes", attributes(event.getAttributes()));
    }
  }

  private static void putLinks(ObjectNode root, List<LinkData> links) {
    if (links.isEmpty()) {
      return;
    }
    ArrayNode array = root.putArray("links");
    for (LinkData link : links) {
      ObjectNode node = array.addObject();
      node.put("trace_id", link.getSpanContext().getTraceId());
      node.put("span_id", link.getSpanContext().getSpanId());
      node.set("attributes", attributes(link.getAttributes()));
    }
  }

  private static ObjectNode attributes(Attributes attributes) {
    TreeMap<String, Object> sorted = new TreeMap<>();
    attributes.forEach((key, value) -> sorted.put(key.getKey(), value));
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    sorted.forEach(node::putPOJO);
    return node;
  }

  private static String titleCase(String upperCase) {
    return upperCase.charAt(0) + upperCase.substring(1).toLowerCase(Locale.ROOT);
  }
}
