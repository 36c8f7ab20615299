package dev.tollspan.processors.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.gpuledger.Admission;
import dev.tollspan.gpuledger.Correction;
import dev.tollspan.gpuledger.GpuLedgerConfig;
import dev.tollspan.gpuledger.GpuRate;
import dev.tollspan.gpuledger.LedgerSink;
import dev.tollspan.gpuledger.Part;
import dev.tollspan.gpuledger.WindowRecord;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Calls on GPUs of one's own: what their spans are told, and what the books say in the end. */
class SelfHostedTest {
  private static final long SECOND = 1_000_000_000;
  private static final long HOUR = 3600 * SECOND;
  private static final SelfHosted RULE = rule(Map.of("service.name", "qwen"), rate(), "");

  /** A batch must come with the very table of the room. */
  private static final Map<SelfHosted, KeyTable> TABLES = new ConcurrentHashMap<>();

  private final List<WindowRecord> windows = new ArrayList<>();
  private final List<Correction> corrections = new ArrayList<>();
  private final LedgerSink sink =
      new LedgerSink() {
        @Override
        public void closed(WindowRecord window) {
          windows.add(window);
        }

        @Override
        public void missed(Correction correction) {
          corrections.add(correction);
        }
      };
  private long nowNanos = HOUR; // the test's thread

  @Test
  void sharesAWindowByWhoRanInIt() {
    EstimateCost room = room(RULE);
    List<Span> spans = process(room, "pod-1", call(1, 0, 20), call(2, 10, 30), call(3, 25, 45));
    room.close();
    assertParts("37500000000", "31250000000", "43750000000");
    assertEquals(37_500_000_000L, windows.getFirst().idlePico());
    assertEquals("gpu_time", said(spans.getFirst(), "cost.basis"));
    assertEquals("approximate", said(spans.getFirst(), "cost.quality"));
    assertEquals("billable", said(spans.getFirst(), "cost.role"));
    assertEquals("false", said(spans.getFirst(), "cost.final"));
    assertEquals("20.0", said(spans.getFirst(), "gpu.seconds"));
    assertEquals("50000000", said(spans.getFirst(), "estimated_cost_nanousd"));
    assertEquals("0.05", said(spans.getFirst(), "estimated_cost_usd"));
    assertEquals("", said(spans.getFirst(), "cost.price.id"));
  }

  @Test
  void aFailedCallBearsItsShare() {
    EstimateCost room = room(RULE);
    Span.Builder failed = timed(4, 5, 8);
    failed.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
    List<Span> spans =
        process(room, "pod-1", failed, call(1, 0, 20), call(2, 10, 30), call(3, 25, 45));
    room.close();
    assertParts("33750000000", "31250000000", "43750000000", "3750000000");
    assertEquals("gpu_time", said(spans.getFirst(), "cost.basis"));
    assertEquals("7500000", said(spans.getFirst(), "estimated_cost_nanousd"));
  }

  @Test
  void replicasHaveBooksOfTheirOwn() {
    EstimateCost room = room(RULE);
    process(room, "pod-1", call(1, 0, 20));
    process(room, "pod-2", call(2, 0, 20));
    room.close();
    List<String> names = windows.stream().map(w -> w.window().replica()).distinct().toList();
    assertEquals(2, names.size());
    assertTrue(names.containsAll(List.of("qwen/pod-1", "qwen/pod-2")), names.toString());
    for (WindowRecord window : windows) {
      long sum = window.idlePico();
      for (Part part : window.parts()) {
        sum += part.costPico();
      }
      assertEquals(window.window().billPico(), sum);
    }
  }

  @Test
  void aCallWithoutTimesIsPricedByItsSpan() {
    EstimateCost room = room(RULE);
    Span.Builder plain = Span.newBuilder().mergeFrom(call(1, 0, 20).build());
    plain.clearAttributes();
    plain.addAttributes(Spans.attribute("gen_ai.request.model", "gpt-4o-mini"));
    plain.addAttributes(Spans.attribute("gen_ai.operation.name", "chat"));
    Span span = process(room, "pod-1", plain).getFirst();
    assertEquals("20.0", said(span, "gpu.seconds"));
    room.close();
    assertTrue(windows.getFirst().parts().getFirst().interval().approximate());
  }

  @Test
  void anotherResourceIsPricedByTokens() {
    EstimateCost room = room(RULE);
    Span.Builder call =
        Spans.span(
            "gen_ai.request.model", "gpt-4o-mini",
            "gen_ai.usage.input_tokens", 1000,
            "gen_ai.usage.output_tokens", 1000);
    TracesData other = message("service.name", "qwen2", "host.name", "pod-1", List.of(call));
    Span span = Spans.spans(room.process(Batches.batch(keys(RULE), other))).getFirst();
    assertEquals("token_price", said(span, "cost.basis"));
    assertEquals("750000", said(span, "estimated_cost_nanousd"));
    assertEquals("", said(span, "cost.final"));
  }

