package dev.tollspan.priceimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dates, tiers and names of genai-prices, one model at a time. */
class GenaiLintTest {
  private static final String BATCH = "'when': {'processing': 'batch'}";

  @TempDir Path folder;

  @Test
  void leavesOutAnOffPeakPriceWithoutADate() throws IOException {
    Report report =
        model(
            "[{'prices': {'input_mtok': 0.135}},"
                + " {'constraint': {'start_time': '00:30:00Z', 'end_time': '16:30:00Z'},"
                + " 'prices': {'input_mtok': 0.27}}]",
            "[]");
    assertEquals(List.of(), report.rows());
    assertEquals(List.of("WINDOW_WITHOUT_DATE deepseek/m"), lints(report));
  }

  @Test
  void letsADailyWindowBeginWithTheLastDateBeforeIt() throws IOException {
    Report report =
        model(
            "[{'prices': {'input_mtok': 1}},"
                + " {'constraint': {'start_date': '2026-08-17'}, 'prices': {'input_mtok': 2}},"
                + " {'constraint': {'start_time': '01:00:00Z', 'end_time': '04:00:00Z'},"
                + " 'prices': {'input_mtok': 4}}]",
            "[]");
    assertEquals(
        List.of(
            "deepseek m standard input 1 to 2026-08-17",
            "deepseek m standard input 2 from 2026-08-17",
            "deepseek m standard input 4 at 01:00-04:00Z from 2026-08-17"),
        Samples.words(report));
    assertEquals(List.of("WINDOW_DATED deepseek/m"), lints(report));
  }

  @Test
  void opensATierDatedOnTheDayOfRecording() throws IOException {
    Report report =
        model(
            "[{'prices': {'input_mtok': 4}},"
                + " {'constraint': {'start_date': '2026-03-01'}, 'prices': {'input_mtok': 2}}]",
            "[{"
                + BATCH
                + ", 'prices': {'input_mtok': 1}, 'constraint': {'start_date': '2026-10-14'}}]");
    assertEquals(
        List.of(
            "deepseek m standard input 4 to 2026-03-01",
            "deepseek m standard input 2 from 2026-03-01",
            "deepseek m batch input 1 from 2026-03-01"),
        Samples.words(report));
    assertEquals(List.of("OPENED_BACK deepseek/m/price_variants/batch"), lints(report));
  }

  @Test
  void endsATierWhereItsNextPriceBegins() throws IOException {
    Report report =
        model(
            "{'input_mtok': 4}",
            "[{"
                + BATCH
                + ", 'prices': {'input_mtok': 3}, 'constraint': {'start_date': '2027-01-01'}}, {"
                + BATCH
                + ", 'prices': {'input_mtok': 2}}]");
    assertEquals(
        List.of(
            "deepseek m standard input 4",
            "deepseek m batch input 2 to 2027-01-01",
            "deepseek m batch input 3 from 2027-01-01"),
        Samples.words(report));
  }

  @Test
  void joinsSpansOfTheSamePrice() throws IOException {
    Report report =
        model(
            "[{'prices': {'input_mtok': 4, 'output_mtok': 8}}, {'constraint':"
                + " {'start_date': '2026-03-01'}, 'prices': {'input_mtok': 2, 'output_mtok': 8}}]",
            "[]");
    assertEquals(
        List.of(
            "deepseek m standard input 4 to 2026-03-01",
            "deepseek m standard output 8",
            "deepseek m standard input 2 from 2026-03-01"),
        Samples.words(report));
  }

  @Test
  void readsMoreThanOneLessAsOrMore() throws IOException {
    Report report =
        model("{'input_mtok': {'base': 2, 'tiers': [{'start': 199999, 'price': 4}]}}", "[]");
    assertEquals(
        List.of("deepseek m standard input 2", "deepseek m standard input 4 gte200000"),
        Samples.words(report));
  }

