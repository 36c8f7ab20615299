package dev.tollspan.exporters.otlp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.exporters.otlp.OtlpConfig.Calls;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Batches and configurations, as these tests want them. */
final class Given {
  private static final KeyTable KEYS = Batches.keys();

  private Given() {}

  /** A batch of so many spans with consecutive ids. */
  static CleanBatch batch(int firstId, int spans) {
    return batch(firstId, spans, 10);
  }

  /** The same, with about so many bytes in each span that do not compress well. */
  static CleanBatch batch(int firstId, int spans, int bytes) {
    TracesData.Builder message = TracesData.newBuilder();
    ScopeSpans.Builder scope = message.addResourceSpansBuilder().addScopeSpansBuilder();
    byte[] noise = new byte[bytes * 3 / 4];
    new Random(firstId).nextBytes(noise);
    String value = Base64.getEncoder().encodeToString(noise);
    for (int i = 0; i < spans; i++) {
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom("0123456789abcdef", StandardCharsets.US_ASCII))
              .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(id(firstId + i))))
              .setName("chat")
              .addAttributes(
                  KeyValue.newBuilder()
                      .setKey("noise")
                      .setValue(AnyValue.newBuilder().setStringValue(value))));
    }
    return Batches.clean(KEYS, message.build());
  }

  /** Small spans of 10,000 bytes around one of this id that has so many. */
  static CleanBatch mixed(int firstId, int spans, int largeId, int largeBytes) {
    TracesData.Builder message = TracesData.newBuilder();
    ScopeSpans.Builder scope = message.addResourceSpansBuilder().addScopeSpansBuilder();
    for (int id = firstId; id < firstId + spans; id++) {
      scope.addSpans(span(id, "x".repeat(id == largeId ? largeBytes : 10_000)));
    }
    return Batches.clean(KEYS, message.build());
  }

  /** Two resources with two scopes each (the second has one), two spans in each scope. */
  static CleanBatch groups() {
    TracesData.Builder message = TracesData.newBuilder();
    for (int r = 0; r < 2; r++) {
      ResourceSpans.Builder resource = message.addResourceSpansBuilder();
      resource.setSchemaUrl("https://r" + r).getResourceBuilder().addAttributes(noise("r" + r));
      for (int s = 0; s < 2 - r; s++) {
        ScopeSpans.Builder scope = resource.addScopeSpansBuilder().setSchemaUrl("https://s" + s);
        scope.getScopeBuilder().setName("scope" + s);
        int id = 1 + r * 4 + s * 2;
        scope.addSpans(span(id, "a")).addSpans(span(id + 1, "b"));
      }
    }
    return Batches.clean(KEYS, message.build());
  }

  private static Span span(int id, String value) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom("0123456789abcdef", StandardCharsets.US_ASCII))
        .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(id(id))))
        .setName("chat")
        .addAttributes(noise(value))
        .build();
  }

  private static KeyValue noise(String value) {
    return KeyValue.newBuilder()
        .setKey("noise")
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  static String id(int number) {
    return HexFormat.of().toHexDigits((long) number);
  }

  /** As a pipeline makes it. */
  static OtlpExporter exporter(OtlpConfig config) {
    return new OtlpExporter(config, InstantSource.system());
  }

  /** What comes of an export whose thread is interrupted once its destination has a request. */
  static Outcome interrupted(OtlpExporter exporter, List<?> requests) throws InterruptedException {
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  outcome.set(exporter.export(List.of(batch(1, 1))));
                  flag.set(Thread.currentThread().isInterrupted());
                });
    long startNanos = System.nanoTime();
    while (requests.isEmpty()) {
      assertTrue(System.nanoTime() - startNanos < 20_000_000_000L, "no request has come");
      Thread.onSpinWait();
    }
    caller.interrupt();
    assertTrue(caller.join(Duration.ofSeconds(20)));
    assertTrue(flag.get(), "the interrupt is lost");
    return outcome.get();
  }

  static OtlpConfig config(int port) {
    return config(port, Compression.NONE, Duration.ofSeconds(20));
  }

  /** Over gRPC, one call at a time. */
  static OtlpConfig config(int port, Compression compression, Duration timeout) {
    return new OtlpConfig(
        Protocol.GRPC,
        OtlpConfig.grpcEndpoint("http://127.0.0.1:" + port),
        compression,
        Map.of(),
        Auth.none(),
        Tls.platform(),
        new Calls(timeout, 1, false));
  }

  /** Over HTTP, one call at a time. */
  static OtlpConfig http(int port) {
    return http("http://127.0.0.1:" + port, Tls.platform(), Compression.NONE);
  }

  static OtlpConfig http(String base, Tls tls, Compression compression) {
    return new OtlpConfig(
        Protocol.HTTP,
        OtlpConfig.httpEndpoint(base),
        compression,
        Map.of(),
        Auth.none(),
        tls,
        new Calls(Duration.ofSeconds(20), 1, false));
  }

  static OtlpConfig with(OtlpConfig from, Map<String, String> headers, Auth auth) {
    return new OtlpConfig(
        from.protocol(),
        from.endpoint(),
        from.compression(),
        headers,
        auth,
        from.tls(),
        from.calls());
  }

  static OtlpConfig with(OtlpConfig from, Calls calls) {
    return new OtlpConfig(
        from.protocol(),
        from.endpoint(),
        from.compression(),
        from.headers(),
        from.auth(),
        from.tls(),
        calls);
  }

  static OtlpConfig with(OtlpConfig from, Tls tls) {
    return new OtlpConfig(
        from.protocol(),
        from.endpoint(),
        from.compression(),
        from.headers(),
        from.auth(),
        tls,
        from.calls());
  }
}
