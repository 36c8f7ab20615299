package dev.tollspan.exporters.otlp;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import java.time.Duration;

/**
 * How a call ended, whatever its protocol. Reasons are words of ours: the destination's text goes
 * nowhere, because it may repeat spans or secrets.
 */
record Ending(Outcome outcome, Blame blame) {
  /** The longest wait that a destination is granted. */
  static final Duration DELAY_MAX = Duration.ofHours(1);

  /** What a destination did not like, where it said so. */
  enum Blame {
    NOTHING,
    /** What the message holds: another message of the same sender could fare better. */
    CONTENT,
    /** The message may have been too large. */
    SIZE
  }

  static Ending retry(Duration delay, String reason) {
    return new Ending(new Outcome.RetryLater(delay, reason), Blame.NOTHING);
  }

  static Ending retry(String reason) {
    return retry(Duration.ZERO, reason);
  }

  static Ending refused(Blame blame, String reason) {
    Fault fault = blame == Blame.NOTHING ? Fault.SENDER : Fault.SPANS;
    return new Ending(new Outcome.Refused(fault, reason), blame);
  }

  /** A call that succeeded, as far as its answer says. */
  static Ending success(Reply reply) {
    if (reply.tooLarge()) {
      return refused(Blame.NOTHING, "the destination's answer is too large");
    }
    return new Ending(
        reply.rejectedSpans() > 0
            ? new Outcome.PartlyAccepted(reply.rejectedSpans(), "the destination rejected spans")
            : Outcome.ACCEPTED,
        Blame.NOTHING);
  }
}
