package dev.tollspan.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Note;
import dev.tollspan.prices.Usage;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What emitters and versions that no recording shows write, as far as it is known. */
class EmittersTest {
  private static final String IN = "gen_ai.usage.input_tokens";
  private static final String OUT = "gen_ai.usage.output_tokens";
  private static final String TOTAL = "gen_ai.usage.total_tokens";
  private static final String READ = "gen_ai.usage.cache_read.input_tokens";
  private static final String OPERATION = "gen_ai.operation.name";
  private static final String SYSTEM = "gen_ai.system";
  private static final String MODEL = "gen_ai.request.model";

  private final UsageReader reader = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
  private final Usage usage = new Usage();
  private Reading reading;

  private void read(String scope, String name, Object... attributes) {
    read(scope, Spans.span(attributes).setName(name));
  }

  private void read(String scope, Span.Builder span) {
    reading = reader.read(Spans.view(scope, span), usage);
  }

  private void tokens(long input, long output, long read, long write, long reasoning) {
    assertEquals(SpanClass.CALL, reading.spanClass());
    assertEquals(input, usage.count(Count.IN_TOTAL), "input");
    assertEquals(output, usage.count(Count.OUT_TOTAL), "output");
    assertEquals(read, usage.countOrZero(Count.CACHE_READ), "cache read");
    assertEquals(write, usage.countOrZero(Count.CACHE_WRITE), "cache write");
    assertEquals(reasoning, usage.countOrZero(Count.REASONING), "reasoning");
  }

  @Test
  void readsVercel4OnAnthropic() {
    read(
        "ai",
        "ai.generateText.doGenerate",
        "ai.operationId",
        "ai.generateText.doGenerate",
        "ai.model.provider",
        "anthropic.messages",
        "ai.model.id",
        "claude-sonnet-4",
        "ai.usage.promptTokens",
        5000,
        "ai.usage.completionTokens",
        40,
        "ai.response.providerMetadata",
        "{\"anthropic\":{\"cacheCreationInputTokens\":200,\"cacheReadInputTokens\":1000}}");
    tokens(6200, 40, 1000, 200, 0);
    assertEquals(7, reading.cacheRule());
  }

  @Test
  void readsVercel6OnAnthropic() {
    read(
        "ai",
        "ai.streamText.doStream",
        "ai.operationId",
        "ai.streamText.doStream",
        "ai.model.provider",
        "anthropic.messages",
        "ai.usage.inputTokens",
        6200,
        "ai.usage.outputTokens",
        40,
        "ai.usage.totalTokens",
        6240,
        "ai.usage.inputTokenDetails.noCacheTokens",
        5000,
        "ai.usage.inputTokenDetails.cacheReadTokens",
        1000,
        "ai.usage.inputTokenDetails.cacheWriteTokens",
        200);
    tokens(6200, 40, 1000, 200, 0);
    assertEquals(2, reading.cacheRule());
    assertEquals(CacheBasis.INCLUSIVE, reading.cacheBasis());
    assertFalse(usage.has(Note.USAGE_RULE_CONTRADICTED));
  }

  @Test
  void readsVercel7OnAnthropic() {
    read(
        "ai",
        "chat claude",
        OPERATION,
        "chat",
        "gen_ai.provider.name",
        "anthropic",
        IN,
        6200,
        OUT,
        40,
        READ,
        1000,
        "gen_ai.usage.cache_creation.input_tokens",
        200);
    tokens(6200, 40, 1000, 200, 0);
    assertEquals("vercel-ai-v7", reading.dialectName());
  }

  @Test
  void readsVercel5OnGemini() {
    read(
        "ai",
        "ai.streamText.doStream",
        "ai.operationId",
        "ai.streamText.doStream",
        "ai.model.provider",
        "google.generative-ai",
        "ai.usage.inputTokens",
        100,
        "ai.usage.outputTokens",
        40,
        "ai.usage.reasoningTokens",
        60,
        "ai.usage.totalTokens",
        200);
    tokens(100, 100, 0, 0, 60);
    assertEquals(Family.GEMINI, reading.family());
  }

