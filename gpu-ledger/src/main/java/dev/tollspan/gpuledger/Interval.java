package dev.tollspan.gpuledger;

import java.util.Comparator;

/**
 * The time that one request spent on the GPU, and what its shares depend on.
 *
 * @param traceIdHigh the first half of the trace id
 * @param traceIdLow the second half
 * @param spanId ties between remainders go to the smaller one, unsigned
 * @param startNanos when it left the queue
 * @param prefillEndNanos when its first token was there; {@code startNanos} if that is unknown
 * @param endNanos when its last token was there, exclusive
 * @param promptTokens input tokens that were computed, 0 if unknown
 * @param outputTokens tokens produced, 0 if unknown
 * @param provisionalPico what was said at once to be its cost, in pico-USD
 * @param approximate whether start or end is a guess
 */
public record Interval(
    long traceIdHigh,
    long traceIdLow,
    long spanId,
    long startNanos,
    long prefillEndNanos,
    long endNanos,
    long promptTokens,
    long outputTokens,
    long provisionalPico,
    boolean approximate) {
  /** By span id, then by whatever tells two intervals apart. */
  static final Comparator<Interval> BY_ID =
      ((Comparator<Interval>) (a, b) -> Long.compareUnsigned(a.spanId, b.spanId))
          .thenComparing((a, b) -> Long.compareUnsigned(a.traceIdHigh, b.traceIdHigh))
          .thenComparing((a, b) -> Long.compareUnsigned(a.traceIdLow, b.traceIdLow))
          .thenComparingLong(Interval::startNanos)
          .thenComparingLong(Interval::endNanos);

  /**
   * Checks that this is an interval.
   *
   * @throws IllegalArgumentException if it is empty, or a number is negative or out of order
   */
  public Interval {
    if (startNanos < 0 || startNanos >= endNanos) {
      throw new IllegalArgumentException("an interval must begin after 1970 and before it ends");
    }
    if (prefillEndNanos < startNanos || prefillEndNanos > endNanos) {
      throw new IllegalArgumentException("prefill must end inside of the interval");
    }
    if ((promptTokens | outputTokens | provisionalPico) < 0) {
      throw new IllegalArgumentException("token counts and money must not be negative");
    }
  }

  /** The interval of a request that was resolved. */
  static Interval of(GpuRequest request) {
    return new Interval(
        request.traceIdHigh,
        request.traceIdLow,
        request.spanId,
        request.startNanos,
        request.prefillEndNanos,
        request.endNanos,
        request.promptTokens,
        request.outputTokens,
        request.provisionalPico,
        request.approximate);
  }

  /** How long it is, in nanoseconds. */
  public long nanos() {
    return endNanos - startNanos;
  }

  /** How much of it lies in {@code [fromNanos, toNanos)}, in nanoseconds. */
  long nanosIn(long fromNanos, long toNanos) {
    return Math.max(0, Math.min(endNanos, toNanos) - Math.max(startNanos, fromNanos));
  }
}
