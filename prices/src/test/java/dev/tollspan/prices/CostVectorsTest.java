package dev.tollspan.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The worked cases: exact figures, from a book that is made for them alone. */
class CostVectorsTest {
  private static final PriceBook BOOK = Books.vectors(PriceRules.defaults());
  private static final PriceBook WITH_DEFAULT = Books.vectors(new PriceRules(Map.of(), true));

  /** What a count is called in the file, where that is not the constant's name. */
  private static final Map<String, Count> COUNTS =
      Map.of("web_search", Count.WEB_SEARCH, "pages", Count.PAGES, "characters", Count.CHARACTERS);

  /** Cases of other rooms: raw counts, states of spans, reported costs, GPU time. */
  private static final Set<String> ELSEWHERE = Set.of("A3", "N1", "N3");

  record Vector(String id, String model, String usage, String condition, String expected) {
    @Override
    public String toString() {
      return id + " " + model;
    }
  }

  @ParameterizedTest
  @MethodSource("exact")
  void pricesEachWorkedCaseExactly(Vector vector) {
    Usage usage = usage(vector);
    PriceBook book = vector.condition().contains("default_price") ? WITH_DEFAULT : BOOK;
    Quote quote = book.price(usage);
    assertTrue(quote.isPriced(), () -> vector + ": " + quote.unpriced());
    BigDecimal expected = new BigDecimal(vector.expected());
    assertEquals(expected.stripTrailingZeros(), quote.exactUsd().stripTrailingZeros());
    assertEquals(
        expected.setScale(9, RoundingMode.HALF_EVEN), BigDecimal.valueOf(quote.nanoUsd(), 9));
    boolean guessed = vector.condition().contains("default_price");
    assertEquals(!guessed, quote.isExact(), () -> "notes " + quote.noteBits());
    assertFalse(book.explain(usage).isEmpty());
  }

  @Test
  void coversAllWorkedCases() throws IOException {
    assertEquals(33, exact().count());
  }

  @Test
  void certainArithmeticOfRawCountsEndsInTheSamePrice() { // A3, its counts made inclusive
    Usage usage =
        Books.usage("anthropic", "claude-sonnet-4-5", 6000, 100).count(Count.CACHE_READ, 1000);
    assertEquals(new BigDecimal("0.0168"), BOOK.price(usage).exactUsd());
  }

