package dev.tollspan.priceimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.PriceRules;
import dev.tollspan.prices.Quote;
import dev.tollspan.prices.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with an entry is said with its path, and never becomes a price. */
class LiteLlmLintTest {
  @TempDir Path folder;

  @Test
  void readsPricesByTheirDigits() throws IOException {
    Report report = openAi("'input_cost_per_token': 1e-07, 'output_cost_per_token': 0.0000004");
    assertEquals(
        List.of("openai m standard input 0.1", "openai m standard output 0.4"),
        Samples.words(report));
    assertEquals(List.of(), report.lints());
  }

  @Test
  void readsABinaryFractionAsTheDecimalBesideIt() throws IOException {
    Report report =
        openAi("'input_cost_per_token': 8.900000000000001e-07, 'output_cost_per_token': 1e-6");
    assertEquals(
        List.of("openai m standard input 0.89", "openai m standard output 1"),
        Samples.words(report));
    assertEquals(List.of("BINARY_FRACTION m/input_cost_per_token"), lints(report));
  }

  @Test
  void marksPricesSetAtRunTimeAsDynamic() throws IOException {
    Report report = openAi("'input_cost_per_token': -1, 'output_cost_per_token': -1");
    assertEquals(
        List.of("openai m standard input dynamic", "openai m standard output dynamic"),
        Samples.words(report));
    assertEquals(
        List.of("DYNAMIC_PRICE m/input_cost_per_token", "DYNAMIC_PRICE m/output_cost_per_token"),
        lints(report));
  }

  @Test
  void leavesOutWhatCostsNothing() throws IOException {
    Report report = openAi("'input_cost_per_token': 0.0, 'output_cost_per_token': 0");
    assertEquals(List.of(), report.rows());
    assertEquals(List.of("ZERO_PRICE m"), lints(report));
  }

  @Test
  void keepsZeroWhereTheNameSaysFree() throws IOException {
    Report report =
        entry(
            "'m:free': {'litellm_provider': 'openai', 'mode': 'chat',"
                + " 'input_cost_per_token': 0, 'output_cost_per_token': 0}");
    assertEquals(
        List.of("openai m:free standard input 0", "openai m:free standard output 0"),
        Samples.words(report));
  }

  @Test
  void leavesOutAChatModelPricedByHalf() throws IOException {
    Report report = openAi("'input_cost_per_token': 1e-6");
    assertEquals(List.of(), report.rows());
    assertEquals(List.of("HALF_PRICED m"), lints(report));
  }

  @Test
  void leavesOutAModelWithoutAnyPrice() throws IOException {
    Report report = openAi("'max_tokens': 4096");
    assertEquals(List.of(), report.rows());
    assertEquals(List.of("NO_PRICE m"), lints(report));
  }

  @Test
  void saysThatACacheReadPriceIsMissing() throws IOException {
    Report report = openAi(PLAIN + ", 'supports_prompt_caching': true");
    assertEquals(2, report.rows().size());
    assertEquals(List.of("CACHE_READ_MISSING m"), lints(report));
  }

  @Test
  void saysThatAOneHourWriteIsMissing() throws IOException {
    Report report =
        entry(
            "'claude-x': {'litellm_provider': 'anthropic', 'mode': 'chat', "
                + PLAIN
                + ", 'cache_creation_input_token_cost': 1.25e-6}");
    assertEquals(List.of("CACHE_WRITE_1H_MISSING claude-x"), lints(report));
  }

  @Test
  void readsTheOlderSpellingOfCacheReads() throws IOException {
    Report report = openAi(PLAIN + ", 'input_cost_per_token_cache_hit': 1e-7");
    assertEquals("openai m standard cache_read 0.1", Samples.words(report).get(1));
  }

  @Test
  void leavesOutAPriceAboveAThresholdOfNothing() throws IOException {
    Report report = openAi(PLAIN + ", 'cache_creation_input_token_cost_above_200k_tokens': 2.5e-7");
    assertEquals(2, report.rows().size());
    assertEquals(List.of("THRESHOLD_WITHOUT_BASE m/standard cache_write"), lints(report));
  }

  @Test
  void leavesOutCachedAudioThatIsPricedAsWritten() throws IOException {
    Report report = openAi(PLAIN + ", 'cache_creation_input_audio_token_cost': 3e-7");
    assertEquals(2, report.rows().size());
    assertEquals(
        List.of("SWAPPED_AUDIO_CACHE m/cache_creation_input_audio_token_cost"), lints(report));
  }

