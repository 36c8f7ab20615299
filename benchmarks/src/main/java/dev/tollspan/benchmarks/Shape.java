package dev.tollspan.benchmarks;

import static dev.tollspan.benchmarks.Pairs.number;
import static dev.tollspan.benchmarks.Pairs.text;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What a request looks like: every span is a model call with ten attributes, about 437 bytes on the
 * wire without prompts.
 *
 * @param spans spans in one request
 * @param promptBytes text in each span: half prompt, a quarter completion, a quarter event
 */
record Shape(int spans, int promptBytes) {
  private static final String WORDS =
      "the a model request answer please summarise following customer order invoice because ";

  /** So many different ones. */
  List<byte[]> requests(int distinct) {
    return IntStream.range(0, distinct).mapToObj(this::request).toList();
  }

  /** One serialised request; equal seeds give equal bytes. */
  byte[] request(long seed) {
    Random random = new Random(seed);
    ScopeSpans.Builder scope =
        ScopeSpans.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName("inference").setVersion("0.9.1"));
    for (int i = 0; i < spans; i++) {
      scope.addSpans(span(random));
    }
    Resource resource =
        Resource.newBuilder()
            .addAttributes(text("service.name", "inference-gateway"))
            .addAttributes(text("service.version", "1.14.2"))
            .addAttributes(text("host.name", "gpu-node-07"))
            .build();
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(scope))
        .build()
        .toByteArray();
  }

  private Span span(Random random) {
    long start = 1_790_000_000_000_000_000L + random.nextInt(1_000_000_000);
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(id(random, 16))
            .setSpanId(id(random, 8))
            .setParentSpanId(id(random, 8))
            .setName("chat gpt-4o-mini")
            .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + random.nextInt(2_000_000_000))
            .addAttributes(text("gen_ai.operation.name", "chat"))
            .addAttributes(text("gen_ai.provider.name", "openai"))
            .addAttributes(text("gen_ai.request.model", "gpt-4o-mini"))
            .addAttributes(text("gen_ai.response.model", "gpt-4o-mini"))
            .addAttributes(text("gen_ai.response.id", "chatcmpl-" + random.nextInt(1_000_000)))
            .addAttributes(number("gen_ai.usage.input_tokens", 50 + random.nextInt(4000)))
            .addAttributes(number("gen_ai.usage.output_tokens", 10 + random.nextInt(900)))
            .addAttributes(number("gen_ai.request.max_tokens", 1024))
            .addAttributes(text("tenant.id", "tenant-" + random.nextInt(200)))
            .addAttributes(number("http.response.status_code", 200));
    if (promptBytes > 0) {
      span.addAttributes(text("gen_ai.prompt", prose(random, promptBytes / 2)))
          .addAttributes(text("gen_ai.completion", prose(random, promptBytes / 4)))
          .addEvents(
              Span.Event.newBuilder()
                  .setName("gen_ai.content.prompt")
                  .setTimeUnixNano(start)
                  .addAttributes(text("gen_ai.event.content", prose(random, promptBytes / 4))));
    }
    return span.build();
  }

  private static String prose(Random random, int length) {
    int from = random.nextInt(WORDS.length());
    return WORDS.repeat(length / WORDS.length() + 2).substring(from, from + length);
  }

  private static ByteString id(Random random, int length) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    id[0] |= 1;
    return ByteString.copyFrom(id);
  }
}
