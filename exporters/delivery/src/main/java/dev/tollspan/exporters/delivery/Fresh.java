package dev.tollspan.exporters.delivery;

import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.SpanView;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Takes spans out of batches that came before in the same journal: a sender that heard no answer
 * sends them again. The same are two spans of one trace id, span id, kind and start; both sides of
 * a call may share an id.
 *
 * <p>One thread.
 */
final class Fresh {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int BATCH_BITS = 22; // more spans than fit into the largest request
  private static final long KIND = 0x9E3779B97F4A7C15L;

  private final SeenSpans seen;
  private final BatchRestorer restorer;

  Fresh(int spansMax, BatchRestorer restorer) {
    seen = new SeenSpans(spansMax);
    this.restorer = restorer;
  }

  /** Keeps the spans of a batch in mind that is not to be exported any more. */
  void remember(CleanBatch batch) {
    fresh(batch);
  }

  /**
   * The batch without what came before. Takes it over; if that leaves no span, there is no batch.
   */
  @Nullable CleanBatch of(CleanBatch batch) {
    BitSet fresh = fresh(batch);
    int left = fresh.cardinality();
    if (left == batch.spanCount()) {
      return batch;
    }
    CleanBatch rest = left == 0 ? null : part(batch, fresh, left);
    batch.release();
    return rest;
  }

  /** Which spans did not come before. Of a batch that cannot be read an exporter says so: all. */
  private BitSet fresh(CleanBatch batch) {
    int count = batch.spanCount();
    BitSet fresh = new BitSet(count);
    fresh.set(0, count);
    try {
      SpanView span = batch.view();
      for (int i = 0; i < count; i++) {
        fresh.set(i, !cameBefore(span.moveTo(i), batch.sequence(), i));
      }
    } catch (IllegalStateException e) {
      fresh.set(0, count);
    }
    return fresh;
  }

  private CleanBatch part(CleanBatch batch, BitSet kept, int spans) {
    byte[] part = batch.part(kept);
    byte[] own = restorer.acquire(part.length);
    System.arraycopy(part, 0, own, 0, part.length);
    return restorer.restore(own, part.length, spans, batch.sequence(), batch.storedMillis());
  }

  private boolean cameBefore(SpanView span, long sequence, int number) {
    byte[] bytes = span.bytes();
    long high = (long) LONG.get(bytes, span.traceIdOffset());
    long low = (long) LONG.get(bytes, span.traceIdOffset() + Long.BYTES);
    long id = (long) LONG.get(bytes, span.spanIdOffset());
    long which = id ^ Long.rotateLeft(span.startNanos() * KIND, 32) ^ (span.kind() * KIND);
    return seen.cameBefore(high, low, which, (sequence << BATCH_BITS) + number);
  }
}
