package dev.tollspan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Makes OTLP/JSON of a line of our own NDJSON, as far as it tells what a span was. What we wrote
 * about the cost is left out, so that the span is judged anew; what its sender said of it stays.
 */
final class FlatRecord {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectReader READER = MAPPER.reader();
  private static final String COST_USD = "estimated_cost_usd";
  private static final List<String> KINDS =
      List.of("Unspecified", "Internal", "Server", "Client", "Producer", "Consumer");
  private static final List<String> STATUSES = List.of("UNSET", "OK", "ERROR");

  private FlatRecord() {}

  static byte[] toOtlpJson(byte[] line, int length) throws IOException {
    JsonNode record = READER.readTree(line, 0, length);
    ObjectNode request = MAPPER.createObjectNode();
    ObjectNode resourceSpans = request.putArray("resourceSpans").addObject();
    ObjectNode resource = resourceSpans.putObject("resource");
    attributes(record.path("resource"), resource.putArray("attributes"));
    ObjectNode span =
        resourceSpans.putArray("scopeSpans").addObject().putArray("spans").addObject();
    span.put("traceId", record.path("trace_id").asText());
    span.put("spanId", record.path("span_id").asText());
    span.put("parentSpanId", record.path("parent_span_id").asText());
    span.put("name", record.path("name").asText());
    span.put("kind", Math.max(0, KINDS.indexOf(record.path("kind").asText())));
    span.put("startTimeUnixNano", record.path("start_time_ns").asText("0"));
    span.put("endTimeUnixNano", record.path("end_time_ns").asText("0"));
    span.putObject("status")
        .put("code", Math.max(0, STATUSES.indexOf(record.path("status").asText())));
    ArrayNode attributes = span.putArray("attributes");
    JsonNode told = record.path("attributes");
    boolean reported = told.path("cost.basis").asText().equals("provider_reported");
    for (Map.Entry<String, JsonNode> each : told.properties()) {
      String key = each.getKey();
      boolean ours =
          key.startsWith("cost.")
              || key.equals("estimated_cost_nanousd")
              || (key.equals(COST_USD) && !reported);
      if (!ours) {
        attribute(key, each.getValue(), attributes);
      }
    }
    return MAPPER.writeValueAsBytes(request);
  }

  private static void attributes(JsonNode told, ArrayNode attributes) {
    for (Map.Entry<String, JsonNode> each : told.properties()) {
      attribute(each.getKey(), each.getValue(), attributes);
    }
  }

  private static void attribute(String key, JsonNode told, ArrayNode attributes) {
    ObjectNode attribute = attributes.addObject().put("key", key);
    value(told, attribute.putObject("value"));
  }

  private static void value(JsonNode told, ObjectNode value) {
    if (told.isTextual()) {
      value.put("stringValue", told.textValue());
    } else if (told.isBoolean()) {
      value.put("boolValue", told.booleanValue());
    } else if (told.isIntegralNumber()) {
      value.put("intValue", told.asText());
    } else if (told.isNumber()) {
      value.put("doubleValue", told.doubleValue());
    } else if (told.isArray()) {
      ArrayNode values = value.putObject("arrayValue").putArray("values");
      told.forEach(element -> value(element, values.addObject()));
    } else if (told.isObject()) {
      attributes(told, value.putObject("kvlistValue").putArray("values"));
    }
  }
}
