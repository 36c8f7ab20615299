package dev.tollspan.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The book as a whole: explained, compared, swapped. */
class PriceBookTest {
  private static final String UNIT = "\tUSD per 1M tokens\n";

  @TempDir Path directory;

  @Test
  void explainsHowACallComesToItsCost() {
    PriceBook book = Books.vectors(PriceRules.defaults());
    Usage usage =
        Books.usage("anthropic", "claude-opus-5-20260101", 10_000, 500)
            .count(Count.CACHE_READ, 6000)
            .count(Count.WEB_SEARCH, 2)
            .text(Fact.INFERENCE_GEO, "us");
    List<String> told = told(book, usage);
    for (String wanted :
        List.of(
            "QUESTION provider anthropic, response model 'claude-opus-5-20260101', request model"
                + " none, at 2026-08-20T12:00:00Z",
            "NAME exact claude-opus-5-20260101: none",
            "NAME snapshot claude-opus-5: [anthropic/claude-opus-5 of cost-vector-prices]",
            "QUESTION tier standard, regions [geo_us]",
            "ARITHMETIC 4000 input x 0.0000055 USD",
            "ARITHMETIC 6000 cache_read x 0.00000055 USD",
            "ARITHMETIC 500 output x 0.0000275 USD",
            "ARITHMETIC 2 web_search x 0.01 USD",
            "ARITHMETIC 0.022 + 0.0033 + 0.01375 + 0.02 = 0.05905 USD",
            "RESULT note snapshot_stripped")) {
      assertTrue(told.contains(wanted), () -> wanted + "\n" + String.join("\n", told));
    }
    assertTrue(
        told.stream().anyMatch(s -> s.startsWith("CHOSEN input: times anthropic/claude-opus-5")),
        () -> String.join("\n", told));
    assertEquals(
        "RESULT 0.05905 USD, approximate, by the price anthropic/claude-opus-5/standard/geo_us/any"
            + " of the book cost-vector-prices in version #: the model was found by its name"
            + " without the date",
        told.getLast()
            .replaceFirst("version [^:,]+", "version #")
            .replaceFirst(", in force[^:]+", ""));
  }

  @Test
  void explainsWhyThereIsNoCost() {
    PriceBook book = Books.vectors(PriceRules.defaults());
    List<String> unknown = told(book, Books.usage("openai", "gpt-9", 1, 1));
    assertEquals("RESULT no cost: unknown_model", unknown.getLast());
    List<String> ambiguous = told(book, Books.usage("", "shared-model", 1, 1));
    assertEquals("RESULT no cost: ambiguous_provider", ambiguous.getLast());
    List<String> missing = told(book, Books.usage("deepseek", "deepseek-v4-flash", 1, 1));
    assertTrue(missing.contains("CHOSEN input: no price"), () -> String.join("\n", missing));
    for (String at : List.of("2023-01-01T00:00:00Z", "2025-01-01T00:00:00Z")) {
      Usage usage = Books.usage("synthetic", "dated-2024").at(Books.nanos(at));
      assertEquals(1, told(book, usage).stream().filter(s -> s.startsWith("RESULT")).count());
    }
  }

  @Test
  void tellsInWhatTwoBooksDiffer() {
    PriceBook before =
        book(
            "a",
            "*\tsame\tinput\t1" + UNIT,
            "*\tdearer\tinput\t1" + UNIT,
            "*\tgone\tinput\t1" + UNIT);
    PriceBook after =
        book(
            "b",
            "*\tsame\tinput\t0.001\tUSD per 1K tokens\n",
            "*\tdearer\tinput\t2" + UNIT,
            "*\tnew\tinput\tdynamic" + UNIT);
    List<Difference> differences = PriceBook.diff(before, after);
    assertEquals(3, differences.size());
    assertEquals("1", differences.get(0).before().price());
    assertEquals("2", differences.get(0).after().price());
    assertEquals("gone", differences.get(1).before().model());
    assertNull(differences.get(1).after());
    assertNull(differences.get(2).before());
    assertEquals("new", differences.get(2).after().model());
    assertEquals(List.of(), PriceBook.diff(after, after));
  }

  @Test
  void noCallMixesTwoBooksWhileTheyAreSwapped() throws InterruptedException {
    PriceBook cheap = book("cheap", "*\tm\tinput\t1" + UNIT, "*\tm\toutput\t10" + UNIT);
    PriceBook dear = book("dear", "*\tm\tinput\t2" + UNIT, "*\tm\toutput\t20" + UNIT);
    AtomicReference<PriceBook> current = new AtomicReference<>(cheap);
    AtomicInteger running = new AtomicInteger(2);
    AtomicInteger wrong = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int thread = 0; thread < 2; thread++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    Quote quote = new Quote();
                    for (int i = 0; i < 50_000; i++) {
                      Usage usage = Books.usage("v" + i % 1000, "m", 1000, 1000);
                      current.get().price(usage, quote);
                      boolean isDear = quote.terms().source().equals("dear");
                      if (quote.nanoUsd() != (isDear ? 22_000_000 : 11_000_000)) {
                        wrong.incrementAndGet();
                      }
                    }
                    running.decrementAndGet();
                  }));
    }
    while (running.get() > 0) {
      current.set(current.get() == cheap ? dear : cheap);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(0, wrong.get());
  }

  private static List<String> told(PriceBook book, Usage usage) {
    List<String> told = new ArrayList<>();
    book.explain(usage).forEach(step -> told.add(step.kind() + " " + step.text()));
    return told;
  }

  private PriceBook book(String name, String... rows) {
    return Books.load(Books.write(directory, name + ".tsv", Books.HEAD + String.join("", rows)));
  }
}
