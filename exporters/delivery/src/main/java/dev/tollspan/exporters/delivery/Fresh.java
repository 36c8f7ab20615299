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
    SpanView span = batch.view();
    for (int i = 0; i < batch.spanCount(); i++) {
      cameBefore(span.moveTo(i), batch.sequence(), i);
    }
  }

  /**
   * The batch without what came before. Takes it over; if that leaves no span, there is no batch.
   */
  @Nullable CleanBatch of(CleanBatch batch) {
    SpanView span = batch.view();
    int count = batch.spanCount();
    BitSet kept = new BitSet(count);
    for (int i = 0; i < count; i++) {
      kept.set(i, !cameBefore(span.moveTo(i), batch.sequence(), i));
    }
    int left = kept.cardinality();
    if (left == count) {
      return batch;
    }
    CleanBatch rest = left == 0 ? null : part(batch, kept, left);
    batch.release();
    return rest;
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
