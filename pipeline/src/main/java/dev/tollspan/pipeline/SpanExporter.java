package dev.tollspan.pipeline;

import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.util.List;

/**
 * A way out. Called by one thread at a time, so it needs no locks.
 *
 * <p>The batches stay the caller's: an exporter must not keep them beyond the call.
 */
public interface SpanExporter extends AutoCloseable {
  /**
   * Writes or sends all spans of the batches, in their order. On RetryLater nothing of them counts
   * as exported and the caller will come again with the same batches; on PartlyAccepted and Refused
   * the caller counts the spans as dropped and goes on.
   */
  Outcome export(List<CleanBatch> batches);

  /**
   * Makes durable and visible what is due by now; called after each export and about each second.
   */
  void flush() throws IOException;

  /**
   * How many spans of accepted calls have been lost since, because what they stood in could not be
   * finished; never falls. Only an exporter that finishes things later than it accepts has any.
   */
  default long lostSpans() {
    return 0;
  }

  /** Finishes what is open and leaves nothing half-written. */
  @Override
  void close() throws IOException;
}
