package dev.tollspan.usage;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.SpanView;

/**
 * What the rule for a whole trace must know of one span.
 *
 * @param spanId 8 bytes, the first of the wire being the highest
 * @param parentId the same; 0: a root
 * @param operation {@link Reading#operation}
 * @param counted whether it tells usage that is not all zero
 * @param input input tokens with all their parts; -1: unknown
 * @param output output tokens with all their parts; -1: unknown
 * @param detail {@link Reading#detail}
 * @param model whether it names a model
 * @param responseId the vendor's id of the response; empty: unknown
 * @param callId the gateway's id of the call; empty: unknown
 * @param requestId the engine's id of the request; empty: unknown
 * @param mayAccumulate {@link Reading#mayAccumulate}
 * @param selfHosted whether its cost is that of a GPU: such a span is billed beside a call that is
 *     billed by tokens, and never instead of it
 */
public record TraceSpan(
    long spanId,
    long parentId,
    SpanClass spanClass,
    Operation operation,
    boolean counted,
    long input,
    long output,
    int detail,
    boolean model,
    String responseId,
    String callId,
    String requestId,
    boolean mayAccumulate,
    boolean selfHosted,
    long startNanos,
    long endNanos) {

  /** What a reader has just found out about a span; allocates. */
  public static TraceSpan of(SpanView span, Reading reading, Usage usage, boolean selfHosted) {
    return new TraceSpan(
        id(span.bytes(), span.spanIdOffset()),
        id(span.bytes(), span.parentIdOffset()),
        reading.spanClass(),
        reading.operation(),
        reading.isCounted() && !reading.isAllZero() && !reading.isInvalid(),
        usage.count(Count.IN_TOTAL),
        usage.count(Count.OUT_TOTAL),
        reading.detail(),
        usage.textLength(Fact.RESPONSE_MODEL) + usage.textLength(Fact.REQUEST_MODEL) > 0,
        span.text(reading.responseIdOffset(), reading.responseIdLength()),
        span.text(reading.callIdOffset(), reading.callIdLength()),
        span.text(reading.requestIdOffset(), reading.requestIdLength()),
        reading.mayAccumulate(),
        selfHosted,
        span.startNanos(),
        span.endNanos());
  }

  private static long id(byte[] bytes, int offset) {
    long id = 0;
    for (int i = 0; offset >= 0 && i < Long.BYTES; i++) {
      id = id << 8 | (bytes[offset + i] & 0xff);
    }
    return id;
  }

  /** Whether this span lies within the other's time. */
  boolean isWithin(TraceSpan other) {
    return startNanos >= other.startNanos && endNanos <= other.endNanos;
  }
}
