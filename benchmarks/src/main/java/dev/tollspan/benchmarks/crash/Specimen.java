package dev.tollspan.benchmarks.crash;

import com.google.protobuf.ByteString;
import dev.tollspan.benchmarks.Pairs;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * What is known of one span, as it was sent or as it was found. The trace id tells the seed and the
 * span's number, and all else follows from these: what was altered does not.
 */
record Specimen(
    String traceId,
    String spanId,
    String parentSpanId,
    String name,
    long startNanos,
    long endNanos,
    String service,
    String tenant,
    String model,
    long inputTokens,
    long outputTokens) {
  static final String INPUT = "gen_ai.usage.input_tokens";
  static final String OUTPUT = "gen_ai.usage.output_tokens";
  static final String TENANT = "tenant.id";
  static final String MODEL = "gen_ai.response.model";
  static final String SERVICE = "service.name";

  private static final HexFormat HEX = HexFormat.of();
  private static final String NAME = "chat gpt-4o-mini";
  private static final String MODEL_NAME = "gpt-4o-mini";
  private static final String SERVICE_NAME = "inference-gateway";
  private static final long HOUR = 3_600_000_000_000L;
  private static final int HOURS = 3; // so that several files of a lake have to end together

  /** A whole hour not long ago: what is older than a week would be filed by arrival. */
  private static final long EPOCH = (System.currentTimeMillis() / 3_600_000 - HOURS) * HOUR;

  /** The span of this number, as it is sent. */
  static Specimen of(long seed, int number) {
    long start = EPOCH + number % HOURS * HOUR + below(seed, number, 3, 1_000_000_000);
    return new Specimen(
        HEX.toHexDigits(mark(seed)) + HEX.toHexDigits((long) number),
        HEX.toHexDigits(mix(seed, number, 1) | 1),
        HEX.toHexDigits(mix(seed, number, 2) | 1),
        NAME,
        start,
        start + below(seed, number, 4, 2_000_000_000),
        SERVICE_NAME,
        "tenant-" + below(seed, number, 5, 200),
        MODEL_NAME,
        1 + below(seed, number, 6, 4000),
        1 + below(seed, number, 7, 900));
  }

  /** The number in a trace id of this seed; -1 if it is of no span that was ever sent. */
  static int number(long seed, String traceId) {
    if (!traceId.matches("[0-9a-f]{32}")
        || HexFormat.fromHexDigitsToLong(traceId, 0, 16) != mark(seed)) {
      return -1;
    }
    long number = HexFormat.fromHexDigitsToLong(traceId, 16, 32);
    return number < 0 || number > Integer.MAX_VALUE ? -1 : (int) number;
  }

  /** A request with so many spans, from this number on. */
  static byte[] request(long seed, int first, int count) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 0; i < count; i++) {
      scope.addSpans(of(seed, first + i).span());
    }
    Resource resource =
        Resource.newBuilder().addAttributes(Pairs.text(SERVICE, SERVICE_NAME)).build();
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(scope))
        .build()
        .toByteArray();
  }

  private Span span() {
    return Span.newBuilder()
        .setTraceId(bytes(traceId))
        .setSpanId(bytes(spanId))
        .setParentSpanId(bytes(parentSpanId))
        .setName(name)
        .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
        .setStartTimeUnixNano(startNanos)
        .setEndTimeUnixNano(endNanos)
        .addAttributes(Pairs.text("gen_ai.operation.name", "chat"))
        .addAttributes(Pairs.text("gen_ai.provider.name", "openai"))
        .addAttributes(Pairs.text("gen_ai.request.model", model))
        .addAttributes(Pairs.text(MODEL, model))
        .addAttributes(Pairs.text(TENANT, tenant))
        .addAttributes(Pairs.number(INPUT, inputTokens))
        .addAttributes(Pairs.number(OUTPUT, outputTokens))
        .build();
  }

  private static long mark(long seed) {
    return mix(seed, -1, 0) | 1;
  }

  private static long below(long seed, int number, int which, int bound) {
    return Math.floorMod(mix(seed, number, which), bound);
  }

  /** SplitMix64: one bit of the input changes half of the result's. */
  private static long mix(long seed, int number, int which) {
    long z = seed * 0x9E3779B97F4A7C15L + ((long) number << 8) + which;
    for (int round = 0; round < 2; round++) {
      z += 0x9E3779B97F4A7C15L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z ^= z >>> 31;
    }
    return z;
  }

  private static ByteString bytes(String hex) {
    return ByteString.copyFrom(ByteBuffer.wrap(HEX.parseHex(hex)));
  }
}
