package dev.tollspan.pipeline;

import java.time.Duration;

/**
 * The one answer that comes back against the flow of data. Every hand-over has exactly one.
 *
 * <p>Reasons are written for the people who run a pipeline. They never repeat a key or a value of
 * telemetry, nor what another server wrote.
 */
public sealed interface Outcome {
  /** Everything was taken. */
  Outcome ACCEPTED = new Accepted();

  /** Everything was taken; the sender may forget it. */
  record Accepted() implements Outcome {}

  /** All but so many spans were taken; those can never be, so sending them again is in vain. */
  record PartlyAccepted(long rejectedSpans, String reason) implements Outcome {}

  /** Nothing was taken; the same request may succeed once {@code after} has passed. */
  record RetryLater(Duration after, String reason) implements Outcome {}

  /** Nothing was taken, and nothing ever will be of this request. */
  record Refused(Fault fault, String reason) implements Outcome {
    /** Refused for what the spans hold. */
    public Refused(String reason) {
      this(Fault.SPANS, reason);
    }
  }

  /** Whose fault it is that something was refused, as far as the answer tells. */
  enum Fault {
    /** Something in these spans: others of the same sender may be taken. */
    SPANS,
    /** The sender or the call as such: no login, no such address, a quota. */
    SENDER
  }
}
