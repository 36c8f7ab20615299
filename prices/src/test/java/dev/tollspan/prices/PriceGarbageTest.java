package dev.tollspan.prices;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PriceGarbageTest {
  private static final int ROUNDS = 20_000;

  @Test
  void leavesNoGarbageOnceTheTextsAreKnown() {
    PriceBook book = Books.vectors(PriceRules.defaults());
    List<Usage> usages = usages();
    Quote quote = new Quote();
    long sum = run(book, usages, quote);
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) { // the meter's first readings take some bytes themselves
      long before = meter.getThreadAllocatedBytes(thread);
      assertEquals(sum, run(book, usages, quote));
      least = Math.min(least, meter.getThreadAllocatedBytes(thread) - before);
    }
    assertTrue(sum > 0);
    long prices = (long) ROUNDS * usages.size();
    assertTrue(least < prices / 1000, least + " bytes for " + prices + " prices");
  }

  private static long run(PriceBook book, List<Usage> usages, Quote quote) {
    long sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < usages.size(); i++) {
        book.price(usages.get(i).count(Count.OUT_TOTAL, 500 + round), quote);
        sum += quote.nanoUsd() + Double.doubleToLongBits(quote.usd(Component.OUTPUT)) % 7;
      }
    }
    return sum;
  }

  /** Exact and approximate, with bands, windows, multipliers and fees, and without a price. */
  private static List<Usage> usages() {
    List<Usage> usages = new ArrayList<>();
    usages.add(Books.usage("", "gpt-3.5-turbo", 1000, 1));
    usages.add(Books.usage("openai", "gpt-4o", 9000, 1).count(Count.CACHE_READ, 8000));
    usages.add(Books.usage("openai", "gpt-5.4", 300_000, 1));
    usages.add(Books.usage("synthetic", "marginal-tier", 300_000, 1).count(Count.OUT_TOTAL, 0));
    usages.add(
        Books.usage("deepseek", "deepseek-chat", 1000, 1).at(Books.nanos("2025-07-15T17:00:00Z")));
    usages.add(
        Books.usage("anthropic", "claude-opus-5-20260101", 1000, 1).text(Fact.INFERENCE_GEO, "us"));
    usages.add(Books.usage("anthropic", "claude-opus-5", 1000, 1).count(Count.WEB_SEARCH, 3));
    usages.add(Books.usage("openai", "gpt-realtime", 1000, 1).count(Count.IN_AUDIO, 300));
    usages.add(Books.usage("", "shared-model", 1, 1));
    usages.add(Books.usage("", "unknown", 1, 1));
    usages.add(Books.usage("", "", 1, 1));
    usages.add(Books.usage("", "x".repeat(600), 1, 1));
    byte[] inside = "..openai....gpt-4o..".getBytes(UTF_8);
    usages.add(
        new Usage()
            .text(Fact.PROVIDER, inside, 2, 6)
            .text(Fact.RESPONSE_MODEL, inside, 12, 6)
            .count(Count.IN_TOTAL, 10));
    return usages;
  }
}
