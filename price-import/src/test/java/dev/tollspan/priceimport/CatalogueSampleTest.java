package dev.tollspan.priceimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remakes small books from excerpts of the catalogues as they were published. */
class CatalogueSampleTest {
  private static final Path LITELLM = Samples.file("litellm-excerpt.json");
  private static final Path GENAI_PRICES = Samples.file("genai-prices-excerpt.json");

  @TempDir Path folder;

  @Test
  void remakesTheCuratedSample() throws IOException {
    Path book = folder.resolve("book.tsv");
    Path report = folder.resolve("report.md");
    RemakeBook.main(
        new String[] {
          GENAI_PRICES.toString(),
          "excerpt",
          LITELLM.toString(),
          "excerpt",
          "2026-11-21",
          book.toString(),
          report.toString()
        });
    assertEquals(Files.readString(Samples.file("curated.tsv")), Files.readString(book));
    assertTrue(Files.readString(report).contains("| groq whisper-large-v3 | any | genai-prices |"));
  }

  @Test
  void givesEveryFindingOfLiteLlmWithItsPath() throws IOException {
    Report report = PriceImport.importLiteLlm(LITELLM, Samples.OPTIONS);
    List<String> found =
        report.lints().stream()
            .filter(lint -> lint.defect() != Defect.UNKNOWN_CLASS)
            .map(lint -> lint.defect() + " " + lint.path())
            .toList();
    assertEquals(
        Files.readString(Samples.file("litellm-lints.txt")),
        found.stream().collect(Collectors.joining("\n", "", "\n")));
    assertTrue(report.lints().stream().allMatch(l -> l.file().equals("litellm-excerpt.json")));
  }

  @Test
  void keepsDatesAndBandsOfGenaiPrices() throws IOException {
    List<String> rows = Samples.words(PriceImport.importGenaiPrices(GENAI_PRICES, Samples.OPTIONS));
    assertTrue(rows.contains("openai o3 standard input 10 to 2025-06-10"), rows::toString);
    assertTrue(rows.contains("openai o3 standard input 2 from 2025-06-10"));
    assertTrue(rows.contains("openai gpt-5.4 standard output 22.5 gt272000"));
    assertTrue(rows.contains("xai grok-4.5 standard input 4 gte200000"));
    assertTrue(rows.contains("anthropic claude-opus-4-6 standard input 10 gt200000 to 2026-03-13"));
    assertTrue(rows.contains("anthropic claude-opus-4-6 standard input 5 from 2026-03-13"));
    assertTrue(rows.contains("google gemini-3.6-flash batch input 0.75 from 2027-01-01"));
  }

  @Test
  void takesUndatedPricesAsOpenAtBothEnds() throws IOException {
    Report report = PriceImport.importLiteLlm(LITELLM, Samples.OPTIONS);
    assertTrue(report.rows().stream().allMatch(r -> r.rate().validity().equals(Validity.OPEN)));
    assertTrue(report.rows().stream().allMatch(r -> r.checkedAt().equals("2026-11-21")));
  }

  @Test
  void namesOneModelOnceAndItsOtherNamesAsAliases() throws IOException {
    Report report = PriceImport.importGenaiPrices(GENAI_PRICES, Samples.OPTIONS);
    assertTrue(
        report.aliases().stream()
            .anyMatch(a -> a.name().equals("gpt-4o-2024-11-20") && a.model().equals("gpt-4o")));
    assertTrue(report.rows().stream().noneMatch(r -> r.model().equals("gpt-4o-2024-11-20")));
  }

  @Test
  void givesTheSameTwice() throws IOException {
    Curated one = PriceImport.curate(GENAI_PRICES, LITELLM, Samples.OPTIONS);
    assertEquals(one, PriceImport.curate(GENAI_PRICES, LITELLM, Samples.OPTIONS));
  }
}
