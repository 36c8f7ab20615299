package dev.tollspan.processors.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.processors.cost.EstimateCostConfig.ReportedCost;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.usage.UsageConfig;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The worked cases, from the bytes of a span to the attributes that are written on it. */
class CostVectorsTest {
  private static final String PRICES = resource("cost-vector-prices.tsv").toString();
  private static final EstimateCost ROOM = room(false, Map.of());
  private static final EstimateCost WITH_DEFAULT = room(true, Map.of());

  /** Counts as an emitter of Anthropic's own names tells them. */
  private static final Map<String, String> RAW =
      Map.of(
          "I", "gen_ai.usage.input_tokens",
          "O", "gen_ai.usage.output_tokens",
          "R", "gen_ai.usage.cache_read_input_tokens",
          "W", "gen_ai.usage.cache_creation_input_tokens",
          "T", "gen_ai.usage.total_tokens");

  record Vector(String id, String model, String usage, String condition, String expected) {
    @Override
    public String toString() {
      return id + " " + model;
    }
  }

  @ParameterizedTest
  @MethodSource("exact")
  void pricesEachWorkedCaseExactly(Vector vector) {
    EstimateCostConfig config = config(vector.condition().contains("default_price"), Map.of());
    Span.Builder span = span(vector);
    SpanBatch batch = Batches.batch(Spans.KEYS, Spans.message(List.of(span.build())));
    PriceBook book = PriceBook.load(config.prices(), config.priceRules());
    Verdict verdict = new CostJudge(Spans.KEYS, config, book).judge(batch.view().moveTo(0));
    BigDecimal exact = new BigDecimal(vector.expected());
    assertEquals(exact.stripTrailingZeros(), verdict.exactUsd().stripTrailingZeros());
    batch.release();
    Map<String, String> said = Spans.said(config.defaultPrice() ? WITH_DEFAULT : ROOM, span);
    BigDecimal nanos = exact.setScale(9, RoundingMode.HALF_EVEN);
    assertEquals(nanos.unscaledValue().toString(), said.get("estimated_cost_nanousd"));
    assertEquals(Double.toString(nanos.doubleValue()), said.get("estimated_cost_usd"));
    assertEquals(
        config.defaultPrice() ? "default" : said.get("cost.match"), said.get("cost.match"));
  }

  @Test
  void coversAllWorkedCasesWithAFigure() throws IOException {
    assertEquals(34, exact().count());
  }

  @Test
  void anOverrideOfTheUserLeadsToTheSeedsRow() { // N1
    EstimateCost room = room(false, Map.of("meta-llama/Llama-3-8B-Instruct", "llama-3-8b"));
    Map<String, String> said = Spans.said(room, call("meta-llama/Llama-3-8B-Instruct", 1000, 1000));
    assertEquals("300000", said.get("estimated_cost_nanousd"));
    assertEquals("override", said.get("cost.match"));
  }

  @Test
  void aReportedCostStandsInWhereThereIsNoPrice() { // N3
    Span.Builder span =
        call("openrouter/example/not-in-catalogue", 10, 10)
            .addAttributes(Spans.attribute("gen_ai.usage.cost", 0.0123));
    Map<String, String> said = Spans.said(ROOM, span);
    assertEquals("0.0123", said.get("estimated_cost_usd"));
    assertEquals("0.0123", said.get("reported_cost_usd"));
    assertEquals("provider_reported", said.get("cost.basis"));
  }

