package dev.tollspan.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.Note;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageReaderTest {
  private static final String IN = "gen_ai.usage.input_tokens";
  private static final String OUT = "gen_ai.usage.output_tokens";
  private static final String READ = "gen_ai.usage.cache_read.input_tokens";
  private static final String OPERATION = "gen_ai.operation.name";
  private static final String PROVIDER = "gen_ai.provider.name";
  private static final AnyValue EMPTY = AnyValue.getDefaultInstance();

  private final UsageReader reader = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
  private final Usage usage = new Usage();

  private Reading read(String scope, Object... attributes) {
    return reader.read(Spans.view(scope, Spans.span(attributes)), usage);
  }

  private Reading chat(Object... attributes) {
    Span.Builder span = Spans.span(attributes).addAttributes(Spans.attribute(OPERATION, "chat"));
    return reader.read(Spans.view("app", span), usage);
  }

  private String text(Fact fact) {
    return new String(usage.text(fact), usage.textOffset(fact), usage.textLength(fact), UTF_8);
  }

  @Test
  void saysNothingOfASpanWithoutAnLlm() {
    Reading reading = read("app", "http.request.method", "GET", "cloud.region", "eu-west-1");
    assertEquals(SpanClass.NONE, reading.spanClass());
    assertEquals(ClassReason.NOTHING, reading.classReason());
    assertFalse(reading.isCounted());
  }

  @Test
  void theTutorialsServiceAnswersItself() {
    Object[] call = {"llm.model", "mistral-7b", "llm.prompt_tokens", 3, "llm.completion_tokens", 1};
    reader.read(Spans.view("app", Spans.span(call).setName("inference.request")), usage);
    assertEquals("vllm", text(Fact.PROVIDER));
    reader.read(Spans.view("app", Spans.span(call).setName("completion")), usage);
    assertEquals("", text(Fact.PROVIDER));
    Span.Builder named = Spans.span(call).setName("inference.request");
    named.addAttributes(Spans.attribute(PROVIDER, "openai"));
    reader.read(Spans.view("app", named), usage);
    assertEquals("openai", text(Fact.PROVIDER));
    named = Spans.span(call).setName("inference.request");
    named.addAttributes(Spans.attribute("gen_ai.request.model", "gpt-4o"));
    reader.read(Spans.view("app", named), usage);
    assertEquals("", text(Fact.PROVIDER));
    Object[] other = {"gen_ai.request.model", "gpt-4o", IN, 3, OUT, 1};
    reader.read(Spans.view("app", Spans.span(other).setName("inference.request")), usage);
    assertEquals("", text(Fact.PROVIDER));
  }

  @Test
  void aSpanWithoutAStartIsPricedByItsEnd() {
    Span.Builder span = Spans.span(OPERATION, "chat", IN, 1, OUT, 1).setStartTimeUnixNano(0);
    reader.read(Spans.view("app", span.setEndTimeUnixNano(7)), usage);
    assertEquals(7, usage.atEpochNanos());
  }

  @Test
  void aTotalThatIsNotTheSumMakesTheCountsApproximate() {
    chat(IN, 1000, OUT, 100, "gen_ai.usage.total_tokens", 1100);
    assertFalse(usage.isApproximate());
    chat(IN, 1000, OUT, 100, "gen_ai.usage.total_tokens", 1500);
    assertTrue(usage.isApproximate());
    assertTrue(usage.has(Note.USAGE_INCONSISTENT));
  }

  @Test
  void readsAPlainCall() {
    Reading reading =
        chat(
            PROVIDER,
            "aws.bedrock",
            "gen_ai.request.model",
            "q",
            "gen_ai.response.model",
            "r",
            IN,
            10,
            OUT,
            4);
    assertEquals(SpanClass.CALL, reading.spanClass());
    assertEquals(Operation.CHAT, reading.operation());
    assertEquals("otel-genai-current", reading.dialectName());
    assertEquals(Family.BEDROCK, reading.family());
    assertEquals(ModelSource.SPAN, reading.modelSource());
    assertEquals(Confidence.CERTAIN, reading.confidence());
    assertEquals("bedrock", text(Fact.PROVIDER));
    assertEquals("q", text(Fact.REQUEST_MODEL));
    assertEquals("r", text(Fact.RESPONSE_MODEL));
    assertEquals(10, usage.count(Count.IN_TOTAL));
    assertEquals(4, usage.count(Count.OUT_TOTAL));
    assertEquals(Usage.ABSENT, usage.count(Count.CACHE_READ));
    assertEquals(1_700_000_000_000_000_000L, usage.atEpochNanos());
    assertFalse(usage.isApproximate());
  }

  @ParameterizedTest
  @ValueSource(strings = {"12", " 12 ", "12.0", "12."})
  void coercesTextsThatAreCounts(String text) {
    Reading reading = chat(IN, text, OUT, 4.0);
    assertEquals(12, usage.count(Count.IN_TOTAL));
    assertEquals(4, usage.count(Count.OUT_TOTAL));
    assertEquals(2, reading.coercions());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-5",
        "1e3",
        "9223372036854775808",
        "99999999999999999999999999",
        "12.5",
        "NaN",
        "-inf",
        "Infinity",
        "1,000",
        "12 tokens",
        ".5",
        "1.2.3"
      })
  void findsTextsInvalidThatAreOtherNumbers(String text) {
    Reading reading = chat(IN, text, OUT, 4, "gen_ai.request.model", "m");
    assertTrue(reading.isInvalid());
    assertEquals(Fault.BAD_COUNT, reading.fault());
    assertEquals(Usage.ABSENT, usage.count(Count.OUT_TOTAL));
    assertEquals("m", text(Fact.REQUEST_MODEL));
  }

  @Test
  void findsNumbersInvalidThatAreNoCounts() {
    for (Object bad :
        List.of(
            -1,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            1_000_000_001,
            0.5,
            -1.0,
            1e300,
            Double.NaN,
            Double.POSITIVE_INFINITY)) {
      assertTrue(chat(IN, bad, OUT, 4).isInvalid(), "input " + bad);
      assertTrue(chat(IN, 4, "gen_ai.usage.total_tokens", bad).isInvalid(), "total " + bad);
    }
  }

  @Test
  void hidesNoCountBehindWhatIsNone() {
    for (Object nothing :
        List.of(
            EMPTY,
            "",
            " ",
            "none",
            "n/a",
            true,
            AnyValue.newBuilder().setArrayValue(ArrayValue.getDefaultInstance()).build())) {
      Reading reading = chat(IN, nothing, "llm.usage.prompt_tokens", 7, OUT, 4);
      assertFalse(reading.isInvalid(), "" + nothing);
      assertEquals(7, usage.count(Count.IN_TOTAL), "" + nothing);
    }
  }

  @Test
  void letsABadCountOfHigherRankSpoilTheUsage() {
    assertTrue(chat(IN, -1, "llm.usage.prompt_tokens", 7).isInvalid());
    assertFalse(chat(IN, 7, "llm.usage.prompt_tokens", -1).isInvalid());
    assertEquals(7, usage.count(Count.IN_TOTAL));
  }

  @Test
  void letsAZeroYieldToAnotherCount() {
    chat(IN, 0, "llm.usage.prompt_tokens", 7, OUT, 0);
    assertEquals(7, usage.count(Count.IN_TOTAL));
    assertEquals(0, usage.count(Count.OUT_TOTAL));
  }

  @Test
  void trustsTheFirstOfSeveralKeys() {
    chat("llm.usage.prompt_tokens", 7, IN, 9, "gen_ai.usage.prompt_tokens", 8);
    assertEquals(9, usage.count(Count.IN_TOTAL));
  }

  @Test
  void tellsACallOfNothingFromACallOfUnknown() {
    assertTrue(chat(IN, 0, OUT, 0).isAllZero());
    assertFalse(chat("gen_ai.request.model", "m").isCounted());
    assertFalse(chat("gen_ai.request.model", "m").isAllZero());
  }

  @Test
  void admitsThatAnAnswerToNoPromptIsIncomplete() {
    chat(IN, 0, OUT, 33);
    assertTrue(usage.has(Note.USAGE_INCOMPLETE));
    assertTrue(usage.isApproximate());
    chat(IN, 33);
    assertTrue(usage.has(Note.USAGE_INCOMPLETE));
  }

  @Test
  void wantsNoOutputOfEmbeddings() {
    read("app", OPERATION, "embeddings", IN, 33);
    assertEquals(33, usage.count(Count.IN_TOTAL));
    assertFalse(usage.isApproximate());
    read("app", OPERATION, "embeddings", "gen_ai.usage.total_tokens", 33);
    assertEquals(33, usage.count(Count.IN_TOTAL));
  }

  @ParameterizedTest
  @CsvSource({
    "openai, openai", "OpenAI, openai", "azure.ai.openai, azure", "gcp.vertex_ai, google",
    "x_ai, xai", "mistral_ai, mistral", "anthropic.messages, anthropic", "acme, acme",
    "OPEN_AI, openai", "amazon-bedrock, bedrock", "openai.chat, openai"
  })
  void namesVendorsAsThePriceBooksDo(String said, String vendor) {
    chat(PROVIDER, said, IN, 1);
    assertEquals(vendor, text(Fact.PROVIDER));
  }

  @Test
  void takesNoFrameworkForAVendor() {
    Reading reading = chat(PROVIDER, "strands-agents", IN, 1);
    assertEquals("", text(Fact.PROVIDER));
    assertEquals("strands", reading.dialectName());
    assertEquals("strands-agents".length(), reading.frameworkLength());
    chat(PROVIDER, "langchain", "gen_ai.system", "anthropic", IN, 1);
    assertEquals("anthropic", text(Fact.PROVIDER));
  }

  @Test
  void takesTheVendorFromTheModelOfGenkit() {
    read(
        "genkit-tracer",
        "genkit:metadata:subtype",
        "model",
        "genkit:name",
        "googleai/gemini-2.5",
        "genkit:output",
        "{\"usage\":{\"inputTokens\":10,\"outputTokens\":4}}");
    assertEquals("google", text(Fact.PROVIDER));
    assertEquals("gemini-2.5", text(Fact.REQUEST_MODEL));
  }

  @Test
  void overlooksPlaceholders() {
    chat("gen_ai.response.model", "none", "gen_ai.request.model", "\"m\"", IN, 1);
    assertEquals("", text(Fact.RESPONSE_MODEL));
    assertEquals("m", text(Fact.REQUEST_MODEL));
  }

  @Test
  void takesTheTierOfTheResponse() {
    chat("openai.request.service_tier", "flex", "openai.response.service_tier", "default", IN, 1);
    assertEquals("default", text(Fact.SERVICE_TIER));
    chat("openai.request.service_tier", "flex", IN, 1);
    assertEquals("flex", text(Fact.SERVICE_TIER));
    chat("gen_ai.request.batch", true, IN, 1);
    assertEquals("batch", text(Fact.SERVICE_TIER));
  }

  @Test
  void readsReportedCostsAndNeverTheirParts() {
    assertEquals(0.25, chat("llm.cost.prompt", 0.1, "llm.cost.total", 0.25).reportedCostUsd());
    assertEquals(0.25, chat("gen_ai.usage.cost", "0.25").reportedCostUsd());
    assertEquals(0.5, chat("gen_ai.client.estimated_cost", "0.5 USD").reportedCostUsd());
    assertTrue(Double.isNaN(chat("gen_ai.client.estimated_cost", "0.5 EUR").reportedCostUsd()));
  }

  @ParameterizedTest
  @CsvSource({
    "4.0E-7USD, 4e-7",
    "'4.0E-7 USD', 4e-7",
    "'USD 0.25', 0.25",
    "usd 1e-3, 0.001",
    "$0.5, 0.5",
    "'$ +0.5', 0.5",
    "0.5$, 0.5",
    "'  0.5 ', 0.5"
  })
  void readsAmountsToTheirEnd(String text, double usd) {
    assertEquals(usd, chat("gen_ai.client.estimated_cost", text).reportedCostUsd(), usd * 1e-12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,234 USD",
        "1.234,5 USD",
        "0.5e USD",
        "0.5 USD approx",
        "about $0.5",
        "USD",
        "$",
        "$$1",
        "USD 1 USD",
        "0.5 - 0.7 USD",
        "$0.5/call",
        "1 2 USD",
        "-$0.5"
      })
  void readsNoAmountWhereSomethingIsLeft(String text) {
    assertTrue(Double.isNaN(chat("gen_ai.client.estimated_cost", text).reportedCostUsd()));
    assertTrue(Double.isNaN(chat("llm.cost.prompt", 0.1, IN, 1).reportedCostUsd()));
    assertTrue(Double.isNaN(chat("gen_ai.usage.cost", -1.0).reportedCostUsd()));
    assertTrue(Double.isNaN(chat("gen_ai.usage.cost", Double.POSITIVE_INFINITY).reportedCostUsd()));
    assertTrue(
        Double.isNaN(
            chat("gen_ai.usage.cost.amount", 1.0, "gen_ai.usage.cost.currency", "EUR")
                .reportedCostUsd()));
    assertEquals(
        0.0046,
        read("litellm", "hidden_params", "{\"response_cost\": 4.6e-3}", OPERATION, "chat")
            .reportedCostUsd());
  }

  @Test
  void knowsAnAnswerFromACache() {
    assertTrue(read("app", "lmnr.span.type", "CACHED", IN, 1).isFromCache());
    assertTrue(
        read("litellm", "hidden_params", "{\"cache_hit\": true}", OPERATION, "chat").isFromCache());
    assertFalse(read("app", "lmnr.span.type", "LLM", IN, 1).isFromCache());
  }

  @Test
  void normalisesExclusiveCounts() {
    Reading reading = read("claude", "input_tokens", 1, "cache_read_tokens", 1, OPERATION, "chat");
    assertEquals("langchain4j", reading.dialectName());
    reading =
        reader.read(
            Spans.view(
                "com.anthropic.claude_code",
                Spans.span(
                        "input_tokens",
                        5000,
                        "output_tokens",
                        100,
                        "cache_read_tokens",
                        1000,
                        "cache_creation_tokens",
                        300,
                        "model",
                        "claude-opus-4-1")
                    .setName("claude_code.llm_request")),
            usage);
    assertEquals(CacheBasis.EXCLUSIVE, reading.cacheBasis());
    assertEquals(7, reading.cacheRule());
    assertEquals(Confidence.TABLE, reading.confidence());
    assertEquals(6300, usage.count(Count.IN_TOTAL));
    assertEquals(1000, usage.count(Count.CACHE_READ));
    assertEquals(300, usage.count(Count.CACHE_WRITE));
  }

  /** Vector A3: a scope that is not in the table. */
  @Test
  void settlesTheVectorByItsTotal() {
    Reading reading =
        chat(
            PROVIDER,
            "anthropic",
            "gen_ai.request.model",
            "claude-sonnet-4-5",
            IN,
            5000,
            READ,
            1000,
            OUT,
            100,
            "gen_ai.usage.total_tokens",
            6100);
    assertEquals(4, reading.cacheRule());
    assertEquals(6000, usage.count(Count.IN_TOTAL));
  }

  @Test
  void letsTheUsersRuleDecide() {
    UsageConfig config =
        new UsageConfig(
            Map.of(),
            List.of(new BasisRule("acme*", "2.0", "3", "anthropic", CacheBasis.EXCLUSIVE, null)),
            List.of(new ClassRule("acme*", "root *", SpanClass.CALL)),
            1000);
    UsageReader mine = new UsageReader(Recordings.KEYS, config);
    Object[] counts = {
      PROVIDER, "anthropic", OPERATION, "invoke_agent", IN, 500, READ, 100, OUT, 10
    };
    Reading reading =
        mine.read(Spans.view("acme.llm@2.7.1", Spans.span(counts).setName("root 1")), usage);
    assertEquals(SpanClass.CALL, reading.spanClass());
    assertEquals(ClassReason.CONFIGURED, reading.classReason());
    assertEquals(6, reading.cacheRule());
    assertEquals(600, usage.count(Count.IN_TOTAL));
    reading = mine.read(Spans.view("acme.llm@3.0", Spans.span(counts)), usage);
    assertEquals(SpanClass.WRAPPER, reading.spanClass());
    assertEquals(500, usage.count(Count.IN_TOTAL));
    counts[1] = "openai";
    assertEquals(12, mine.read(Spans.view("acme.llm@2.7", Spans.span(counts)), usage).cacheRule());
  }

  @Test
  void readsConfiguredAttributesFirst() {
    UsageConfig config =
        new UsageConfig(
            Map.of(
                Count.WEB_SEARCH, List.of("my.searches"),
                Count.IN_TOTAL, List.of("my.prompt", IN),
                Count.AUDIO_MICROS, List.of("my.seconds")),
            List.of(),
            List.of(),
            1000);
    KeyTable keys = KeyTable.of(UsageReader.keys(config));
    UsageReader mine = new UsageReader(keys, config);
    Span.Builder span =
        Spans.span("my.searches", 3, "my.prompt", 70, IN, 9, READ, 60, "my.seconds", 1.5);
    Reading reading =
        mine.read(Spans.view(keys, Resource.getDefaultInstance(), "app", span), usage);
    assertEquals(SpanClass.UNKNOWN, reading.spanClass());
    assertEquals(3, usage.count(Count.WEB_SEARCH));
    assertEquals(70, usage.count(Count.IN_TOTAL));
    assertEquals(7, reading.cacheRule());
    assertEquals(1_500_000, usage.count(Count.AUDIO_MICROS));
  }

  @Test
  void answersToItsOwnNames() {
    for (String name :
        List.of(
            "cache_read",
            "cache_write_1h",
            "reasoning",
            "tool_input",
            "citation",
            "in_audio",
            "out_image",
            "cache_read_text",
            "web_search",
            "file_search",
            "code_exec",
            "searches",
            "images",
            "pages",
            "characters",
            "requests")) {
      Count count = Count.valueOf(name.toUpperCase(java.util.Locale.ROOT));
      chat("tollspan.usage." + name, 17);
      assertEquals(17, usage.count(count), name);
    }
    chat("tollspan.usage.audio_seconds", 2, "tollspan.usage.video_seconds", "0.25");
    assertEquals(2_000_000, usage.count(Count.AUDIO_MICROS));
    assertEquals(250_000, usage.count(Count.VIDEO_MICROS));
  }

  @Test
  void readsModelsAndRegionsOffTheResource() {
    Resource resource =
        Resource.newBuilder()
            .addAttributes(Spans.attribute("gen_ai.request.model", "llama"))
            .addAttributes(Spans.attribute("cloud.region", "eu-west-1"))
            .build();
    Span.Builder span =
        Spans.span("gen_ai.usage.prompt_tokens", 10, "gen_ai.usage.completion_tokens", 4)
            .setName("llm_request");
    Reading reading =
        reader.read(Spans.view(Recordings.KEYS, resource, "vllm.tracing.otel", span), usage);
    assertEquals(ModelSource.RESOURCE, reading.modelSource());
    assertEquals("llama", text(Fact.REQUEST_MODEL));
    assertEquals("eu-west-1", text(Fact.REGION));
  }

  @ParameterizedTest
  @CsvSource({
    "aws.bedrock, '', us-east-1, us-east-1",
    "aws.bedrock, aws, us-gov-west-1, us-gov-west-1",
    "aws.bedrock, gcp, us-east-1, ''",
    "aws.bedrock, '', us-east1, ''",
    "azure.ai.openai, '', us-east-1, ''",
    "azure.ai.openai, '', europe-west4, ''",
    "azure.ai.openai, '', eastus2, eastus2",
    "azure.ai.openai, azure, westeurope, westeurope",
    "gcp.vertex_ai, '', europe-west4, europe-west4",
    "gcp.vertex_ai, '', eu-west-1, ''",
    "gcp.vertex_ai, '', eastus2, ''"
  })
  void believesTheCallersRegionOnlyInTheVendorsCloud(
      String provider, String cloud, String region, String believed) {
    Resource resource =
        Resource.newBuilder()
            .addAttributes(Spans.attribute("cloud.provider", cloud))
            .addAttributes(Spans.attribute("cloud.region", region))
            .build();
    Span.Builder span = Spans.span(OPERATION, "chat", PROVIDER, provider, IN, 10, OUT, 4);
    reader.read(Spans.view(Recordings.KEYS, resource, "app", span), usage);
    assertEquals(believed, text(Fact.REGION));
    span.addAttributes(Spans.attribute("tollspan.usage.region_class", "eu"));
    reader.read(Spans.view(Recordings.KEYS, resource, "app", span), usage);
    assertEquals("eu", text(Fact.REGION));
  }

  @Test
  void raisesATotalThatIsLessThanItsParts() {
    chat(IN, 100, OUT, 10, READ, 50, "gen_ai.usage.audio.input_tokens", 120);
    assertTrue(usage.has(Note.USAGE_CLAMPED));
    assertEquals(120, usage.count(Count.IN_TOTAL));
    chat(
        IN,
        100,
        OUT,
        10,
        "gen_ai.usage.cache_creation.input_tokens",
        50,
        "anthropic.usage.cache_creation.ephemeral_5m_input_tokens",
        40,
        "anthropic.usage.cache_creation.ephemeral_1h_input_tokens",
        30);
    assertTrue(usage.has(Note.USAGE_CLAMPED));
    assertEquals(70, usage.count(Count.CACHE_WRITE));
    assertEquals(100, usage.count(Count.IN_TOTAL));
    chat(IN, 100, OUT, 10, "gen_ai.usage.audio.cache_read.input_tokens", 30);
    assertEquals(30, usage.count(Count.CACHE_READ));
    assertEquals(30, usage.count(Count.IN_AUDIO));
  }

  @Test
  void tellsWritesByTheirParts() {
    chat(
        IN,
        100,
        OUT,
        10,
        "anthropic.usage.cache_creation.ephemeral_5m_input_tokens",
        40,
        "anthropic.usage.cache_creation.ephemeral_1h_input_tokens",
        30);
    assertEquals(70, usage.count(Count.CACHE_WRITE));
    assertFalse(usage.has(Note.USAGE_CLAMPED));
  }

  @Test
  void admitsThatSpringHidesWhatAnthropicCached() {
    Reading reading =
        read(
            "org.springframework.boot",
            OPERATION,
            "chat",
            "gen_ai.system",
            "anthropic",
            IN,
            "317",
            OUT,
            "204",
            "gen_ai.usage.total_tokens",
            "521");
    assertEquals("spring-ai", reading.dialectName());
    assertTrue(usage.has(Note.USAGE_INCOMPLETE));
    read(
        "org.springframework.boot",
        OPERATION,
        "chat",
        "gen_ai.system",
        "openai",
        IN,
        "317",
        OUT,
        "204",
        "gen_ai.usage.total_tokens",
        "521");
    assertFalse(usage.isApproximate());
  }

  @Test
  void tellsOldStrandsFromNewByItsKeys() {
    String scope = "strands.telemetry.tracer";
    Object[] old = {
      OPERATION,
      "chat",
      "gen_ai.request.model",
      "anthropic.claude-sonnet-4",
      IN,
      5000,
      OUT,
      10,
      "gen_ai.usage.cache_read_input_tokens",
      1000,
      "gen_ai.usage.total_tokens",
      5010
    };
    assertEquals(CacheBasis.EXCLUSIVE, read(scope, old).cacheBasis());
    old[8] = READ;
    assertEquals(CacheBasis.INCLUSIVE, read(scope, old).cacheBasis());
  }

  @Test
  void givesTheSameAnswerToAnotherReader() {
    UsageReader other = reader.another();
    Reading reading = other.read(Spans.view("app", Spans.span(IN, 3, OUT, 4)), usage);
    assertEquals(SpanClass.UNKNOWN, reading.spanClass());
    assertEquals(3, usage.count(Count.IN_TOTAL));
    other.forget();
  }

  @Test
  void comparesVersionsNumberByNumberWhateverStandsBefore() {
    BasisRule rule = new BasisRule("a", "1.10", "2", null, CacheBasis.EXCLUSIVE, null);
    assertTrue(rule.covers("v1.10.3b1"));
    assertTrue(rule.covers("1.11"));
    assertFalse(rule.covers("1.9"));
    assertFalse(rule.covers("v2"));
    assertFalse(rule.covers(""));
  }
}
