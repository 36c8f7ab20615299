package dev.tollspan.pipelineconfig;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An exporter, and since when it has been asking to be tried again, or refusing what it is given.
 *
 * <p>While either lasts its answers repeat the reason that it began with: behind it, an outage that
 * shows as a refused connection and then as a timeout is one change of state, which is logged once.
 *
 * <p>Threads: {@code trouble} is written by the one thread that exports and read by all.
 */
final class Destination extends Relay {
  private final @Nullable Address address;
  private final LongSupplier nanoTicker;
  private boolean answered; // owned by the one thread that exports
  private volatile @Nullable Lasting trouble;

  /** What its answers say, other than that all is well. */
  enum State {
    RETRYING,
    REFUSING
  }

  private record Lasting(State state, long sinceNanos, String first, String last) {}

  /**
   * What an operator is shown of it.
   *
   * @param seconds for how long it has been so, in whole ones
   * @param reason the last one
   */
  record Trouble(State state, long seconds, String reason) {}

  /** A destination in the network, as it is shown, and whether it is spoken to over TLS. */
  record Address(String shown, boolean tls) {}

  /**
   * Takes the exporter over, which it closes.
   *
   * @param address what reasons begin with; null where they name a place themselves
   */
  Destination(SpanExporter exporter, @Nullable Address address, LongSupplier nanoTicker) {
    super(exporter);
    this.address = address;
    this.nanoTicker = nanoTicker;
  }

  /** Null while it is well. */
  @Nullable Trouble trouble() {
    Lasting now = trouble;
    return now == null
        ? null
        : new Trouble(
            now.state(), (nanoTicker.getAsLong() - now.sinceNanos()) / 1_000_000_000L, now.last());
  }

  /** The same; if it is well, but what delivers to it is not, that. */
  @Nullable Trouble trouble(boolean failing) {
    Trouble own = trouble();
    return own == null && failing ? new Trouble(State.RETRYING, 0, "see the log") : own;
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    Outcome outcome = placed(super.export(batches));
    return switch (outcome) {
      case Outcome.Accepted _, Outcome.PartlyAccepted _ -> {
        trouble = null;
        yield outcome;
      }
      case Outcome.RetryLater(Duration after, String reason) ->
          new Outcome.RetryLater(after, in(State.RETRYING, reason));
      case Outcome.Refused(Outcome.Fault fault, String reason) ->
          new Outcome.Refused(fault, in(State.REFUSING, reason));
    };
  }

  /** Returns the reason that this state began with. */
  private String in(State state, String reason) {
    Lasting before = trouble;
    Lasting now =
        before == null || before.state() != state
            ? new Lasting(state, nanoTicker.getAsLong(), reason, reason)
            : new Lasting(state, before.sinceNanos(), before.first(), reason);
    trouble = now;
    return now.first();
  }

  /** The same, with a reason that says where. */
  private Outcome placed(Outcome outcome) {
    answered |= !(outcome instanceof Outcome.RetryLater);
    Address at = address;
    return at == null
        ? outcome
        : switch (outcome) {
          case Outcome.Accepted accepted -> accepted;
          case Outcome.PartlyAccepted(long spans, String reason) ->
              new Outcome.PartlyAccepted(spans, at.shown() + ": " + reason);
          case Outcome.Refused(Outcome.Fault fault, String reason) ->
              new Outcome.Refused(fault, at.shown() + ": " + reason);
          case Outcome.RetryLater(Duration after, String reason) ->
              new Outcome.RetryLater(after, at.shown() + ": " + reason + hint(at, reason));
        };
  }

  /** What an operator may look for, as long as there was no sign of life. */
  private String hint(Address at, String reason) {
    if (answered || !reason.endsWith(" UNAVAILABLE")) {
      return "";
    }
    return " (connection refused or host unreachable"
        + (at.tls() ? ", or it speaks no TLS that we trust" : "")
        + "?)";
  }
}
