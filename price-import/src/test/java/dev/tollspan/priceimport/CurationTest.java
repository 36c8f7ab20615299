package dev.tollspan.priceimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which catalogue is believed in what. */
class CurationTest {
  @TempDir Path folder;

  @Test
  void addsTiersOfTheOtherFromTheLastChangeOn() throws IOException {
    Curated curated =
        curate(
            "[{'prices': {'input_mtok': 4, 'output_mtok': 8}}, {'constraint': {'start_date':"
                + " '2026-03-01'}, 'prices': {'input_mtok': 2, 'output_mtok': 8}}]",
            "'m': {'litellm_provider': 'openai', 'mode': 'chat', 'input_cost_per_token': 2e-6,"
                + " 'output_cost_per_token': 8e-6, 'input_cost_per_token_flex': 1e-6}");
    assertEquals(
        List.of(
            "openai m standard input 4 to 2026-03-01",
            "openai m standard output 8",
            "openai m standard input 2 from 2026-03-01",
            "openai m flex input 1 from 2026-03-01"),
        Samples.words(curated.report()));
    assertEquals(List.of(), curated.disagreements());
  }

  @Test
  void aFactorHoldsWhateverThePriceWas() throws IOException {
    Curated curated =
        curate(
            "[{'prices': {'input_mtok': 4, 'output_mtok': 8}}, {'constraint': {'start_date':"
                + " '2026-03-01'}, 'prices': {'input_mtok': 2, 'output_mtok': 8}}]",
            "'m': {'litellm_provider': 'openai', 'mode': 'chat', 'input_cost_per_token': 2e-6,"
                + " 'output_cost_per_token': 8e-6, 'provider_specific_entry': {'us': 1.1}}");
    assertTrue(
        Samples.words(curated.report()).contains("openai m any all_tokens 1.1 in geo_us"),
        () -> "" + Samples.words(curated.report()));
  }

  @Test
  void cacheReadsThatOutlivedAPriceOfInputAreAnEstimateBefore() throws IOException {
    Curated curated =
        curate(
            "[{'prices': {'input_mtok': 10, 'cache_read_mtok': 0.5, 'output_mtok': 40}},"
                + " {'constraint': {'start_date': '2026-03-01'}, 'prices': {'input_mtok': 2,"
                + " 'cache_read_mtok': 0.5, 'output_mtok': 8}}]",
            "'m': {'litellm_provider': 'openai', 'mode': 'chat', 'input_cost_per_token': 2e-6,"
                + " 'output_cost_per_token': 8e-6, 'cache_read_input_token_cost': 5e-7}");
    List<String> estimates =
        curated.report().rows().stream()
            .filter(row -> row.rate().estimated())
            .map(row -> row.rate().tokenClass().word() + " to " + row.rate().validity().toText())
            .toList();
    assertEquals(List.of("cache_read to 2026-03-01"), estimates);
    assertTrue(
        curated.report().lints().stream()
            .anyMatch(lint -> lint.defect() == Defect.CACHE_READ_UNCHANGED));
  }

  @Test
  void namesThatDifferInAFeeAreNotOne() throws IOException {
    Path genai =
        Files.writeString(
            folder.resolve("genai.json"),
            """
            [{"id": "openai", "models": [{"id": "m", "match": {"or": [{"equals": "m"},
              {"equals": "m-2026-01-01"}, {"equals": "m-search-preview"}, {"equals": "m-dear"}]},
              "prices": {"input_mtok": 1, "output_mtok": 2, "web_searches_kcount": 10}}]}]
            """);
    String plain =
        "{'litellm_provider': 'openai', 'mode': 'chat', 'input_cost_per_token': 1e-6,"
            + " 'output_cost_per_token': 2e-6";
    String fee =
        ", 'search_context_cost_per_query': {'search_context_size_low': 0.025,"
            + " 'search_context_size_medium': 0.025, 'search_context_size_high': 0.025}";
    Path liteLlm =
        Samples.json(
            folder,
            "{'m': %1$s%2$s}, 'm-2026-01-01': %1$s%2$s}, 'm-search-preview': %1$s%2$s},"
                    .formatted(plain, fee)
                + "'m-dear': %s%s}}".formatted(plain, fee.replace("0.025", "0.05")));
    Report report = PriceImport.curate(genai, liteLlm, Samples.OPTIONS).report();
    List<String> words = Samples.words(report);
    assertTrue(words.contains("openai m any web_search 0.01"), () -> "" + words);
    assertTrue(words.contains("openai m-search-preview any web_search 0.025"), () -> "" + words);
    assertTrue(words.contains("openai m-dear any web_search 0.05"), () -> "" + words);
    assertEquals(
        List.of("m-2026-01-01"), report.aliases().stream().map(Report.Alias::name).toList());
  }