  @Test
  void aRuleWithoutAPriceNamesTheModel() {
    SelfHosted named = rule(Map.of("service.name", "qwen"), null, "gpt-4o-mini");
    EstimateCost room = room(named);
    Span span =
        Spans.spans(
                room.process(
                    Batches.batch(
                        keys(named),
                        message(
                            "service.name", "qwen", "host.name", "a", List.of(call(1, 0, 20))))))
            .getFirst();
    assertEquals("token_price", said(span, "cost.basis"));
    assertEquals("gpt-4o-mini", said(span, "cost.price.id").split("/")[1]);
  }

  @Test
  void hostileTimesAreRefusedAndCounted() {
    EstimateCost room = room(RULE);
    String inference = "gen_ai.latency.time_in_model_inference";
    for (Object bad :
        List.of(Double.NaN, -1.0, 0x1p63, Double.POSITIVE_INFINITY, -1L, Long.MIN_VALUE)) {
      Span.Builder call = Span.newBuilder().mergeFrom(call(9, 0, 20).build());
      for (int i = 0; i < call.getAttributesCount(); i++) {
        if (call.getAttributes(i).getKey().equals(inference)) {
          call.setAttributes(i, Spans.attribute(inference, bad));
        }
      }
      assertRefused(room, call);
    }
    assertEquals(6, room.gpuRequests(Admission.INVALID));
    Span.Builder backwards = plain().setStartTimeUnixNano(50 * SECOND).setEndTimeUnixNano(SECOND);
    assertRefused(room, backwards);
    assertEquals(1, room.gpuRequests(Admission.BACKWARDS));
    assertRefused(room, plain().setStartTimeUnixNano(1).setEndTimeUnixNano(Long.MIN_VALUE));
    assertRefused(room, plain().setStartTimeUnixNano(Long.MIN_VALUE).setEndTimeUnixNano(1));
    assertEquals(8, room.gpuRequests(Admission.INVALID));
    assertRefused(room, plain().setStartTimeUnixNano(1).setEndTimeUnixNano(Long.MAX_VALUE));
    assertEquals(1, room.gpuRequests(Admission.AHEAD));
    room.close();
    for (WindowRecord window : windows) {
      assertEquals(List.of(), window.parts());
    }
  }

  @Test
  void theSameSpanTwiceIsBookedOnce() {
    nowNanos = 60 * SECOND;
    EstimateCost room = room(RULE);
    Span first = process(room, "pod-1", call(1, 0, 20)).getFirst();
    Span again = process(room, "pod-1", call(1, 0, 20)).getFirst();
    assertEquals(first, again);
    assertEquals(1, room.gpuRequests(Admission.DUPLICATE));
  }

  @Test
  void silentReplicasAreClosedByWhoeverComesNext() {
    EstimateCost room = room(RULE);
    nowNanos = 60 * SECOND;
    process(room, "pod-1", call(1, 0, 20));
    assertEquals(List.of(), windows);
    nowNanos = 600 * SECOND;
    process(room, "pod-2", call(2, 580, 590));
    assertEquals("qwen/pod-1", windows.getFirst().window().replica());
  }

  @Test
  void tooManyReplicasGetACostWithoutBooks() {
    EstimateCost room = room(RULE);
    for (int i = 0; i <= Replicas.REPLICAS_MAX; i++) {
      Span span = process(room, "pod-" + i, call(i + 1, 0, 20)).getFirst();
      assertEquals("20.0", said(span, "gpu.seconds"));
    }
    assertEquals(1, room.unbookedGpuRequests());
  }

