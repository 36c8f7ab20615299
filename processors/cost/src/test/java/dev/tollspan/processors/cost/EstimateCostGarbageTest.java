package dev.tollspan.processors.cost;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.trace.v1.Span;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EstimateCostGarbageTest {
  private static final int SPANS = 1024;
  private static final int BATCHES = 200;

  /** The cursor and its windows, the batch that goes on: the same whatever the number of spans. */
  private static final int BYTES_PER_BATCH_MAX = 1024;

  @Test
  void leavesNoGarbagePerSpan() {
    EstimateCost room =
        new EstimateCost(EstimateCostConfig.of(List.of("builtin", "tutorial"), true), Spans.KEYS);
    byte[] message = Spans.message(spans()).toByteArray();
    BatchPool pool = new BatchPool(64 << 20);
    run(room, pool, message);
    long used = run(room, pool, message);
    long allowed = (long) BATCHES * (SPANS + BYTES_PER_BATCH_MAX);
    assertTrue(used <= allowed, () -> used + " bytes for " + BATCHES + " batches of " + SPANS);
  }

  /** Bytes that the room took for all batches; decoding and releasing are not its business. */
  private static long run(EstimateCost room, BatchPool pool, byte[] message) {
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long used = 0;
    for (int i = 0; i < BATCHES; i++) {
      SpanBatch batch = Batches.batch(pool, Spans.KEYS, message);
      long before = meter.getThreadAllocatedBytes(thread);
      SpanBatch priced = room.process(batch);
      used += meter.getThreadAllocatedBytes(thread) - before;
      priced.release();
    }
    return used;
  }

  /** One of each fate. */
  private static List<Span> spans() {
    String model = "gen_ai.request.model";
    String in = "gen_ai.usage.input_tokens";
    String out = "gen_ai.usage.output_tokens";
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < SPANS; i += 8) {
      spans.add(Spans.span(model, "gpt-4o-mini", in, i, out, 7).build());
      spans.add(Spans.span(model, "llama-3-8b", in, 1 << 20, out, i).build());
      spans.add(Spans.span(model, "unknown", in, "12", out, 7.0).build());
      spans.add(Spans.span(in, 12, out, 7).build());
      spans.add(Spans.span(model, "gpt-4o-mini", in, -1, out, 7).build());
      spans.add(Spans.span("gen_ai.operation.name", "chat", model, "gpt-4o-mini").build());
      spans.add(Spans.span("estimated_cost_usd", 0.5, in, 12).build());
      spans.add(Spans.span("http.request.method", "GET").build());
    }
    return spans;
  }
}