  @Test
  void addsNothingOfAnotherPriceList() throws IOException {
    Curated curated =
        curate(
            "{'input_mtok': 2, 'output_mtok': 8}",
            "'m': {'litellm_provider': 'openai', 'mode': 'chat', 'input_cost_per_token': 3e-6,"
                + " 'output_cost_per_token': 8e-6, 'input_cost_per_token_flex': 1.5e-6}");
    assertEquals(
        List.of("openai m standard input 2", "openai m standard output 8"),
        Samples.words(curated.report()));
    assertEquals(
        List.of(
            new Disagreement(
                "openai",
                "m",
                "any",
                List.of(new Disagreement.Difference("standard input", "2", "3")),
                "genai-prices")),
        curated.disagreements());
  }

  @Test
  void takesAThresholdThatOnlyTheOtherKnows() throws IOException {
    Curated curated =
        curate(
            "[{'prices': {'input_mtok': 4, 'cache_read_mtok': 1, 'output_mtok': 8}}, {'constraint':"
                + " {'start_date': '2026-03-01'}, 'prices': {'input_mtok': 2,"
                + " 'cache_read_mtok': 1, 'output_mtok': 8}}]",
            "'m': {'litellm_provider': 'openai', 'mode': 'chat', 'input_cost_per_token': 2e-6,"
                + " 'output_cost_per_token': 8e-6, 'cache_read_input_token_cost': 2e-7,"
                + " 'input_cost_per_token_above_200k_tokens': 4e-6,"
                + " 'output_cost_per_token_above_200k_tokens': 12e-6,"
                + " 'cache_read_input_token_cost_above_200k_tokens': 4e-7}");
    assertEquals(
        List.of(
            "openai m standard input 4 to 2026-03-01",
            "openai m standard cache_read 1 to 2026-03-01",
            "openai m standard output 8",
            "openai m standard input 2 from 2026-03-01",
            "openai m standard cache_read 1 from 2026-03-01",
            "openai m standard input 4 gt200000 from 2026-03-01",
            "openai m standard output 12 gt200000 from 2026-03-01"),
        Samples.words(curated.report()));
    assertEquals(
        List.of("any", "any", "base", "base", "any", "long", "long"),
        curated.report().rows().stream().map(row -> row.rate().band().name()).toList());
  }

  @Test
  void keepsItsOwnThreshold() throws IOException {
    Curated curated =
        curate(
            "{'input_mtok': {'base': 2, 'tiers': [{'start': 128000, 'price': 3}]},"
                + " 'output_mtok': 8}",
            "'m': {'litellm_provider': 'openai', 'mode': 'chat', 'input_cost_per_token': 2e-6,"
                + " 'output_cost_per_token': 8e-6,"
                + " 'input_cost_per_token_above_200k_tokens': 4e-6}");
    assertEquals(
        List.of(
            "openai m standard input 2",
            "openai m standard output 8",
            "openai m standard input 3 gt128000"),
        Samples.words(curated.report()));
  }

  @Test
  void believesAWholeNameRatherThanAPattern() throws IOException {
    Curated curated =
        curate(
            "{'input_mtok': 2, 'output_mtok': 8}",
            "'m-cyber': {'litellm_provider': 'openai', 'mode': 'chat',"
                + " 'input_cost_per_token': 3e-6, 'output_cost_per_token': 8e-6}");
    assertEquals(
        List.of(
            "openai m standard input 2",
            "openai m standard output 8",
            "openai m-cyber standard input 3",
            "openai m-cyber standard output 8"),
        Samples.words(curated.report()));
    assertEquals("litellm", curated.disagreements().getFirst().taken());
  }