  @Test
  void leavesOutWritesCheaperThanInput() throws IOException {
    Report report = openAi(PLAIN + ", 'cache_creation_input_token_cost': 5e-7");
    assertEquals(2, report.rows().size());
    assertEquals(List.of("CHEAP_CACHE_WRITE m/standard cache_write"), lints(report));
  }

  @Test
  void leavesOutAModelPricedByTheThousandAsIfByTheMillion() throws IOException {
    Report chat = openAi("'input_cost_per_token': 0.0032, 'output_cost_per_token': 0.00971");
    assertEquals(List.of(), chat.rows());
    assertEquals(List.of("ABOVE_CEILING m/standard input"), lints(chat));
    Report embedding =
        entry(
            "'e': {'litellm_provider': 'cohere', 'mode': 'embedding',"
                + " 'input_cost_per_token': 1e-4, 'output_cost_per_token': 0.0}");
    assertEquals(List.of(), embedding.rows());
    assertEquals(List.of("ABOVE_CEILING e/standard input"), lints(embedding));
  }

  @Test
  void leavesOutOneTierAboveTheCeiling() throws IOException {
    Report report = openAi(PLAIN + ", 'input_cost_per_token_priority': 2e-3");
    assertEquals(2, report.rows().size());
    assertEquals(List.of("ABOVE_CEILING m/priority input"), lints(report));
  }

  @Test
  void keepsADearModel() throws IOException {
    Report report = openAi("'input_cost_per_token': 1.5e-4, 'output_cost_per_token': 6e-4");
    assertEquals(2, report.rows().size());
    assertEquals(List.of(), report.lints());
  }

  @Test
  void leavesOutCacheReadsDearerThanInput() throws IOException {
    Report report = openAi(PLAIN + ", 'cache_read_input_token_cost': 5e-6");
    assertEquals(2, report.rows().size());
    assertEquals(List.of("DEAR_CACHE_READ m/standard cache_read"), lints(report));
  }