  @Test
  void namesSeveralBands() throws IOException {
    Report report =
        model(
            "{'input_mtok': {'base': 1, 'tiers': [{'start': 32000, 'price': 2},"
                + " {'start': 128000, 'price': 3}]}}",
            "[]");
    assertEquals(
        List.of("band1", "band2", "band3"),
        report.rows().stream().map(row -> row.rate().band().name()).toList());
  }

  @Test
  void roundsAnHourThatIsNoWholeNumberOfSeconds() throws IOException {
    Report report = model("{'audio_hours': 1.02, 'input_audio_hours': 1.02}", "[]");
    assertEquals(List.of("deepseek m standard audio_second 0.000283333333"), Samples.words(report));
    assertEquals("rounded, times 3600 is 1.02", report.rows().getFirst().rate().notes());
    assertEquals(List.of("ROUNDED deepseek/m/audio_hours"), lints(report));
  }

  @Test
  void leavesOutUnknownUnitsAndOptions() throws IOException {
    Report report =
        model(
            "{'input_mtok': 1, 'input_video_mtok': 2, 'requests_kcount': 12}",
            "[{'when': {'route': 'eu'}, 'prices': {'input_mtok': 3}}]");
    assertEquals(List.of("deepseek m standard input 1"), Samples.words(report));
    assertEquals(
        List.of(
            "NON_TOKEN_UNIT deepseek/m/input_video_mtok",
            "BY_SEARCH_CONTEXT deepseek/m/requests_kcount",
            "UNKNOWN_TIER deepseek/m/price_variants",
            "FEE_LEFT_OUT deepseek/m"),
        lints(report));
    assertTrue(report.rows().getFirst().rate().estimated());
    assertTrue(BookWriter.text(report, List.of()).contains("\testimated\twithout the fee"));
  }

  @Test
  void comparesCacheReadsWithTheInputOfTheirTime() throws IOException {
    Report report =
        model(
            "[{'prices': {'input_mtok': 4, 'cache_read_mtok': 3, 'output_mtok': 8}},"
                + " {'constraint': {'start_date': '2026-03-01'},"
                + " 'prices': {'input_mtok': 2, 'cache_read_mtok': 1, 'output_mtok': 8}}]",
            "[]");
    assertEquals(5, report.rows().size());
    assertEquals(List.of(), report.lints());
    Report slip = model("{'input_mtok': 2, 'cache_read_mtok': 3, 'output_mtok': 8}", "[]");
    assertEquals(List.of("DEAR_CACHE_READ deepseek/m/standard cache_read"), lints(slip));
  }

