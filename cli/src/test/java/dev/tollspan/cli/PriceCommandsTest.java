package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PriceCommandsTest {
  private static final Path EXCERPTS =
      Path.of(
          System.getProperty("tollspan.root"),
          "price-import/src/test/resources/dev/tollspan/priceimport");
  private static final String HEAD =
      "# source=%s version=1\nprovider\tmodel\ttoken_class\tprice\tunit\n";
  private static final String M = "acme\tm-1\t%s\t%s\tUSD per 1M tokens\n";

  @TempDir private Path directory;

  private final Shell shell = new Shell();

  @Test
  void priceTellsEachPartToTheLastDigit() throws IOException {
    String book = book("mine", "input 2.5", "cache_read 0.3", "output 10");
    int code =
        shell.tollspan(
            "price", "m-1", "--in", "1003", "--cached", "3", "--out", "7", "--prices", book);
    assertEquals(ExitCode.OK, code, shell.err());
    String version = shell.out().replaceAll("(?s).*version +(\\S+)\n.*", "$1");
    assertTrue(version.startsWith("1+"), version);
    assertEquals(
        """
        cost            0.0025709 USD
          input         0.0025
          cache_read    0.0000009
          output        0.00007
        price           acme/m-1/standard/any/any
        source          mine
        version         %s
        effective from  -
        match           provider_inferred
        quality         exact
        notes           -
        """
            .formatted(version),
        shell.out());
  }

  @Test
  void priceIsJsonForPrograms() throws IOException {
    String book = book("mine", "input 2.5", "output 10");
    String[] call = {
      "price",
      "m-1",
      "--provider=acme",
      "--in=1000",
      "--out=1",
      "--at=2026-03-01",
      "--prices",
      book,
      "--output=json",
      "--explain"
    };
    assertEquals(ExitCode.OK, shell.tollspan(call), shell.err());
    JsonNode json = JsonMapper.builder().build().readTree(shell.out());
    assertEquals("0.00251", json.path("estimated_cost_usd").textValue());
    assertEquals(2_510_000, json.path("estimated_cost_nanousd").longValue());
    assertEquals("0.0025", json.path("components").path("input").textValue());
    assertEquals("exact", json.path("match").textValue());
    assertTrue(json.path("steps").get(0).path("text").textValue().contains("2026-03-01T00:00"));
  }

  @Test
  void whatHasNoPriceHasAReason() throws IOException {
    String book = book("mine", "input 2.5");
    assertEquals(
        ExitCode.FAILED, shell.tollspan("price", "nope", "--in=1", "--out=1", "--prices", book));
    assertEquals("no cost for nope: unknown_model\n", shell.out());
    shell.clearOut();
    shell.tollspan("price", "nope", "--in=1", "--out=1", "--prices", book, "--output=json");
    assertEquals(
        "{\"model\":\"nope\",\"estimated_cost_usd\":null,\"unpriced_reason\":\"unknown_model\","
            + "\"notes\":[]}\n",
        shell.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "price m",
        "price m --in 1 --out -1",
        "price m --in x --out 1",
        "price m --in 1 --out 1 --at yesterday",
        "price m --in 1 --out 1 --output yaml",
        "prices",
        "prices diff builtin",
        "prices import",
        "prices import --litellm a --genai b",
        "prices import --genai a --as-of soon"
      })
  void wrongUsageIsToldAsSuch(String line) {
    assertEquals(ExitCode.USAGE, shell.tollspan(line.split(" ")), line);
    assertTrue(shell.err().startsWith("tollspan: "), shell.err());
    assertEquals("", shell.out());
  }

  @Test
  void checkCountsWhatIsRight() throws IOException {
    String book = book("mine", "input 2.5", "output 10");
    assertEquals(ExitCode.OK, shell.tollspan("prices", "check", book), shell.err());
    assertEquals(book + ": 2 prices of 1 models, 0 warnings\n", shell.out());
    shell.clearOut();
    assertEquals(ExitCode.OK, shell.tollspan("prices", "check"));
    assertTrue(shell.out().startsWith("builtin, tutorial: "), shell.out());
  }

  @Test
  void checkTellsEveryProblemWithItsPlace() throws IOException {
    String book = book("mine", "input x", "outptu 10");
    assertEquals(ExitCode.INVALID, shell.tollspan("prices", "check", book));
    assertTrue(shell.err().contains(book + ":3:"), shell.err());
    assertTrue(shell.err().contains(book + ":4:"), shell.err());
    assertEquals("", shell.out());
  }

  @Test
  void diffTellsEachDifferenceAndEndsAsDiffDoes() throws IOException {
    String before = book("before", "input 2.5", "output 10");
    String after = book("after", "input 2.4", "cache_read 1");
    assertEquals(ExitCode.FAILED, shell.tollspan("prices", "diff", before, after));
    assertEquals(
        """
        ~ acme/m-1 input tier=standard: 2.5 USD per 1M tokens -> 2.4 USD per 1M tokens
        - acme/m-1 output tier=standard: 10 USD per 1M tokens
        + acme/m-1 cache_read tier=standard: 1 USD per 1M tokens
        """,
        shell.out());
    shell.clearOut();
    assertEquals(ExitCode.OK, shell.tollspan("prices", "diff", before, before));
    assertEquals("", shell.out());
    assertEquals(ExitCode.INVALID, shell.tollspan("prices", "diff", before, "none.tsv"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--litellm litellm-excerpt.json", "--genai genai-prices-excerpt.json"})
  void whatIsImportedIsABook(String catalogue) {
    String[] words = catalogue.split(" ");
    String file = EXCERPTS.resolve(words[1]).toString();
    Path book = directory.resolve("book.tsv");
    String[] toFile = {
      "prices", "import", words[0], file, "--as-of", "2026-08-01", "-o", book.toString()
    };
    assertEquals(ExitCode.OK, shell.tollspan(toFile), shell.err());
    assertTrue(shell.err().contains(words[1] + ": "), shell.err());
    assertTrue(
        shell.err().lines().toList().getLast().matches("[0-9,]+ prices and .*"), shell.err());
    assertEquals("", shell.out());
    assertEquals(ExitCode.OK, shell.tollspan("prices", "check", book.toString()), shell.err());
    shell.clearOut();
    shell.tollspan("prices", "import", words[0], file, "--as-of", "2026-08-01");
    assertTrue(shell.out().startsWith("# source="), shell.out().lines().findFirst().orElse(""));
    assertTrue(shell.out().lines().findFirst().orElse("").endsWith(" version=2026-08-01"));
  }

  @Test
  void aCatalogueThatIsNoneIsOneSentence() throws IOException {
    Path file = Files.writeString(directory.resolve("x.json"), "[1,");
    assertEquals(ExitCode.FAILED, shell.tollspan("prices", "import", "--genai", file.toString()));
    assertEquals(1, shell.err().lines().count(), shell.err());
    shell.clearErr();
    assertEquals(ExitCode.FAILED, shell.tollspan("prices", "import", "--litellm", "missing.json"));
    assertTrue(shell.err().startsWith("tollspan: cannot read the catalogue"), shell.err());
  }

  private String book(String name, String... prices) throws IOException {
    StringBuilder text = new StringBuilder(HEAD.formatted(name));
    for (String price : prices) {
      text.append(M.formatted((Object[]) price.split(" ")));
    }
    return Files.writeString(directory.resolve(name + ".tsv"), text).toString();
  }
}
