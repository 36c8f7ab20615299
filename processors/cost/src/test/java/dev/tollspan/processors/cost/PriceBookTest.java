package dev.tollspan.processors.cost;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PriceBookTest {
  private static final String FIRST = "# source=ours\tversion=7\tunit=USD per 1000000 tokens\n";
  private static final String HEADER = "model\tinput\toutput\n";

  @TempDir Path directory;

  @Test
  void readsAFileInAnyOrderOfColumns() throws IOException {
    Path file = file(FIRST + "\r\n# a remark\r\noutput\tmodel\tinput\r\n4\tours-1\t 2.5 \r\n");
    Price price = find(PriceBook.load(List.of(file.toString())), "ours-1");
    assertEquals(6_500, price.nanos(1, 1));
    assertEquals(2_500, price.nanos(1, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1000", "1000000"})
  void readsEachUnit(String tokens) throws IOException {
    String first = "# source=ours\tversion=7\tunit=USD per " + tokens + " tokens\n";
    Path file = file(first + HEADER + "m\t0.5\t0\n");
    long nanos = 500_000_000L * (1_000_000 / Long.parseLong(tokens));
    assertEquals(nanos, find(PriceBook.load(List.of(file.toString())), "m").nanos(1_000_000, 0));
  }

  @Test
  void firstBookWins() throws IOException {
    String file = file(FIRST + HEADER + "mistral-7b\t1\t1\ndefault\t2\t2\n").toString();
    assertEquals(1_000, find(PriceBook.load(List.of(file, "tutorial")), "mistral-7b").nanos(1, 0));
    assertEquals(100, find(PriceBook.load(List.of("tutorial", file)), "mistral-7b").nanos(1, 0));
    Price unknown = PriceBook.load(List.of("builtin", file, "tutorial")).unknown();
    assertNotNull(unknown);
    assertEquals(2_000, unknown.nanos(1, 0));
  }

  @Test
  void tellsEveryProblemOfEveryFileWithItsLine() throws IOException {
    Path first =
        file(
            FIRST
                + HEADER
                + "a\t-1\t1\n"
                + "b\tabc\t1e-3\n"
                + "a\t1\t1\n"
                + "\t1\t1\n"
                + "c\t1\n"
                + "d\t1000000\t0.0000000000001\n");
    Path second = Files.writeString(directory.resolve("second.tsv"), "model\tinput\tcached\n");
    Path third = Files.writeString(directory.resolve("third.tsv"), FIRST + "\n# nothing\n");
    Path none = directory.resolve("none.tsv");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                PriceBook.load(
                    List.of("tutorial", "" + first, "" + second, "" + third, "" + none)));
    String decimal = "' is not a decimal below 1000000 with at most 12 digits behind the point";
    List<String> problems =
        List.of(
            "prices: " + first + ":3: input: -1 is negative",
            first + ":4: input: 'abc" + decimal,
            first + ":4: output: '1e-3" + decimal,
            first + ":5: model: 'a' stands in line 3 already",
            first + ":6: model: is empty",
            first + ":7: has 2 cells, the columns are 3",
            first + ":8: input: '1000000" + decimal,
            first + ":8: output: '0.0000000000001" + decimal,
            second
                + ":1: the first line must say where the prices come from, with tabs between:"
                + " # source=NAME version=TEXT unit=USD per 1000 tokens;"
                + " a unit is 1, 1000 or 1000000 tokens",
            third + ":3: has no prices",
            none + ": no such file, and the bundled price books are builtin, tutorial");
    assertEquals(problems, e.getMessage().lines().toList());
  }

  @Test
  void tellsWhatIsWrongWithTheColumns() throws IOException {
    Path file = file(FIRST + "model\tinput\tcached\tinput\na\tx\t1\t1\n");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> PriceBook.load(List.of(file.toString())));
    assertEquals(
        List.of(
            "prices: " + file + ":2: missing column output",
            file + ":2: unknown column 'cached'",
            file + ":2: column input stands there twice",
            file
                + ":3: input: 'x' is not a decimal below 1000000 with at most 12 digits behind"
                + " the point"),
        e.getMessage().lines().toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# source=a\tversion=1\tunit=EUR per 1000 tokens",
        "# source=a\tversion=1\tunit=USD per 500 tokens",
        "# source=a\tunit=USD per 1000 tokens",
        "# version=1\tunit=USD per 1000 tokens",
        "source=a\tversion=1\tunit=USD per 1000 tokens",
        ""
      })
  void refusesAFirstLineThatLeavesTheUnitOrTheOriginOpen(String line) throws IOException {
    String file = file(line + "\n" + HEADER + "a\t1\t1\n").toString();
    assertThrows(IllegalArgumentException.class, () -> PriceBook.load(List.of(file)));
  }

  @Test
  void refusesWhatIsNoText() throws IOException {
    Path file = Files.write(directory.resolve("latin.tsv"), "# caf\u00e9".getBytes(ISO_8859_1));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> PriceBook.load(List.of(file.toString(), "no\u0000path", "" + directory)));
    List<String> problems = e.getMessage().lines().toList();
    assertEquals("prices: " + file + ": is not UTF-8 text", problems.get(0));
    assertEquals(3, problems.size(), e::getMessage);
  }

  @Test
  void findsEachOfManyModelsAndNoOther() throws IOException {
    StringBuilder text = new StringBuilder(FIRST + HEADER);
    for (int i = 0; i < 3_000; i++) {
      text.append("org/family-").append(i).append("-instruct\t").append(i).append("\t0\n");
    }
    PriceBook book = PriceBook.load(List.of(file(text.toString()).toString()));
    for (int i = 0; i < 3_000; i++) {
      String model = "org/family-" + i + "-instruct";
      assertEquals(i * 1_000L, find(book, model).nanos(1, 0));
      assertNull(look(book, model + "x"));
      assertNull(look(book, model.substring(1)));
      assertNull(look(book, model.replace('-', '_')));
    }
    assertNull(look(book, ""));
    assertNull(look(book, "x".repeat(100_000)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 15, 16, 17, 31})
  void comparesEveryByteOfAName(int length) throws IOException {
    byte[] name = "abcdefghijklmnopqrstuvwxyz012345".substring(0, length).getBytes(UTF_8);
    String row = new String(name, UTF_8) + "\t1\t1\n";
    PriceBook book = PriceBook.load(List.of(file(FIRST + HEADER + row).toString()));
    byte[] between = new byte[length + 2];
    System.arraycopy(name, 0, between, 1, length);
    assertNotNull(book.find(between, 1, length));
    for (int i = 0; i < length; i++) {
      byte[] other = Arrays.copyOf(name, length);
      other[i] ^= 1;
      assertNull(book.find(other, 0, length));
    }
  }

  @Test
  void bundledBooksAgreeWhereBothHaveAModel() {
    PriceBook builtin = PriceBook.load(List.of("builtin"));
    PriceBook tutorial = PriceBook.load(List.of("tutorial"));
    for (String model : List.of("gpt-3.5-turbo", "gpt-4o-mini")) {
      assertEquals(find(tutorial, model).nanos(1, 0), find(builtin, model).nanos(1, 0));
      assertEquals(find(tutorial, model).nanos(0, 1), find(builtin, model).nanos(0, 1));
    }
    assertNull(builtin.unknown());
  }

  @Test
  void configurationNamesEachBookOnceAndAtLeastOne() {
    for (List<String> wrong : List.of(List.<String>of(), List.of(" "), List.of("a", "a"))) {
      assertThrows(IllegalArgumentException.class, () -> new EstimateCostConfig(wrong, false));
    }
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("prices.tsv"), text);
  }

  private static Price find(PriceBook book, String model) {
    Price price = look(book, model);
    assertNotNull(price, model);
    return price;
  }

  private static Price look(PriceBook book, String model) {
    byte[] bytes = model.getBytes(UTF_8);
    return book.find(bytes, 0, bytes.length);
  }
}
