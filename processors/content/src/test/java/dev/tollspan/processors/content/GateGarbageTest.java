package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.array;
import static dev.tollspan.processors.content.Given.attribute;
import static dev.tollspan.processors.content.Given.keys;
import static dev.tollspan.processors.content.Given.number;
import static dev.tollspan.processors.content.Given.span;
import static dev.tollspan.processors.content.Given.string;
import static dev.tollspan.processors.content.Given.text;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GateGarbageTest {
  private static final int SPANS = 1024;
  private static final int BATCHES = 200;

  /** Cursors, windows and the batch that goes on: the same whatever the number of spans. */
  private static final int BYTES_PER_BATCH_MAX = 2048;

  @ParameterizedTest
  @EnumSource
  void leavesNoGarbagePerSpan(Profile profile) {
    DropContentConfig config = DropContentConfig.of(profile);
    KeyTable keys = keys(config);
    DropContent gate = new DropContent(config, keys);
    byte[] message = message().toByteArray();
    BatchPool pool = new BatchPool(64 << 20);
    run(gate, keys, pool, message);
    long used = run(gate, keys, pool, message);
    long allowed = (long) BATCHES * (SPANS / 2 + BYTES_PER_BATCH_MAX);
    assertTrue(used <= allowed, () -> used + " bytes for " + BATCHES + " batches of " + SPANS);
  }

  private static long run(DropContent gate, KeyTable keys, BatchPool pool, byte[] message) {
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long used = 0;
    for (int i = 0; i < BATCHES; i++) {
      SpanBatch batch = Batches.batch(pool, keys, message);
      long before = meter.getThreadAllocatedBytes(thread);
      CleanBatch clean = gate.clean(batch);
      used += meter.getThreadAllocatedBytes(thread) - before;
      batch.release();
      clean.release();
    }
    return used;
  }

  /** Something for each rule that does more than delete. */
  private static TracesData message() {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 0; i < SPANS; i++) {
      scope.addSpans(
          span("chat gpt-4o-mini").toBuilder()
              .addAttributes(text("gen_ai.request.model", "gpt-4o-mini"))
              .addAttributes(number("gen_ai.usage.input_tokens", i))
              .addAttributes(text("gen_ai.prompt.0.content", "a text of " + i + " words"))
              .addAttributes(text("some.unknown.key", "a short note of " + i))
              .addAttributes(text("some.mail", "ann" + i + "@example.org"))
              .addAttributes(text("url.full", "https://example.org/v1/users/" + i))
              .addAttributes(attribute("some.list", array(string("a"), string("b" + i))))
              .addAttributes(text("user.id", "user-" + i))
              .addAttributes(number("enduser.id", i))
              .addAttributes(text("session.id", "one")));
    }
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build();
  }
}
