package dev.tollspan.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceBookFilesTest {
  private static final String PER_MILLION = "USD per 1M tokens";

  @TempDir Path directory;

  @Test
  void readsTheVectorsPricesAsTheyAre() {
    PriceBook book = Books.vectors(PriceRules.defaults());
    assertEquals(List.of(), book.warnings());
    assertEquals(155, book.rows().size());
  }

  @Test
  void readsTheShortForm() {
    Path file =
        write(
            "# source=tutorial\tversion=1\tunit=USD per 1000 tokens\n"
                + "# a remark\n"
                + "model\tinput\toutput\n"
                + "gpt-3.5-turbo\t0.0005\t0.0015\n"
                + "default\t0.0002\t0.0004\n");
    PriceBook book = PriceBook.load(List.of(file.toString()), new PriceRules(Map.of(), true));
    Quote known = book.price(Books.usage("openai", "gpt-3.5-turbo", 1000, 1000));
    assertEquals(new BigDecimal("0.002"), known.exactUsd());
    assertEquals("tutorial", known.terms().source());
    assertTrue(known.terms().version().matches("1\\+[0-9a-f]{12}"), known.terms().version());
    Quote unknown = book.price(Books.usage("openai", "other", 1000, 1000));
    assertEquals(new BigDecimal("0.0006"), unknown.exactUsd());
    assertEquals(Match.DEFAULT, unknown.terms().match());
    Quote asked = book.price(Books.usage("openai", "default", 1, 1));
    assertEquals(Match.DEFAULT, asked.terms().match());
    assertEquals(
        Unpriced.UNKNOWN_MODEL,
        Books.load(file).price(Books.usage("", "default", 1, 1)).unpriced());
  }

  @Test
  void readsAByteOrderMarkAndCarriageReturnsAndColumnsInAnyOrder() {
    String text =
        "\ufeff# source=ours version=2026-08-01\r\n\r\nunit\tprice\ttoken_class\tmodel\r\n"
            + PER_MILLION
            + "\t 2.5 \tinput\tm\r\n";
    Quote quote = Books.load(write(text)).price(Books.usage("", "m", 1_000_000, 0));
    assertEquals(new BigDecimal("2.5"), quote.exactUsd());
    assertEquals("ours", quote.terms().source());
    assertTrue(quote.terms().version().startsWith("2026-08-01+"));
  }

  @Test
  void ofTwoBooksTheFirstGivesAllRowsOfAModel() {
    Path ours = Books.write(directory, "ours.tsv", Books.HEAD + row("openai", "m", "input", "1"));
    Path theirs =
        Books.write(
            directory,
            "theirs.tsv",
            Books.HEAD
                + row("openai", "m", "input", "2")
                + row("openai", "m", "output", "3")
                + row("*", "n", "input", "4"));
    PriceBook book = Books.load(ours, theirs);
    assertEquals(new BigDecimal("1"), book.price(million("openai", "m")).exactUsd());
    assertEquals(new BigDecimal("4"), book.price(million("openai", "n")).exactUsd());
    Usage output = Books.usage("openai", "m", 0, 1);
    assertEquals(Unpriced.CLASS_PRICE_MISSING, book.price(output).unpriced());
    assertEquals(
        new BigDecimal("2"), Books.load(theirs, ours).price(million("openai", "m")).exactUsd());
    Path any = Books.write(directory, "any.tsv", Books.HEAD + row("*", "m", "input", "9"));
    assertEquals(
        new BigDecimal("9"), Books.load(any, ours).price(million("openai", "m")).exactUsd());
    assertEquals(
        new BigDecimal("1"), Books.load(ours, any).price(million("openai", "m")).exactUsd());
    assertEquals(
        new BigDecimal("9"), Books.load(ours, any).price(million("azure", "m")).exactUsd());
  }

  @ParameterizedTest
  @CsvSource({
    "output, USD per 1M tokens, 2, 0.000002",
    "output, USD per 1000 tokens, 2, 0.002",
    "output, USD per 1K tokens, 2, 0.002",
    "output, USD per token, 2, 2",
    "web_search, USD per 1K searches, 10, 0.01",
    "page, USD per page, 0.004, 0.004",
    "character, USD per 1M characters, 15, 0.000015",
    "audio_second, USD per second, 0.0001, 0.0000000001",
    "audio_second, USD per minute, 0.006, 0.0000000001",
    "audio_second, USD per hour, 0.36, 0.0000000001",
    "video_second, USD per second, 0.5, 0.0000005",
    "request, USD per request, 9, 9",
    "input, USD per token, 0.000000000000000001, 0.000000000000000001"
  })
  void readsEachUnit(String priced, String unit, String price, BigDecimal ofOne) {
    String row = String.join("\t", "*", "m", priced, price, unit);
    Usage usage = Books.usage("", "m");
    switch (priced) {
      case "output" -> usage.count(Count.OUT_TOTAL, 1);
      case "input" -> usage.count(Count.IN_TOTAL, 1);
      case "web_search" -> usage.count(Count.WEB_SEARCH, 1);
      case "page" -> usage.count(Count.PAGES, 1);
      case "character" -> usage.count(Count.CHARACTERS, 1);
      case "audio_second" -> usage.count(Count.AUDIO_MICROS, 1);
      case "video_second" -> usage.count(Count.VIDEO_MICROS, 1);
      default -> usage.count(Count.REQUESTS, 1);
    }
    assertEquals(ofOne, Books.load(write(Books.HEAD + row + "\n")).price(usage).exactUsd());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "price=x | 20 | price: 'x' is no decimal",
        "price=-1 | 20 | price: -1 is negative",
        "price=1e-3 | 20 | price: '1e-3' is no decimal",
        "price=NaN | 20 | price: 'NaN' is no decimal",
        "price= | 20 | price: is empty",
        "price=0.0000000000001 | 20 | price: one costs no whole number of 10^-18 USD, so sums would"
            + " not be exact",
        "price=10000000000 | 20 | price: one costs more than 9 USD; is the unit right?",
        "unit=EUR per 1M tokens | 22 | unit: 'EUR per 1M tokens' is no unit of input: USD per"
            + " token, USD per 1K tokens, USD per 1M tokens",
        "unit=USD per page | 22 | unit: 'USD per page' is no unit of input: USD per token, USD per"
            + " 1K tokens, USD per 1M tokens",
        "unit=multiplier | 22 | unit: a multiplier acts on all_tokens",
        "token_class=inputs | 14 | token_class: 'inputs' is no token class",
        "token_class=all_tokens | 27 | unit: the unit of all_tokens is multiplier",
        "model= | 12 | model: is empty",
        "provider=langchain | 1 | provider: langchain bills nobody",
        "context_band=long | 40 | context_band: 'long' has no context_threshold",
        "context_threshold=5 | 40 | context_threshold: the first band has none",
        "context_operator=gt | 40 | context_operator: there is no context_threshold",
        "context_mode=all | 40 | context_mode: 'all' is none of whole_request, marginal, per_class",
        "status=new | 40 | status: 'new' is none of withdrawn, estimated, list, contract",
        "daily_window=16:30-00:30 | 40 | daily_window: a window needs a zone: a Z behind its"
            + " hours, or the column zone",
        "daily_window=16:30 | 40 | daily_window: '16:30' is no window like 16:30-00:30Z",
        "daily_window=25:00-26:00Z | 40 | daily_window: '25:00-26:00Z' is no window like"
            + " 16:30-00:30Z",
        "weekdays=Fry | 40 | weekdays: 'Fry' is no day like Mon, and no days like Mon-Fri",
        "zone=UTC | 40 | zone: there is neither a daily_window nor weekdays",
        "effective_from=tomorrow | 40 | effective_from: 'tomorrow' is no date like 2026-03-13 or"
            + " 2026-03-13T00:00:00Z",
        "effective_to=2026-02-30 | 40 | effective_to: '2026-02-30' is no date like 2026-03-13 or"
            + " 2026-03-13T00:00:00Z",
        "checked_at=9999-01-01 | 40 | checked_at: '9999-01-01' is no date like 2026-03-13 or"
            + " 2026-03-13T00:00:00Z",
        "currency=EUR | 40 | currency: 'EUR' is not USD",
        "colour=red | 39 | unknown column 'colour'"
      })
  void tellsWhatIsWrongAndWhere(String change, int column, String cause) {
    String name = change.substring(0, change.indexOf('='));
    String value = change.substring(change.indexOf('=') + 1);
    List<String> columns =
        new ArrayList<>(List.of("provider", "model", "token_class", "price", "unit"));
    List<String> cells = new ArrayList<>(List.of("any-vendor", "m", "input", "1", PER_MILLION));
    if (columns.contains(name)) {
      cells.set(columns.indexOf(name), value);
    } else {
      columns.add(name);
      cells.add(value);
    }
    Path file = write(String.join("\t", columns) + "\n" + String.join("\t", cells) + "\n");
    BadPricesException e = assertThrows(BadPricesException.class, () -> Books.load(file));
    Problem problem = e.problems().getFirst();
    assertEquals(cause.strip(), problem.cause());
    assertEquals(file.toString(), problem.file());
    assertEquals(name.equals("colour") ? 1 : 2, problem.line());
    assertEquals(column, problem.column());
  }

  @Test
  void listsFiftyProblemsOfFiftyRows() {
    StringBuilder text = new StringBuilder(Books.HEAD);
    for (int i = 0; i < 50; i++) {
      text.append(row("*", "m" + i, "input", "wrong"));
    }
    BadPricesException e = refused(write(text.toString()));
    assertEquals(50, e.count());
    assertEquals(50, e.problems().size());
    assertEquals(50, e.getMessage().lines().count());
    for (int i = 0; i < 50; i++) {
      assertEquals(i + 2, e.problems().get(i).line());
    }
  }

  @Test
  void countsProblemsBeyondAHundred() {
    StringBuilder text = new StringBuilder(Books.HEAD);
    for (int i = 0; i < 250; i++) {
      text.append(row("*", "m" + i, "input", "wrong"));
    }
    BadPricesException e = refused(write(text.toString()));
    assertEquals(250, e.count());
    assertEquals(101, e.getMessage().lines().count());
    assertTrue(e.getMessage().endsWith("and 150 more problems"), e.getMessage());
  }

  @Test
  void tellsTheProblemsOfEveryFile() {
    Path first = Books.write(directory, "a.tsv", Books.HEAD + row("*", "m", "input", "-1"));
    Path second = Books.write(directory, "b.tsv", "model\tinput\n");
    Path third = Books.write(directory, "c.tsv", "# nothing\n");
    Path none = directory.resolve("none.tsv");
    BadPricesException e = refused(first, second, third, none, directory);
    List<String> problems = e.getMessage().lines().toList();
    assertEquals("prices: " + first + ":2:11: price: -1 is negative", problems.get(0));
    assertEquals(second + ":1: missing column output", problems.get(1));
    assertTrue(problems.get(2).startsWith(second + ":1: a remark before this line"));
    assertEquals(second + ":1: has no prices", problems.get(3));
    assertEquals(third + ":1: has no prices", problems.get(4));
    assertEquals(
        none + ": no such file, and the bundled price books are builtin, tutorial",
        problems.get(5));
    assertTrue(problems.get(6).startsWith(directory + ": cannot be read"), problems.get(6));
    assertEquals(7, problems.size());
  }

  @Test
  void refusesRowsThatHoldTogetherAndWeighTheSame() {
    String head =
        "model\ttoken_class\tcontext_band\tdaily_window\teffective_from\teffective_to"
            + "\tprice\tunit\n";
    String end = "\t1\t" + PER_MILLION + "\n";
    assertTrue(
        refused(
                write(
                    head
                        + "m\tinput\t\t\t\t\t1\tUSD per token\nm\tinput\tbase\t\t\t2026-01-01"
                        + end))
            .getMessage()
            .endsWith(":3: holds when the row in line 2 does, and weighs as much"));
    refused(
        write(head + "m\tinput\t\t01:00-03:00Z\t\t" + end + "m\tinput\t\t02:00-04:00Z\t\t" + end));
    Books.load(
        write(head + "m\tinput\t\t01:00-03:00Z\t\t" + end + "m\tinput\t\t03:00-05:00Z\t\t" + end));
    Books.load(write(head + "m\tinput\t\t\t\t" + end + "m\tinput\t\t\t2026-01-01\t" + end));
  }

  @Test
  void warnsOfAGapBetweenDatedRows() {
    String head = "model\ttoken_class\teffective_from\teffective_to\tprice\tunit\n";
    String end = "\t1\t" + PER_MILLION + "\n";
    PriceBook book =
        Books.load(write(head + "m\tinput\t\t2026-01-01" + end + "m\tinput\t2026-02-01\t" + end));
    assertEquals(1, book.warnings().size());
    assertEquals(3, book.warnings().getFirst().line());
    Usage usage = Books.usage("", "m", 1, 1);
    usage.at(Books.nanos("2026-01-15T00:00:00Z"));
    assertEquals(Unpriced.OUTSIDE_PRICE_VALIDITY, book.price(usage).unpriced());
  }

  @Test
  void refusesABandWithoutAFirstOneAndMixedModes() {
    String head =
        "model\ttoken_class\tcontext_band\tcontext_threshold\tcontext_operator\tcontext_mode"
            + "\tprice\tunit\n";
    String end = "\t1\t" + PER_MILLION + "\n";
    String upper = "m\tinput\tlong\t100\tgt\twhole_request" + end;
    assertTrue(
        refused(write(head + upper)).getMessage().endsWith("there is no first band below it"));
    String more = "m\tinput\tlonger\t200\tgt\tmarginal" + end;
    assertTrue(
        refused(write(head + "m\tinput\tbase\t\t\t" + end + upper + more))
            .getMessage()
            .endsWith("another band of the same price has another mode"));
  }

  @Test
  void refusesPatternsThatSayTheSameAboutAName() {
    String rows = row("*", "gpt-*-mini", "input", "1") + row("*", "gpt-5*mini", "input", "2");
    assertTrue(
        refused(write(Books.HEAD + rows))
            .getMessage()
            .contains("is ambiguous with 'gpt-*-mini' in line 2"));
    Books.load(
        write(Books.HEAD + row("*", "gpt-a*", "input", "1") + row("*", "gpt-b*", "input", "2")));
  }

  @Test
  void refusesMultipliersThatMakePricesInexact() {
    String rows = row("*", "m", "input", "0.000000000001") + "*\tm\tall_tokens\t0.5\tmultiplier\n";
    assertTrue(
        refused(write(Books.HEAD + rows))
            .getMessage()
            .endsWith(":2: price: times the multipliers it is no whole number of 10^-18 USD"));
    String zero = "*\tm\tall_tokens\t0\tmultiplier\n";
    refused(write(Books.HEAD + row("*", "m", "input", "1") + zero));
  }

  @Test
  void refusesAnAliasOrAnOverrideThatLeadsNowhere() {
    Path file = write(Books.HEAD + row("*", "m", "input", "1") + "*\talso\talias\tn\tmodel\n");
    assertTrue(
        refused(file).getMessage().endsWith(":3:14: price: the alias's target 'n' is in no book"));
    Path good = write(Books.HEAD + row("*", "m", "input", "1"));
    PriceRules rules = Books.overrides(Map.of("prod", "n"));
    BadPricesException e =
        assertThrows(
            BadPricesException.class, () -> PriceBook.load(List.of(good.toString()), rules));
    assertEquals("prices: override of prod: 'n' is in no price book", e.getMessage());
    PriceRules guess = new PriceRules(Map.of(), true);
    assertThrows(BadPricesException.class, () -> PriceBook.load(List.of(good.toString()), guess));
  }

  @Test
  void readsALineOfTenMegabytes() {
    String huge = "x".repeat(10 << 20);
    for (String text :
        List.of(
            huge,
            "# source=" + huge + "\n" + Books.HEAD,
            "# source=a" + " ".repeat(10 << 20) + "b\n" + Books.HEAD,
            Books.HEAD + row("*", huge, "input", "1"),
            Books.HEAD + row("*", "m", "input", "1".repeat(10 << 20)),
            Books.HEAD + "\t".repeat(10 << 20) + "\n",
            "\t".repeat(10 << 20))) {
      BadPricesException e = refused(write(text));
      assertTrue(e.getMessage().length() < 30_000, () -> "" + e.getMessage().length());
    }
  }

  @Test
  void neverEndsInAnythingButProblems() throws IOException {
    Random random = new Random(7);
    byte[] good = Files.readAllBytes(Books.resource("cost-vector-prices.tsv"));
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      for (int j = 0; j < 1 + i % 5; j++) {
        bad[random.nextInt(i % 2 == 0 ? bad.length : 300)] =
            (byte) random.nextInt(i % 3 == 0 ? 256 : 64);
      }
      Path file = Files.write(directory.resolve("bad.tsv"), bad);
      try {
        Books.load(file).price(Books.usage("openai", "gpt-4o", 1, 1));
      } catch (BadPricesException e) {
        refused++;
      }
    }
    assertTrue(refused > 100, () -> "mutations must hurt");
    for (String text :
        List.of("", "\u0000", "\u0000\n\u0000\t\u0000\n", "\n\n\n", "\t\n\t\n", "\r\r")) {
      refused(write(text));
    }
    Path latin =
        Files.write(directory.resolve("l.tsv"), "m\n\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals("prices: " + latin + ":2:1: is not UTF-8 text", refused(latin).getMessage());
    Path nul = write(Books.HEAD + row("*", "m\u0000", "input", "1"));
    assertEquals(
        "prices: " + nul + ":2:3: model: has a control character", refused(nul).getMessage());
    assertThrows(
        BadPricesException.class,
        () -> PriceBook.load(List.of("no\u0000path"), PriceRules.defaults()));
  }

  private static BadPricesException refused(Path... files) {
    return assertThrows(BadPricesException.class, () -> Books.load(files));
  }

  private static String row(String provider, String model, String priced, String price) {
    return String.join("\t", provider, model, priced, price, PER_MILLION) + "\n";
  }

  private static Usage million(String provider, String model) {
    return Books.usage(provider, model, 1_000_000, 0);
  }

  private Path write(String text) {
    return Books.write(directory, "prices.tsv", text);
  }
}
