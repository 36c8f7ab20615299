package dev.tollspan.gpuledger;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * How much of a window is whose, as exact weights before any rounding.
 *
 * @param all one weight for each interval, in order, and the idle time's behind them
 * @param busyNanos how long something ran
 */
record Shares(List<BigInteger> all, long busyNanos) {
  /**
   * A nanosecond in parts: the least common multiple of all numbers up to 1024. Up to that many
   * requests at once every share is exact; with more it is cut below 10^-440 nanoseconds.
   */
  static final BigInteger SCALE = leastCommonMultiple(1024);

  private static final int FRACTION_BITS = 64;

  /** Shares of intervals that all run in the window at some time. */
  static Shares of(Window window, List<Interval> intervals) {
    return switch (window.sharing()) {
      case Sharing.BusyIntervals busy -> byTime(window, intervals, busy);
      case Sharing.SlotSeconds _ -> {
        List<BigInteger> weights = new ArrayList<>(intervals.size());
        for (Interval interval : intervals) {
          weights.add(nanosIn(window, interval));
        }
        yield byWeight(window, intervals, weights);
      }
      case Sharing.Tokens tokens -> {
        List<BigInteger> weights = new ArrayList<>(intervals.size());
        for (Interval interval : intervals) {
          weights.add(tokenWeight(window, interval, tokens.omegaMilli()));
        }
        yield byWeight(window, intervals, weights);
      }
    };
  }

  /**
   * Goes through the window from event to event with one number, the time that a weight of 1 has
   * earned so far. What an interval earned is its weight times the growth of that number, so it
   * only needs to be looked at where its weight changes.
   */
  private static Shares byTime(
      Window window, List<Interval> intervals, Sharing.BusyIntervals sharing) {
    BigInteger[] shares = new BigInteger[intervals.size()];
    Arrays.fill(shares, BigInteger.ZERO);
    BigInteger earned = BigInteger.ZERO;
    long busyNanos = 0;
    long weight = 0;
    long atNanos = window.startNanos();
    for (Event event : events(window, intervals, sharing)) {
      if (weight > 0 && event.atNanos > atNanos) {
        long nanos = event.atNanos - atNanos;
        busyNanos += nanos;
        earned =
            earned.add(
                SCALE.multiply(BigInteger.valueOf(nanos)).divide(BigInteger.valueOf(weight)));
      }
      atNanos = event.atNanos;
      weight += event.change;
      shares[event.index] =
          shares[event.index].subtract(earned.multiply(BigInteger.valueOf(event.change)));
    }
    List<BigInteger> all = new ArrayList<>(shares.length + 1);
    Collections.addAll(all, shares);
    all.add(SCALE.multiply(BigInteger.valueOf(window.nanos() - busyNanos)));
    return new Shares(all, busyNanos);
  }

  private static List<Event> events(
      Window window, List<Interval> intervals, Sharing.BusyIntervals sharing) {
    int prefill = sharing.prefillWeightMilli();
    int decode = Sharing.BusyIntervals.EVEN;
    // In lowest terms, so that sums of weights stay small and SCALE divisible by them.
    int divisor = BigInteger.valueOf(prefill).gcd(BigInteger.valueOf(decode)).intValue();
    prefill /= divisor;
    decode /= divisor;
    List<Event> events = new ArrayList<>(3 * intervals.size());
    for (int i = 0; i < intervals.size(); i++) {
      Interval interval = intervals.get(i);
      long from = Math.max(interval.startNanos(), window.startNanos());
      long to = Math.min(interval.endNanos(), window.endNanos());
      long turn = Math.clamp(interval.prefillEndNanos(), from, to);
      if (turn == from || prefill == decode) {
        events.add(new Event(from, i, decode));
      } else {
        events.add(new Event(from, i, prefill));
        events.add(new Event(turn, i, decode - prefill));
      }
      events.add(new Event(to, i, -decode));
    }
    events.sort(Comparator.comparingLong(Event::atNanos));
    return events;
  }

  /** The busy time goes by fixed weights, whoever ran when. */
  private static Shares byWeight(
      Window window, List<Interval> intervals, List<BigInteger> weights) {
    long busyNanos =
        byTime(window, intervals, new Sharing.BusyIntervals(Sharing.BusyIntervals.EVEN)).busyNanos;
    BigInteger busy = BigInteger.valueOf(busyNanos);
    BigInteger sum = BigInteger.ZERO;
    List<BigInteger> all = new ArrayList<>(weights.size() + 1);
    for (BigInteger weight : weights) {
      sum = sum.add(weight);
      all.add(weight.multiply(busy));
    }
    BigInteger idle = BigInteger.valueOf(window.nanos() - busyNanos);
    all.add(weights.isEmpty() ? idle : idle.multiply(sum));
    return new Shares(all, busyNanos);
  }

  private static BigInteger tokenWeight(Window window, Interval interval, int omegaMilli) {
    BigInteger milli =
        BigInteger.valueOf(interval.promptTokens())
            .multiply(BigInteger.valueOf(1000))
            .add(
                BigInteger.valueOf(interval.outputTokens())
                    .multiply(BigInteger.valueOf(omegaMilli)));
    return (milli.signum() == 0 ? BigInteger.valueOf(1000) : milli)
        .shiftLeft(FRACTION_BITS)
        .multiply(nanosIn(window, interval))
        .divide(BigInteger.valueOf(interval.nanos()));
  }

  private static BigInteger nanosIn(Window window, Interval interval) {
    return BigInteger.valueOf(interval.nanosIn(window.startNanos(), window.endNanos()));
  }

  private static BigInteger leastCommonMultiple(int upTo) {
    BigInteger multiple = BigInteger.ONE;
    for (int i = 2; i <= upTo; i++) {
      BigInteger factor = BigInteger.valueOf(i);
      multiple = multiple.divide(multiple.gcd(factor)).multiply(factor);
    }
    return multiple;
  }

  /** The weight of the interval at an index changes. */
  private record Event(long atNanos, int index, int change) {}
}
