package dev.tollspan.gpuledger;

/**
 * What a replica told of one request, and what the ledger made of it. Mutable, made to be filled
 * again for each request; one thread.
 *
 * <p>Times of the span are nanoseconds since 1970, the others durations in nanoseconds. What is
 * {@link #ABSENT} is found by another way where there is one:
 *
 * <pre>
 *   span start   queue      prefill          decode      span end
 *   |------------|----------|----------------|-----------|
 *                |          first token                  |
 *                |------------- inference ---------------|
 *
 *   from   start + queue, else start + first token - prefill *, else start *
 *   to     from + inference, else from + prefill + decode, else start + end to end *, else end *
 *                                                                  (* marked approximate)
 * </pre>
 */
public final class GpuRequest {
  /** A duration that the replica did not tell. */
  public static final long ABSENT = Long.MIN_VALUE;

  private static final double SECONDS_MAX = 4e9;
  private static final long TOKENS_MAX = 1L << 40;

  private long spanStartNanos;
  private long spanEndNanos;
  private long queueNanos;
  private long firstTokenNanos;
  private long prefillNanos;
  private long decodeNanos;
  private long inferenceNanos;
  private long endToEndNanos;

  long traceIdHigh;
  long traceIdLow;
  long spanId;
  long promptTokens;
  long outputTokens;
  long startNanos;
  long prefillEndNanos;
  long endNanos;
  long provisionalPico;
  boolean approximate;

  /** A request of which nothing is known. */
  public GpuRequest() {
    clear();
  }

  /** Forgets everything. */
  public GpuRequest clear() {
    span(0, 0).queueNanos(ABSENT).firstTokenNanos(ABSENT).prefillNanos(ABSENT);
    decodeNanos(ABSENT).inferenceNanos(ABSENT).endToEndNanos(ABSENT);
    id(0, 0, 0).tokens(0, 0);
    startNanos = 0;
    prefillEndNanos = 0;
    endNanos = 0;
    provisionalPico = ABSENT;
    approximate = false;
    return this;
  }

  /** Seconds as nanoseconds; a negative number if they are none (NaN, negative, above 4e9). */
  public static long nanos(double seconds) {
    return seconds >= 0 && seconds <= SECONDS_MAX ? Math.round(seconds * 1e9) : -1;
  }

  /** Sets who it was; the ids as big-endian numbers. */
  public GpuRequest id(long traceHigh, long traceLow, long span) {
    traceIdHigh = traceHigh;
    traceIdLow = traceLow;
    spanId = span;
    return this;
  }

  /** Sets when the span began (the request's arrival) and ended. */
  public GpuRequest span(long spanStart, long spanEnd) {
    spanStartNanos = spanStart;
    spanEndNanos = spanEnd;
    return this;
  }

  /** Sets how long it waited; that time is not charged, the GPU served others. */
  public GpuRequest queueNanos(long nanos) {
    queueNanos = nanos;
    return this;
  }

  /** Sets the time from arrival to the first token. */
  public GpuRequest firstTokenNanos(long nanos) {
    firstTokenNanos = nanos;
    return this;
  }

  /** Sets the time from the end of the queue to the first token. */
  public GpuRequest prefillNanos(long nanos) {
    prefillNanos = nanos;
    return this;
  }

  /** Sets the time from the first token to the last. */
  public GpuRequest decodeNanos(long nanos) {
    decodeNanos = nanos;
    return this;
  }

  /** Sets the time from the end of the queue to the last token. */
  public GpuRequest inferenceNanos(long nanos) {
    inferenceNanos = nanos;
    return this;
  }

  /** Sets the time from arrival to the last token. */
  public GpuRequest endToEndNanos(long nanos) {
    endToEndNanos = nanos;
    return this;
  }

  /** Sets how many input tokens had to be computed and how many were produced; 0 if unknown. */
  public GpuRequest tokens(long uncachedPrompt, long output) {
    promptTokens = Math.min(uncachedPrompt, TOKENS_MAX);
    outputTokens = Math.min(output, TOKENS_MAX);
    return this;
  }

  /** When it took its place on the GPU, as the ledger understood it. */
  public long startNanos() {
    return startNanos;
  }

  /** When it left the GPU, as the ledger understood it. */
  public long endNanos() {
    return endNanos;
  }

  /** Whether the interval is a guess. */
  public boolean isApproximate() {
    return approximate;
  }

  /** What it costs as far as is known now, in pico-USD; {@link #ABSENT} if it was refused. */
  public long provisionalPico() {
    return provisionalPico;
  }

  /**
   * Finds the interval.
   *
   * @return {@link Admission#KEPT} if it is sound, else what is wrong with it
   */
  Admission resolve(long nanosMax, long endNanosMax) {
    provisionalPico = ABSENT;
    if (isNegative()) {
      return Admission.INVALID;
    }
    approximate = false;
    startNanos = resolvedStart();
    endNanos = resolvedEnd();
    if (endNanos < startNanos) {
      return Admission.BACKWARDS;
    }
    prefillEndNanos = Math.clamp(resolvedPrefillEnd(), startNanos, endNanos);
    if (endNanos > endNanosMax) {
      return Admission.AHEAD;
    }
    if (endNanos - startNanos > nanosMax) {
      return Admission.TOO_LONG;
    }
    if (endNanos == startNanos) {
      provisionalPico = 0;
      return Admission.EMPTY;
    }
    return Admission.KEPT;
  }

  private long resolvedStart() {
    if (queueNanos != ABSENT) {
      return sum(spanStartNanos, queueNanos);
    }
    approximate = true;
    return firstTokenNanos != ABSENT && prefillNanos != ABSENT && firstTokenNanos >= prefillNanos
        ? sum(spanStartNanos, firstTokenNanos - prefillNanos)
        : spanStartNanos;
  }

  private long resolvedEnd() {
    if (inferenceNanos != ABSENT) {
      return sum(startNanos, inferenceNanos);
    }
    if (prefillNanos != ABSENT && decodeNanos != ABSENT) {
      return sum(startNanos, sum(prefillNanos, decodeNanos));
    }
    approximate = true;
    return endToEndNanos != ABSENT ? sum(spanStartNanos, endToEndNanos) : spanEndNanos;
  }

  private long resolvedPrefillEnd() {
    if (prefillNanos != ABSENT) {
      return sum(startNanos, prefillNanos);
    }
    return firstTokenNanos != ABSENT ? sum(spanStartNanos, firstTokenNanos) : startNanos;
  }

  private boolean isNegative() {
    return (spanStartNanos | spanEndNanos | promptTokens | outputTokens) < 0
        || isNegative(queueNanos)
        || isNegative(firstTokenNanos)
        || isNegative(prefillNanos)
        || isNegative(decodeNanos)
        || isNegative(inferenceNanos)
        || isNegative(endToEndNanos);
  }

  private static boolean isNegative(long nanos) {
    return nanos < 0 && nanos != ABSENT;
  }

  /** The sum of two numbers that are not negative, or the largest there is. */
  static long sum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
