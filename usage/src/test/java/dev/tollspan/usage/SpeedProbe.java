package dev.tollspan.usage;

import dev.tollspan.prices.Usage;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.List;

final class SpeedProbe {
  public static void main(String[] a) {
    run("plain, unknown scope", "app", plain(false));
    run("plain, known scope", "pydantic-ai", plain(false));
    run("cached", "app", plain(true));
    run(
        "http",
        "app",
        Spans.span(
                "http.request.method",
                "GET",
                "url.path",
                "/x",
                "k1",
                1,
                "k2",
                2,
                "k3",
                3,
                "k4",
                "4",
                "k5",
                5,
                "k6",
                6)
            .build());
    run(
        "genkit",
        "genkit-tracer",
        Spans.span(
                "genkit:metadata:subtype",
                "model",
                "genkit:name",
                "openai/gpt-4o",
                "genkit:output",
                "{\"message\":{\"content\":\""
                    + "lorem ipsum ".repeat(80)
                    + "\"},\"usage\":{\"inputTokens\":1032,\"outputTokens\":73}}")
            .build());
  }

  static Span plain(boolean cached) {
    Span.Builder s =
        Spans.span(
            "gen_ai.operation.name",
            "chat",
            "gen_ai.provider.name",
            "openai",
            "gen_ai.request.model",
            "gpt-4o-mini",
            "gen_ai.response.model",
            "gpt-4o-mini-2024-07-18",
            "gen_ai.response.id",
            "chatcmpl-f5bc30195a9d47859d9574a8",
            "gen_ai.request.max_tokens",
            300,
            "gen_ai.usage.input_tokens",
            1013,
            "gen_ai.usage.output_tokens",
            57,
            "server.address",
            "127.0.0.1",
            "server.port",
            443,
            "user.id",
            "u",
            "session.id",
            "s");
    if (cached)
      s.addAttributes(Spans.attribute("gen_ai.usage.cache_read.input_tokens", 512))
          .addAttributes(Spans.attribute("gen_ai.usage.total_tokens", 1070));
    return s.build();
  }

  static void run(String name, String scope, Span span) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 1024; i++) spans.add(span);
    SpanBatch b =
        Batches.batch(
            new BatchPool(1 << 20),
            Recordings.KEYS,
            Spans.message(Resource.getDefaultInstance(), scope, spans).toByteArray());
    UsageReader r = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
    Usage u = new Usage();
    SpanView v = b.view();
    long sum = 0;
    double best = 1e9, base = 1e9;
    for (int k = 0; k < 400; k++) {
      long t = System.nanoTime();
      for (int j = 0; j < 10; j++)
        for (int i = 0; i < 1024; i++) {
          sum += r.read(v.moveTo(i), u).dialect();
        }
      best = Math.min(best, (System.nanoTime() - t) / 10240.0);
      t = System.nanoTime();
      for (int j = 0; j < 10; j++)
        for (int i = 0; i < 1024; i++) {
          sum += v.moveTo(i).attributes().count();
        }
      base = Math.min(base, (System.nanoTime() - t) / 10240.0);
    }
    System.out.printf("%s: %.1f ns (moveTo %.1f) %d%n", name, best, base, sum & 1);
  }
}