  @Test
  void aReportedCostIsCopiedAndComparedWhereThereIsAPrice() {
    EstimateCost room = room(false, Map.of());
    Span.Builder span =
        call("gpt-3.5-turbo", 1000, 1000)
            .addAttributes(Spans.attribute("gen_ai.usage.cost", 0.0123));
    Map<String, String> said = Spans.said(room, span);
    assertEquals("0.002", said.get("estimated_cost_usd"));
    assertEquals("0.0123", said.get("reported_cost_usd"));
    assertEquals(1, room.reportedMismatches());
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme-1", "x/unlisted:free"})
  void aModelThatNoBookKnowsHasAReasonAndNoCost(String model) { // U1, U13
    assertUnpriced("unknown_model", ROOM, call(model, 1000, 1000));
  }

  @Test
  void aKnownModelWithoutCountsHasNoUsage() { // U3
    Span.Builder span =
        Spans.span("gen_ai.operation.name", "chat", "gen_ai.request.model", "gpt-3.5-turbo")
            .setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_OK));
    assertUnpriced("no_usage", ROOM, span);
  }

  @Test
  void aNegativeCountIsInvalidAndStaysAsItCame() { // U5
    assertUnpriced("invalid_usage", ROOM, call("gpt-3.5-turbo", -5, 1000));
  }

  @Test
  void aWholeDoubleIsACount() { // U7
    Span.Builder span =
        Spans.span(
            "gen_ai.request.model",
            "gpt-3.5-turbo",
            "gen_ai.usage.input_tokens",
            1000.0,
            "gen_ai.usage.output_tokens",
            1000);
    assertEquals("0.002", Spans.said(ROOM, span).get("estimated_cost_usd"));
  }

  @Test
  void anAgentsSpanIsNoCall() { // U9
    Span.Builder span =
        Spans.span(
            "gen_ai.operation.name",
            "invoke_agent",
            "gen_ai.request.model",
            "gpt-3.5-turbo",
            "gen_ai.usage.input_tokens",
            2000,
            "gen_ai.usage.output_tokens",
            2000);
    assertUnpriced("aggregate_span", ROOM, span);
    assertEquals("wrapper", Spans.said(ROOM, span).get("cost.role"));
  }

  @Test
  void aPriceThatChangesFromCallToCallIsNoCost(@TempDir Path directory) throws IOException { // U11
    Path file = directory.resolve("mine.tsv");
    Files.writeString(
        file,
        "provider\tmodel\ttoken_class\tprice\tunit\n"
            + "openrouter\texample/adaptive\tinput\tdynamic\tUSD per token\n"
            + "openrouter\texample/adaptive\toutput\tdynamic\tUSD per token\n");
    EstimateCost room =
        new EstimateCost(EstimateCostConfig.of(List.of(file.toString()), false), Spans.KEYS);
    assertUnpriced("dynamic_price", room, call("openrouter/example/adaptive", 1000, 1000));
  }

  @Test
  void twoProvidersWithDifferentPricesAreAmbiguous() { // U15
    assertUnpriced("ambiguous_provider", ROOM, call("shared-model", 1000, 1000));
  }

  @Test
  void aTierWithoutAPriceTakesTheStandardOneAndSaysSo() { // U17
    Span.Builder span =
        Spans.span(
            "gen_ai.provider.name",
            "openai",
            "gen_ai.request.model",
            "gpt-5",
            "gen_ai.usage.input_tokens",
            1000,
            "gen_ai.usage.output_tokens",
            2500,
            "gen_ai.usage.reasoning.output_tokens",
            2000,
            "openai.response.service_tier",
            "priority");
    Map<String, String> said = Spans.said(ROOM, span);
    assertEquals("0.02625", said.get("estimated_cost_usd"));
    assertEquals("approximate", said.get("cost.quality"));
    assertTrue(said.get("cost.notes").contains("tier_price_missing"), said::toString);
  }

  @Test
  void aSpanThatIsDeliveredTwiceGetsTheSameTwice() { // U19
    Span.Builder span = call("gpt-3.5-turbo", 1000, 1000);
    assertEquals(Spans.added(ROOM, span), Spans.added(ROOM, span));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gpt-35-turbo", "GPT-3.5-Turbo", "openai/gpt-3.5-turbo", "azure/gpt-35-turbo"})
  void fourSpellingsLeadToOneModel(String model) { // U21
    Map<String, String> said = Spans.said(ROOM, call(model, 1000, 1000));
    assertEquals("0.002", said.get("estimated_cost_usd"));
    assertEquals("normalized", said.get("cost.match"));
  }

  @Test
  void anInferenceProfileTellsTheRegion() { // U23
    String arn =
        "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/"
            + "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
    Span.Builder span =
        call(arn, 10_000, 1000).addAttributes(Spans.attribute("gen_ai.provider.name", "bedrock"));
    Map<String, String> said = Spans.said(ROOM, span);
    assertEquals("0.0495", said.get("estimated_cost_usd"));
    assertTrue(said.get("cost.price.id").contains("/eu/"), said::toString);
  }

  static Stream<Vector> exact() throws IOException {
    List<Vector> vectors = new ArrayList<>();
    for (String line : Files.readAllLines(resource("cost-vectors.tsv"))) {
      String[] cells = line.split("\t", -1);
      if (cells[5].matches("[0-9.]+") && !cells[0].startsWith("N")) {
        vectors.add(new Vector(cells[0], cells[1], cells[2], cells[3], cells[5]));
      }
    }
    return vectors.stream();
  }

  private static Span.Builder span(Vector vector) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    String model = vector.model();
    int slash = model.indexOf('/');
    if (slash > 0) {
      attributes.put("gen_ai.provider.name", model.substring(0, slash));
      model = model.substring(slash + 1);
    }
    attributes.put("gen_ai.response.model", model);
    attributes.put("gen_ai.operation.name", "chat");
    Instant at = Instant.parse("2026-08-20T12:00:00Z");
    for (String item : (vector.usage() + "; " + vector.condition()).split("; *")) {
      String[] pair = item.split("=", 2);
      if (pair.length == 2 && !pair[1].isEmpty()) {
        switch (pair[0]) {
          case "at" -> at = Instant.parse(pair[1]);
          case "service_tier", "response_service_tier" ->
              attributes.put("openai.response.service_tier", pair[1]);
          case "request_service_tier" -> attributes.put("openai.request.service_tier", pair[1]);
          case "operation" -> attributes.put("gen_ai.operation.name", pair[1]);
          case "inference_geo" -> attributes.put("tollspan.usage.inference_geo", pair[1]);
          case "I", "O", "R", "W", "T" -> attributes.put(RAW.get(pair[0]), Long.valueOf(pair[1]));
          case "cache_basis", "region_class", "catalogue", "default_price.enabled" -> {}
          default -> attributes.put("tollspan.usage." + pair[0], Long.valueOf(pair[1]));
        }
      }
    }
    if (!vector.usage().contains("out_total") && !vector.usage().contains("O=")) {
      attributes.remove("gen_ai.operation.name");
    }
    Span.Builder span = Spans.span().setSpanId(ByteString.copyFromUtf8("12345678"));
    attributes.forEach((key, value) -> span.addAttributes(Spans.attribute(key, value)));
    return span.setStartTimeUnixNano(at.getEpochSecond() * 1_000_000_000L);
  }

  private static Span.Builder call(String model, long input, long output) {
    return Spans.span(
        "gen_ai.request.model", model,
        "gen_ai.usage.input_tokens", input,
        "gen_ai.usage.output_tokens", output);
  }

  private static void assertUnpriced(String reason, EstimateCost room, Span.Builder span) {
    Map<String, String> said = Spans.said(room, span);
    assertEquals(reason, said.get("cost.unpriced_reason"), said::toString);
    assertEquals(null, said.get("estimated_cost_usd"));
    assertEquals(null, said.get("estimated_cost_nanousd"));
  }

  private static EstimateCost room(boolean defaultPrice, Map<String, String> overrides) {
    return new EstimateCost(config(defaultPrice, overrides), Spans.KEYS);
  }

  private static EstimateCostConfig config(boolean defaultPrice, Map<String, String> overrides) {
    return new EstimateCostConfig(
        List.of(PRICES),
        defaultPrice,
        overrides,
        ReportedCost.FALLBACK,
        false,
        UsageConfig.defaults(),
        List.of(),
        Path.of("unused"));
  }

  private static Path resource(String name) {
    try {
      return Path.of(CostVectorsTest.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
