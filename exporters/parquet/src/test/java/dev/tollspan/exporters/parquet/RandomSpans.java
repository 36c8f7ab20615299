package dev.tollspan.exporters.parquet;

import com.google.protobuf.ByteString;
import dev.tollspan.spans.LlmField;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Messages with everything in them that OTLP allows, wrong types for known keys included. */
final class RandomSpans {
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "gpt-4o",
          "stop",
          "42",
          "billable",
          "hmac:",
          "hmac:0a1b2c3d:00112233445566778899aabbccddeeff",
          "unknown_model",
          "acme \"quoted\" \\ \n\t",
          "\u00fc\u4e2d\ud83d\ude00",
          "\u0000\u001f",
          "x".repeat(300));

  private final Random random;
  private final long firstNanos;

  RandomSpans(long seed, long firstNanos) {
    random = new Random(seed);
    this.firstNanos = firstNanos;
  }

  TracesData message() {
    TracesData.Builder message = TracesData.newBuilder();
    for (int r = random.nextInt(4); r >= 0; r--) {
      ResourceSpans.Builder resource = message.addResourceSpansBuilder();
      resource.setResource(
          Resource.newBuilder().addAllAttributes(attributes(keysOf(ParquetExporter.keys()))));
      for (int s = random.nextInt(3); s > 0; s--) {
        ScopeSpans.Builder scope = resource.addScopeSpansBuilder();
        scope.getScopeBuilder().setName(text()).setVersion(text());
        for (int n = random.nextInt(12); n > 0; n--) {
          scope.addSpans(span());
        }
      }
    }
    return message.build();
  }

  private Span span() {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(id(16))
            .setSpanId(id(8))
            .setName(text())
            .setKindValue(random.nextInt(6))
            .setTraceState(text())
            .setDroppedAttributesCount(random.nextInt(3))
            .addAllAttributes(attributes(llmKeys()));
    // Distinct start times give rows an order of their own.
    long start = firstNanos + random.nextLong(3_600_000_000_000L);
    span.setStartTimeUnixNano(start);
    if (random.nextInt(10) > 0) {
      span.setEndTimeUnixNano(start - 1_000 + random.nextLong(60_000_000_000L));
    }
    if (random.nextBoolean()) {
      span.setParentSpanId(id(8));
    }
    if (random.nextBoolean()) {
      span.setStatus(Status.newBuilder().setCodeValue(random.nextInt(3)).setMessage(text()));
    }
    for (int n = random.nextInt(3); n > 0; n--) {
      span.addEvents(
          Span.Event.newBuilder()
              .setTimeUnixNano(start)
              .setName(text())
              .addAllAttributes(attributes(List.of("exception.type"))));
    }
    for (int n = random.nextInt(3); n > 0; n--) {
      span.addLinks(
          Span.Link.newBuilder()
              .setTraceId(id(16))
              .setSpanId(id(8))
              .setTraceState(text())
              .addAllAttributes(attributes(List.of())));
    }
    return span.build();
  }

  private static List<String> keysOf(Iterable<String> keys) {
    List<String> all = new ArrayList<>();
    keys.forEach(all::add);
    return all;
  }

  private static List<String> llmKeys() {
    List<String> all = keysOf(LlmField.allKeys());
    all.addAll(ParquetExporter.keys());
    all.addAll(Collections.nCopies(10, "estimated_cost_nanousd")); // so that a sum has summands
    return all;
  }

  private List<KeyValue> attributes(List<String> known) {
    Set<String> keys = new LinkedHashSet<>();
    for (int n = random.nextInt(14); n > 0; n--) {
      boolean own = known.isEmpty() || random.nextInt(3) == 0;
      keys.add(own ? "k" + random.nextInt(1_000) : known.get(random.nextInt(known.size())));
    }
    List<KeyValue> attributes = new ArrayList<>();
    for (String key : keys) {
      attributes.add(KeyValue.newBuilder().setKey(key).setValue(value(3)).build());
    }
    return attributes;
  }

  private AnyValue value(int depth) {
    AnyValue.Builder value = AnyValue.newBuilder();
    switch (random.nextInt(depth > 0 ? 11 : 8)) {
      case 0, 1, 2 -> value.setStringValue(text());
      case 3, 4 -> value.setIntValue(integer());
      case 5 -> value.setDoubleValue(real());
      case 6 -> value.setBoolValue(random.nextBoolean());
      case 7 -> value.setBytesValue(id(random.nextInt(5)));
      case 8 -> {
        ArrayValue.Builder array = ArrayValue.newBuilder();
        for (int n = random.nextInt(4); n > 0; n--) {
          array.addValues(value(depth - 1));
        }
        value.setArrayValue(array);
      }
      case 9 -> {
        KeyValueList.Builder list = KeyValueList.newBuilder();
        for (int n = random.nextInt(3); n > 0; n--) {
          list.addValues(KeyValue.newBuilder().setKey("n" + n).setValue(value(depth - 1)));
        }
        value.setKvlistValue(list);
      }
      default -> {}
    }
    return value.build();
  }

  private long integer() {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> random.nextLong();
      case 2 -> Long.MIN_VALUE;
      case 3 -> -random.nextInt(1_000);
      default -> random.nextInt(100_000);
    };
  }

  private double real() {
    return switch (random.nextInt(5)) {
      case 0 -> random.nextInt(10_000);
      case 1 -> Double.NaN;
      case 2 -> -1.5;
      default -> random.nextDouble() * 10;
    };
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private ByteString id(int length) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    if (length > 0) {
      id[0] |= 1; // never all zero
    }
    return ByteString.copyFrom(id);
  }
}
