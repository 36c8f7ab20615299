package dev.tollspan.gpuledger;

import static dev.tollspan.gpuledger.Books.SECOND;
import static dev.tollspan.gpuledger.Books.at;
import static dev.tollspan.gpuledger.Books.pico;
import static dev.tollspan.gpuledger.Books.rate;
import static dev.tollspan.gpuledger.Books.usd;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;

/** The worked cases G1 to G11: what each request bears, digit by digit. */
class CostVectorsTest {
  private static final int A = 1;
  private static final int B = 2;
  private static final int C = 3;
  private static final int E = 4;

  @Test
  void g1_busyIntervalSharing() {
    WindowRecord window = window(Sharing.busyIntervals(), false);
    assertEquals(15 * SECOND, window.parts().get(0).gpuNanos());
    assertEquals(12_500_000_000L, window.parts().get(1).gpuNanos());
    assertEquals(17_500_000_000L, window.parts().get(2).gpuNanos());
    assertCosts(window, "0.0375", "0.03125", "0.04375");
  }

  @Test
  void g3_slotSeconds() {
    assertCosts(window(new Sharing.SlotSeconds(), false), "0.0375", "0.0375", "0.0375");
  }

  @Test
  void g5_tokenWeights() {
    assertCosts(
        window(new Sharing.Tokens(2000, false), false),
        "0.021774193549",
        "0.07439516129",
        "0.016330645161");
  }

  @Test
  void g7_aFailedRequestCostsSomething() {
    WindowRecord window = window(Sharing.busyIntervals(), true);
    assertCosts(window, "0.03375", "0.03125", "0.04375");
    assertEquals("0.00375", usd(pico(window, E)));
  }

  @Test
  void g9_utilisationAndCostPerToken() {
    WindowRecord window = window(Sharing.busyIntervals(), false);
    assertEquals(0.75, window.utilisation());
    long tokens = 0;
    for (Part part : window.parts()) {
      tokens += part.interval().promptTokens() + part.interval().outputTokens();
    }
    assertEquals(5850, tokens);
    assertEquals("25.6410", perMillion(window.window().billPico(), tokens));
    assertEquals("19.2308", perMillion(window.busyPico(), tokens));
  }

  @Test
  void g11_prefillAndDecodeApart() {
    Books prefill = new Books(rate("1", "3.60"), Books.config(0, 16, Sharing.busyIntervals()), 0);
    Books decode = new Books(rate("1", "1.80"), Books.config(0, 16, Sharing.busyIntervals()), 0);
    prefill.add(A, 0, 4);
    decode.add(A, 4, 24);
    decode.add(B, 0, 60);
    prefill.ledger.closeUntil(at(60));
    decode.ledger.closeUntil(at(60));
    long first = pico(prefill.windows.getFirst(), A);
    long second = pico(decode.windows.getFirst(), A);
    assertEquals("0.004", usd(first));
    assertEquals("0.005", usd(second));
    assertEquals("0.009", usd(first + second));
  }

  private static WindowRecord window(Sharing sharing, boolean withFailed) {
    Books books = new Books(Books.RATE, Books.config(0, 16, sharing), 0);
    add(books, A, 0, 20, 2, 1000, 100);
    if (withFailed) {
      books.add(E, 5, 8);
    }
    add(books, B, 10, 30, 4, 4000, 50);
    add(books, C, 25, 45, 1, 500, 200);
    books.ledger.advance(at(60));
    assertEquals(1, books.windows.size());
    return books.windows.getFirst();
  }

  private static void add(
      Books books, long id, int from, int to, int prefill, long input, long output) {
    books.request.clear().id(7, 7, id).span(at(from), at(to)).tokens(input, output);
    books.request.queueNanos(0).prefillNanos(at(prefill)).inferenceNanos(at(to - from));
    books.ledger.add(books.request, at(to));
  }

  private static void assertCosts(WindowRecord window, String a, String b, String c) {
    assertEquals("0.15", usd(window.window().billPico()));
    assertEquals(a, usd(pico(window, A)));
    assertEquals(b, usd(pico(window, B)));
    assertEquals(c, usd(pico(window, C)));
    assertEquals("0.0375", usd(window.idlePico()));
  }

  private static String perMillion(long pico, long tokens) {
    return BigDecimal.valueOf(pico, 12)
        .movePointRight(6)
        .divide(BigDecimal.valueOf(tokens), 4, RoundingMode.HALF_EVEN)
        .toPlainString();
  }
}
