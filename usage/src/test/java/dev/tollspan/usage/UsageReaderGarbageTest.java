package dev.tollspan.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsageReaderGarbageTest {
  private static final int RUNS = 200;

  private final UsageReader reader = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
  private final Usage usage = new Usage();

  @Test
  void leavesNoGarbageForPlainSpans() {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      spans.add(
          Spans.span(
                  "gen_ai.operation.name",
                  "chat",
                  "gen_ai.provider.name",
                  "openai",
                  "gen_ai.request.model",
                  "gpt-4o-mini",
                  "gen_ai.usage.input_tokens",
                  i,
                  "gen_ai.usage.output_tokens",
                  "12",
                  "gen_ai.usage.cache_read.input_tokens",
                  1)
              .build());
    }
    byte[] message = Spans.message(Resource.getDefaultInstance(), "app", spans).toByteArray();
    SpanBatch batch = Batches.batch(new BatchPool(1 << 20), Recordings.KEYS, message);
    assertEquals(0, garbage(batch.view()));
  }

  @Test
  void leavesNoGarbageForRecordedSpans() {
    for (String recording : Recordings.names()) {
      for (SpanBatch batch : Recordings.batches(recording)) {
        assertEquals(0, garbage(batch.view()), recording);
      }
    }
  }

  /** Bytes that reading all spans takes, once all code and data is warm. */
  private long garbage(SpanView span) {
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long least = Long.MAX_VALUE;
    long seen = 0;
    for (int run = 0; run < RUNS; run++) {
      long before = meter.getThreadAllocatedBytes(thread);
      for (int i = 0; i < span.spanCount(); i++) {
        seen += reader.read(span.moveTo(i), usage).dialect();
      }
      least = Math.min(least, meter.getThreadAllocatedBytes(thread) - before);
    }
    assertTrue(seen >= 0);
    return least;
  }
}
