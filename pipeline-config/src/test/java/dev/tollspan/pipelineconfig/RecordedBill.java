package dev.tollspan.pipelineconfig;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import dev.tollspan.usage.TraceRule;
import dev.tollspan.usage.TraceSpan;
import dev.tollspan.usage.TraceVerdict;
import dev.tollspan.usage.UsageConfig;
import dev.tollspan.usage.UsageReader;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What becomes of a recording where spans are only added up, and what the rule for traces says. */
final class RecordedBill {
  private static final HexFormat HEX = HexFormat.of();
  private static final List<String> INPUTS =
      List.of(
          "gen_ai.usage.input_tokens",
          "gen_ai.usage.prompt_tokens",
          "llm.token_count.prompt",
          "ai.usage.inputTokens",
          "ai.usage.promptTokens",
          "ai.usage.tokens");
  private static final List<String> OUTPUTS =
      List.of(
          "gen_ai.usage.output_tokens",
          "gen_ai.usage.completion_tokens",
          "llm.token_count.completion",
          "ai.usage.outputTokens",
          "ai.usage.completionTokens");

  private RecordedBill() {}

  /**
   * The bill of a dashboard that adds up every span with counts as so much input and so much
   * output, whatever of it was cached, and whatever span tells it once more. In nano-dollars.
   */
  static long naiveNanoUsd(List<byte[]> messages, Map<String, Recorded.Shown> shown)
      throws InvalidProtocolBufferException {
    long nanos = 0;
    for (byte[] message : messages) {
      for (ResourceSpans resource : TracesData.parseFrom(message).getResourceSpansList()) {
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          for (Span span : scope.getSpansList()) {
            nanos += naiveNanoUsd(span, shown.get(id(span)));
          }
        }
      }
    }
    return nanos;
  }

  private static String id(Span span) {
    String trace = HEX.formatHex(span.getTraceId().toByteArray());
    return trace + " " + HEX.formatHex(span.getSpanId().toByteArray());
  }

  private static long naiveNanoUsd(Span span, Recorded.Shown shown) {
    Map<String, AnyValue> attributes = new HashMap<>();
    for (KeyValue attribute : span.getAttributesList()) {
      attributes.put(attribute.getKey(), attribute.getValue());
    }
    long input = count(attributes, INPUTS);
    long output = count(attributes, OUTPUTS);
    String price = shown == null || shown.requests().isEmpty() ? "" : shown.price();
    Recorded.Tokens tokens = new Recorded.Tokens(input, output, 0, 0, 0, 0);
    return Math.max(0, Recorded.nanoUsd(price, "standard", tokens));
  }

  private static long count(Map<String, AnyValue> attributes, List<String> keys) {
    for (String key : keys) {
      AnyValue value = attributes.get(key);
      if (value != null && value.hasIntValue()) {
        return value.getIntValue();
      }
      if (value != null && value.hasDoubleValue()) {
        return (long) value.getDoubleValue();
      }
      if (value != null && value.getStringValue().matches("[0-9]+")) {
        return Long.parseLong(value.getStringValue());
      }
    }
    return 0;
  }

  /** The ids of all spans of a recording, trace and span with a blank between. */
  static List<String> ids(List<byte[]> messages) {
    return List.copyOf(read(messages).keySet());
  }

  /** The ids of the spans that are billed where all spans of a trace are at hand. */
  static Set<String> billed(List<byte[]> messages) {
    Map<String, List<String>> ids = new LinkedHashMap<>();
    Map<String, List<TraceSpan>> traces = new LinkedHashMap<>();
    read(messages)
        .forEach(
            (id, span) -> {
              String trace = id.substring(0, id.indexOf(' '));
              ids.computeIfAbsent(trace, k -> new ArrayList<>()).add(id);
              traces.computeIfAbsent(trace, k -> new ArrayList<>()).add(span);
            });
    Set<String> billed = new HashSet<>();
    traces.forEach(
        (trace, spans) -> {
          List<TraceVerdict> verdicts = TraceRule.decide(spans);
          for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i).billable()) {
              billed.add(ids.get(trace).get(i));
            }
          }
        });
    return billed;
  }

  private static Map<String, TraceSpan> read(List<byte[]> messages) {
    KeyTable keys = KeyTable.of(UsageReader.keys(UsageConfig.defaults()));
    UsageReader reader = new UsageReader(keys, UsageConfig.defaults());
    Usage usage = new Usage();
    Map<String, TraceSpan> spans = new LinkedHashMap<>();
    for (byte[] message : messages) {
      SpanBatch batch = Batches.batch(new BatchPool(1 << 20), keys, message);
      SpanView span = batch.view();
      for (int i = 0; i < span.spanCount(); i++) {
        span.moveTo(i);
        String trace = HEX.formatHex(span.bytes(), span.traceIdOffset(), span.traceIdOffset() + 16);
        String id = HEX.formatHex(span.bytes(), span.spanIdOffset(), span.spanIdOffset() + 8);
        TraceSpan told = TraceSpan.of(span, reader.read(span, usage), usage, false);
        if (spans.put(trace + " " + id, told) != null) {
          throw new AssertionError("twice in the recording: " + id);
        }
      }
      batch.release();
    }
    return spans;
  }
}