  @Test
  void makesASnapshotOfTheSamePriceAnAlias() throws IOException {
    Curated curated =
        curate(
            "{'input_mtok': 2, 'output_mtok': 8}",
            "'m-2026-01-01': {'litellm_provider': 'openai', 'mode': 'chat',"
                + " 'input_cost_per_token': 2e-6, 'output_cost_per_token': 8e-6}");
    assertEquals(
        List.of("openai m standard input 2", "openai m standard output 8"),
        Samples.words(curated.report()));
    assertEquals(
        List.of(new Report.Alias("openai", "m-2026-01-01", "m", "genai-prices", "2026-11-21")),
        curated.report().aliases());
  }

  @Test
  void believesTheCatalogueThatLeadsLatestToTheNewerModel() throws IOException {
    Curated curated = latest("m-large-2411", "m-large-2512");
    assertEquals(
        List.of(
            "mistral m-large-2411 standard input 2",
            "mistral m-large-2411 standard output 6",
            "mistral m-large-2512 standard input 0.5",
            "mistral m-large-2512 standard output 1.5",
            "mistral m-large-latest standard input 0.5",
            "mistral m-large-latest standard output 1.5"),
        Samples.words(curated.report()));
    assertEquals("litellm", curated.disagreements().getFirst().taken());
    Curated other = latest("m-large-2601", "m-large-2512");
    assertEquals("genai-prices", other.disagreements().getFirst().taken());
    assertEquals(List.of("m-large-latest"), aliases(other));
  }

  @Test
  void leavesOutLatestIfItsModelIsNotToBeSeen() throws IOException {
    Curated curated = latest("m-large", "m-large-2512");
    assertEquals(
        List.of(
            "mistral m-large standard input 2",
            "mistral m-large standard output 6",
            "mistral m-large-2512 standard input 0.5",
            "mistral m-large-2512 standard output 1.5"),
        Samples.words(curated.report()));
    assertEquals(List.of(), aliases(curated));
    assertEquals(1, curated.report().count(Defect.LATEST_UNCLEAR));
  }

  private static List<String> aliases(Curated curated) {
    return curated.report().aliases().stream().map(Report.Alias::name).toList();
  }

  private Curated latest(String genaiTarget, String liteLlmTarget) throws IOException {
    String genai =
        "[{'id': 'mistral', 'models': [{'id': '"
            + genaiTarget
            + "', 'match': {'or': [{'equals': '"
            + genaiTarget
            + "'}, {'equals': 'm-large-latest'}]},"
            + " 'prices': {'input_mtok': 2, 'output_mtok': 6}}]}]";
    String entry =
        ": {'litellm_provider': 'mistral', 'mode': 'chat', 'input_cost_per_token': 5e-7,"
            + " 'output_cost_per_token': 1.5e-6}";
    String liteLlm =
        "{'mistral/m-large-latest'" + entry + ", 'mistral/" + liteLlmTarget + "'" + entry + "}";
    Path one = Files.writeString(folder.resolve("one.json"), genai.replace('\'', '"'));
    Path other = Files.writeString(folder.resolve("other.json"), liteLlm.replace('\'', '"'));
    return PriceImport.curate(one, other, Samples.OPTIONS);
  }

  private Curated curate(String prices, String liteLlm) throws IOException {
    Path one =
        Files.writeString(
            folder.resolve("one.json"),
            ("[{'id': 'openai', 'models': [{'id': 'm', 'match': {'starts_with': 'm'}, 'prices': "
                    + prices
                    + "}]}]")
                .replace('\'', '"'));
    Path other =
        Files.writeString(folder.resolve("other.json"), ("{" + liteLlm + "}").replace('\'', '"'));
    return PriceImport.curate(one, other, Samples.OPTIONS);
  }
}
