package dev.tollspan.exporters.ndjson;

import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.lang.management.ManagementFactory;

/**
 * Measures the flat encoder alone, in CPU time of its thread; by hand, not in the build.
 *
 * <p>Index and view are made once: what is measured is from view to bytes.
 */
final class EncoderSpeed {
  private static final int SPANS = 512;
  private static final int ROUNDS = 8;
  private static final long ROUND_NANOS = 1_000_000_000L;

  private EncoderSpeed() {}

  public static void main(String[] args) {
    KeyTable keys = Batches.keys("service.name");
    TracesData message = message();
    CleanBatch batch = Batches.clean(keys, message);
    JsonBuffer out = new JsonBuffer();
    FlatEncoder encoder = new FlatEncoder(keys, out);
    SpanView view = batch.view();
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    System.out.printf("%d B a span on the wire%n", batch.byteSize() / SPANS);
    for (int round = 0; round < ROUNDS; round++) {
      long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().threadId());
      long start = threads.getCurrentThreadCpuTime();
      long spans = 0;
      long json = 0;
      while (threads.getCurrentThreadCpuTime() - start < ROUND_NANOS) {
        encoder.startBatch();
        for (int i = 0; i < SPANS; i++) {
          encoder.write(view.moveTo(i));
          if (out.length() >= 256 << 10) {
            json += out.length();
            out.clear();
          }
        }
        spans += SPANS;
      }
      json += out.length();
      long nanos = threads.getCurrentThreadCpuTime() - start;
      long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().threadId()) - bytes;
      System.out.printf(
          "%,d spans per CPU-second, %d ns and %d B of JSON and %.2f B of garbage a span,"
              + " %d MB/s%n",
          spans * 1_000_000_000L / nanos,
          nanos / spans,
          json / spans,
          (double) allocated / spans,
          json * 1000 / nanos);
    }
  }

  private static TracesData message() {
    Span[] spans = new Span[SPANS];
    for (int i = 0; i < SPANS; i++) {
      spans[i] =
          Messages.span()
              .setName("chat gpt-4o-mini")
              .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
              .setStartTimeUnixNano(1_700_000_000_000_000_000L + i * 1_234_567L)
              .setEndTimeUnixNano(1_700_000_001_000_000_000L + i * 2_345_678L)
              .addAttributes(Messages.attribute("llm.user", Messages.text("tenant-" + i % 50)))
              .addAttributes(Messages.attribute("gen_ai.system", Messages.text("openai")))
              .addAttributes(
                  Messages.attribute("gen_ai.request.model", Messages.text("gpt-4o-mini")))
              .addAttributes(
                  Messages.attribute("gen_ai.usage.input_tokens", Messages.integer(100 + i)))
              .addAttributes(
                  Messages.attribute("gen_ai.usage.output_tokens", Messages.integer(20 + i)))
              .addAttributes(
                  Messages.attribute("estimated_cost_usd", Messages.number((15_000 + i) / 1e9)))
              .addAttributes(
                  Messages.attribute("estimated_cost_nanousd", Messages.integer(15_000 + i)))
              .addAttributes(Messages.attribute("cost.role", Messages.text("billable")))
              .setStatus(Status.newBuilder().setCodeValue(1))
              .build();
    }
    Resource resource =
        Resource.newBuilder()
            .addAttributes(Messages.attribute("service.name", Messages.text("inference-gateway")))
            .addAttributes(Messages.attribute("k8s.pod.name", Messages.text("gateway-7d9f-abcde")))
            .build();
    return Messages.of(resource, spans);
  }
}
