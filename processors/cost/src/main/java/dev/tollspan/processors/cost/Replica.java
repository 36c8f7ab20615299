package dev.tollspan.processors.cost;

import dev.tollspan.gpuledger.Admission;
import dev.tollspan.gpuledger.GpuLedger;
import dev.tollspan.gpuledger.GpuRequest;
import org.jspecify.annotations.Nullable;

/** The books of one replica, for all threads: one at a time. */
final class Replica {
  /** A replica that was silent for so long is taken for gone, and its idle time for over. */
  private static final long SILENT_NANOS_MAX = 86_400_000_000_000L;

  private final GpuLedger ledger; // guarded by this, as are the next two
  private long heardNanos; // guarded by this
  private boolean closed; // guarded by this

  Replica(GpuLedger ledger, long nowNanos) {
    this.ledger = ledger;
    heardNanos = nowNanos;
  }

  /** Takes a request into the books; null if they are closed for good. */
  synchronized @Nullable Admission add(GpuRequest request, long nowNanos) {
    if (closed) {
      return null;
    }
    heardNanos = Math.max(heardNanos, nowNanos);
    return ledger.add(request, nowNanos);
  }

  /** Closes the windows that are over, and the books if the replica is gone: then true. */
  synchronized boolean advance(long nowNanos) {
    if (!closed) {
      ledger.advance(nowNanos);
      closed = nowNanos - heardNanos > SILENT_NANOS_MAX;
    }
    return closed;
  }

  /** Closes the books. */
  synchronized void close(long nowNanos) {
    if (!closed) {
      ledger.closeUntil(Math.max(nowNanos, ledger.endNanosMax()));
      closed = true;
    }
  }
}
