package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names, kinds, attributes and figures that the tutorials promise. */
class SpanContractTest {
  private static final String CALL =
      "{'model':'mistral-7b','prompt':'Hello world','max_tokens':64,'temperature':0.5,"
          + "'user':'acme'}";

  @Test
  void makesOneRootAndAChildPerStage() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete(quoted(CALL));

      SpanData root = service.root();
      assertEquals(SpanKind.SERVER, root.getKind());
      assertEquals("0000000000000000", root.getParentSpanId());
      assertEquals(5, service.exported.getFinishedSpanItems().size());
      for (String stage : List.of("queue", "tokenize", "prefill", "decode")) {
        SpanData child = service.span("inference." + stage);
        assertEquals(SpanKind.INTERNAL, child.getKind());
        assertEquals(root.getSpanId(), child.getParentSpanId());
        assertEquals(root.getTraceId(), child.getTraceId());
        assertEquals(StatusCode.UNSET, child.getStatus().getStatusCode());
      }
    }
  }

  @Test
  void putsExactlyThePromisedAttributesOnTheRoot() throws Exception {
    try (TestService service = TestService.start()) {
      JsonNode answer = service.completeJson(quoted(CALL));

      String id = answer.path("id").textValue();
      String traceId = answer.path("trace_id").textValue();
      Attributes expected =
          Attributes.builder()
              .put("llm.model", "mistral-7b")
              .put("llm.request_id", id)
              .put("llm.max_tokens", 64L)
              .put("llm.temperature", 0.5)
              .put("llm.user", "acme")
              .put("llm.prompt_tokens", 2L)
              .put("llm.completion_tokens", 38L)
              .put("llm.total_tokens", 40L)
              .put("llm.trace_id", traceId)
              .put("gen_ai.operation.name", "text_completion")
              .put("gen_ai.provider.name", "vllm")
              .put("gen_ai.request.model", "mistral-7b")
              .put("gen_ai.response.model", "mistral-7b")
              .put("gen_ai.request.max_tokens", 64L)
              .put("gen_ai.request.temperature", 0.5)
              .put("gen_ai.usage.input_tokens", 2L)
              .put("gen_ai.usage.output_tokens", 38L)
              .put("gen_ai.response.id", id)
              .put(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"), "stop")
              .put("gen_ai.server.time_to_first_token_ms", 3.0)
              .build();
      assertEquals(expected.asMap(), service.root().getAttributes().asMap());
      assertEquals(traceId, service.root().getTraceId());
      assertEquals(StatusCode.UNSET, service.root().getStatus().getStatusCode());
      assertEquals(List.of(), service.root().getEvents());
    }
  }

  @Test
  void putsExactlyThePromisedAttributesOnTheStages() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete(quoted(CALL));

      assertEquals(Map.of(), service.span("inference.queue").getAttributes().asMap());
      assertEquals(
          Attributes.builder()
              .put("llm.prompt_tokens", 2L)
              .put("llm.prompt_length_chars", 11L)
              .build()
              .asMap(),
          service.span("inference.tokenize").getAttributes().asMap());
      assertEquals(
          Attributes.builder()
              .put("llm.prefill_latency_ms", 1.0)
              .put("llm.prompt_tokens", 2L)
              .build()
              .asMap(),
          service.span("inference.prefill").getAttributes().asMap());
      assertEquals(
          Attributes.builder()
              .put("llm.completion_tokens", 38L)
              .put("llm.decode_latency_ms", 76.0)
              .build()
              .asMap(),
          service.span("inference.decode").getAttributes().asMap());
    }
  }

  @Test
  void stagesLastAsLongAsTheyReport() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete(quoted(CALL));

      assertEquals(1_000_000, nanos(service.span("inference.prefill")));
      assertEquals(76_000_000, nanos(service.span("inference.decode")));
      assertEquals(77_000_000, nanos(service.root()));
    }
  }

  @Test
  void leavesTheTenantOutWhenNobodyIsNamed() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete("{\"prompt\":\"Hello\",\"user\":null}");

      assertNull(service.root().getAttributes().get(Keys.LLM_USER));
    }
  }

  @ParameterizedTest(name = "{0} max tokens make {1}")
  @CsvSource({"1,1", "2,1", "3,1", "4,2", "5,3", "64,38", "100,60", "32768,19660"})
  void completesSixTenthsOfMaxTokens(int maxTokens, long completionTokens) throws Exception {
    try (TestService service = TestService.start()) {
      service.complete("{\"prompt\":\"Hello\",\"max_tokens\":" + maxTokens + "}");

      Attributes decode = service.span("inference.decode").getAttributes();
      assertEquals(completionTokens, decode.get(Keys.LLM_COMPLETION_TOKENS));
      assertEquals(completionTokens * 2.0, decode.get(Keys.LLM_DECODE_LATENCY_MS));
    }
  }

  @ParameterizedTest(name = "{0} words prefill in {1} ms")
  @CsvSource({"1,0.5", "399,199.5", "400,200.0", "401,200.0", "5000,200.0"})
  void prefillsHalfAMillisecondPerTokenUpToTwoHundred(int words, double ms) throws Exception {
    try (TestService service = TestService.start()) {
      String prompt = "hello" + " hello".repeat(words - 1);
      service.complete("{\"prompt\":\"" + prompt + "\"}");

      Attributes prefill = service.span("inference.prefill").getAttributes();
      assertEquals(words, prefill.get(Keys.LLM_PROMPT_TOKENS));
      assertEquals(ms, prefill.get(Keys.LLM_PREFILL_LATENCY_MS));
    }
  }

  @Test
  void putsTheCostOnTheRootOnlyWhenAsked() throws Exception {
    try (TestService silent = TestService.start();
        TestService reporting = TestService.start(TestService.telemetry(false, true))) {
      silent.complete(quoted(CALL));
      reporting.complete(quoted(CALL));

      assertNull(silent.root().getAttributes().get(Keys.LLM_ESTIMATED_COST_USD));
      assertEquals(7.8e-6, reporting.root().getAttributes().get(Keys.LLM_ESTIMATED_COST_USD));
    }
  }

  @Test
  void putsNoCostOnTheRootForAModelWithoutPrice() throws Exception {
    try (TestService service = TestService.start(TestService.telemetry(false, true))) {
      service.complete("{\"prompt\":\"Hello\",\"model\":\"unheard-of\"}");

      assertEquals("unheard-of", service.root().getAttributes().get(Keys.LLM_MODEL));
      assertNull(service.root().getAttributes().get(Keys.LLM_ESTIMATED_COST_USD));
    }
  }

  @Test
  void marksTruncationByEventAndReasonAndLeavesTheStatusUnset() throws Exception {
    try (TestService service = TestService.start()) {
      JsonNode answer = service.completeJson("{\"prompt\":\"Hello\",\"simulate\":\"truncate\"}");

      SpanData root = service.root();
      assertEquals("length", answer.at("/choices/0/finish_reason").textValue());
      assertEquals(List.of("length"), root.getAttributes().get(Keys.FINISH_REASONS));
      assertEquals(
          List.of("response_truncated"),
          root.getEvents().stream().map(EventData::getName).toList());
      assertEquals(StatusCode.UNSET, root.getStatus().getStatusCode());
    }
  }

  @Test
  void marksAFailureByTypeExceptionAndStatus() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete("{\"prompt\":\"Hello\",\"simulate\":\"fail\"}");

      SpanData root = service.root();
      assertEquals("api_error", root.getAttributes().get(Keys.ERROR_TYPE));
      assertEquals(
          List.of("exception"), root.getEvents().stream().map(EventData::getName).toList());
      assertEquals(StatusCode.ERROR, root.getStatus().getStatusCode());
    }
  }

  @Test
  void countsThePromptOfAFailedCallAndNoCompletion() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete("{\"prompt\":\"Hello world\",\"simulate\":\"fail\"}");

      Attributes root = service.root().getAttributes();
      assertEquals(2, root.get(Keys.LLM_PROMPT_TOKENS));
      assertEquals(0, root.get(Keys.LLM_COMPLETION_TOKENS));
      assertEquals(2, root.get(Keys.INPUT_TOKENS));
      assertEquals(0, root.get(Keys.OUTPUT_TOKENS));
      assertNull(root.get(Keys.FINISH_REASONS));
    }
  }

  @Test
  void namesSpansAlikeWhateverIsAsked() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete("{\"prompt\":\"SELECT a name\",\"model\":\"odd\",\"user\":\"bob\"}");
      service.complete("{\"prompt\":\"Hello\",\"simulate\":\"truncate\"}");
      service.complete("{\"prompt\":\"Hello\",\"simulate\":\"fail\"}");

      Set<String> names =
          service.exported.getFinishedSpanItems().stream()
              .map(SpanData::getName)
              .collect(Collectors.toSet());
      assertEquals(
          Set.of(
              "inference.request",
              "inference.queue",
              "inference.tokenize",
              "inference.prefill",
              "inference.decode"),
          names);
    }
  }

  @Test
  void everySpanNamesServiceVersionAndEnvironment() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete(quoted(CALL));

      for (SpanData span : service.exported.getFinishedSpanItems()) {
        assertEquals("vllm-inference", resource(span, "service.name"));
        assertEquals("local", resource(span, "deployment.environment"));
        String version = resource(span, "service.version");
        assertFalse(version.isEmpty());
        assertTrue(Character.isDigit(version.charAt(0)), version);
      }
    }
  }

  @Test
  void resourceAttributesOfTheSettingsComeFirst() throws Exception {
    Settings.Telemetry telemetry =
        new Settings.Telemetry(
            true,
            null,
            null,
            false,
            false,
            false,
            Map.of("service.name", "mine", "deployment.environment", "prod", "team", "a"));
    try (TestService service = TestService.start(telemetry)) {
      service.complete(quoted(CALL));

      assertEquals("mine", resource(service.root(), "service.name"));
      assertEquals("prod", resource(service.root(), "deployment.environment"));
      assertEquals("a", resource(service.root(), "team"));
    }
  }

  private static String resource(SpanData span, String name) {
    return span.getResource().getAttribute(AttributeKey.stringKey(name));
  }

  private static long nanos(SpanData span) {
    return span.getEndEpochNanos() - span.getStartEpochNanos();
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}