  @Test
  void readsOpenLitOnAnthropicAndGemini() {
    read(
        "openlit.instrumentation.anthropic",
        "chat",
        OPERATION,
        "chat",
        "gen_ai.provider.name",
        "anthropic",
        IN,
        5000,
        OUT,
        40,
        "gen_ai.client.token.usage",
        5040,
        READ,
        1000,
        "gen_ai.usage.cache_creation.input_tokens",
        200);
    tokens(6200, 40, 1000, 200, 0);
    read(
        "openlit.instrumentation.google_ai_studio",
        "chat",
        OPERATION,
        "chat",
        "gen_ai.provider.name",
        "gcp.gemini",
        IN,
        100,
        OUT,
        40,
        "gen_ai.client.token.usage",
        140,
        "gen_ai.usage.reasoning_tokens",
        60,
        READ,
        0);
    tokens(100, 100, 0, 0, 60);
  }

  @Test
  void readsOpenLlmetry() {
    read(
        "opentelemetry.instrumentation.anthropic@0.40",
        "anthropic.chat",
        "llm.request.type",
        "chat",
        SYSTEM,
        "Anthropic",
        "gen_ai.usage.prompt_tokens",
        6200,
        "gen_ai.usage.completion_tokens",
        40,
        "llm.usage.total_tokens",
        6240,
        "gen_ai.usage.cache_read_input_tokens",
        1000,
        "gen_ai.usage.cache_creation_input_tokens",
        200);
    tokens(6200, 40, 1000, 200, 0);
    read(
        "opentelemetry.instrumentation.google_generativeai",
        "gemini.generate_content",
        "llm.request.type",
        "completion",
        SYSTEM,
        "Google",
        MODEL,
        "gemini-2.5-pro",
        IN,
        100,
        OUT,
        40,
        "llm.usage.total_tokens",
        200);
    tokens(100, 100, 0, 0, 60);
    assertTrue(usage.isApproximate());
  }

  @Test
  void readsLangSmithsReprAndItsZeroes() {
    read(
        "langsmith",
        "ChatAnthropic",
        "langsmith.span.kind",
        "llm",
        OPERATION,
        "chat",
        SYSTEM,
        "anthropic",
        IN,
        6200,
        OUT,
        40,
        TOTAL,
        6240,
        "gen_ai.usage.input_token_details",
        "{'cache_read': 1000, 'cache_creation': 0, 'ephemeral_5m_input_tokens': 200,"
            + " 'ephemeral_1h_input_tokens': 0}");
    tokens(6200, 40, 1000, 200, 0);
    assertEquals(200, usage.count(Count.CACHE_WRITE_5M));
    assertFalse(usage.has(Note.USAGE_CLAMPED));
  }

  @Test
  void readsMlflow() {
    read(
        "app",
        "ChatCompletions",
        "mlflow.spanType",
        "\"CHAT_MODEL\"",
        "mlflow.spanInputs",
        "{\"model\": \"gpt-4o-mini\", \"messages\": []}",
        "mlflow.chat.tokenUsage",
        "{\"input_tokens\": 100, \"output_tokens\": 40, \"total_tokens\": 140}",
        "mlflow.spanOutputs",
        "{\"usage\": {\"prompt_tokens_details\": {\"cached_tokens\": 30}}}");
    tokens(100, 40, 30, 0, 0);
    assertEquals(CacheBasis.INCLUSIVE, reading.cacheBasis());
    read(
        "app",
        "Messages.create",
        "mlflow.spanType",
        "\"CHAT_MODEL\"",
        "mlflow.chat.tokenUsage",
        "{\"input_tokens\": 5000, \"output_tokens\": 40, \"total_tokens\": 5040}",
        "mlflow.spanOutputs",
        "{\"usage\": {\"input_tokens\": 5000, \"cache_read_input_tokens\":"
            + " 1000, \"cache_creation_input_tokens\": 200}}");
    tokens(6200, 40, 1000, 200, 0);
  }