  @ParameterizedTest
  @ValueSource(strings = {"m\\t7", "m8*", "default", "openai/default", " "})
  void leavesOutNamesThatABookCannotHold(String name) throws IOException {
    Report report =
        entry("'" + name + "': {'litellm_provider': 'openai', 'mode': 'chat', " + PLAIN + "}");
    assertEquals(List.of(), report.rows());
    assertEquals(1, report.count(Defect.BAD_NAME));
    assertTrue(report.lints().getFirst().toString().indexOf('\t') < 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e308", "1e999999999", "1e-999999999"})
  void leavesOutNumbersThatAreNoPrice(String number) throws IOException {
    Report report =
        openAi("'input_cost_per_token': " + number + ", 'output_cost_per_token': 2e-06");
    assertEquals(List.of(), report.rows());
    assertEquals(1, report.lints().size());
  }

  @Test
  void writesABookThatIsAccepted() throws IOException {
    String start = ": {'litellm_provider': 'openai', 'mode': 'chat', ";
    Report report =
        entry(
            ("'m\\t1'" + start + PLAIN + "}, 'm*'" + start + PLAIN + "}, ")
                + ("'default'" + start + PLAIN + ", 'input_cost_per_token_flex': 1e-7}, ")
                + ("'m2'" + start + "'input_cost_per_token': 1e308, ")
                + "'output_cost_per_token': 1e-6}, "
                + ("'m3'" + start + PLAIN + ", 'input_cost_per_request': 1e6}, ")
                + ("'m4'" + start + PLAIN + ", 'provider_specific_entry': {'fast': 1e9}}"));
    Path book = folder.resolve("book.tsv");
    Files.writeString(book, BookWriter.text(report, List.of("source=test version=1")));
    PriceBook read = PriceBook.load(List.of(book.toString()), PriceRules.defaults());
    assertEquals(4, read.rows().size());
    assertEquals(List.of(), read.warnings());
  }

  @Test
  void findsFineTunedModelsByTheirBase() throws IOException {
    String start = "': {'litellm_provider': 'openai', 'mode': 'chat', ";
    Report report =
        entry(
            "'ft:m-2024"
                + start
                + PLAIN
                + "}, 'ft:m-mini-2024"
                + start
                + "'input_cost_per_token': 3e-06, 'output_cost_per_token': 4e-06}");
    Path book = folder.resolve("book.tsv");
    Files.writeString(book, BookWriter.text(report, List.of("source=test version=1")));
    PriceBook read = PriceBook.load(List.of(book.toString()), PriceRules.defaults());
    assertEquals("ft:m-2024", priced(read, "ft:m-2024"));
    assertEquals("ft:m-2024:*:*:*", priced(read, "ft:m-2024:acme::abc"));
    assertEquals("ft:m-2024:*:*:*:*", priced(read, "ft:m-2024:acme:x1:abc:ckpt-step-90"));
    assertEquals("ft:m-mini-2024:*:*:*", priced(read, "ft:m-mini-2024:acme::abc"));
    assertEquals("", priced(read, "ft:m-turbo-2024:acme::abc"));
  }

  @Test
  void leavesOutFactorsThatWouldLeaveFractions() throws IOException {
    Report report =
        openAi(
            "'input_cost_per_token': 1.23456789e-9, 'output_cost_per_token': 2.3456789e-8,"
                + " 'provider_specific_entry': {'us': 1.125, 'fast': 2.5}");
    assertEquals(
        List.of("openai m standard input 0.00123456789", "openai m standard output 0.023456789"),
        Samples.words(report));
    assertEquals(List.of("BAD_MULTIPLIER m"), lints(report));
  }

  @Test
  void leavesOutASecondPriceForTheSamePlace() throws IOException {
    Report report =
        openAi(
            PLAIN
                + ", 'input_cost_per_token_priority': 2e-6,"
                + " 'input_cost_per_token_above_272k_tokens_priority': 4e-6,"
                + " 'input_cost_per_token_priority_above_272k_tokens': 5e-6");
    assertEquals(4, report.rows().size());
    assertEquals(List.of("TWO_PRICES m/priority input"), lints(report));
  }

  @Test
  void leavesOutHoursThatAreNone() throws IOException {
    Report report =
        openAi(
            PLAIN
                + ", 'off_peak_pricing': {'input_cost_per_token': 5e-7,"
                + " 'hours_utc': '25:00-26:00'}");
    assertEquals(2, report.rows().size());
    assertEquals(List.of("DATES_UNCLEAR m/off_peak_pricing"), lints(report));
  }

  @Test
  void leavesOutAZeroThatWouldMakeAClassFree() throws IOException {
    Report report = openAi(PLAIN + ", 'cache_read_input_token_cost': 0.0");
    assertEquals(2, report.rows().size());
    assertEquals(List.of("ZERO_CLASS m/cache_read_input_token_cost"), lints(report));
  }

  @Test
  void readsTiersAndThresholdsInEitherOrder() throws IOException {
    Report report =
        openAi(
            PLAIN
                + ", 'input_cost_per_token_priority': 2e-6,"
                + " 'input_cost_per_token_above_272k_tokens_priority': 4e-6,"
                + " 'input_cost_per_token_balanced': 3e-6");
    assertEquals(
        List.of(
            "openai m standard input 1",
            "openai m standard output 2",
            "openai m priority input 2",
            "openai m priority input 4 gt272000"),
        Samples.words(report));
    assertEquals(List.of("UNKNOWN_TIER m/input_cost_per_token_balanced"), lints(report));
  }

  @Test
  void readsRangesWithTheirUpperBoundInside() throws IOException {
    Report report =
        openAi(
            "'tiered_pricing': [{'range': [0, 256000.0], 'input_cost_per_token': 5e-08,"
                + " 'output_cost_per_token': 4e-07}, {'range': [256000.0, 1000000.0],"
                + " 'input_cost_per_token': 2.5e-07, 'output_cost_per_token': 2e-06}]");
    assertEquals(
        List.of(
            "openai m standard input 0.05",
            "openai m standard output 0.4",
            "openai m standard input 0.25 gt256000",
            "openai m standard output 2 gt256000"),
        Samples.words(report));
  }

  @Test
  void leavesOutRangesWithAGap() throws IOException {
    Report report =
        openAi(
            "'tiered_pricing': [{'range': [0, 1000], 'input_cost_per_token': 5e-08},"
                + " {'range': [2000, 3000], 'input_cost_per_token': 2.5e-07}]");
    assertEquals(List.of(), report.rows());
    assertEquals(List.of("BANDS_UNCLEAR m/tiered_pricing/1", "NO_PRICE m"), lints(report));
  }

  @Test
  void readsOffPeakHoursAndDays() throws IOException {
    Report report =
        openAi(
            PLAIN
                + ", 'off_peak_pricing': {'input_cost_per_token': 5e-7, 'windows':"
                + " [{'hours_utc': ['10:00-00:00', '04:00-06:00'], 'weekdays': [1, 2, 3, 4, 5]},"
                + " {'hours_utc': '00:00-00:00', 'weekdays': [6, 7]}]}");
    assertEquals(
        List.of(
            "openai m standard input 1",
            "openai m standard output 2",
            "openai m standard input 0.5 at 10:00-00:00Z,04:00-06:00Z Mon-Fri",
            "openai m standard input 0.5 at 00:00-24:00Z Sat-Sun"),
        Samples.words(report));
  }

  @Test
  void turnsUpliftsIntoMultipliersWhereSpansTellThePlace() throws IOException {
    Report report =
        openAi(
            PLAIN
                + ", 'regional_processing_uplift_multiplier_eu': 1.1,"
                + " 'regional_endpoint_uplift_multiplier': 1.1,"
                + " 'provider_specific_entry': {'us': 1.1, 'fast': 2.0}");
    assertEquals(
        List.of(
            "openai m standard input 1",
            "openai m standard output 2",
            "openai m fast all_tokens 2",
            "openai m any all_tokens 1.1 in eu_residency",
            "openai m any all_tokens 1.1 in geo_us"),
        Samples.words(report));
    assertEquals(
        List.of("NO_REGION_FOR_MULTIPLIER m/regional_endpoint_uplift_multiplier"), lints(report));
  }

  @Test
  void takesRegionsFromNames() throws IOException {
    String bedrock = ": {'litellm_provider': 'bedrock', 'mode': 'chat', " + PLAIN + "}";
    Report report =
        entry(
            "'us.amazon.nova-x'"
                + bedrock
                + ", 'bedrock/eu-west-1/amazon.nova-x'"
                + bedrock
                + ", 'bedrock/eu-west-1/1-month-commitment/amazon.nova-x'"
                + bedrock
                + ", 'azure/eu/gpt-x': {'litellm_provider': 'azure', 'mode': 'chat', "
                + PLAIN
                + "}");
    assertEquals(
        List.of(
            "azure gpt-x standard input 1 in eu",
            "azure gpt-x standard output 2 in eu",
            "bedrock amazon.nova-x standard input 1 in eu-west-1",
            "bedrock amazon.nova-x standard output 2 in eu-west-1",
            "bedrock amazon.nova-x standard input 1 in us",
            "bedrock amazon.nova-x standard output 2 in us"),
        Samples.words(report));
    assertEquals(1, report.count(Defect.COMMITTED_CAPACITY));
  }

  @Test
  void leavesOutWhatNoCountCanMeet() throws IOException {
    Report report =
        openAi(
            PLAIN
                + ", 'input_cost_per_video_per_second': 0.1,"
                + " 'cache_creation_input_token_cost_above_12hr': 1e-6,"
                + " 'search_context_cost_per_query': {'a': 0.01, 'b': 0.02}");
    assertEquals(2, report.rows().size());
    assertEquals(
        List.of(
            "UNKNOWN_CLASS m/cache_creation_input_token_cost_above_12hr",
            "NON_TOKEN_UNIT m/input_cost_per_video_per_second",
            "BY_SEARCH_CONTEXT m/search_context_cost_per_query"),
        lints(report));
  }

  @Test
  void namesProvidersThatItDoesNotKnow() throws IOException {
    Report report = entry("'m': {'litellm_provider': 'nobody', " + PLAIN + "}");
    assertEquals(List.of("UNKNOWN_PROVIDER m"), lints(report));
  }

  @Test
  void refusesWhatIsNoCatalogue() {
    Path file = Samples.json(folder, "{'m': {'mode': ");
    assertThrows(IOException.class, () -> PriceImport.importLiteLlm(file, Samples.OPTIONS));
  }

  private static String priced(PriceBook book, String model) {
    Usage usage = new Usage();
    usage.text(Fact.PROVIDER, "openai").text(Fact.REQUEST_MODEL, model);
    usage.count(Count.IN_TOTAL, 1000).count(Count.OUT_TOTAL, 100);
    Quote quote = book.price(usage);
    return quote.terms() == null ? "" : quote.terms().id().split("/")[1];
  }

  private static final String PLAIN =
      "'input_cost_per_token': 1e-06, 'output_cost_per_token': 2e-06";

  private Report openAi(String members) throws IOException {
    return entry("'m': {'litellm_provider': 'openai', 'mode': 'chat', " + members + "}");
  }

  private Report entry(String members) throws IOException {
    return PriceImport.importLiteLlm(Samples.json(folder, "{" + members + "}"), Samples.OPTIONS);
  }

  private static List<String> lints(Report report) {
    return report.lints().stream().map(l -> l.defect() + " " + l.path()).toList();
  }
}
