package dev.tollspan.usage;

/**
 * Whether a span of a trace is to be billed.
 *
 * @param billable whether its usage counts in a sum
 * @param inputBillable whether its input does; false for further sequences of one prompt
 * @param billedBySpanId the span that bills the same; 0: none
 * @param reason why
 */
public record TraceVerdict(
    boolean billable, boolean inputBillable, long billedBySpanId, BillReason reason) {

  static TraceVerdict billed(BillReason reason) {
    return new TraceVerdict(true, true, 0, reason);
  }

  static TraceVerdict notBilled(BillReason reason, long billedBySpanId) {
    return new TraceVerdict(false, false, billedBySpanId, reason);
  }
}
