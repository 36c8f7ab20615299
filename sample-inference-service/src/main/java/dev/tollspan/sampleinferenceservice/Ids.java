package dev.tollspan.sampleinferenceservice;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Ids of calls, traces and spans; repeatable in order of demand when seeded. Safe for threads. */
final class Ids implements IdGenerator {
  private final LongSupplier random;

  private Ids(LongSupplier random) {
    this.random = random;
  }

  static Ids of(@Nullable Long seed) {
    if (seed == null) {
      return new Ids(() -> ThreadLocalRandom.current().nextLong());
    }
    return new Ids(new Random(seed)::nextLong);
  }

  String completionId() {
    HexFormat hex = HexFormat.of();
    return "cmpl-" + hex.toHexDigits(nonZero()) + hex.toHexDigits(nonZero());
  }

  @Override
  public String generateTraceId() {
    return TraceId.fromLongs(nonZero(), nonZero());
  }

  @Override
  public String generateSpanId() {
    return SpanId.fromLong(nonZero());
  }

  /** An id of zeros only means "no id" to OpenTelemetry. */
  private long nonZero() {
    long value = random.getAsLong();
    while (value == 0) {
      value = random.getAsLong();
    }
    return value;
  }
}
