package dev.tollspan.processors.cost;

import static dev.tollspan.processors.cost.Spans.added;
import static dev.tollspan.processors.cost.Spans.said;
import static dev.tollspan.processors.cost.Spans.span;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.processors.cost.EstimateCostConfig.ReportedCost;
import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.usage.UsageConfig;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EstimateCostTest {
  private static final String MODEL = "gen_ai.request.model";
  private static final String RESPONSE_MODEL = "gen_ai.response.model";
  private static final String OPERATION = "gen_ai.operation.name";
  private static final String INPUT = "gen_ai.usage.input_tokens";
  private static final String OUTPUT = "gen_ai.usage.output_tokens";

  private static final EstimateCost TUTORIAL = room(false, "tutorial");
  private static final EstimateCost WITH_DEFAULT = room(true, "tutorial");

  @ParameterizedTest
  @CsvSource({
    "gpt-3.5-turbo, 1000, 1000, 0.002,      2000000",
    "gpt-3.5-turbo, 12,   38,   0.000063,   63000",
    "gpt-4o-mini,   1000, 1000, 0.00075,    750000",
    "gpt-4o-mini,   1,    0,    0.00000015, 150",
    "mistral-7b,    1000, 1000, 0.0003,     300000",
    "mistral-7b,    7,    38,   0.0000083,  8300",
    "llama-3-8b,    1000, 1000, 0.0003,     300000",
    "llama-3-8b,    131072, 4096, 0.0139264, 13926400",
  })
  void pricesTheRowsOfTheTutorial(String model, long in, long out, double usd, long nanos) {
    List<String> priced = added(TUTORIAL, span(MODEL, model, INPUT, in, OUTPUT, out));
    assertEquals(
        List.of("estimated_cost_nanousd=" + nanos, "estimated_cost_usd=" + usd),
        priced.subList(0, 2));
  }

  @Test
  void tellsWhereAPriceComesFrom() {
    Map<String, String> said = said(TUTORIAL, span(MODEL, "mistral-7b", INPUT, 1000, OUTPUT, 2000));
    assertEquals("1#", said.remove("cost.price.version").replaceFirst("[+][0-9a-f]{12}$", "#"));
    assertEquals(
        Map.ofEntries(
            Map.entry("estimated_cost_usd", "5.0E-4"),
            Map.entry("estimated_cost_nanousd", "500000"),
            Map.entry("cost.input_usd", "1.0E-4"),
            Map.entry("cost.output_usd", "4.0E-4"),
            Map.entry("cost.basis", "token_price"),
            Map.entry("cost.quality", "exact"),
            Map.entry("cost.match", "exact"),
            Map.entry("cost.price.id", "*/mistral-7b/standard/any/any"),
            Map.entry("cost.price.source", "tutorial"),
            Map.entry("cost.usage_dialect", "otel-genai-current"),
            Map.entry("cost.role", "billable")),
        said);
  }

  @Test
  void pricesTheTutorialsRootSpanAndTakesItsChildrenForStages() {
    String root = "llm.model";
    assertPriced(
        16_600,
        TUTORIAL,
        span(root, "mistral-7b", "llm.prompt_tokens", 90, "llm.completion_tokens", 38));
    for (Span.Builder child :
        List.of(
            span("llm.prompt_tokens", 90, "llm.prompt_length_chars", 400)
                .setName("inference.tokenize"),
            span("llm.prefill_latency_ms", 45.0, "llm.prompt_tokens", 90)
                .setName("inference.prefill"),
            span("llm.completion_tokens", 38, "llm.decode_latency_ms", 76.0)
                .setName("inference.decode"),
            span("llm.queue_latency_ms", 3.0).setName("inference.queue"))) {
      assertStage(child);
    }
  }

  @Test
  void writesCountsWhereNoColumnWouldFindThem() {
    assertEquals(Map.of(), tokens(span(MODEL, "gpt-4o-mini", INPUT, 10, OUTPUT, 2)));
    assertEquals(Map.of(), tokens(span(MODEL, "gpt-4o-mini", INPUT, "10", OUTPUT, 2.0)));
    Object[] told = {MODEL, "gpt-4o-mini", "ai.usage.inputTokens", 10, "ai.usage.outputTokens", 2};
    assertEquals(Map.of("in_total", "10", "out_total", "2"), tokens(span(told)));
    Span.Builder packed =
        span(
            "langfuse.observation.type",
            "generation",
            MODEL,
            "gpt-4o-mini",
            "langfuse.observation.usage_details",
            "{\"prompt_tokens\":10,\"completion_tokens\":7,\"total_tokens\":17,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":4},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":3}}");
    assertEquals(
        Map.of("in_total", "10", "out_total", "7", "cache_read", "4", "reasoning", "3"),
        tokens(packed));
  }

  @Test
  void writesTotalsWithTheirPartsWhereTheSpanTellsThemApart() {
    String read = "gen_ai.usage.cache_read.input_tokens";
    Object[] beside = {MODEL, "gpt-4o-mini", INPUT, 10, OUTPUT, 2, read, 90};
    assertEquals(Map.of("in_total", "100"), tokens(span(beside)));
    String other = "gen_ai.usage.prompt_tokens";
    Object[] zero = {MODEL, "gpt-4o-mini", INPUT, 0, other, 10, OUTPUT, 2};
    assertEquals(Map.of("in_total", "10"), tokens(span(zero)));
    Object[] twice = {MODEL, "gpt-4o-mini", INPUT, 10, other, 10, OUTPUT, 2};
    assertEquals(Map.of(), tokens(span(twice)));
    String ours = "tollspan.usage.in_total";
    Object[] again = {MODEL, "gpt-4o-mini", INPUT, 10, OUTPUT, 2, read, 90, ours, 100};
    assertEquals(Map.of(), tokens(span(again)));
  }

  @Test
  void writesNoCountsOfSpansThatAreNoCalls() {
    Object[] told = {OPERATION, "invoke_agent", "ai.usage.inputTokens", 10};
    assertEquals(Map.of(), tokens(span(told)));
    Object[] priced = {"estimated_cost_usd", 1.0, "ai.usage.inputTokens", 10};
    said(TUTORIAL, span("ai.usage.inputTokens", 10, "ai.usage.outputTokens", 2));
    assertEquals(Map.of(), tokens(span(priced)));
  }

  private static Map<String, String> tokens(Span.Builder span) {
    Map<String, String> tokens = new HashMap<>();
    said(TUTORIAL, span)
        .forEach(
            (key, value) -> {
              if (key.startsWith("tollspan.usage.")) {
                tokens.put(key.substring(15), value);
              }
            });
    return tokens;
  }

  @Test
  void trustsTheResponsesModelBeforeTheRequests() {
    assertPriced(
        2_000_000,
        TUTORIAL,
        span(MODEL, "mistral-7b", RESPONSE_MODEL, "gpt-3.5-turbo", INPUT, 1000, OUTPUT, 1000));
  }

  @Test
  void fallsBackToTheRequestsModelWhenTheResponsesIsUnknown() {
    Span.Builder span =
        span(MODEL, "gpt-4o-mini", RESPONSE_MODEL, "dated", INPUT, 1000, OUTPUT, 1000);
    assertPriced(750_000, TUTORIAL, span);
    assertPriced(750_000, WITH_DEFAULT, span);
  }

  @Test
  void lastBookAnswersOnlyWhatTheFirstDoesNotKnow() {
    EstimateCost both = new EstimateCost(EstimateCostConfig.defaults(), Spans.KEYS);
    String provider = "gen_ai.provider.name";
    Map<String, String> mini =
        said(both, span(provider, "openai", MODEL, "gpt-4o-mini", INPUT, 1000, OUTPUT, 1000));
    assertEquals("750000", mini.get("estimated_cost_nanousd"));
    assertEquals("builtin", mini.get("cost.price.source"));
    Map<String, String> llama = said(both, span(MODEL, "llama-3-8b", INPUT, 1, OUTPUT, 1));
    assertEquals("tutorial", llama.get("cost.price.source"));
  }

  @Test
  void embeddingsNeedNoOutputCount() {
    Span.Builder span = span(OPERATION, "embeddings", MODEL, "mistral-7b", INPUT, 1000);
    assertPriced(100_000, TUTORIAL, span);
    assertPriced(
        100_000, TUTORIAL, span("llm.request.type", "embedding", MODEL, "mistral-7b", INPUT, 1000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat", "text_completion", "generate_content"})
  void halfAUsageOfAModelCallIsNoUsage(String operation) {
    assertUnpriced("no_usage", span(OPERATION, operation, MODEL, "mistral-7b", INPUT, 1000));
    assertUnpriced("no_usage", span(OPERATION, operation, MODEL, "mistral-7b", OUTPUT, 1000));
  }

  @Test
  void halfAUsageIsNoUsageWhereNothingSaysWhatWasAsked() {
    assertUnpriced("no_usage", span(MODEL, "mistral-7b", INPUT, 1000));
    assertUnpriced("no_usage", span(MODEL, "mistral-7b", OUTPUT, 1000));
    assertStage(span(OPERATION, "execute_tool", OUTPUT, 1000));
  }

  @Test
  void spanAroundCallsHasNoCostAndSaysWhy() {
    Map<String, String> said =
        said(
            TUTORIAL,
            span(OPERATION, "invoke_agent", MODEL, "mistral-7b", INPUT, 1000, OUTPUT, 1000));
    assertEquals(Map.of("cost.unpriced_reason", "aggregate_span", "cost.role", "wrapper"), said);
  }

  @Test
  void callWithoutCountsTellsWhetherItFailed() {
    Status failed = Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).build();
    for (SpanKind kind : List.of(SpanKind.SPAN_KIND_CLIENT, SpanKind.SPAN_KIND_SERVER)) {
      Span.Builder span = span(MODEL, "mistral-7b").setKind(kind);
      assertUnpriced("no_usage", span);
      assertUnpriced("failed_without_usage", span.setStatus(failed));
    }
    Span.Builder inside = span(OPERATION, "chat").setKind(SpanKind.SPAN_KIND_INTERNAL);
    assertUnpriced("no_usage", inside);
    assertUnpriced("failed_without_usage", inside.setStatus(failed));
  }

  @Test
  void internalSpanWithAModelAndNoCountsIsAStage() {
    Span.Builder unnamed = span(MODEL, "mistral-7b").setName("assistant run");
    assertStage(unnamed);
    assertStage(unnamed.setKind(SpanKind.SPAN_KIND_INTERNAL));
  }

  @Test
  void countsWithoutAModelAreNotPriced() {
    assertUnpriced("no_model", span(INPUT, 1000, OUTPUT, 1000));
    assertUnpriced("no_model", span(MODEL, "", INPUT, 1000, OUTPUT, 1000));
    Map<String, String> said = said(WITH_DEFAULT, span(INPUT, 1000, OUTPUT, 1000));
    assertEquals("no_model", said.get("cost.unpriced_reason"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-99", "mistral-7", "mistral-7b-v2", "default"})
  void unknownModelHasNoCost(String model) {
    assertUnpriced("unknown_model", span(MODEL, model, INPUT, 1000, OUTPUT, 1000));
  }

  @Test
  void defaultPriceIsMarkedAsAnApproximation() {
    Map<String, String> said = said(WITH_DEFAULT, span(MODEL, "gpt-99", INPUT, 1000, OUTPUT, 1000));
    assertEquals("600000", said.get("estimated_cost_nanousd"));
    assertEquals("approximate", said.get("cost.quality"));
    assertEquals("default", said.get("cost.match"));
  }

  @Test
  void countsThatAreNoCountsAreInvalid() {
    Object unset = AnyValue.getDefaultInstance();
    Object list = AnyValue.newBuilder().setBoolValue(true).build();
    for (Object bad : List.of(-1, Long.MIN_VALUE, Double.NaN, 1e300, 0.5, -1.0, "-3")) {
      assertUnpriced("invalid_usage", span(MODEL, "mistral-7b", INPUT, bad, OUTPUT, 1));
      assertUnpriced("invalid_usage", span(MODEL, "mistral-7b", INPUT, 1, OUTPUT, bad));
      assertUnpriced("invalid_usage", span(OPERATION, "chat", OUTPUT, bad));
      assertUnpriced("invalid_usage", span(OPERATION, "embeddings", INPUT, bad));
    }
    for (Object none : List.of("", "many", list, unset)) {
      assertUnpriced("no_usage", span(OPERATION, "chat", INPUT, none, OUTPUT, none));
    }
  }

  @Test
  void countsComeAsTextsAndWholeDoublesToo() {
    assertPriced(300_000, TUTORIAL, span(MODEL, "mistral-7b", INPUT, "1000", OUTPUT, 1000.0));
  }

  @Test
  void costBeyondAllNumbersIsInvalid() {
    long most = Long.MAX_VALUE;
    assertUnpriced("invalid_usage", span(MODEL, "mistral-7b", INPUT, most, OUTPUT, most));
    assertUnpriced("invalid_usage", span(MODEL, "mistral-7b", INPUT, 1_000_000_001, OUTPUT, 0));
    assertPriced(
        100_000_000_000L, TUTORIAL, span(MODEL, "mistral-7b", INPUT, 1_000_000_000, OUTPUT, 0));
  }

  @Test
  void cachedTokensWithoutAPriceTakeTheInputPriceAndSayIt() {
    String read = "gen_ai.usage.cache_read.input_tokens";
    for (int cached : new int[] {0, 800}) {
      Map<String, String> said =
          said(TUTORIAL, span(MODEL, "gpt-4o-mini", INPUT, 1000, OUTPUT, 0, read, cached));
      assertEquals("150000", said.get("estimated_cost_nanousd"));
      assertEquals(cached == 0 ? "exact" : "approximate", said.get("cost.quality"));
      assertEquals(cached == 0 ? null : "class_price_missing:cache_read", said.get("cost.notes"));
    }
  }

  @Test
  void reportedCostIsCopiedAndNothingIsEstimated() {
    for (Object reported : List.of(0.25, 3, 0.0)) {
      double usd = ((Number) reported).doubleValue();
      assertEquals(
          List.of("reported_cost_usd=" + usd, "cost.basis=provider_reported", "cost.role=billable"),
          added(
              TUTORIAL,
              span(MODEL, "mistral-7b", "estimated_cost_usd", reported, INPUT, 9, OUTPUT, 9)));
    }
  }

  @Test
  void aReportedZeroIsNoPriceForAModelThatNobodyKnows() {
    Map<String, String> said =
        said(TUTORIAL, span(MODEL, "never-seen", INPUT, 9, OUTPUT, 9, "gen_ai.usage.cost", 0.0));
    assertEquals("unknown_model", said.get("cost.unpriced_reason"));
    assertEquals("0.0", said.get("reported_cost_usd"));
    assertEquals(null, said.get("estimated_cost_usd"));
  }

  @Test
  void keepsAReportedCostThatIsThereAlready() {
    assertEquals(
        List.of("cost.basis=provider_reported", "cost.role=billable"),
        added(TUTORIAL, span("estimated_cost_usd", 0.25, "reported_cost_usd", 0.5)));
  }

  @Test
  void reportedCostThatIsNoNumberIsInvalidAndNotWrittenTwice() {
    AnyValue unset = AnyValue.getDefaultInstance();
    for (Object bad : List.of("0.25", Double.NaN, Double.POSITIVE_INFINITY, unset)) {
      assertUnpriced(
          "invalid_usage",
          span(MODEL, "mistral-7b", INPUT, 9, OUTPUT, 9, "estimated_cost_usd", bad));
    }
  }

  @Test
  void judgesAnewWhateverASenderSaysUnderOurNames() {
    Span.Builder honest = span(MODEL, "mistral-7b", INPUT, 1000, OUTPUT, 1000);
    Span.Builder forged =
        honest
            .clone()
            .addAllAttributes(
                span("cost.role", "stage", "estimated_cost_nanousd", -5).getAttributesList());
    assertEquals(added(TUTORIAL, honest), added(TUTORIAL, forged));
  }

  @Test
  void reportedCostThatNoCallCanHaveIsInvalid() {
    for (double bad : new double[] {-0.01, -1e6, 4111111111111111.0}) {
      assertUnpriced(
          "invalid_usage",
          span(MODEL, "mistral-7b", INPUT, 9, OUTPUT, 9, "estimated_cost_usd", bad));
    }
  }

  @Test
  void leavesSpansAloneThatAreNoLlmCall() {
    for (Span.Builder span :
        List.of(
            span(),
            span("http.request.method", "GET"),
            span("tenant.id", "acme", "reported_cost_usd", 0.5))) {
      assertEquals(List.of(), added(WITH_DEFAULT, span.setKind(SpanKind.SPAN_KIND_CLIENT)));
    }
  }

  @Test
  void eachSpanOfABatchGetsItsOwn() {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      spans.add(i % 3 == 0 ? span().build() : call(i));
    }
    List<Span> after = Spans.process(TUTORIAL, spans);
    for (int i = 0; i < 300; i++) {
      int attributes = after.get(i).getAttributesCount();
      if (i % 3 == 0) {
        assertEquals(0, attributes);
      } else {
        assertEquals("estimated_cost_nanousd", after.get(i).getAttributes(3).getKey());
        assertEquals(i * 100, after.get(i).getAttributes(3).getValue().getIntValue());
      }
    }
  }

  @Test
  void keepsWhatAnEarlierProcessorAdded() {
    SpanBatch batch = Batches.batch(Spans.KEYS, Spans.message(List.of(call(1), call(2))));
    Additions earlier = batch.startAdditions();
    for (int i = 0; i < 2; i++) {
      earlier.next();
      earlier.add(Additions.Constant.of("earlier", "kept"));
    }
    for (Span span : Spans.spans(TUTORIAL.process(batch.with(earlier)))) {
      assertEquals(Spans.attribute("earlier", "kept"), span.getAttributes(3));
      assertEquals("estimated_cost_nanousd", span.getAttributes(4).getKey());
    }
  }

  @Test
  void manyThreadsShareOneRoom() throws InterruptedException {
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 1; t <= 4; t++) {
      int tokens = t;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 200; i++) {
                      String said = added(TUTORIAL, call(tokens).toBuilder()).getFirst();
                      if (!said.equals("estimated_cost_nanousd=" + tokens * 100)) {
                        wrong.add(said);
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), List.copyOf(wrong));
  }

  @Test
  void takesNoBatchOfAnotherKeyTable() {
    KeyTable other = Batches.keys();
    SpanBatch batch = Batches.batch(other, Spans.message(List.of(call(1))));
    assertThrows(IllegalArgumentException.class, () -> TUTORIAL.process(batch));
  }

  @Test
  void theAliasIsNotWrittenBesideTheSpansOwn() {
    EstimateCost room =
        new EstimateCost(
            new EstimateCostConfig(
                List.of("tutorial"),
                false,
                Map.of(),
                ReportedCost.FALLBACK,
                true,
                UsageConfig.defaults(),
                List.of(),
                Path.of("unused")),
            Spans.KEYS);
    String alias = "llm.estimated_cost_usd";
    Object[] call = {MODEL, "mistral-7b", INPUT, 1000, OUTPUT, 0};
    assertEquals("1.0E-4", said(room, span(call)).get(alias));
    Object[] own = {MODEL, "mistral-7b", INPUT, 1000, OUTPUT, 0, alias, 0.5};
    List<String> added = added(room, span(own));
    assertTrue(added.contains("estimated_cost_usd=1.0E-4"), added::toString);
    assertTrue(added.stream().noneMatch(each -> each.startsWith(alias)), added::toString);
  }

  private static EstimateCost room(boolean defaultPrice, String... prices) {
    return new EstimateCost(EstimateCostConfig.of(List.of(prices), defaultPrice), Spans.KEYS);
  }

  private static Span call(int inputTokens) {
    return span(MODEL, "mistral-7b", INPUT, inputTokens, OUTPUT, 0).build();
  }

  private static void assertPriced(long nanos, EstimateCost room, Span.Builder span) {
    Map<String, String> said = said(room, span);
    assertEquals(Long.toString(nanos), said.get("estimated_cost_nanousd"), said::toString);
    assertEquals("exact", said.get("cost.match"));
  }

  private static void assertUnpriced(String reason, Span.Builder span) {
    Map<String, String> said = said(TUTORIAL, span);
    assertEquals(reason, said.get("cost.unpriced_reason"), said::toString);
    assertEquals("billable", said.get("cost.role"));
    assertEquals(null, said.get("estimated_cost_usd"));
  }

  private static void assertStage(Span.Builder span) {
    assertEquals(List.of("cost.role=stage"), added(WITH_DEFAULT, span));
  }
}
