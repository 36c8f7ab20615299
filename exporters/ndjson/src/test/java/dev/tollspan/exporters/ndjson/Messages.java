package dev.tollspan.exporters.ndjson;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
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
import java.util.List;
import java.util.Random;

/** Messages of the generated classes for tests: plain ones and random ones. */
final class Messages {
  private static final String[] PIECES = {
    "a",
    "model",
    "\"",
    "\\",
    "\n",
    "\u0000",
    "\u001f",
    "\u007f",
    "\u00e9",
    "\u20ac",
    "\ud83d\ude80",
    "some longer run of clean text",
    "/",
    "{}[],:",
    "\u2028"
  };

  private Messages() {}

  static TracesData of(Span... spans) {
    return of(Resource.getDefaultInstance(), spans);
  }

  static TracesData of(Resource resource, Span... spans) {
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(resource)
                .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(List.of(spans))))
        .build();
  }

  static Span.Builder span() {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom("0123456789abcdef".getBytes(UTF_8)))
        .setSpanId(ByteString.copyFrom("01234567".getBytes(UTF_8)));
  }

  static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  static AnyValue integer(long value) {
    return AnyValue.newBuilder().setIntValue(value).build();
  }

  static AnyValue number(double value) {
    return AnyValue.newBuilder().setDoubleValue(value).build();
  }

  static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  static TracesData random(Random random) {
    TracesData.Builder message = TracesData.newBuilder();
    for (int r = random.nextInt(3); r >= 0; r--) {
      ResourceSpans.Builder resource = message.addResourceSpansBuilder();
      resource.setResource(Resource.newBuilder().addAllAttributes(attributes(random)));
      if (random.nextBoolean()) {
        resource
            .getResourceBuilder()
            .addAttributes(attribute("service.name", text(randomText(random))));
      }
      for (int s = random.nextInt(3); s > 0; s--) {
        ScopeSpans.Builder scope = resource.addScopeSpansBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          scope.addSpans(randomSpan(random));
        }
      }
    }
    return message.build();
  }

  private static Span randomSpan(Random random) {
    Span.Builder span =
        span()
            .setTraceId(id(random, 16))
            .setSpanId(id(random, 8))
            .setName(randomText(random))
            .setKindValue(random.nextInt(7))
            .setStartTimeUnixNano(time(random))
            .setEndTimeUnixNano(time(random))
            .addAllAttributes(attributes(random))
            .setTraceState(randomText(random))
            .setStatus(
                Status.newBuilder().setCodeValue(random.nextInt(4)).setMessage(randomText(random)));
    if (random.nextBoolean()) {
      span.setParentSpanId(id(random, 8));
    }
    for (int i = random.nextInt(6) - 3; i > 0; i--) {
      span.addEvents(
          Span.Event.newBuilder()
              .setTimeUnixNano(time(random))
              .setName(randomText(random))
              .addAllAttributes(attributes(random)));
      span.addLinks(
          Span.Link.newBuilder()
              .setTraceId(id(random, 16))
              .setSpanId(id(random, 8))
              .setTraceState(randomText(random))
              .addAllAttributes(attributes(random)));
    }
    return span.build();
  }

  private static List<KeyValue> attributes(Random random) {
    List<KeyValue> attributes = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      KeyValue.Builder attribute = KeyValue.newBuilder().setKey(i + randomText(random));
      if (random.nextInt(20) > 0) {
        attribute.setValue(value(random, 3));
      }
      attributes.add(attribute.build());
    }
    return attributes;
  }

  private static AnyValue value(Random random, int depth) {
    AnyValue.Builder value = AnyValue.newBuilder();
    return switch (random.nextInt(depth > 0 ? 9 : 7)) {
      case 0 -> value.build();
      case 1 -> text(randomText(random));
      case 2 -> value.setBoolValue(random.nextBoolean()).build();
      case 3 -> integer(random.nextLong() >> random.nextInt(64));
      case 4 -> number(Double.longBitsToDouble(random.nextLong()));
      case 5 -> number(random.nextInt(1000) / 8.0);
      case 6 -> value.setBytesValue(id(random, random.nextInt(9))).build();
      case 7 -> {
        ArrayValue.Builder array = ArrayValue.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.addValues(value(random, depth - 1));
        }
        yield value.setArrayValue(array).build();
      }
      default -> {
        KeyValueList.Builder list = KeyValueList.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.addValues(attribute(i + randomText(random), value(random, depth - 1)));
        }
        yield value.setKvlistValue(list).build();
      }
    };
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private static ByteString id(Random random, int length) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    if (length > 0) {
      id[0] |= 1; // never all zero
    }
    return ByteString.copyFrom(id);
  }

  private static long time(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> random.nextLong();
      default -> 1_700_000_000_000_000_000L + random.nextInt();
    };
  }
}
