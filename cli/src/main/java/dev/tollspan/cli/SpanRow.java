package dev.tollspan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the report needs of one line of NDJSON. Texts that are unknown are empty.
 *
 * @param parentId empty for a root
 * @param role billable, stage or empty for a span that is part of no call
 * @param unpricedReason why a billable span has no cost
 * @param costNanoUsd 0 where there is none
 */
record SpanRow(
    String traceId,
    String spanId,
    String parentId,
    String name,
    long startNanos,
    long endNanos,
    String status,
    String tenant,
    String model,
    String role,
    String unpricedReason,
    long inputTokens,
    long outputTokens,
    long costNanoUsd,
    long removedValues,
    long removedBytes) {
  private static final ObjectReader READER = JsonMapper.builder().build().reader();

  /** All lines of these files. */
  static List<SpanRow> read(List<Path> files) throws IOException {
    List<SpanRow> rows = new ArrayList<>();
    for (Path file : files) {
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          rows.add(of(READER.readTree(line)));
        }
      }
    }
    return rows;
  }

  private static SpanRow of(JsonNode line) {
    JsonNode attributes = line.path("attributes");
    return new SpanRow(
        line.path("trace_id").asText(),
        line.path("span_id").asText(),
        line.path("parent_span_id").asText(),
        line.path("name").asText(),
        line.path("start_time_ns").asLong(),
        line.path("end_time_ns").asLong(),
        line.path("status").asText(),
        line.path("tenant_id").asText(),
        line.path("model").asText(line.path("request_model").asText()),
        attributes.path("cost.role").asText(),
        attributes.path("cost.unpriced_reason").asText(),
        line.path("input_tokens").asLong(),
        line.path("output_tokens").asLong(),
        line.path("estimated_cost_nanousd").asLong(),
        attributes.path("content.removed.count").asLong(),
        attributes.path("content.removed.bytes").asLong());
  }

  boolean isCall() {
    return role.equals("billable");
  }

  boolean isPriced() {
    return isCall() && unpricedReason.isEmpty();
  }

  long durationNanos() {
    return endNanos - startNanos;
  }
}