  @Test
  void aUsersAliasLeadsToTheSeedsRow(@TempDir java.nio.file.Path directory) { // N1
    String alias = "*\tmeta-llama/Llama-3-8B-Instruct\talias\tllama-3-8b\tmodel\n";
    PriceBook book =
        Books.load(
            Books.write(directory, "mine.tsv", Books.HEAD + alias),
            Books.resource("cost-vector-prices.tsv"));
    Quote quote = book.price(Books.usage("", "meta-llama/Llama-3-8B-Instruct", 1000, 1000));
    assertEquals(new BigDecimal("0.0003"), quote.exactUsd());
    assertEquals(Match.ALIAS, quote.terms().match());
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme-1", "openrouter/example/not-in-catalogue", "x/unlisted:free"})
  void aModelThatNoBookKnowsHasNoPrice(String model) { // U1, N3, U13
    assertEquals(Unpriced.UNKNOWN_MODEL, BOOK.price(Books.usage("", model, 1, 1)).unpriced());
  }

  @Test
  void aKnownModelWithoutCountsHasNoUsage() { // U3
    Quote quote = BOOK.price(Books.usage("", "gpt-3.5-turbo"));
    assertEquals(Unpriced.NO_USAGE, quote.unpriced());
    assertEquals(0, quote.nanoUsd());
  }

  @Test
  void aPriceThatChangesFromCallToCallIsNoNumber(@TempDir java.nio.file.Path directory) { // U11
    String rows =
        "openrouter\texample/adaptive\tinput\tdynamic\tUSD per token\n"
            + "openrouter\texample/adaptive\toutput\tdynamic\tUSD per token\n";
    PriceBook book = Books.load(Books.write(directory, "mine.tsv", Books.HEAD + rows));
    for (String provider : List.of("openrouter", "", "litellm")) {
      String model = provider.equals("openrouter") ? "" : "openrouter/";
      Usage usage = Books.usage(provider, model + "example/adaptive", 1000, 1000);
      assertEquals(Unpriced.DYNAMIC_PRICE, book.price(usage).unpriced());
    }
  }

  @Test
  void twoProvidersWithDifferentPricesAreAmbiguous() { // U15
    assertEquals(
        Unpriced.AMBIGUOUS_PROVIDER, BOOK.price(Books.usage("", "shared-model", 1, 1)).unpriced());
    assertEquals(
        new BigDecimal("0.000007"),
        BOOK.price(Books.usage("provider-b", "shared-model", 1, 1)).exactUsd());
  }

  @Test
  void aTierWithoutAPriceTakesTheStandardOneAndSaysSo() { // U17
    Usage usage =
        Books.usage("openai", "gpt-5", 1000, 2500)
            .count(Count.REASONING, 2000)
            .text(Fact.SERVICE_TIER, "priority");
    Quote quote = BOOK.price(usage);
    assertEquals(new BigDecimal("0.02625"), quote.exactUsd());
    assertFalse(quote.isExact());
    assertTrue(quote.has(Note.TIER_PRICE_MISSING));
    assertEquals("openai/gpt-5/standard/any/any", quote.terms().id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gpt-35-turbo", "GPT-3.5-Turbo", "openai/gpt-3.5-turbo", "azure/gpt-35-turbo"})
  void fourSpellingsLeadToOneModel(String model) { // U21
    Quote quote = BOOK.price(Books.usage("", model, 1000, 1000));
    assertEquals(new BigDecimal("0.002"), quote.exactUsd());
    assertEquals(Match.NORMALIZED, quote.terms().match());
  }

  @Test
  void anInferenceProfileTellsTheRegion() { // U23
    String arn =
        "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/"
            + "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
    Quote quote = BOOK.price(Books.usage("aws.bedrock", arn, 10000, 1000));
    assertEquals(new BigDecimal("0.0495"), quote.exactUsd());
    assertEquals("eu", quote.terms().region());
  }

  static Stream<Vector> exact() throws IOException {
    List<Vector> vectors = new ArrayList<>();
    for (String line : Files.readAllLines(Books.resource("cost-vectors.tsv"))) {
      String[] cells = line.split("\t", -1);
      if (cells[0].matches("[SPTAMDN]\\d+") && !ELSEWHERE.contains(cells[0])) {
        vectors.add(new Vector(cells[0], cells[1], cells[2], cells[3], cells[5]));
      }
    }
    return vectors.stream();
  }

  private static Usage usage(Vector vector) {
    int slash = vector.model().indexOf('/');
    Usage usage =
        Books.usage(
            slash < 0 ? "" : vector.model().substring(0, slash),
            vector.model().substring(slash + 1));
    for (String item : vector.usage().split("; ")) {
      String[] pair = item.split("=");
      Count count = COUNTS.get(pair[0]);
      usage.count(
          count != null ? count : Count.valueOf(pair[0].toUpperCase(Locale.ROOT)),
          Long.parseLong(pair[1]));
    }
    for (String item : vector.condition().split("; ")) {
      String[] pair = item.split("=");
      switch (pair[0]) {
        case "service_tier", "response_service_tier" -> usage.text(Fact.SERVICE_TIER, pair[1]);
        case "at" -> usage.at(Books.nanos(pair[1]));
        case "inference_geo" -> usage.text(Fact.INFERENCE_GEO, pair[1]);
        case "speed" -> usage.text(Fact.SPEED, pair[1]);
        default -> {}
      }
    }
    return usage;
  }
}
