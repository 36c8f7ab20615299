package dev.tollspan.priceimport;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
