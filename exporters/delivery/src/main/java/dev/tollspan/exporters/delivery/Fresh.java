package dev.tollspan.exporters.delivery;

import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.SpanView;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
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
    Parts parts = new Parts(batch);
    int from = 0;
    for (int i = 0; i < count; i++) {
      if (cameBefore(span.moveTo(i), batch.sequence(), i)) {
        parts.add(from, i);
        from = i + 1;
      }
    }
    if (from == 0) {
      return batch;
    }
    parts.add(from, count);
    CleanBatch rest = parts.spans == 0 ? null : parts.batch(restorer);
    batch.release();
    return rest;
  }

  private boolean cameBefore(SpanView span, long sequence, int number) {
    byte[] bytes = span.bytes();
    long high = (long) LONG.get(bytes, span.traceIdOffset());
    long low = (long) LONG.get(bytes, span.traceIdOffset() + Long.BYTES);
    long id = (long) LONG.get(bytes, span.spanIdOffset());
    long which = id ^ Long.rotateLeft(span.startNanos() * KIND, 32) ^ (span.kind() * KIND);
    return seen.cameBefore(high, low, which, (sequence << BATCH_BITS) + number);
  }

  /** What is left of a batch, in stretches. */
  private static final class Parts {
    private final CleanBatch batch;
    private byte[] bytes = {};
    private int length; // owned by the one thread, as all that change
    private int spans;

    Parts(CleanBatch batch) {
      this.batch = batch;
    }

    void add(int from, int to) {
      if (from < to) {
        byte[] part = batch.part(from, to);
        if (length + part.length > bytes.length) {
          bytes = Arrays.copyOf(bytes, 2 * (length + part.length));
        }
        System.arraycopy(part, 0, bytes, length, part.length);
        length += part.length;
        spans += to - from;
      }
    }

    CleanBatch batch(BatchRestorer restorer) {
      byte[] own = restorer.acquire(length);
      System.arraycopy(bytes, 0, own, 0, length);
      return restorer.restore(own, length, spans, batch.sequence(), batch.storedMillis());
    }
  }
}
