package dev.tollspan.pipelineconfig;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
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
  private final LongSupplier nanoTicker;
  private volatile @Nullable Outage outage;

  private record Outage(long sinceNanos, String reason) {}

  /** Takes the exporter over, which it closes. */
  Destination(SpanExporter exporter, LongSupplier nanoTicker) {
    this.exporter = exporter;
    this.nanoTicker = nanoTicker;
  }

  /** For how long it has asked to be tried again, in whole seconds; -1 if it is well. */
  long retryingSeconds() {
    Outage now = outage;
    return now == null ? -1 : (nanoTicker.getAsLong() - now.sinceNanos()) / 1_000_000_000L;
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    Outcome outcome = exporter.export(batches);
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
