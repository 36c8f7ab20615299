package dev.tollspan.gpuledger;

import static dev.tollspan.gpuledger.Books.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What must hold for any set of requests. */
class SharingPropertiesTest {
  private static final int ROUNDS = 300;
  private static final long FROM = 1_786_000_000L * SECOND;
  private static final long TO = FROM + 60 * SECOND;
  private static final List<Sharing> ALL =
      List.of(
          Sharing.busyIntervals(),
          new Sharing.BusyIntervals(3250),
          new Sharing.Tokens(2500, false),
          new Sharing.SlotSeconds());

  @Test
  void partsAndIdleAreTheBillToTheLastPicoDollar() {
    Random random = new Random(1);
    for (int round = 0; round < ROUNDS; round++) {
      GpuRate rate = rate(random);
      List<Interval> intervals = intervals(random, random.nextInt(60));
      for (Sharing sharing : ALL) {
        Books.balance(new Window("r", rate, sharing, FROM, TO).split(intervals));
      }
    }
  }

  @Test
  void theOrderDoesNotMatter() {
    Random random = new Random(2);
    for (int round = 0; round < ROUNDS; round++) {
      GpuRate rate = rate(random);
      List<Interval> intervals = intervals(random, 40);
      for (Sharing sharing : ALL) {
        Window window = new Window("r", rate, sharing, FROM, TO);
        WindowRecord before = window.split(intervals);
        Collections.shuffle(intervals, random);
        assertEquals(before, window.split(intervals));
      }
    }
  }

  @Test
  void aCutAtAnyInstantLeavesEverySumAsItWas() {
    Random random = new Random(3);
    for (int round = 0; round < ROUNDS; round++) {
      long cut = FROM + 1 + random.nextLong(TO - FROM - 1);
      GpuRate rate = rate(random);
      Sharing sharing = new Sharing.BusyIntervals(1000 + 250 * random.nextInt(9));
      List<Interval> intervals = intervals(random, 40);
      Window whole = new Window("r", rate, sharing, FROM, TO);
      Window first = new Window("r", rate, sharing, FROM, cut);
      Window second = new Window("r", rate, sharing, cut, TO);
      assertEquals(whole.billPico(), first.billPico() + second.billPico());
      Map<Interval, BigInteger> sums = shares(first, intervals);
      shares(second, intervals).forEach((who, share) -> sums.merge(who, share, BigInteger::add));
      assertEquals(shares(whole, intervals), sums);
    }
  }

  @Test
  void aNeighbourNeverMakesAnotherDearer() {
    Random random = new Random(4);
    for (int round = 0; round < ROUNDS; round++) {
      Sharing sharing = new Sharing.BusyIntervals(1000 + 500 * random.nextInt(5));
      Window window = new Window("r", rate(random), sharing, FROM, TO);
      List<Interval> intervals = intervals(random, 1 + random.nextInt(30));
      Map<Interval, BigInteger> before = shares(window, intervals);
      WindowRecord costs = window.split(intervals);
      intervals.add(interval(random, 1_000));
      Map<Interval, BigInteger> after = shares(window, intervals);
      before.forEach((who, share) -> assertTrue(after.get(who).compareTo(share) <= 0));
      // Rounded, the last pico-dollar may go to somebody else than before.
      WindowRecord again = window.split(intervals);
      for (Part part : costs.parts()) {
        long id = part.interval().spanId();
        assertTrue(Books.pico(again, id) <= Books.pico(costs, id) + 1);
      }
    }
  }

  @Test
  void sharesAreThoseOfACountAtEveryMoment() {
    Random random = new Random(5);
    for (int round = 0; round < ROUNDS; round++) {
      int prefill = 1 + random.nextInt(4);
      List<Interval> intervals = intervals(random, 25);
      Window window =
          new Window("r", Books.RATE, new Sharing.BusyIntervals(1000 * prefill), FROM, TO);
      assertEquals(counted(intervals, prefill), shares(window, intervals));
    }
  }