  @Test
  void billsTheStreamOfLogfireWhereItsUsageStands() {
    String data = "{\"model\":\"gpt-4o\",\"stream\":true}";
    read(
        "logfire.openai",
        "Chat Completion with 'gpt-4o'",
        "logfire.span_type",
        "span",
        "request_data",
        data);
    assertEquals(SpanClass.WRAPPER, reading.spanClass());
    read(
        "logfire.openai",
        Spans.span("logfire.span_type", "span", "request_data", data)
            .setName("Chat Completion with 'gpt-4o'")
            .setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR)));
    assertEquals(SpanClass.CALL, reading.spanClass());
    read(
        "logfire.openai",
        "Chat Completion with 'gpt-4o'",
        "logfire.span_type",
        "pending_span",
        "request_data",
        data);
    assertEquals(SpanClass.STAGE, reading.spanClass());
    read(
        "logfire.openai",
        "streaming response from 'gpt-4o' took 1.0s",
        "logfire.span_type",
        "log",
        "request_data",
        data,
        "response_data",
        "{\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":40}}");
    tokens(100, 40, 0, 0, 0);
  }

  @Test
  void takesNoRunOfOldPydanticAiForACall() {
    read("pydantic-ai", "agent run", "model_name", "gpt-4o", IN, 100, OUT, 40);
    assertEquals(SpanClass.WRAPPER, reading.spanClass());
    read("pydantic-ai", "chat gpt-4o", MODEL, "gpt-4o", IN, 100, OUT, 40);
    tokens(100, 40, 0, 0, 0);
  }

  @Test
  void readsAdk1WithItsThoughtsBesideTheOutput() {
    read(
        "gcp.vertex.agent",
        "call_llm",
        SYSTEM,
        "gcp.vertex.agent",
        MODEL,
        "gemini-2.5-flash",
        IN,
        100,
        OUT,
        40,
        "gcp.vertex.agent.llm_response",
        "{\"content\":{\"parts\":[]},\"usage_metadata\":{\"candidates_token_count\":40,"
            + "\"prompt_token_count\":100,\"thoughts_token_count\":60,\"total_token_count\":200}}");
    tokens(100, 100, 0, 0, 60);
    read("gcp.vertex.agent", "call_llm", SYSTEM, "gcp.vertex.agent", MODEL, "gemini-2.5-flash");
    assertEquals(SpanClass.WRAPPER, reading.spanClass());
  }

  @Test
  void readsGenkitOnGeminiAndAnthropic() {
    read(
        "genkit-tracer",
        "googleai/gemini",
        "genkit:metadata:subtype",
        "model",
        "genkit:name",
        "googleai/gemini-2.5-pro",
        "genkit:output",
        "{\"usage\":{\"inputTokens\":100,\"outputTokens\":40,\"thoughtsTokens\":60,"
            + "\"cachedContentTokens\":30,\"totalTokens\":200}}");
    tokens(100, 100, 30, 0, 60);
    read(
        "genkit-tracer",
        "anthropic/claude",
        "genkit:metadata:subtype",
        "model",
        "genkit:name",
        "anthropic/claude-sonnet-4",
        "genkit:output",
        "{\"usage\":{\"inputTokens\":5000,\"outputTokens\":40},\"raw\":{\"usage\":{"
            + "\"cache_read_input_tokens\":1000,\"cache_creation_input_tokens\":200}}}");
    tokens(6200, 40, 1000, 200, 0);
  }

  @Test
  void admitsWhatLangChain4jHides() {
    read(
        "app",
        "chat",
        OPERATION,
        "chat",
        "gen_ai.provider.name",
        "ANTHROPIC",
        "input_tokens",
        "317",
        "output_tokens",
        "204");
    tokens(317, 204, 0, 0, 0);
    assertEquals("langchain4j", reading.dialectName());
    assertTrue(usage.has(Note.USAGE_INCOMPLETE));
    read(
        "app",
        "chat",
        OPERATION,
        "chat",
        "gen_ai.provider.name",
        "OPEN_AI",
        "input_tokens",
        "317",
        "output_tokens",
        "204");
    assertFalse(usage.isApproximate());
    assertTrue(usage.has(Note.CACHE_UNREPORTED));
  }

  @ParameterizedTest
  @CsvSource({
    "org.springframework.boot, gemini-2.5-pro, -1, -1, true",
    "org.springframework.boot, gemini-2.5-pro, 140, -1, false",
    "org.springframework.boot, gemini-2.5-pro, -1, 0, false",
    "org.springframework.boot, gemini-2.0-flash, -1, -1, false",
    "org.springframework.boot, models/gemini-1.5-pro-002, -1, -1, false",
    "org.springframework.boot, gemini-embedding-001, -1, -1, false",
    "org.springframework.boot, llama-4, -1, -1, false",
    "opentelemetry.instrumentation.vertexai, gemini-3-flash, -1, -1, true",
    "opentelemetry.instrumentation.vertexai, gemini-3-flash, 140, -1, false",
    "gemini-cli, gemini-2.5-pro, -1, -1, true",
    "io.quarkus, gemini-2.5-flash, -1, -1, true",
    "io.quarkus, gemini-2.0-flash, -1, -1, false",
    "openlit.x, gemini-2.5-flash, -1, -1, true",
    "openlit.x, gemini-2.5-flash, 140, -1, true",
    "openlit.x, gemini-2.5-flash, 140, 0, false",
    "openlit.x, gemini-2.0-flash, 140, -1, false",
    "app, gemini-2.5-flash, -1, -1, false",
    "logfire, gemini-2.5-flash, -1, -1, false"
  })
  void admitsThatThoughtsMayBeMissing(
      String scope, String model, int total, int reasoning, boolean missing) {
    List<Object> told = new ArrayList<>(List.of(OPERATION, "chat", MODEL, model));
    told.addAll(List.of("gen_ai.provider.name", "gcp.gemini", IN, 100, OUT, 40, READ, 0));
    if (total >= 0) {
      told.addAll(List.of(TOTAL, total));
    }
    if (reasoning >= 0) {
      told.addAll(List.of("gen_ai.usage.reasoning_tokens", reasoning));
    }
    read(scope, "chat", told.toArray());
    tokens(100, 40, 0, 0, 0);
    assertEquals(missing, usage.has(Note.USAGE_INCOMPLETE), reading.dialectName());
    assertEquals(missing, usage.isApproximate(), reading.dialectName());
  }

  @Test
  void knowsWhoNeverTellsCachedTokens() {
    for (String scope :
        List.of("opentelemetry.instrumentation.openai_v2", "io.opentelemetry.openai-java-1.1")) {
      Object[] told = {OPERATION, "chat", "gen_ai.provider.name", "openai", IN, 900, OUT, 30};
      read(scope, "chat gpt-4o", told);
      tokens(900, 30, 0, 0, 0);
      assertTrue(usage.has(Note.CACHE_UNREPORTED), scope);
    }
    Object[] told = {OPERATION, "chat", "gen_ai.provider.name", "openai", IN, 900, OUT, 30};
    read("opentelemetry.instrumentation.genai.openai", "chat gpt-4o", told);
    assertFalse(usage.has(Note.CACHE_UNREPORTED));
    Object[] none = Arrays.copyOf(told, told.length + 2);
    none[told.length] = READ;
    none[told.length + 1] = 0;
    read("opentelemetry.instrumentation.openai_v2", "chat gpt-4o", none);
    assertFalse(usage.has(Note.CACHE_UNREPORTED));
  }

  @Test
  void readsTheBucketsOfLangfuse() {
    read(
        "langfuse-sdk",
        "generation",
        "langfuse.observation.type",
        "generation",
        "langfuse.observation.usage_details",
        "{\"input\": 1000, \"input_cached_tokens\": 900, \"output\": 40,"
            + " \"output_reasoning_tokens\": 60, \"total\": 2000}");
    tokens(1900, 100, 900, 0, 60);
    read("langfuse-sdk", "span", "langfuse.observation.type", "span");
    assertEquals(SpanClass.WRAPPER, reading.spanClass());
    read(
        "langfuse-sdk",
        "old generation",
        "langfuse.observation.type",
        "span",
        "langfuse.observation.usage_details",
        "{\"input\": 10, \"output\": 4}");
    tokens(10, 4, 0, 0, 0);
  }

  @Test
  void readsEnvoyInBothItsModes() {
    read(
        "envoy-ai-gateway",
        "chat",
        OPERATION,
        "chat",
        "gen_ai.provider.name",
        "anthropic",
        IN,
        5000,
        OUT,
        40,
        READ,
        1000);
    tokens(6000, 40, 1000, 0, 0);
    read(
        "envoy-ai-gateway",
        "chat",
        "openinference.span.kind",
        "LLM",
        "llm.system",
        "anthropic",
        "llm.token_count.prompt",
        6000,
        "llm.token_count.completion",
        40,
        "llm.token_count.prompt_details.cache_read",
        1000);
    tokens(6000, 40, 1000, 0, 0);
  }

  @Test
  void readsEnginesAndServices() {
    read(
        "sglang",
        "request",
        "rid",
        "r",
        "gen_ai.response.model",
        "llama",
        "gen_ai.usage.prompt_tokens",
        100,
        "gen_ai.usage.completion_tokens",
        40,
        "gen_ai.usage.cached_tokens",
        64,
        "gen_ai.latency.e2e",
        1.5);
    assertEquals(100, usage.count(Count.IN_TOTAL));
    assertEquals(64, usage.count(Count.CACHE_READ));
    read(
        "demo",
        "inference.request",
        "llm.model",
        "gpt-4o-mini",
        "llm.prompt_tokens",
        100,
        "llm.completion_tokens",
        40,
        "llm.total_tokens",
        140);
    tokens(100, 40, 0, 0, 0);
    assertEquals("seed-tutorial", reading.dialectName());
    read("demo", "inference.prefill", "llm.prompt_tokens", 100);
    assertEquals(SpanClass.STAGE, reading.spanClass());
  }

  @Test
  void knowsTheCallsOfToolsThatNameThemOnly() {
    read("app", "anthropic.chat", IN, 10, OUT, 4);
    assertEquals(SpanClass.CALL, reading.spanClass());
    assertEquals(ClassReason.NAME, reading.classReason());
    read("app", "invoke_agent writer", IN, 10, OUT, 4);
    assertEquals(SpanClass.WRAPPER, reading.spanClass());
    read("app", "execute_tool search", IN, 10, OUT, 4);
    assertEquals(SpanClass.STAGE, reading.spanClass());
  }

  @Test
  void aNameMakesNoStageOfWhatAnAttributeCallsACall() {
    Object[] call = {
      "gen_ai.operation.name", "chat", "gen_ai.provider.name", "openai", IN, 1000, OUT, 100
    };
    for (String name : List.of("inference.chat", "inference.decode", "claude_code.agent chat")) {
      read("app", name, call);
      assertEquals(SpanClass.CALL, reading.spanClass(), name);
      assertEquals("otel-genai-current", reading.dialectName(), name);
      tokens(1000, 100, 0, 0, 0);
    }
    read("app", "inference.chat", "gen_ai.operation.name", "chat", "gen_ai.request.model", "m");
    assertEquals(SpanClass.CALL, reading.spanClass());
  }

  @Test
  void aNameMakesAStageWhereNoAttributeSaysOtherwise() {
    read("app", "inference.queue", "llm.queue_latency_ms", 1.5);
    assertEquals(SpanClass.STAGE, reading.spanClass());
    assertEquals("seed-tutorial", reading.dialectName());
    read("app", "claude_code.tool", "model", "m");
    assertEquals(SpanClass.STAGE, reading.spanClass());
    read("app", "claude_code.llm_request", "input_tokens", 10, "output_tokens", 4);
    assertEquals("claude-code", reading.dialectName());
    tokens(10, 4, 0, 0, 0);
  }

  @Test
  void theEmittersOwnScopeMakesItsNamesSurerThanAttributes() {
    read("livekit-agents", "llm_request", "gen_ai.operation.name", "chat", IN, 10, OUT, 4);
    assertEquals(SpanClass.WRAPPER, reading.spanClass());
  }

  @ParameterizedTest
  @CsvSource({
    "gemini-2.5-pro, -1, -1, true",
    "gemini-2.5-pro, 1100, -1, false",
    "gemini-2.5-pro, -1, 50, false",
    "gemini-2.5-pro, -1, 0, false",
    "gemini-2.0-flash, -1, -1, false"
  })
  void googlesPackageHidesThoughtsUnlessItTellsThemOrATotal(
      String model, int total, int reasoning, boolean incomplete) {
    Span.Builder span =
        Spans.span("gen_ai.system", "gcp.gemini", "gen_ai.request.model", model, IN, 1000, OUT, 100)
            .addAttributes(Spans.attribute("gen_ai.operation.name", "generate_content"));
    if (total >= 0) {
      span.addAttributes(Spans.attribute("gen_ai.usage.total_tokens", total));
    }
    if (reasoning >= 0) {
      span.addAttributes(Spans.attribute("gen_ai.usage.reasoning.output_tokens", reasoning));
    }
    read("opentelemetry.instrumentation.google_genai", span);
    tokens(1000, 100, 0, 0, Math.max(0, reasoning));
    assertEquals(incomplete, usage.has(Note.USAGE_INCOMPLETE));
    assertEquals(incomplete, usage.isApproximate());
  }

  @ParameterizedTest
  @CsvSource({
    "app, -1, 500, true",
    "app, 1800, 800, false",
    "pydantic-ai, -1, 500, true",
    "pydantic-ai, 1800, 800, false",
    "pydantic-ai, 1500, 500, false"
  })
  void noEmitterIsBelievedToPutTheReasoningOfXaiIntoOutput(
      String scope, int total, int output, boolean approximate) {
    Span.Builder span =
        Spans.span("gen_ai.provider.name", "x_ai", "gen_ai.operation.name", "chat")
            .addAttributes(Spans.attribute("gen_ai.request.model", "grok-4"))
            .addAttributes(Spans.attribute(IN, 1000))
            .addAttributes(Spans.attribute(OUT, 500))
            .addAttributes(Spans.attribute("gen_ai.usage.reasoning.output_tokens", 300));
    if (total >= 0) {
      span.addAttributes(Spans.attribute("gen_ai.usage.total_tokens", total));
    }
    read(scope, span);
    tokens(1000, output, 0, 0, 300);
    assertEquals(approximate, usage.isApproximate());
    assertFalse(usage.has(Note.USAGE_RULE_CONTRADICTED));
  }

  @ParameterizedTest
  @CsvSource({
    "app, gcp.vertex_ai, 16000, true",
    "app, azure.ai.inference, 16000, true",
    "app, openrouter, 10000, false",
    "opentelemetry.instrumentation.vertexai, gcp.vertex_ai, 10000, false",
    "opentelemetry.util.genai.x, azure.ai.inference, 10000, false"
  })
  void readsClaudesOwnCacheNamesWhoeverHostsIt(
      String scope, String provider, int input, boolean approximate) {
    Object[] call = {
      "gen_ai.provider.name",
      provider,
      "gen_ai.operation.name",
      "chat",
      "gen_ai.request.model",
      "claude-sonnet-4-5@20250929",
      IN,
      10_000,
      OUT,
      100,
      "gen_ai.usage.cache_read_input_tokens",
      5000,
      "gen_ai.usage.cache_creation_input_tokens",
      1000
    };
    read(scope, "chat claude", call);
    tokens(input, 100, 5000, 1000, 0);
    assertEquals(approximate, usage.isApproximate());
  }
}
