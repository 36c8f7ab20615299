package dev.tollspan.pipelineconfig;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An exporter, and since when it has been asking to be tried again.
 *
 * <p>While that lasts it repeats the reason that it began with: behind it, an outage that shows as
 * a refused connection and then as a timeout is one change of state, which is logged once.
 *
 * <p>Threads: {@code outage} is written by the one thread that exports and read by all.
 */
final class Destination implements SpanExporter {
  private final SpanExporter exporter;
  private final @Nullable Address address;
  private final LongSupplier nanoTicker;
  private boolean answered; // owned by the one thread that exports
  private volatile @Nullable Outage outage;

  private record Outage(long sinceNanos, String reason) {}

  /** A destination in the network: host and port, and whether it is spoken to over TLS. */
  record Address(String authority, boolean tls) {}

  /**
   * Takes the exporter over, which it closes.
   *
   * @param address what reasons begin with; null where they name a place themselves
   */
  Destination(SpanExporter exporter, @Nullable Address address, LongSupplier nanoTicker) {
    this.exporter = exporter;
    this.address = address;
    this.nanoTicker = nanoTicker;
  }

  /** For how long it has asked to be tried again, in whole seconds; -1 if it is well. */
  long retryingSeconds() {
    Outage now = outage;
    return now == null ? -1 : (nanoTicker.getAsLong() - now.sinceNanos()) / 1_000_000_000L;
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    Outcome outcome = placed(exporter.export(batches));
    if (!(outcome instanceof Outcome.RetryLater later)) {
      outage = null;
      return outcome;
    }
    Outage lasting = outage;
    if (lasting == null) {
      lasting = new Outage(nanoTicker.getAsLong(), later.reason());
      outage = lasting;
    }
    return new Outcome.RetryLater(later.after(), lasting.reason());
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
              new Outcome.PartlyAccepted(spans, at.authority() + ": " + reason);
          case Outcome.Refused(String reason) ->
              new Outcome.Refused(at.authority() + ": " + reason);
          case Outcome.RetryLater(Duration after, String reason) ->
              new Outcome.RetryLater(after, at.authority() + ": " + reason + hint(at, reason));
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

  @Override
  public void flush() throws IOException {
    exporter.flush();
  }

  @Override
  public long lostSpans() {
    return exporter.lostSpans();
  }

  @Override
  public void close() throws IOException {
    exporter.close();
  }
}
