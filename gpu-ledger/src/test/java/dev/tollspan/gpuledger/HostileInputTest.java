package dev.tollspan.gpuledger;

import static dev.tollspan.gpuledger.Books.SECOND;
import static dev.tollspan.gpuledger.Books.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a span says, the ledger counts it and lives, and its books stay true. */
class HostileInputTest {
  private static final long NOW = 1_786_000_000L * SECOND;
  private static final long[] ODD = {
    0,
    1,
    -1,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    Long.MAX_VALUE,
    1L << 62,
    NOW,
    NOW - 1,
    NOW - SECOND,
    NOW + SECOND,
    365 * 86_400 * SECOND,
    SECOND
  };

  private final Books books = new Books(Books.RATE, GpuLedgerConfig.defaults(), NOW - 60 * SECOND);
  private final GpuRequest request = books.request;

  @Test
  void numbersThatAreNoTimesAreRefused() {
    for (double seconds : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY, 1e300}) {
      sound().inferenceNanos(GpuRequest.nanos(seconds));
      refused(Admission.INVALID);
    }
    sound().queueNanos(-5);
    refused(Admission.INVALID);
    sound().span(-5, NOW);
    refused(Admission.INVALID);
    sound().span(NOW, Long.MIN_VALUE);
    refused(Admission.INVALID);
    sound().tokens(-1, 5);
    refused(Admission.INVALID);
    assertEquals(8, books.ledger.count(Admission.INVALID));
  }

  @Test
  void anEndBeforeTheStartIsRefused() {
    request.clear().span(NOW, NOW - 1);
    refused(Admission.BACKWARDS);
    sound().span(NOW - 10, NOW).queueNanos(11).inferenceNanos(GpuRequest.ABSENT);
    refused(Admission.BACKWARDS);
  }

  @Test
  void theLargestNumbersAreRefused() {
    sound().inferenceNanos(Long.MAX_VALUE);
    refused(Admission.AHEAD);
    sound().queueNanos(Long.MAX_VALUE);
    refused(Admission.AHEAD);
    sound().span(Long.MAX_VALUE, Long.MAX_VALUE);
    refused(Admission.AHEAD);
  }

  @Test
  void aYearIsTooLong() {
    request.clear().span(NOW - 365 * 86_400 * SECOND, NOW);
    refused(Admission.TOO_LONG);
  }

  @Test
  void aSpanOfTheFutureClosesNothing() {
    sound().span(NOW + 3600 * SECOND, NOW + 3660 * SECOND).inferenceNanos(60 * SECOND);
    refused(Admission.AHEAD);
    assertEquals(0, books.windows.size());
    sound();
    assertEquals(Admission.KEPT, books.ledger.add(request, NOW));
  }

  @Test
  void noTimeAtAllCostsNothing() {
    sound().inferenceNanos(0);
    assertEquals(Admission.EMPTY, books.ledger.add(request, NOW));
    assertEquals(0, request.provisionalPico());
    assertEquals(0, books.ledger.openIntervals());
  }

  @Test
  void aMillionIntervalsWithEqualEndsAreBounded() {
    Random random = new Random(7);
    Books books = new Books(Books.RATE, Books.config(0, 4096, Sharing.busyIntervals()), 0);
    for (int i = 0; i < 1_000_000; i++) {
      books.request.clear().id(0, 0, random.nextLong()).span(at(1) + i % 50, at(50));
      books.request.queueNanos(0).inferenceNanos(at(49) - i % 50);
      Admission admission = books.ledger.add(books.request, at(50));
      assertEquals(i < 4096 ? Admission.KEPT : Admission.FULL, admission);
      books.corrections.clear();
    }
    assertEquals(1_000_000 - 4096, books.ledger.count(Admission.FULL));
    books.ledger.advance(at(60));
    assertEquals(4096, books.windows.getFirst().parts().size());
    assertEquals(0, books.ledger.openIntervals());
  }

  @Test
  void anyMixtureOfOddNumbersIsCountedAndTheBooksBalance() {
    Random random = new Random(8);
    int rounds = 200_000;
    for (int i = 0; i < rounds; i++) {
      request.clear().id(odd(random), odd(random), i).span(odd(random), odd(random));
      request.queueNanos(odd(random)).firstTokenNanos(odd(random)).prefillNanos(odd(random));
      request.decodeNanos(odd(random)).inferenceNanos(odd(random)).endToEndNanos(odd(random));
      request.tokens(odd(random), odd(random));
      books.ledger.add(request, NOW);
      books.ledger.add(request.clear().span(odd(random), odd(random)).id(0, 0, i), NOW);
    }
    long counted = 0;
    for (Admission admission : Admission.values()) {
      counted += books.ledger.count(admission);
    }
    assertEquals(2 * rounds, counted);
    assertTrue(books.ledger.count(Admission.KEPT) > 0);
    assertTrue(books.ledger.count(Admission.LATE) > 0);
    books.ledger.closeUntil(NOW + 60 * SECOND);
    assertTrue(books.windows.size() > 1);
  }

  private long odd(Random random) {
    return ODD[random.nextInt(ODD.length)];
  }

  private GpuRequest sound() {
    request.clear().id(1, 2, 3).span(NOW - 10 * SECOND, NOW);
    return request.queueNanos(SECOND).inferenceNanos(9 * SECOND).tokens(10, 10);
  }

  private void refused(Admission expected) {
    long before = books.ledger.count(expected);
    assertEquals(expected, books.ledger.add(request, NOW));
    assertEquals(before + 1, books.ledger.count(expected));
    assertEquals(GpuRequest.ABSENT, request.provisionalPico());
    assertEquals(0, books.ledger.openIntervals());
  }
}
