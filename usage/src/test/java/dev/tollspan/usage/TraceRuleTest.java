package dev.tollspan.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.prices.Count;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TraceRuleTest {
  private static final String IN = "gen_ai.usage.input_tokens";
  private static final String OUT = "gen_ai.usage.output_tokens";
  private static final String OPERATION = "gen_ai.operation.name";
  private static final String MODEL = "gen_ai.request.model";
  private static final String RESPONSE = "gen_ai.response.id";

  private final UsageReader reader = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
  private final Usage usage = new Usage();
  private final List<TraceSpan> trace = new ArrayList<>();

  /** A span with id and parent, from one time to another. */
  private void add(
      String scope, String name, int[] place, Span.SpanKind kind, Object... attributes) {
    Span.Builder span =
        Spans.span(attributes)
            .setName(name)
            .setKind(kind)
            .setSpanId(id(place[0]))
            .setStartTimeUnixNano(1000 + place[2])
            .setEndTimeUnixNano(1000 + place[3]);
    if (place[1] != 0) {
      span.setParentSpanId(id(place[1]));
    }
    SpanView view = Spans.view(scope, span);
    Reading reading = reader.read(view, usage);
    boolean engine = reading.dialectName().equals("vllm-v1");
    trace.add(TraceSpan.of(view, reading, usage, engine && attributes[0].equals("self-hosted")));
  }

  private void inner(String scope, String name, int[] place, Object... attributes) {
    add(scope, name, place, Span.SpanKind.SPAN_KIND_INTERNAL, attributes);
  }

  private static ByteString id(int id) {
    return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(id).array());
  }

  private static int[] at(int id, int parent, int from, int to) {
    return new int[] {id, parent, from, to};
  }

  @Test
  void takesInASpanWithoutIdsBehindALargerOneThatHasThem() {
    String longText = "x".repeat(1000);
    inner("app", "chat", at(1, 0, 0, 9), "note", longText, RESPONSE, "r1", IN, 5, OUT, 6);
    inner("app", "chat", at(2, 0, 0, 9), IN, 5, OUT, 6);
    assertEquals("r1", trace.getFirst().responseId());
    assertEquals("", trace.getLast().responseId());
  }

  private List<TraceVerdict> verdicts() {
    return TraceRule.decide(trace);
  }

  /** The ids of the spans that are billed. */
  private List<Long> billed() {
    List<Long> billed = new ArrayList<>();
    List<TraceVerdict> verdicts = verdicts();
    for (int i = 0; i < verdicts.size(); i++) {
      if (verdicts.get(i).billable()) {
        billed.add(trace.get(i).spanId());
      }
    }
    return billed;
  }

  @Test
  void billsTheStepsOfVercelAndNotTheirSum() {
    inner(
        "ai",
        "ai.generateText",
        at(1, 0, 0, 9),
        "ai.operationId",
        "ai.generateText",
        "ai.usage.promptTokens",
        30,
        "ai.usage.completionTokens",
        3);
    inner(
        "ai",
        "d",
        at(2, 1, 1, 3),
        "ai.operationId",
        "ai.generateText.doGenerate",
        "ai.usage.promptTokens",
        10,
        "ai.usage.completionTokens",
        1);
    inner(
        "ai",
        "d",
        at(3, 1, 4, 6),
        "ai.operationId",
        "ai.generateText.doGenerate",
        "ai.usage.promptTokens",
        20,
        "ai.usage.completionTokens",
        2);
    assertEquals(List.of(2L, 3L), billed());
    assertEquals(BillReason.REPEATED_BELOW, verdicts().getFirst().reason());
  }

  @ParameterizedTest
  @MethodSource("agents")
  void billsTheCallsOfAnAgentAndNotItsRun(String scope, String wrapper, String call) {
    inner(scope, "run", at(1, 0, 0, 9), OPERATION, wrapper, MODEL, "m", IN, 30, OUT, 3);
    inner(scope, "call", at(2, 1, 1, 3), OPERATION, call, MODEL, "m", IN, 10, OUT, 1);
    inner(scope, "call", at(3, 1, 4, 6), OPERATION, call, MODEL, "m", IN, 20, OUT, 2);
    assertEquals(List.of(2L, 3L), billed());
  }

  static List<org.junit.jupiter.params.provider.Arguments> agents() {
    return List.of(
        arguments("ai", "invoke_agent", "chat"),
        arguments("ai", "agent_step", "chat"),
        arguments("pydantic-ai", "invoke_agent", "chat"),
        arguments("opentelemetry.instrumentation.crewai", "invoke_agent", "chat"),
        arguments("opentelemetry.instrumentation.agno", "invoke_agent", "chat"),
        arguments("strands.telemetry.tracer", "invoke_agent", "chat"),
        arguments("strands.telemetry.tracer", "execute_event_loop_cycle", "chat"),
        arguments("agent_framework", "invoke_agent", "chat"),
        arguments("github.copilot", "invoke_agent", "chat"),
        arguments("Experimental.Microsoft.Extensions.AI", "orchestrate_tools", "chat"),
        arguments("langsmith", "chain", "chat"),
        arguments("gemini-cli", "agent_call", "llm_call"),
        arguments("openlit.otel.tracing", "framework", "chat"),
        arguments("gcp.vertex.agent", "invoke_agent", "generate_content"));
  }

  private static org.junit.jupiter.params.provider.Arguments arguments(String... texts) {
    return org.junit.jupiter.params.provider.Arguments.of((Object[]) texts);
  }

  @Test
  void billsTheModelsOfOpenInferenceAndNotItsCrews() {
    String scope = "openinference.instrumentation.crewai";
    String kind = "openinference.span.kind";
    inner(scope, "crew", at(1, 0, 0, 9), kind, "CHAIN", "llm.token_count.total", 33);
    inner(scope, "agent", at(2, 1, 0, 9), kind, "AGENT", "llm.token_count.prompt", 10);
    inner(
        scope,
        "llm",
        at(3, 2, 1, 3),
        kind,
        "LLM",
        "llm.token_count.prompt",
        10,
        "llm.token_count.completion",
        1);
    assertEquals(List.of(3L), billed());
  }

  @Test
  void billsAnAgentThatAloneTellsUsage() {
    inner(
        "openinference.instrumentation.smolagents",
        "agent",
        at(1, 0, 0, 9),
        "openinference.span.kind",
        "AGENT",
        "llm.token_count.prompt",
        10,
        "llm.token_count.completion",
        1);
    inner(
        "openinference.instrumentation.smolagents",
        "tool",
        at(2, 1, 1, 3),
        "openinference.span.kind",
        "TOOL");
    assertEquals(List.of(1L), billed());
    assertEquals(BillReason.SOLE_WRAPPER, verdicts().getFirst().reason());
  }

  @Test
  void billsTheAgentOfClaudesSdkUnlessAGatewayTellsTheSameCall() {
    String scope = "openinference.instrumentation.claude_agent_sdk";
    inner(
        scope,
        "run",
        at(1, 0, 0, 9),
        "openinference.span.kind",
        "AGENT",
        "llm.model_name",
        "claude",
        "llm.token_count.prompt",
        10,
        "llm.token_count.completion",
        1);
    assertEquals(List.of(1L), billed());
    add(
        "envoy",
        "chat",
        at(2, 1, 1, 3),
        Span.SpanKind.SPAN_KIND_SERVER,
        OPERATION,
        "chat",
        MODEL,
        "claude",
        IN,
        10,
        OUT,
        1,
        "openai.response.service_tier",
        "default");
    assertEquals(List.of(2L), billed());
    assertEquals(2, verdicts().getFirst().billedBySpanId());
  }

  @Test
  void billsTheTurnOfCodexInTheTerminalAndTheResponsesOtherwise() {
    inner(
        "codex_cli_rs",
        "session_task.turn",
        at(1, 0, 0, 9),
        "model",
        "gpt-5",
        "codex.turn.token_usage.input_tokens",
        30,
        "codex.turn.token_usage.output_tokens",
        3);
    inner("codex_cli_rs", "handle_responses", at(2, 1, 1, 3), IN, 30, OUT, 3);
    assertEquals(List.of(1L), billed());
    trace.clear();
    inner(
        "codex_exec",
        "session_task.turn",
        at(1, 0, 0, 9),
        "model",
        "gpt-5",
        "codex.turn.token_usage.input_tokens",
        30,
        "codex.turn.token_usage.output_tokens",
        3);
    inner("codex_exec", "handle_responses", at(2, 1, 1, 3), IN, 30, OUT, 3);
    assertEquals(List.of(2L), billed());
  }

  @Test
  void billsOneOfTheSpansThatLiteLlmMakesOfACall() {
    add(
        "litellm",
        "Received Proxy Server Request",
        at(1, 0, 0, 9),
        Span.SpanKind.SPAN_KIND_SERVER,
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        10,
        OUT,
        1,
        "litellm.call_id",
        "c");
    inner(
        "litellm",
        "litellm_request",
        at(2, 1, 1, 8),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        10,
        OUT,
        1,
        "litellm.call_id",
        "c");
    inner("litellm", "raw_gen_ai_request", at(3, 2, 1, 7), "llm.openai.usage.prompt_tokens", 10);
    assertEquals(List.of(2L), billed());
    assertEquals(BillReason.NO_CALL, verdicts().getLast().reason());
  }

  @Test
  void billsTheOuterAgentOfLogfireAndNotItsPartialChats() {
    inner(
        "logfire.claude_agent_sdk",
        "agent",
        at(1, 0, 0, 9),
        OPERATION,
        "invoke_agent",
        MODEL,
        "claude",
        IN,
        30,
        OUT,
        3);
    inner("logfire.claude_agent_sdk", "chat", at(2, 1, 1, 3), OPERATION, "chat", IN, 9, OUT, 1);
    inner("logfire.openai", "pending", at(3, 0, 0, 0), "logfire.span_type", "pending_span", IN, 9);
    assertEquals(List.of(1L), billed());
  }

  @Test
  void billsTheRequestOfLiveKitAndNotWhatWrapsIt() {
    inner("livekit-agents", "agent_turn", at(1, 0, 0, 9), IN, 10, OUT, 1);
    inner("livekit-agents", "llm_node", at(2, 1, 0, 9), IN, 10, OUT, 1);
    inner("livekit-agents", "llm_request", at(3, 2, 0, 9), OPERATION, "chat", IN, 10, OUT, 1);
    inner("livekit-agents", "llm_request_run", at(4, 3, 1, 8), OPERATION, "chat", IN, 10, OUT, 1);
    assertEquals(List.of(4L), billed());
  }

  @Test
  void billsOnceWhatClientGatewayAndEngineTell() {
    add(
        "app",
        "chat",
        at(1, 0, 0, 9),
        Span.SpanKind.SPAN_KIND_CLIENT,
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        10,
        OUT,
        1);
    add(
        "envoy",
        "chat",
        at(2, 1, 1, 8),
        Span.SpanKind.SPAN_KIND_SERVER,
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        10,
        OUT,
        1);
    add(
        "vllm.tracing.otel",
        "llm_request",
        at(3, 2, 2, 7),
        Span.SpanKind.SPAN_KIND_SERVER,
        "gen_ai.usage.prompt_tokens",
        10,
        "gen_ai.usage.completion_tokens",
        1);
    assertEquals(List.of(2L), billed(), "the engine names no model");
  }

  @Test
  void keepsTheCostOfAnOwnEngineBesideThatOfTheTokens() {
    add(
        "app",
        "chat",
        at(1, 0, 0, 9),
        Span.SpanKind.SPAN_KIND_CLIENT,
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        10,
        OUT,
        1);
    add(
        "vllm.tracing.otel",
        "llm_request",
        at(3, 1, 2, 7),
        Span.SpanKind.SPAN_KIND_SERVER,
        "self-hosted",
        true,
        "gen_ai.usage.prompt_tokens",
        10,
        "gen_ai.usage.completion_tokens",
        1);
    assertEquals(List.of(1L, 3L), billed());
  }

  @Test
  void billsOnceWhatTwoInstrumentationsTell() {
    inner(
        "openlit.otel.tracing",
        "chat",
        at(1, 0, 0, 9),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        10,
        OUT,
        1,
        RESPONSE,
        "r");
    inner(
        "opentelemetry.instrumentation.openai.v1",
        "chat",
        at(2, 0, 1, 8),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        10,
        OUT,
        1,
        RESPONSE,
        "r",
        "gen_ai.usage.cache_read.input_tokens",
        4);
    assertEquals(List.of(2L), billed(), "it tells what was cached");
    assertEquals(2, verdicts().getFirst().billedBySpanId());
  }

  @Test
  void billsRetriesAndFallbacksEach() {
    inner("app", "run", at(1, 0, 0, 20), OPERATION, "invoke_agent");
    inner(
        "app",
        "chat",
        at(2, 1, 0, 9),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        10,
        OUT,
        1,
        RESPONSE,
        "r1");
    inner(
        "app",
        "chat",
        at(3, 1, 10, 19),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        10,
        OUT,
        1,
        RESPONSE,
        "r2");
    assertEquals(List.of(2L, 3L), billed());
  }

  @Test
  void billsTheRetryAndTheFallbackOfAGatewayThatFailed() {
    inner("", "chat m", at(1, 0, 0, 9), OPERATION, "chat", MODEL, "m");
    inner("", "e", at(2, 1, 1, 3), OPERATION, "embeddings", MODEL, "e", IN, 1000, RESPONSE, "r0");
    inner("", "c", at(3, 1, 3, 5), OPERATION, "chat", MODEL, "m", IN, 9, OUT, 1, RESPONSE, "r1");
    inner("", "c", at(4, 1, 5, 7), OPERATION, "chat", MODEL, "m", IN, 9, OUT, 1, RESPONSE, "r2");
    assertEquals(List.of(2L, 3L, 4L), billed());
    assertEquals(BillReason.REPEATED_BELOW, verdicts().getFirst().reason());
  }

  @Test
  void billsTheTwoCallsOfAnSdkBelowOneOfOpenInference() {
    String kind = "openinference.span.kind";
    String model = "llm.model_name";
    String prompt = "llm.token_count.prompt";
    String completion = "llm.token_count.completion";
    String sdk = "openinference.instrumentation.openai";
    String router = "openinference.instrumentation.litellm";
    inner(router, "completion", at(1, 0, 0, 9), kind, "LLM", model, "m");
    inner(sdk, "c", at(2, 1, 1, 3), kind, "LLM", model, "m", prompt, 1000, completion, 100);
    inner(sdk, "c", at(3, 1, 4, 6), kind, "LLM", model, "m", prompt, 1500, completion, 200);
    assertEquals(List.of(2L, 3L), billed());
  }

  @Test
  void billsTheLastOfALoopThatAddsUp() {
    String scope = "org.springframework.boot";
    String tools = "spring.ai.model.request.tool.names";
    inner(
        scope,
        "chat",
        at(2, 1, 0, 9),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        "100",
        OUT,
        "10",
        tools,
        "[]");
    inner(
        scope,
        "chat",
        at(3, 1, 10, 19),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        "250",
        OUT,
        "25",
        tools,
        "[]");
    inner(
        scope,
        "chat",
        at(4, 1, 20, 29),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        "600",
        OUT,
        "45",
        tools,
        "[]");
    assertEquals(List.of(4L), billed());
    assertEquals(4, verdicts().getFirst().billedBySpanId());
    assertEquals(BillReason.ACCUMULATED, verdicts().getFirst().reason());
  }

  @Test
  void billsEachOfALoopThatDoesNotAddUp() {
    String scope = "org.springframework.boot";
    String tools = "spring.ai.model.request.tool.names";
    inner(
        scope,
        "chat",
        at(2, 1, 0, 9),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        "100",
        OUT,
        "10",
        tools,
        "[]");
    inner(
        scope,
        "chat",
        at(3, 1, 10, 19),
        OPERATION,
        "chat",
        MODEL,
        "m",
        IN,
        "150",
        OUT,
        "15",
        tools,
        "[]");
    assertEquals(List.of(2L, 3L), billed());
  }

  @Test
  void billsThePromptOfSeveralSequencesOnce() {
    for (int i = 2; i < 5; i++) {
      add(
          "vllm.tracing.otel",
          "llm_request",
          at(i, 1, 0, i),
          Span.SpanKind.SPAN_KIND_SERVER,
          "gen_ai.request.id",
          "r",
          "gen_ai.usage.prompt_tokens",
          10,
          "gen_ai.usage.completion_tokens",
          7);
    }
    List<TraceVerdict> verdicts = verdicts();
    assertEquals(List.of(2L, 3L, 4L), billed());
    assertEquals(
        List.of(true, false, false), verdicts.stream().map(TraceVerdict::inputBillable).toList());
    assertEquals(BillReason.SEQUENCE, verdicts.getLast().reason());
  }

  @Test
  void billsUsageThatNothingElseAccountsFor() {
    inner(
        "app",
        "mine",
        at(1, 0, 0, 9),
        "llm.usage.prompt_tokens",
        10,
        "llm.usage.completion_tokens",
        1);
    assertEquals(List.of(1L), billed());
    inner("app", "chat", at(2, 1, 1, 8), OPERATION, "chat", MODEL, "m", IN, 10, OUT, 1);
    assertEquals(List.of(2L), billed());
  }

  @Test
  void billsASpanOnceThatWasDeliveredTwice() {
    inner("app", "chat", at(2, 1, 1, 8), OPERATION, "chat", MODEL, "m", IN, 10, OUT, 1);
    inner("app", "chat", at(2, 1, 1, 8), OPERATION, "chat", MODEL, "m", IN, 10, OUT, 1);
    assertEquals(List.of(2L), billed());
  }

  @Test
  void survivesSpansThatAreEachOthersParents() {
    inner("app", "chat", at(1, 2, 1, 8), OPERATION, "chat", MODEL, "m", IN, 10, OUT, 1);
    inner("app", "chat", at(2, 1, 1, 8), OPERATION, "chat", MODEL, "m", IN, 10, OUT, 1);
    inner("app", "chat", at(3, 3, 1, 8), OPERATION, "chat", MODEL, "m", IN, 10, OUT, 1);
    assertEquals(3, verdicts().size());
  }

  static List<String> recordings() {
    return Recordings.names();
  }

  /** LangChain's spans and those of the vendor's library are in traces of their own there. */
  private static final Set<String> APART = Set.of("openinference-langchain");

  @ParameterizedTest
  @MethodSource("recordings")
  void billsEachServedRequestOnce(String recording) {
    Map<String, Boolean> billed = billedCalls(recording);
    for (String[] row : Recordings.rows("served.tsv")) {
      if (row[0].equals(recording) && !row[9].isEmpty() && row[2].equals("y")) {
        Set<String> calls = new TreeSet<>(List.of(row[9].split(",", -1)));
        calls.removeIf(id -> !billed.getOrDefault(id, false));
        boolean spread = recording.equals("vllm") || accumulates(recording, row[1]);
        if (!APART.contains(recording) && !spread) {
          assertEquals(1, calls.size(), "request " + row[1]);
        }
        assertTrue(!calls.isEmpty() || spread, "request " + row[1]);
      }
    }
  }

  /** The first calls of its two tool loops, whose counts the last ones hold. */
  private static boolean accumulates(String recording, String request) {
    return recording.equals("spring-ai") && Set.of("4", "7").contains(request);
  }

  @Test
  void findsTheLoopsOfSpring() {
    Map<String, Boolean> billed = billedCalls("spring-ai");
    assertEquals(false, billed.get("ee67e052248a739e"));
    assertEquals(true, billed.get("704b61d2ce3e1048"));
    assertEquals(false, billed.get("e7069f0699d8f4ec"));
    assertEquals(true, billed.get("f97a8f32f41a880a"));
  }

  private Map<String, Boolean> billedCalls(String recording) {
    Map<String, List<TraceSpan>> traces = new LinkedHashMap<>();
    for (SpanBatch batch : Recordings.batches(recording)) {
      SpanView span = batch.view();
      for (int i = 0; i < span.spanCount(); i++) {
        Reading reading = reader.read(span.moveTo(i), usage);
        int from = span.traceIdOffset();
        traces
            .computeIfAbsent(
                HexFormat.of().formatHex(span.bytes(), from, from + 16), k -> new ArrayList<>())
            .add(TraceSpan.of(span, reading, usage, false));
        assertTrue(usage.count(Count.IN_TOTAL) >= -1);
      }
    }
    Map<String, Boolean> billed = new LinkedHashMap<>();
    for (List<TraceSpan> spans : traces.values()) {
      List<TraceVerdict> verdicts = TraceRule.decide(spans);
      for (int i = 0; i < spans.size(); i++) {
        billed.put(HexFormat.of().toHexDigits(spans.get(i).spanId()), verdicts.get(i).billable());
      }
    }
    return billed;
  }
}
