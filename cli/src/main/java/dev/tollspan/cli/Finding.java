package dev.tollspan.cli;

import dev.tollspan.usage.BillReason;
import dev.tollspan.usage.TraceSpan;
import dev.tollspan.usage.TraceVerdict;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about one span.
 *
 * @param place what the rule for its trace must know of it
 * @param own its cost by itself
 * @param inTrace its cost if the trace says that it is billed after all, or without its input; null
 *     if that makes no difference
 * @param path how its cost came to be, for people; empty if nobody asked
 */
record Finding(
    String traceId,
    String spanId,
    String dialect,
    TraceSpan place,
    SpanCost own,
    @Nullable SpanCost inTrace,
    String path) {

  /** The cost within the trace. */
  SpanCost settle(TraceVerdict verdict) {
    BillReason reason = verdict.reason();
    String word = QuoteText.word(reason);
    return switch (reason) {
      case CALL, SOLE_USAGE, NO_CALL -> own;
      case SEQUENCE, SOLE_WRAPPER -> inTrace == null ? own : inTrace.with(word);
      case DUPLICATE, ACCUMULATED, REPEATED_BELOW -> {
        long by = verdict.billedBySpanId();
        yield by == 0
            ? own.asWrapper(word)
            : own.asDuplicate(word + " of " + HexFormat.of().toHexDigits(by));
      }
    };
  }
}
