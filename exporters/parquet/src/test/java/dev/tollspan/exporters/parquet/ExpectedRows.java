package dev.tollspan.exporters.parquet;

import com.google.protobuf.ByteString;
import dev.tollspan.spans.LlmField;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The rows that a message should become, told from the generated classes and the layout's words
 * alone: slow, plain, and without a line of the exporter.
 */
final class ExpectedRows {
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final long ingestMicros;
  private Map<String, Object> row = Map.of(); // the test's thread owns it, as it does the next
  private Map<String, AnyValue> left = Map.of();

  ExpectedRows(long ingestMicros) {
    this.ingestMicros = ingestMicros;
  }

  void add(TracesData message) {
    for (ResourceSpans resource : message.getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          row = new LinkedHashMap<>();
          span(span, scope.getScope());
          resource(resource.getResource().getAttributesList());
          rows.add(row);
        }
      }
    }
  }

  /** In the order of the readers. */
  List<Map<String, Object>> rows() {
    rows.sort(LakeReader::byStart);
    return rows;
  }

  private void span(Span span, InstrumentationScope scope) {
    row.put("trace_id", hex(span.getTraceId()));
    row.put("span_id", hex(span.getSpanId()));
    putText("parent_span_id", hex(span.getParentSpanId()));
    putText("trace_state", span.getTraceState());
    row.put("name", span.getName());
    String kind = span.getKind().name().substring("SPAN_KIND_".length());
    row.put("kind", kind.charAt(0) + kind.substring(1).toLowerCase(java.util.Locale.ROOT));
    putText("scope_name", scope.getName());
    putText("scope_version", scope.getVersion());
    long start = span.getStartTimeUnixNano();
    long end = span.getEndTimeUnixNano();
    long duration = end == 0 ? 0 : end - start;
    row.put("start_time", start / 1000);
    row.put("end_time", end / 1000);
    row.put("start_unix_nano", start);
    row.put("duration_ns", duration);
    row.put("status_code", List.of("Unset", "Ok", "Error").get(span.getStatus().getCodeValue()));
    putText("status_message", span.getStatus().getMessage());
    row.put("dropped_attributes", span.getDroppedAttributesCount());
    row.put("ingest_time", ingestMicros);
    row.put("schema_version", 1);
    left = map(span.getAttributesList());
    call(duration);
    putMap("attributes", left);
    lists(span);
  }

  private void lists(Span span) {
    List<Object> events = new ArrayList<>();
    for (Span.Event event : span.getEventsList()) {
      Object attributes = texts(map(event.getAttributesList()));
      events.add(List.of(event.getTimeUnixNano() / 1000, event.getName(), attributes));
    }
    List<Object> links = new ArrayList<>();
    for (Span.Link link : span.getLinksList()) {
      String state = link.getTraceState().isEmpty() ? "null" : link.getTraceState();
      Object attributes = texts(map(link.getAttributesList()));
      links.add(List.of(hex(link.getTraceId()), hex(link.getSpanId()), state, attributes));
    }
    if (!events.isEmpty()) {
      row.put("events", events);
    }
    if (!links.isEmpty()) {
      row.put("links", links);
    }
  }

  private void call(long duration) {
    text("tenant_id", LlmField.TENANT);
    if (row.containsKey("tenant_id")) {
      row.put("tenant_source", "attribute");
    }
    text("request_id", LlmField.REQUEST_ID);
    text("operation", LlmField.OPERATION);
    text("provider", LlmField.PROVIDER);
    text("request_model", LlmField.REQUEST_MODEL);
    text("response_model", LlmField.RESPONSE_MODEL);
    Object model = row.getOrDefault("response_model", row.get("request_model"));
    if (model != null) {
      row.put("model", model);
    }
    String streaming = first(LlmField.STREAMING);
    if (value(streaming).hasBoolValue()) {
      row.put("streaming", left.remove(streaming).getBoolValue());
    }
    count("max_tokens", LlmField.MAX_TOKENS);
    count("input_tokens", LlmField.INPUT_TOKENS);
    count("output_tokens", LlmField.OUTPUT_TOKENS);
    count("total_tokens", LlmField.TOTAL_TOKENS);
    if (row.containsKey("input_tokens")
        || row.containsKey("output_tokens")
        || row.containsKey("total_tokens")) {
      row.put("tokens_source", "reported");
    }
    count("cache_read_tokens", LlmField.CACHE_READ_TOKENS);
    count("cache_write_tokens", LlmField.CACHE_WRITE_TOKENS);
    count("reasoning_tokens", LlmField.REASONING_TOKENS);
    finishReason();
    cost();
    latency("queue_ns", LlmField.QUEUE);
    latency("prefill_ns", LlmField.PREFILL);
    latency("decode_ns", LlmField.DECODE);
    latency("ttft_ns", LlmField.TIME_TO_FIRST_TOKEN);
    speed(duration);
    others();
  }

  private void finishReason() {
    String key = first(LlmField.FINISH_REASON);
    AnyValue value = value(key);
    if (!value.getStringValue().isEmpty()) {
      row.put("finish_reason", value.getStringValue());
      left.remove(key);
    } else if (value.getArrayValue().getValuesCount() > 0
        && !value.getArrayValue().getValues(0).getStringValue().isEmpty()) {
      row.put("finish_reason", value.getArrayValue().getValues(0).getStringValue());
      if (value.getArrayValue().getValuesCount() == 1) {
        left.remove(key);
      }
    }
  }

  private void cost() {
    boolean reported = first(LlmField.REPORTED_COST_USD) != null;
    real("estimated_cost_usd", LlmField.COST_USD);
    real("provider_cost_usd", LlmField.REPORTED_COST_USD);
    count("estimated_cost_nanousd", LlmField.COST_NANO_USD);
    text("cost_role", LlmField.COST_ROLE);
    row.putIfAbsent("cost_role", "none");
    text("price_rule", LlmField.PRICE_ID);
    text("price_version", LlmField.PRICE_VERSION);
    if (row.containsKey("estimated_cost_nanousd")) {
      row.put("cost_status", "priced");
    } else if (reported) {
      row.put("cost_status", "provider_reported");
    } else {
      text("cost_status", LlmField.UNPRICED_REASON);
    }
  }

  private void speed(long duration) {
    long output = (Long) row.getOrDefault("output_tokens", -1L);
    long ttft = (Long) row.getOrDefault("ttft_ns", -1L);
    long decode = (Long) row.getOrDefault("decode_ns", -1L);
    if (output > 1 && ttft >= 0 && duration > ttft) {
      row.put("tpot_ns", (duration - ttft) / (output - 1));
    }
    if (output >= 0 && decode > 0) {
      row.put("output_tokens_per_s", output * 1e9 / decode);
    }
  }

  private void others() {
    ownText("error_type", "error.type");
    String user =
        present(
            "user.id",
            "enduser.id",
            "gen_ai.user.id",
            "gen_ai.request.user",
            "langfuse.user.id",
            "traceloop.association.properties.user_id",
            "ai.telemetry.metadata.userId",
            "mlflow.trace.user",
            "lmnr.association.properties.user_id",
            "langwatch.user.id",
            "llm.user");
    if (user != null && left.get(user).getStringValue().startsWith("hmac:0")) {
      row.put("user_hash", left.remove(user).getStringValue());
    }
    ownText("session_id", "session.id", "gen_ai.conversation.id");
    ownInteger("http_status", true, "http.response.status_code", "http.status_code");
    ownInteger("retry_attempt", true, "http.request.resend_count");
    for (String key : List.of("input_cost", "output_cost", "cache_cost", "cache_savings")) {
      ownInteger(key + "_nanousd", false, key + "_nanousd");
    }
  }

  private void resource(List<KeyValue> attributes) {
    left = map(attributes);
    ownText("service_name", "service.name");
    ownText("service_namespace", "service.namespace");
    ownText("service_instance_id", "service.instance.id");
    ownText("deployment_environment", "deployment.environment.name", "deployment.environment");
    ownText("k8s_namespace", "k8s.namespace.name");
    ownText("k8s_pod", "k8s.pod.name");
    ownText("k8s_node", "k8s.node.name");
    putMap("resource_attributes", left);
  }

  private AnyValue value(String key) {
    return key == null ? AnyValue.getDefaultInstance() : left.get(key);
  }

  /** The most trusted key of the fact whose value is not empty. */
  private String first(LlmField fact) {
    return fact.keys().stream()
        .filter(key -> left.containsKey(key) && left.get(key).getValueCase().getNumber() != 0)
        .filter(
            key -> !key.equals("llm.user") || !left.get(key).getStringValue().startsWith("hmac:0"))
        .findFirst()
        .orElse(null);
  }

  private void text(String column, LlmField fact) {
    String key = first(fact);
    if (key != null && !left.get(key).getStringValue().isEmpty()) {
      row.put(column, left.remove(key).getStringValue());
    }
  }

  private void count(String column, LlmField fact) {
    String key = first(fact);
    AnyValue value = value(key);
    Long count = null;
    if (value.hasIntValue() && value.getIntValue() >= 0) {
      count = value.getIntValue();
    } else if (value.hasDoubleValue() && value.getDoubleValue() >= 0) {
      count = value.getDoubleValue() % 1 == 0 ? (Long) (long) value.getDoubleValue() : null;
    } else if (value.getStringValue().matches("[0-9]{1,18}")) {
      count = Long.valueOf(value.getStringValue());
    }
    if (count != null) {
      row.put(column, count);
      left.remove(key);
    }
  }

  private void real(String column, LlmField fact) {
    String key = first(fact);
    AnyValue value = value(key);
    if (value.hasDoubleValue() || value.hasIntValue()) {
      row.put(
          column, value.hasDoubleValue() ? value.getDoubleValue() : (double) value.getIntValue());
      left.remove(key);
    }
  }

  private void latency(String column, LlmField fact) {
    String key = first(fact);
    AnyValue value = value(key);
    if (value.hasDoubleValue() || value.hasIntValue()) {
      double amount = value.hasIntValue() ? value.getIntValue() : value.getDoubleValue();
      double nanos = amount * (key.endsWith("_ms") ? 1e6 : 1e9);
      if (nanos >= 0 && nanos < Long.MAX_VALUE) {
        row.put(column, Math.round(nanos));
        left.remove(key);
      }
    }
  }

  private void ownText(String column, String... keys) {
    String key = present(keys);
    if (key != null && !left.get(key).getStringValue().isEmpty()) {
      row.put(column, left.remove(key).getStringValue());
    }
  }

  private void ownInteger(String column, boolean small, String key, String... more) {
    String[] keys = new String[more.length + 1];
    keys[0] = key;
    System.arraycopy(more, 0, keys, 1, more.length);
    String found = present(keys);
    if (found != null && left.get(found).hasIntValue()) {
      long value = left.get(found).getIntValue();
      if (value >= 0 && (!small || value <= Integer.MAX_VALUE)) {
        row.put(column, small ? (Object) (int) value : (Object) value);
        left.remove(found);
      }
    }
  }

  private String present(String... keys) {
    for (String key : keys) {
      if (left.containsKey(key)) {
        return key;
      }
    }
    return null;
  }

  private void putText(String column, String text) {
    if (!text.isEmpty()) {
      row.put(column, text);
    }
  }

  private void putMap(String column, Map<String, AnyValue> map) {
    if (!map.isEmpty()) {
      row.put(column, texts(map));
    }
  }

  private static Map<String, AnyValue> map(List<KeyValue> attributes) {
    Map<String, AnyValue> map = new TreeMap<>();
    attributes.forEach(attribute -> map.put(attribute.getKey(), attribute.getValue()));
    return map;
  }

  private static Object texts(Map<String, AnyValue> map) {
    Map<String, String> texts = new TreeMap<>();
    map.forEach((key, value) -> texts.put(key, text(value)));
    return texts.isEmpty() ? "null" : texts;
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BYTES_VALUE -> base64(value.getBytesValue());
      case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
      case VALUE_NOT_SET -> "";
      default -> json(value);
    };
  }

  private static String json(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> quoted(value.getStringValue());
      case BYTES_VALUE -> quoted(base64(value.getBytesValue()));
      case INT_VALUE -> Long.toString(value.getIntValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case DOUBLE_VALUE -> number(value.getDoubleValue());
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream()
              .map(ExpectedRows::json)
              .collect(Collectors.joining(",", "[", "]"));
      case KVLIST_VALUE ->
          value.getKvlistValue().getValuesList().stream()
              .map(entry -> quoted(entry.getKey()) + ":" + json(entry.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      default -> "null";
    };
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : quoted(Double.toString(value));
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      out.append(
          c < 0x20
              ? String.format("\\u%04x", (int) c)
              : c == '"' || c == '\\' ? "\\" + c : String.valueOf(c));
    }
    return out.append('"').toString();
  }

  private static String base64(ByteString bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
