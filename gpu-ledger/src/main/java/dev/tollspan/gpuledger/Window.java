package dev.tollspan.gpuledger;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A stretch of a replica's time with one price and one way to share it.
 *
 * @param replica which replica
 * @param rate what it costs
 * @param sharing by what requests share it
 * @param startNanos inclusive
 * @param endNanos exclusive; at most a day after the start
 */
public record Window(
    String replica, GpuRate rate, Sharing sharing, long startNanos, long endNanos) {
  static final long NANOS_MAX = 86_400_000_000_000L;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if it begins before 1970, is empty or longer than a day
   */
  public Window {
    if (startNanos < 0 || startNanos >= endNanos || endNanos - startNanos > NANOS_MAX) {
      throw new IllegalArgumentException("a window must begin after 1970 and last up to a day");
    }
  }

  /** How long it is, in nanoseconds. */
  public long nanos() {
    return endNanos - startNanos;
  }

  /** What it costs, in pico-USD. Bills of windows that touch add up, however time is cut. */
  public long billPico() {
    return rate.billPico(startNanos, endNanos);
  }

  /**
   * Splits the bill over the requests that ran in this window. Requests that did not are left out,
   * and an interval of the same span that comes twice counts once; the order does not matter.
   */
  public WindowRecord split(Collection<Interval> intervals) {
    List<Interval> inside = inside(intervals);
    Shares shares = Shares.of(this, inside);
    List<BigInteger> picos = LargestRemainder.split(BigInteger.valueOf(billPico()), shares.all());
    List<BigInteger> nanos = LargestRemainder.split(BigInteger.valueOf(nanos()), shares.all());
    List<Part> parts = new ArrayList<>(inside.size());
    for (int i = 0; i < inside.size(); i++) {
      Interval interval = inside.get(i);
      double fraction = (double) interval.nanosIn(startNanos, endNanos) / interval.nanos();
      parts.add(
          new Part(
              interval,
              nanos.get(i).longValueExact(),
              picos.get(i).longValueExact(),
              Math.round(interval.provisionalPico() * fraction)));
    }
    long idlePico = picos.getLast().longValueExact();
    return new WindowRecord(this, 0, parts, idlePico, shares.busyNanos());
  }

  private List<Interval> inside(Collection<Interval> intervals) {
    List<Interval> sorted = new ArrayList<>(intervals);
    sorted.sort(Interval.BY_ID);
    List<Interval> inside = new ArrayList<>(sorted.size());
    for (Interval interval : sorted) {
      if (interval.nanosIn(startNanos, endNanos) > 0
          && (inside.isEmpty() || Interval.BY_ID.compare(inside.getLast(), interval) != 0)) {
        inside.add(interval);
      }
    }
    return inside;
  }
}