  @Test
  void tiesGoToTheSmallerSpanId() {
    GpuRate rate = Books.rate("1", "0.000000036"); // 10 pico-dollars a second
    Window window = new Window("r", rate, Sharing.busyIntervals(), 0, SECOND);
    WindowRecord record =
        window.split(
            List.of(
                Books.interval(-1, 0, 1), // the largest of all ids
                Books.interval(9, 0, 1),
                Books.interval(5, 0, 1)));
    assertEquals(10, window.billPico());
    assertEquals(4, Books.pico(record, 5));
    assertEquals(3, Books.pico(record, 9));
    assertEquals(3, Books.pico(record, -1));
  }

  @Test
  void anIntervalThatComesTwiceCountsOnce() {
    Window window = new Window("r", Books.RATE, Sharing.busyIntervals(), 0, 60 * SECOND);
    Interval once = Books.interval(1, 0, 30);
    assertEquals(window.split(List.of(once)), window.split(List.of(once, once)));
  }

  @Test
  void moreRequestsAtOnceThanTheScaleIsExactForStillAddUp() {
    List<Interval> intervals = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      intervals.add(Books.interval(i, i / 1000.0, 60));
    }
    Window window = new Window("r", Books.RATE, Sharing.busyIntervals(), 0, 60 * SECOND);
    WindowRecord record = window.split(intervals);
    Books.balance(record);
    assertEquals(0, record.idlePico());
  }

  /** The definition, read literally: from event to event, length x weight / sum of weights. */
  private static Map<Interval, BigInteger> counted(List<Interval> intervals, int prefill) {
    TreeSet<Long> events = new TreeSet<>(List.of(FROM, TO));
    for (Interval interval : intervals) {
      events.add(Math.clamp(interval.startNanos(), FROM, TO));
      events.add(Math.clamp(interval.prefillEndNanos(), FROM, TO));
      events.add(Math.clamp(interval.endNanos(), FROM, TO));
    }
    Map<Interval, BigInteger> shares = new HashMap<>();
    List<Long> times = new ArrayList<>(events);
    for (int i = 1; i < times.size(); i++) {
      long from = times.get(i - 1);
      long sum = 0;
      for (Interval interval : intervals) {
        sum += weight(interval, from, prefill);
      }
      for (Interval interval : intervals) {
        long weight = weight(interval, from, prefill);
        if (weight > 0) {
          BigInteger share =
              Shares.SCALE
                  .multiply(BigInteger.valueOf((times.get(i) - from) * weight))
                  .divide(BigInteger.valueOf(sum));
          shares.merge(interval, share, BigInteger::add);
        }
      }
    }
    return shares;
  }

  private static long weight(Interval interval, long at, int prefill) {
    if (at < interval.startNanos() || at >= interval.endNanos()) {
      return 0;
    }
    return at < interval.prefillEndNanos() ? prefill : 1;
  }

  private static Map<Interval, BigInteger> shares(Window window, List<Interval> intervals) {
    List<Interval> inside =
        intervals.stream()
            .filter(i -> i.nanosIn(window.startNanos(), window.endNanos()) > 0)
            .toList();
    List<BigInteger> shares = Shares.of(window, inside).all();
    Map<Interval, BigInteger> byInterval = new HashMap<>();
    for (int i = 0; i < inside.size(); i++) {
      byInterval.put(inside.get(i), shares.get(i));
    }
    return byInterval;
  }

  private static GpuRate rate(Random random) {
    return new GpuRate(
        BigDecimal.valueOf(1 + random.nextInt(1600), 2),
        BigDecimal.valueOf(random.nextInt(1_000_000), 5));
  }

  private static List<Interval> intervals(Random random, int count) {
    List<Interval> intervals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      intervals.add(interval(random, i));
    }
    return intervals;
  }

  /** Now and then on whole seconds, so that events meet; also across the window's ends. */
  private static Interval interval(Random random, long id) {
    long unit = random.nextBoolean() ? SECOND : 1;
    long start = FROM + (random.nextLong(90 * SECOND) - 20 * SECOND) / unit * unit;
    long end = start + 1 + random.nextLong(30 * SECOND) / unit * unit;
    long turn = start + random.nextLong(end - start + 1);
    return new Interval(
        0, id, id, start, turn, end, random.nextInt(5000), random.nextInt(500), 0, false);
  }
}