  @Test
  void leavesOutAModelAboveTheCeiling() throws IOException {
    Report report = model("{'input_mtok': 500, 'output_mtok': 900}", "[]");
    assertEquals(List.of(), report.rows());
    assertEquals(List.of("ABOVE_CEILING deepseek/m/standard input"), lints(report));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'start_date': 'soon'}",
        "{'start_date': '2026-02-30'}",
        "{'start_date': '9999-01-01'}",
        "{'start_time': '1', 'end_time': '2'}",
        "{'start_time': '10:00:00Z', 'end_time': '10:00:00Z'}",
        "null"
      })
  void leavesOutDatesThatAreNone(String constraint) throws IOException {
    Report report =
        model(
            "[{'prices': {'input_mtok': 1}}, {'constraint': "
                + constraint
                + ", 'prices': {'input_mtok': 2}}]",
            "[]");
    assertEquals(List.of(), report.rows());
    assertEquals(List.of("DATES_UNCLEAR deepseek/m"), lints(report));
  }

  @Test
  void leavesOutNamesThatABookCannotHold() throws IOException {
    String json =
        "[{'id': 'deepseek', 'models': [{'id': 'default', 'match': {'or': [{'equals': 'm*'},"
            + " {'equals': 'm\\tx'}, {'equals': 'n'}]}, 'prices': {'input_mtok': 1}}]}]";
    Report report = PriceImport.importGenaiPrices(Samples.json(folder, json), Samples.OPTIONS);
    assertEquals(List.of("deepseek n standard input 1"), Samples.words(report));
    assertEquals(3, report.count(Defect.BAD_NAME));
  }

  @Test
  void completesAPartOfANameByThoseThatAreKnown() throws IOException {
    String json =
        "[{'id': 'google', 'models': [{'id': 'g-2.0-flash', 'match': {'or': ["
            + "{'contains': 'g-2.0-flash-0'}, {'equals': 'g-2.0-flash'},"
            + " {'starts_with': 's-4-2025'}, {'starts_with': 'gpt-4'}]},"
            + " 'prices': {'input_mtok': 1}}]},"
            + " {'id': 'openrouter', 'models': ["
            + named("google/g-2.0-flash-001")
            + named("google/g-2.0-flash-0-thinking")
            + named("a/s-4-20250514")
            + named("openai/gpt-4-0613")
            + named("openai/gpt-4-2024-05-13")
            + named("openai/gpt-4.1")
            + named("openai/gpt-4-turbo")
            + "{'id': 'x', 'match': {'equals': 'x'}, 'prices': {'input_mtok': 9}}]}]";
    Report report = PriceImport.importGenaiPrices(Samples.json(folder, json), Samples.OPTIONS);
    assertEquals(
        List.of("g-2.0-flash-001", "gpt-4", "gpt-4-0613", "gpt-4-2024-05-13", "s-4-20250514"),
        report.aliases().stream()
            .filter(alias -> alias.provider().equals("google"))
            .map(Report.Alias::name)
            .toList());
  }

  private static String named(String name) {
    return "{'id': '"
        + name
        + "', 'match': {'equals': '"
        + name
        + "'},"
        + " 'prices': {'input_mtok': 9}},";
  }

  @Test
  void leavesOutAnotherProvidersPrice() throws IOException {
    String remark = "Imported from OpenRouter pricing; verify when it is published.";
    assertEquals(List.of("IMPORTED_ELSEWHERE deepseek/m"), lints(remarked(remark)));
    assertEquals(List.of(), remarked(remark).rows());
    assertEquals(1, remarked(remark + " Verified against it on 2026-10-15.").rows().size());
  }

  private Report remarked(String remark) throws IOException {
    String json =
        "[{'id': 'deepseek', 'models': [{'id': 'm', 'match': {'equals': 'm'}, 'price_comments': '"
            + remark
            + "', 'prices': {'input_mtok': 1}}]}]";
    return PriceImport.importGenaiPrices(Samples.json(folder, json), Samples.OPTIONS);
  }

  @Test
  void leavesOutAModelWithoutPrices() throws IOException {
    Report report = model("{}", "[]");
    assertEquals(List.of(), report.rows());
    assertEquals(List.of("NO_PRICE deepseek/m"), lints(report));
  }

  @Test
  void givesANameToTheFirstModelThatAcceptsIt() throws IOException {
    String json =
        "[{'id': 'deepseek', 'models': ["
            + "{'id': 'm', 'match': {'starts_with': 'm'}, 'prices': {'input_mtok': 1}},"
            + "{'id': 'm-big', 'match': {'or': [{'equals': 'm-big'}, {'equals': 'n'}]},"
            + " 'prices': {'input_mtok': 9}}]}]";
    Report report = PriceImport.importGenaiPrices(Samples.json(folder, json), Samples.OPTIONS);
    assertEquals(
        List.of("deepseek m standard input 1", "deepseek n standard input 9"),
        Samples.words(report));
  }

  private Report model(String prices, String variants) throws IOException {
    String json =
        "[{'id': 'deepseek', 'models': [{'id': 'm', 'match': {'equals': 'm'}, 'prices': "
            + prices
            + ", 'price_variants': "
            + variants
            + "}]}]";
    return PriceImport.importGenaiPrices(Samples.json(folder, json), Samples.OPTIONS);
  }

  private static List<String> lints(Report report) {
    return report.lints().stream().map(l -> l.defect() + " " + l.path()).toList();
  }
}
