package dev.tollspan.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** A warm pool means that the work on a batch leaves next to no garbage. */
class AllocationTest {
  private static final int SPANS = 512;
  private static final int ROUNDS = 200;
  private static final int BYTES_PER_SPAN_MAX = 4; // measured: below 2

  @Test
  void decodeViewAndSpliceAllocateNothingPerSpan() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    WireWriter[] spans = new WireWriter[SPANS];
    for (int i = 0; i < SPANS; i++) {
      spans[i] =
          WireWriter.span(i)
              .text(5, "chat")
              .message(9, WireWriter.attribute("gen_ai.request.model", "some-model"))
              .message(9, WireWriter.attribute("k", "a prompt"))
              .message(9, WireWriter.attribute("unknown", "value"));
    }
    byte[] request = WireWriter.request(spans);
    BatchPool pool = new BatchPool(1 << 22);
    for (int i = 0; i < ROUNDS; i++) {
      roundTrip(pool, request);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ROUNDS; i++) {
      roundTrip(pool, request);
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
    assertTrue(each <= SPANS * BYTES_PER_SPAN_MAX, each + " bytes for " + SPANS + " spans");
  }

  private static void roundTrip(BatchPool pool, byte[] request) {
    byte[] bytes = pool.acquire(request.length);
    System.arraycopy(request, 0, bytes, 0, request.length);
    Decoded decoded = SpanBatch.decode(pool, Requests.KEYS, bytes, request.length);
    SpanBatch batch = ((Decoded.Whole) decoded).batch();
    SpanView view = batch.view();
    BatchEditor editor = BatchEditor.of(batch);
    int prompt = Requests.KEYS.id("k");
    for (int i = 0; i < SPANS; i++) {
      Attributes attributes = view.moveTo(i).attributes();
      int at = attributes.find(prompt);
      editor.delete(attributes.start(at), attributes.end(at));
    }
    CleanBatch clean = editor.splice(batch);
    batch.release();
    assertEquals(SPANS, clean.spanCount());
    clean.release();
  }
}
