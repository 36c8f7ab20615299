package dev.tollspan.gpuledger;

import static dev.tollspan.gpuledger.Books.SECOND;
import static dev.tollspan.gpuledger.Books.at;
import static dev.tollspan.gpuledger.Books.pico;
import static dev.tollspan.gpuledger.Books.usd;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GpuLedgerTest {
  @Test
  void aRequestHasAPartInEveryWindowThatItTouches() {
    Books books = Books.withLateness(0);
    books.ledger.closeUntil(at(0));
    books.add(1, 30, 150);
    books.ledger.closeUntil(at(180));
    assertEquals(3, books.windows.size());
    assertEquals("0.075", usd(pico(books.windows.get(0), 1)));
    assertEquals("0.15", usd(pico(books.windows.get(1), 1)));
    assertEquals("0.075", usd(pico(books.windows.get(2), 1)));
  }

  @Test
  void aWindowClosesWhenTheWatermarkPassesItsEnd() {
    Books books = Books.withLateness(30);
    books.add(1, 10, 89.999);
    assertEquals(0, books.windows.size());
    books.add(2, 70, 90);
    assertEquals(1, books.windows.size());
    assertEquals(at(60), books.ledger.closedUntilNanos());
    assertEquals(2, books.ledger.openIntervals());
  }

  @Test
  void aClockThatIsAheadClosesNoWindowEarly() {
    Books books = Books.withLateness(0);
    assertEquals(Admission.KEPT, books.add(1, 100, 200, 50));
    assertEquals(0, books.windows.size());
    assertEquals(Admission.KEPT, books.add(2, 10, 51, 51));
    assertEquals(at(200), books.ledger.endNanosMax());
    books.ledger.closeUntil(books.ledger.endNanosMax());
    assertEquals(
        "0.25",
        usd(
            pico(books.windows.get(1), 1)
                + pico(books.windows.get(2), 1)
                + pico(books.windows.get(3), 1)));
    assertEquals(0, books.ledger.openIntervals());
  }

  @Test
  void theOrderOfArrivalDoesNotMatterWithinTheLateness() {
    Random random = new Random(6);
    List<double[]> requests = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      double from = random.nextDouble(200);
      requests.add(new double[] {i, from, from + random.nextDouble(40)});
    }
    List<WindowRecord> expected = closed(requests);
    assertEquals(4, expected.size());
    for (int round = 0; round < 5; round++) {
      Collections.shuffle(requests, random);
      List<WindowRecord> shuffled = closed(requests);
      for (int w = 0; w < expected.size(); w++) {
        assertEquals(expected.get(w).idlePico(), shuffled.get(w).idlePico());
        for (int id = 0; id < requests.size(); id++) {
          assertEquals(pico(expected.get(w), id), pico(shuffled.get(w), id));
        }
      }
    }
  }

  @Test
  void whatComesLateBecomesACorrectionAndChangesNothing() {
    Books books = Books.withLateness(0);
    books.add(1, 10, 40);
    books.ledger.advance(at(60));
    WindowRecord closed = books.windows.getFirst();
    assertEquals(Admission.LATE, books.add(2, 20, 90));
    assertEquals(List.of(closed), books.windows);
    Correction correction = books.corrections.getFirst();
    assertEquals(2, correction.interval().spanId());
    assertEquals(at(60), correction.untilNanos());
    books.ledger.closeUntil(at(120));
    assertEquals("0.075", usd(pico(books.windows.get(1), 2)), "the rest is in its own window");
  }

  @Test
  void aCorrectedWindowSplitsTheSameBillAgain() {
    Books books = Books.withLateness(0);
    books.add(1, 10, 40);
    books.ledger.advance(at(60));
    books.add(2, 20, 50);
    WindowRecord before = books.windows.getFirst();
    WindowRecord after = before.corrected(books.corrections);
    assertEquals(1, after.revision());
    assertEquals(
        after
            .window()
            .split(List.of(Books.interval(1, 10, 40), Books.interval(2, 20, 50)))
            .idlePico(),
        after.idlePico());
    assertEquals("0.05", usd(pico(after, 1)));
    assertEquals("0.05", usd(pico(after, 2)));
    Books.balance(after);
    WindowRecord twice = after.corrected(books.corrections);
    assertEquals(after.parts(), twice.parts());
  }

  @Test
  void aCorrectionConcernsOnlyItsReplicaAndItsWindows() {
    Window window = new Window("a", Books.RATE, Sharing.busyIntervals(), at(60), at(120));
    WindowRecord empty = window.split(List.of());
    Interval late = Books.interval(1, 10, 100);
    assertEquals(0, empty.corrected(List.of(new Correction("b", late, at(100)))).busyNanos());
    assertEquals(0, empty.corrected(List.of(new Correction("a", late, at(60)))).busyNanos());
    assertEquals(at(40), empty.corrected(List.of(new Correction("a", late, at(120)))).busyNanos());
  }

  @Test
  void silenceIsIdleTimeUpToADayInARecord() {
    Books books = Books.withLateness(0);
    books.add(1, 10, 40);
    double monday = 60.0 * 3600;
    books.add(2, monday + 5, monday + 55);
    assertEquals(4, books.windows.size());
    assertEquals(at(60), books.windows.get(0).window().nanos());
    assertEquals(at(86_400), books.windows.get(1).window().nanos());
    assertEquals(at(86_400), books.windows.get(2).window().nanos());
    assertEquals(at(monday), books.windows.get(3).window().endNanos());
    books.ledger.closeUntil(at(monday + 120));
    long sum = 0;
    for (WindowRecord window : books.windows) {
      sum += window.idlePico() + window.busyPico();
    }
    assertEquals(Books.RATE.billPico(0, at(monday + 120)), sum);
  }

  @Test
  void theLongRunIsExactWhereAWindowIsNoWholeNumberOfPicoDollars() {
    GpuRate rate = Books.rate("0.333333333333333333", "0.0000000001");
    Books books = new Books(rate, Books.config(0, 16, Sharing.busyIntervals()), 0);
    for (int i = 1; i <= 1000; i++) {
      books.add(i, i * 60 - 30, i * 60);
    }
    assertEquals(1000, books.windows.size());
    long sum = 0;
    for (WindowRecord window : books.windows) {
      sum += window.window().billPico();
    }
    // 1/3 x 1e-10 USD/h over 60000 s is 555.55... pico-dollars; each window alone is 0.55...
    assertEquals(556, sum);
  }

  @Test
  void booksMayBeOpenedAndClosedInTheMiddleOfAWindow() {
    Books books = new Books(Books.RATE, Books.config(0, 16, Sharing.busyIntervals()), at(70));
    assertEquals(Admission.LATE, books.add(1, 65, 80));
    books.ledger.closeUntil(at(90));
    books.ledger.closeUntil(at(120));
    assertEquals(at(70), books.windows.get(0).window().startNanos());
    assertEquals(at(90), books.windows.get(0).window().endNanos());
    assertEquals(at(120), books.windows.get(1).window().endNanos());
    assertEquals("0.025", usd(pico(books.windows.get(0), 1)));
    assertEquals(at(70), books.corrections.getFirst().untilNanos());
  }

  @Test
  void aFullLedgerCountsWritesACorrectionAndGoesOn() {
    Books books = new Books(Books.RATE, Books.config(0, 2, Sharing.busyIntervals()), 0);
    assertEquals(Admission.KEPT, books.add(1, 0, 10));
    assertEquals(Admission.KEPT, books.add(2, 0, 20));
    assertEquals(Admission.FULL, books.add(3, 0, 30));
    assertTrue(books.request.provisionalPico() > 0);
    assertEquals(2, books.ledger.openIntervals());
    assertEquals(Admission.FULL, books.add(4, 50, 70));
    assertEquals(0, books.ledger.openIntervals(), "its end moved the watermark");
    assertEquals(Admission.KEPT, books.add(5, 62, 75));
    assertEquals(2, books.ledger.count(Admission.FULL));
    WindowRecord corrected = books.windows.getFirst().corrected(books.corrections);
    assertEquals(4, corrected.parts().size());
    assertEquals("0.025", usd(pico(corrected, 4)));
  }

  @Test
  void memoryIsBoundedByTheOpenWindows() {
    Books books = Books.withLateness(30);
    int most = 0;
    for (int i = 0; i < 100_000; i++) {
      books.add(i, i / 10.0, i / 10.0 + 5);
      most = Math.max(most, books.ledger.openIntervals());
    }
    // 10 a second, for a window, the lateness and their own time
    assertTrue(most <= 10 * (60 + 30 + 5) + 1, most + " intervals");
    assertEquals(100_000, books.ledger.count(Admission.KEPT));
    assertEquals(0, books.corrections.size());
  }

  @Test
  void theSameSpanTwiceIsKeptOnceAndPricedAlike() {
    Books books = Books.withLateness(60);
    books.add(1, 0, 20);
    books.add(2, 10, 30);
    long first = books.request.provisionalPico();
    books.add(3, 12, 31);
    assertEquals(Admission.DUPLICATE, books.add(2, 10, 30));
    assertEquals(first, books.request.provisionalPico());
    assertEquals(3, books.ledger.openIntervals());
  }

  @Test
  void aProvisionalCostCountsTheNeighboursThatAreKnown() {
    Books books = Books.withLateness(60);
    books.add(1, 0, 20);
    assertEquals("0.05", usd(books.request.provisionalPico()), "alone");
    books.add(2, 10, 30);
    assertEquals("0.033333333333", usd(books.request.provisionalPico()), "1.5 at once");
  }

  @Test
  void aProvisionalCostWithoutKnownNeighboursUsesLittlesLaw() {
    Books books = Books.withLateness(0);
    for (int i = 1; i <= 200; i++) {
      books.add(i, i * 10 - 40, i * 10); // every 10 s, 40 s each: four at once
    }
    books.ledger.closeUntil(at(2010));
    books.add(900, 1990, 2010);
    assertEquals(0.05 / 4, books.request.provisionalPico() / 1e12, 0.0005);
  }

  @Test
  void theFactorLeadsFromProvisionalToFinalCosts() {
    Books books = Books.withLateness(60);
    books.add(1, 0, 20);
    books.add(2, 10, 30);
    books.add(3, 25, 45);
    books.ledger.closeUntil(at(60));
    WindowRecord window = books.windows.getFirst();
    double provisional = 0.05 + 0.05 / 1.5 + 0.05 / 1.25;
    assertEquals(0.1125 / provisional, window.factor(), 1e-9);
    assertEquals(1, window.window().split(List.of()).factor());
  }

  @Test
  void aPrefillMayWeighMore() {
    Books books = new Books(Books.RATE, Books.config(0, 16, new Sharing.BusyIntervals(3000)), 0);
    books.request.clear().id(7, 7, 1).span(0, at(20)).queueNanos(0);
    books.request.prefillNanos(at(10)).inferenceNanos(at(20));
    books.ledger.add(books.request, at(20));
    books.add(2, 0, 20);
    books.ledger.closeUntil(at(60));
    WindowRecord window = books.windows.getFirst();
    assertEquals(at(12.5), window.parts().get(0).gpuNanos());
    assertEquals(at(7.5), window.parts().get(1).gpuNanos());
  }

  @Test
  void theWeightOfAnOutputTokenIsLearned() {
    Books books = new Books(Books.RATE, Books.config(0, 512, Sharing.Tokens.defaults()), 0);
    for (int i = 0; i < 120; i++) {
      books.request.clear().id(7, 7, i).span(at(i), at(i + 5)).tokens(1000, 100);
      books.request.queueNanos(0).prefillNanos(SECOND).decodeNanos(4 * SECOND);
      books.ledger.add(books.request, at(i + 5));
    }
    assertEquals(new Sharing.Tokens(2500, true), books.windows.get(0).window().sharing());
    books.ledger.closeUntil(at(180));
    // (4 s / 100) / (1 s / 1000)
    assertEquals(new Sharing.Tokens(40_000, true), books.windows.getLast().window().sharing());
    assertFalse(books.windows.getLast().parts().isEmpty());
  }

  @Test
  void aRequestWithoutTokensWeighsOneInputToken() {
    Window window = new Window("r", Books.RATE, new Sharing.Tokens(2500, false), 0, at(60));
    Interval some = new Interval(0, 0, 1, 0, 0, at(40), 9, 4, 0, false);
    WindowRecord record = window.split(List.of(some, Books.interval(2, 0, 40)));
    assertEquals("0.095", usd(pico(record, 1)));
    assertEquals("0.005", usd(pico(record, 2)));
  }

  private static List<WindowRecord> closed(List<double[]> requests) {
    Books books = Books.withLateness(300);
    for (double[] request : requests) {
      assertEquals(Admission.KEPT, books.add((long) request[0], request[1], request[2]));
    }
    books.ledger.closeUntil(at(240));
    return books.windows;
  }
}
