package dev.tollspan.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of a model's rows holds. */
class SelectionTest {
  private static final PriceBook VECTORS = Books.vectors(PriceRules.defaults());
  private static final String HEAD =
      "model\ttoken_class\tservice_tier\tregion_class\tdaily_window\tweekdays\tzone\tstatus"
          + "\teffective_from\tprice\tunit\n";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "priority, 4250",
    "fast, 4250",
    "PRIORITY, 4250",
    "batch, 1250",
    "auto, 2500",
    "default, 2500",
    "'', 2500"
  })
  void aTierHasItsRows(String tier, long nanos) {
    Usage usage = Books.usage("openai", "gpt-4o", 1000, 0).text(Fact.SERVICE_TIER, tier);
    Quote quote = VECTORS.price(usage);
    assertEquals(nanos * 1000, quote.nanoUsd());
    assertTrue(quote.isExact());
  }

  @Test
  void aClassWithoutARowInTheTierTakesTheStandardOne() {
    Usage usage =
        Books.usage("openai", "gpt-4o", 1000, 0)
            .count(Count.CACHE_READ, 400)
            .text(Fact.SERVICE_TIER, "batch");
    Quote quote = VECTORS.price(usage);
    assertEquals(new BigDecimal("0.00125"), quote.exactUsd());
    assertTrue(quote.has(Note.TIER_PRICE_MISSING));
    assertFalse(quote.isExact());
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', '', 0.035",
    "'', fast, '', 0.06",
    "fast, '', '', 0.06",
    "batch, '', '', 0.0225",
    "'', '', us, 0.0375",
    "batch, '', us, 0.02375",
    "'', fast, us, 0.065",
    "'', '', eu, 0.035"
  })
  void multipliersActOnTokensAndNeverOnFees(
      String tier, String speed, String geo, BigDecimal expected) {
    Usage usage =
        Books.usage("anthropic", "claude-opus-5", 0, 1000)
            .count(Count.WEB_SEARCH, 1)
            .text(Fact.SERVICE_TIER, tier)
            .text(Fact.SPEED, speed)
            .text(Fact.INFERENCE_GEO, geo);
    Quote quote = VECTORS.price(usage);
    assertEquals(expected, quote.exactUsd());
    assertEquals(new BigDecimal("0.01"), quote.exactUsd(Component.FEES));
    assertEquals(geo.equals("eu"), quote.has(Note.REGION_PRICE_MISSING));
    assertEquals(!geo.equals("eu"), quote.isExact());
  }

  @ParameterizedTest
  @CsvSource({"global", "not_available", "NOT_AVAILABLE", "''"})
  void aCallThatMayRunAnywhereLacksNoPriceOfAPlace(String geo) {
    Usage usage = Books.usage("anthropic", "claude-opus-5", 0, 1000).text(Fact.INFERENCE_GEO, geo);
    assertTrue(VECTORS.price(usage).isExact());
  }

  @ParameterizedTest
  @CsvSource({"eastus, 1", "us-east-1, 1", "eu-west-1, 1", "us, 2", "eu, 3"})
  void aRegionLiesInAnAreaOfPricesAtBedrockAlone(String region, long nanos) {
    PriceBook book =
        Books.load(
            Books.write(
                directory,
                "areas.tsv",
                "provider\tmodel\ttoken_class\tregion_class\tprice\tunit\n"
                    + "azure\tm\tinput\t\t0.001\tUSD per 1M tokens\n"
                    + "azure\tm\tinput\tus\t0.002\tUSD per 1M tokens\n"
                    + "azure\tm\tinput\teu\t0.003\tUSD per 1M tokens\n"));
    Usage usage = Books.usage("azure", "m", 1, 0).text(Fact.REGION, region);
    assertEquals(nanos, book.price(usage).nanoUsd());
  }

  @ParameterizedTest
  @CsvSource({"batch, 200000, true", "batch, 200001, false", "'', 200001, true"})
  void aFlatPriceOfATierIsInDoubtAboveTheThresholdOfOthers(String tier, long input, boolean exact) {
    PriceBook book =
        Books.load(
            Books.write(
                directory,
                "bands.tsv",
                "model\ttoken_class\tservice_tier\tcontext_band\tcontext_threshold"
                    + "\tcontext_operator\tprice\tunit\n"
                    + "m\tinput\t\tbase\t\t\t2\tUSD per 1M tokens\n"
                    + "m\tinput\t\tlong\t200000\tgt\t4\tUSD per 1M tokens\n"
                    + "m\tinput\tbatch\t\t\t\t1\tUSD per 1M tokens\n"
                    + "m\toutput\tany\t\t\t\t1\tUSD per 1M tokens\n"));
    Quote quote = book.price(Books.usage("", "m", input, 1).text(Fact.SERVICE_TIER, tier));
    assertEquals(exact, quote.isExact());
    assertEquals(!exact, quote.isMissing(TokenClass.INPUT));
  }

  @Test
  void aFlatPriceByContractIsNoneInDoubt() {
    PriceBook book =
        Books.load(
            Books.write(
                directory,
                "contract.tsv",
                "model\ttoken_class\tcontext_band\tcontext_threshold\tcontext_operator\tstatus"
                    + "\tprice\tunit\n"
                    + "m\tinput\tbase\t\t\t\t2\tUSD per 1M tokens\n"
                    + "m\tinput\tlong\t10\tgt\t\t4\tUSD per 1M tokens\n"
                    + "m\tinput\t\t\t\tcontract\t1\tUSD per 1M tokens\n"));
    assertTrue(book.price(Books.usage("", "m", 11, 0)).isExact());
  }

  @Test
  void dataResidencyIsAFactorOnEveryBand() {
    Usage usage = Books.usage("openai", "gpt-5.4", 300_000, 1000).text(Fact.REGION, "eu_residency");
    Quote quote = VECTORS.price(usage);
    assertEquals(new BigDecimal("1.67475"), quote.exactUsd());
    assertEquals("openai/gpt-5.4/standard/eu_residency/long", quote.terms().id());
  }

  @ParameterizedTest
  @CsvSource({
    "global.anthropic.claude-sonnet-4-5-20250929-v1:0, eu-west-1, 3000",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0, '', 3300",
    "anthropic.claude-sonnet-4-5-20250929-v1:0, eu-central-1, 3300",
    "anthropic.claude-sonnet-4-5-20250929-v1:0, global, 3000",
    "arn:aws:bedrock:eu-west-1::foundation-model/"
        + "anthropic.claude-sonnet-4-5-20250929-v1:0, us-east-1, 3300"
  })
  void theNamesRegionDecidesOverTheClouds(String model, String region, long nanos) {
    Usage usage = Books.usage("aws.bedrock", model, 1, 0).text(Fact.REGION, region);
    assertEquals(nanos, VECTORS.price(usage).nanoUsd());
  }

  @Test
  void aModelThatHasPricesForOtherRegionsOrTiersOnlyHasNone() {
    Usage usage = Books.usage("azure", "gpt-4o-2024-08-06", 1, 1);
    assertEquals(Unpriced.UNKNOWN_REGION, VECTORS.price(usage).unpriced());
    PriceBook batch = load("m\tinput\tbatch\t\t\t\t\t\t\t1\tUSD per 1M tokens\n");
    assertEquals(Unpriced.CLASS_PRICE_MISSING, batch.price(Books.usage("", "m", 1, 1)).unpriced());
    usage.text(Fact.REGION, "eu");
    assertEquals(13_750, VECTORS.price(usage).nanoUsd());
  }

  @ParameterizedTest
  @CsvSource({
    "2025-07-15T16:29:59.999999999Z, 270",
    "2025-07-15T16:30:00Z, 135",
    "2025-07-16T00:29:59Z, 135",
    "2025-07-16T00:30:00Z, 270"
  })
  void aWindowBeginsInclusiveAndEndsExclusiveBeyondMidnight(String at, long nanos) {
    Usage usage = Books.usage("deepseek", "deepseek-chat", 1, 0).at(Books.nanos(at));
    assertEquals(nanos, VECTORS.price(usage).nanoUsd());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-27T23:30:00Z, 1", // Saturday 00:30 in Berlin, the window began on Friday
    "2026-03-28T23:30:00Z, 5", // Sunday 00:30, it does not begin on Saturdays
    "2026-07-03T21:30:00Z, 1", // Friday 23:30, summer time
    "2026-07-03T20:30:00Z, 5",
    "2026-01-02T21:30:00Z, 5",
    "2026-01-02T22:30:00Z, 1"
  })
  void aWindowFollowsItsZonesClockAndWeekdays(String at, long nanos) {
    PriceBook book =
        load(
            "m\tinput\t\t\t23:00-02:00\tMon-Fri\tEurope/Berlin\t\t\t0.001\tUSD per 1M tokens\n"
                + "m\tinput\t\t\t\t\t\t\t\t0.005\tUSD per 1M tokens\n");
    assertEquals(nanos, book.price(Books.usage("", "m", 1, 0).at(Books.nanos(at))).nanoUsd());
  }

  @ParameterizedTest
  @CsvSource({"10:00, 3", "12:00, 2", "13:30, 1"})
  void theNarrowerWindowWins(String time, long nanos) {
    PriceBook book =
        load(
            "m\tinput\t\t\t\t\t\t\t\t0.003\tUSD per 1M tokens\n"
                + "m\tinput\t\t\t12:00-18:00Z\t\t\t\t\t0.002\tUSD per 1M tokens\n"
                + "m\tinput\t\t\t13:00-14:00Z\t\t\t\t\t0.001\tUSD per 1M tokens\n");
    Usage usage = Books.usage("", "m", 1, 0).at(Books.nanos("2026-05-05T" + time + ":00Z"));
    assertEquals(nanos, book.price(usage).nanoUsd());
  }

  @Test
  void contractBeforeListBeforeEstimateAndNeverWithdrawn() {
    String list = "m\tinput\t\t\t\t\t\tlist\t\t2\tUSD per 1M tokens\n";
    String estimate = "m\tinput\t\t\t\t\t\testimated\t\t1\tUSD per 1M tokens\n";
    String contract = "m\tinput\tany\t\t\t\t\tcontract\t\t3\tUSD per 1M tokens\n";
    String withdrawn = "m\tinput\t\t\t\t\t\twithdrawn\t2026-01-01\t9\tUSD per 1M tokens\n";
    Usage usage = Books.usage("", "m", 1, 0);
    assertEquals(3000, load(list + contract + estimate + withdrawn).price(usage).nanoUsd());
    assertEquals(2000, load(list + estimate + withdrawn).price(usage).nanoUsd());
    Quote quote = load(estimate + withdrawn).price(usage);
    assertEquals(1000, quote.nanoUsd());
    assertTrue(quote.has(Note.PRICE_ESTIMATED));
    assertFalse(quote.isExact());
    assertEquals(
        Unpriced.UNKNOWN_MODEL,
        load(list.replace("m\t", "n\t") + withdrawn).price(usage).unpriced());
  }

  @Test
  void theLaterStartWins() {
    PriceBook book =
        load(
            "m\tinput\t\t\t\t\t\t\t\t1\tUSD per 1M tokens\n"
                + "m\tinput\t\t\t\t\t\t\t2026-08-01\t2\tUSD per 1M tokens\n");
    Quote quote = book.price(Books.usage("", "m", 1, 0));
    assertEquals(2000, quote.nanoUsd());
    assertEquals("2026-08-01T00:00:00Z", quote.terms().effectiveFrom());
    Usage earlier = Books.usage("", "m", 1, 0).at(Books.nanos("2026-07-31T23:59:59Z"));
    assertEquals(1000, book.price(earlier).nanoUsd());
    assertEquals("", book.price(earlier).terms().effectiveFrom());
  }

  @Test
  void beforeItsFirstRowAModelHasNoPrice() {
    Usage usage = Books.usage("synthetic", "dated-2024", 1, 1);
    assertTrue(VECTORS.price(usage).isPriced());
    usage.at(Books.nanos("2023-12-31T23:59:59Z"));
    assertEquals(Unpriced.OUTSIDE_PRICE_VALIDITY, VECTORS.price(usage).unpriced());
  }

  @Test
  void aMissingClassTakesItsParentsPriceAndIsNamed() {
    Usage usage =
        Books.usage("synthetic", "no-cache-price", 10_000, 100).count(Count.CACHE_READ, 8000);
    Quote quote = VECTORS.price(usage);
    assertEquals(new BigDecimal("0.00832"), quote.exactUsd());
    assertTrue(quote.has(Note.CLASS_PRICE_MISSING));
    assertTrue(quote.isMissing(TokenClass.CACHE_READ));
    assertFalse(quote.isMissing(TokenClass.INPUT));
    assertFalse(quote.isExact());
  }

  @Test
  void aMissingJoinTakesTheDearerParent() {
    Usage usage =
        Books.usage("openai", "gpt-audio", 1000, 0)
            .count(Count.IN_AUDIO, 300)
            .count(Count.CACHE_READ, 200)
            .count(Count.CACHE_READ_AUDIO, 50);
    Quote quote = VECTORS.price(usage);
    assertEquals(new BigDecimal("0.01135"), quote.exactUsd()); // 700 x 2.5 + 300 x 32
    assertTrue(quote.has(Note.JOIN_PRICE_MISSING));
  }

  @Test
  void cacheWritesOfUnknownLifetimeAreApproximateWhereLifetimesDiffer() {
    Usage usage =
        Books.usage("anthropic", "claude-sonnet-4-5", 1000, 0).count(Count.CACHE_WRITE, 100);
    Quote quote = VECTORS.price(usage);
    assertEquals(new BigDecimal("0.003075"), quote.exactUsd());
    assertTrue(quote.has(Note.CACHE_TTL_UNKNOWN));
    usage.count(Count.CACHE_WRITE_5M, 100);
    assertTrue(VECTORS.price(usage).isExact());
    Usage single = Books.usage("openai", "gpt-5.6-luna", 1000, 0).count(Count.CACHE_WRITE, 100);
    assertTrue(VECTORS.price(single).isExact());
  }

  @Test
  void whatHasNoPriceIsNeverFree() {
    Usage cachedOnly =
        Books.usage("deepseek", "deepseek-v4-flash", 2, 0).count(Count.CACHE_READ, 1);
    assertEquals(Unpriced.CLASS_PRICE_MISSING, VECTORS.price(cachedOnly).unpriced());
    Usage images = Books.usage("openai", "gpt-4o").count(Count.IMAGES, 3);
    assertEquals(Unpriced.CLASS_PRICE_MISSING, VECTORS.price(images).unpriced());
    Usage search = Books.usage("openai", "gpt-4o", 1000, 0).count(Count.WEB_SEARCH, 2);
    Quote quote = VECTORS.price(search);
    assertEquals(new BigDecimal("0.0025"), quote.exactUsd());
    assertTrue(quote.isMissing(TokenClass.WEB_SEARCH));
    assertFalse(quote.isExact());
  }

  @Test
  void zeroIsACostWhereNothingWasUsedOrTheBookSaysFree() {
    Quote nothing = VECTORS.price(Books.usage("openai", "gpt-4o", 0, 0));
    assertTrue(nothing.isPriced() && nothing.isExact());
    assertEquals(0, nothing.nanoUsd());
    Quote free = VECTORS.price(Books.usage("x", "listed:free", 1000, 1000));
    assertTrue(free.isPriced() && free.isExact());
    assertEquals(0, free.nanoUsd());
  }

  @Test
  void tokensAreNotBilledWhereTheModelIsBilledByThePage() {
    Usage usage = Books.usage("mistral", "mistral-ocr-latest", 900, 100).count(Count.PAGES, 2);
    Quote quote = VECTORS.price(usage);
    assertEquals(new BigDecimal("0.008"), quote.exactUsd());
    assertTrue(quote.isExact());
  }

  @Test
  void partsBeyondTheirWholeRaiseItAndSaySo() {
    Usage usage =
        Books.usage("openai", "gpt-4o", 100, 10)
            .count(Count.CACHE_READ, 150)
            .count(Count.REASONING, 12);
    Quote quote = VECTORS.price(usage);
    assertEquals(new BigDecimal("0.0003075"), quote.exactUsd());
    assertTrue(quote.has(Note.USAGE_CLAMPED));
    assertFalse(quote.isExact());
  }

  @Test
  void notesOfTheUsageComeThrough() {
    Usage usage = Books.usage("openai", "gpt-4o", 1, 1).note(Note.USAGE_INCOMPLETE);
    assertTrue(VECTORS.price(usage).has(Note.USAGE_INCOMPLETE));
    assertTrue(VECTORS.price(usage).isExact());
    assertFalse(VECTORS.price(usage.approximate()).isExact());
  }

  @Test
  void isAnUpperBoundWhereCachedInputIsCheaperAndNeverTold() {
    Usage hidden = Books.usage("openai", "gpt-4o", 1000, 10).note(Note.CACHE_UNREPORTED);
    Quote quote = VECTORS.price(hidden);
    assertEquals(new BigDecimal("0.0026"), quote.exactUsd());
    assertTrue(quote.has(Note.CACHE_UNREPORTED));
    assertFalse(quote.isExact());
    PriceBook plain = load(price("input") + price("output"));
    quote = plain.price(Books.usage("", "m", 1000, 10).note(Note.CACHE_UNREPORTED));
    assertFalse(quote.has(Note.CACHE_UNREPORTED));
    assertTrue(quote.isExact());
    Usage empty = Books.usage("openai", "gpt-4o", 0, 10).note(Note.CACHE_UNREPORTED);
    assertTrue(VECTORS.price(empty).isExact());
  }

  @Test
  void absurdCountsAreInvalid() {
    Usage usage = Books.usage("openai", "gpt-4o", Long.MAX_VALUE, Long.MAX_VALUE);
    assertEquals(Unpriced.INVALID_USAGE, VECTORS.price(usage).unpriced());
    PriceBook dear = load("m\tinput\t\t\t\t\t\t\t\t9\tUSD per token\n");
    assertEquals(Unpriced.INVALID_USAGE, dear.price(Books.usage("", "m", 1L << 53, 0)).unpriced());
    Quote large = dear.price(Books.usage("", "m", 1_000_000_000, 0));
    assertEquals(new BigDecimal("9000000000"), large.exactUsd());
    assertEquals(9_000_000_000_000_000_000L, large.nanoUsd());
    assertEquals(9e9, large.usd());
  }

  @Test
  void marginalAndPerClassBandsMeasureTheirOwnWay() {
    String head =
        "model\ttoken_class\tcontext_band\tcontext_threshold\tcontext_operator\tcontext_mode"
            + "\tprice\tunit\n";
    String end = "\tUSD per token\n";
    String rows = "m\tinput\tbase\t\t\t\t1" + end + "m\toutput\tbase\t\t\t\t1" + end;
    String bands = "m\tinput\tlong\t10\tgte\tM\t2" + end + "m\toutput\tlong\t10\tgte\tM\t2" + end;
    Path marginal = Books.write(directory, "a.tsv", head + rows + bands.replace("M", "marginal"));
    Usage usage = Books.usage("", "m", 12, 11).count(Count.CACHE_READ, 4);
    Quote quote = Books.load(marginal).price(usage);
    assertEquals(new BigDecimal("28"), quote.exactUsd()); // 9 + 3 x 2, 9 + 2 x 2
    Path perClass = Books.write(directory, "b.tsv", head + rows + bands.replace("M", "per_class"));
    assertEquals(new BigDecimal("34"), Books.load(perClass).price(usage).exactUsd()); // 12 + 22
  }

  private static String price(String tokenClass) {
    return "m\t" + tokenClass + "\t\t\t\t\t\t\t\t1\tUSD per token\n";
  }

  private PriceBook load(String rows) {
    return Books.load(Books.write(directory, "prices.tsv", HEAD + rows));
  }

  @Test
  void aCostIsApproximateWhereModalitiesDifferInPriceAndAreNotTold() {
    PriceBook mixed =
        load(
            """
            m\tinput\t\t\t\t\t\t\t\t1\tUSD per 1M tokens
            m\tinput_audio\t\t\t\t\t\t\t\t9\tUSD per 1M tokens
            m\toutput\t\t\t\t\t\t\t\t1\tUSD per 1M tokens
            """);
    Quote untold = mixed.price(Books.usage("", "m", 10, 10));
    assertTrue(untold.has(Note.MODALITY_UNKNOWN));
    assertFalse(untold.isExact());
    assertTrue(mixed.price(Books.usage("", "m", 10, 10).count(Count.IN_AUDIO, 0)).isExact());
    assertTrue(mixed.price(Books.usage("", "m", 0, 10)).isExact());
  }
}