  @Test
  void theRecordedEngineIsPricedByItsTime() throws IOException {
    Path file =
        Path.of(System.getProperty("tollspan.root"))
            .resolve("usage/src/test/resources/dev/tollspan/usage/recordings/vllm-0003.bin.gz");
    SelfHosted recorded = rule(Map.of("service.name", "heldout-vllm"), rate(), "");
    TracesData message;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      message = TracesData.parseFrom(in);
    }
    long last = 0;
    for (ScopeSpans scope : message.getResourceSpans(0).getScopeSpansList()) {
      for (Span span : scope.getSpansList()) {
        last = Math.max(last, span.getEndTimeUnixNano());
      }
    }
    nowNanos = last;
    EstimateCost room = room(recorded);
    int priced = 0;
    for (Span span : Spans.spans(room.process(Batches.batch(keys(recorded), message)))) {
      if (span.getName().equals("llm_request")) {
        assertEquals("gpu_time", said(span, "cost.basis"));
        assertTrue(Double.parseDouble(said(span, "gpu.seconds")) > 0);
        priced++;
      }
    }
    assertEquals(11, priced);
  }

  @Test
  void aRuleMustMatchAndSaySomething() {
    assertThrows(IllegalArgumentException.class, () -> rule(Map.of(), rate(), ""));
    assertThrows(IllegalArgumentException.class, () -> rule(Map.of("a", "b"), null, ""));
  }

  private void assertRefused(EstimateCost room, Span.Builder call) {
    Span span = process(room, "pod-1", call).getFirst();
    assertEquals("invalid_gpu_time", said(span, "cost.unpriced_reason"));
    assertEquals("", said(span, "estimated_cost_usd"));
  }

  private void assertParts(String... picos) {
    WindowRecord window = windows.getFirst();
    assertEquals(150_000_000_000L, window.window().billPico());
    assertEquals(
        List.of(picos),
        window.parts().stream().map(part -> Long.toString(part.costPico())).toList());
  }

  private EstimateCost room(SelfHosted rule) {
    InstantSource clock = () -> Instant.ofEpochSecond(nowNanos / SECOND, nowNanos % SECOND);
    long now = nowNanos;
    nowNanos = 0; // the process began before anything else
    EstimateCost room =
        new EstimateCost(config(rule), keys(rule), EstimateCost.load(config(rule)), sink, clock);
    nowNanos = now;
    return room;
  }

  private static List<Span> process(EstimateCost room, String pod, Span.Builder... calls) {
    TracesData message = message("service.name", "qwen", "k8s.pod.name", pod, List.of(calls));
    return Spans.spans(room.process(Batches.batch(keys(RULE), message)));
  }

  private static TracesData message(
      String key, String value, String replicaKey, String replica, List<Span.Builder> calls) {
    ScopeSpans.Builder scope =
        ScopeSpans.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName("vllm.tracing.otel"));
    calls.forEach(scope::addSpans);
    Resource.Builder resource =
        Resource.newBuilder()
            .addAttributes(Spans.attribute(key, value))
            .addAttributes(Spans.attribute(replicaKey, replica));
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(scope))
        .build();
  }

  private static Span.Builder plain() {
    return timed(7, 0, 1)
        .clearAttributes()
        .addAttributes(Spans.attribute("gen_ai.operation.name", "chat"));
  }

  private static Span.Builder call(long id, int from, int to) {
    return timed(id, from, to)
        .addAttributes(Spans.attribute("gen_ai.usage.prompt_tokens", 1000))
        .addAttributes(Spans.attribute("gen_ai.usage.completion_tokens", 100));
  }

  /** A span as the engine makes it, without counts. */
  private static Span.Builder timed(long id, int from, int to) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16).putLong(8, 7)))
        .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, id)))
        .setName("llm_request")
        .setKind(Span.SpanKind.SPAN_KIND_SERVER)
        .setStartTimeUnixNano(from * SECOND)
        .setEndTimeUnixNano(to * SECOND)
        .addAttributes(Spans.attribute("gen_ai.latency.time_in_queue", 0.0))
        .addAttributes(Spans.attribute("gen_ai.latency.time_in_model_prefill", 1.0))
        .addAttributes(
            Spans.attribute("gen_ai.latency.time_in_model_inference", (double) (to - from)));
  }

  private static String said(Span span, String key) {
    for (KeyValue attribute : span.getAttributesList()) {
      if (attribute.getKey().equals(key)) {
        return switch (attribute.getValue().getValueCase()) {
          case STRING_VALUE -> attribute.getValue().getStringValue();
          case INT_VALUE -> Long.toString(attribute.getValue().getIntValue());
          case DOUBLE_VALUE -> Double.toString(attribute.getValue().getDoubleValue());
          case BOOL_VALUE -> Boolean.toString(attribute.getValue().getBoolValue());
          default -> throw new AssertionError("never written: " + key);
        };
      }
    }
    return "";
  }

  private static KeyTable keys(SelfHosted rule) {
    return TABLES.computeIfAbsent(
        rule, r -> Batches.keys(EstimateCost.keys(config(r)).toArray(String[]::new)));
  }

  private static EstimateCostConfig config(SelfHosted rule) {
    return EstimateCostConfig.of(List.of("tutorial"), false).withSelfHosted(List.of(rule));
  }

  private static SelfHosted rule(Map<String, String> match, GpuRate rate, String model) {
    return new SelfHosted(
        "qwen", match, rate, model, SelfHosted.REPLICA_ATTRIBUTES, GpuLedgerConfig.defaults());
  }

  private static GpuRate rate() {
    return new GpuRate(new BigDecimal("2"), new BigDecimal("4.50"));
  }
}
