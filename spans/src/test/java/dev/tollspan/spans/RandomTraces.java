package dev.tollspan.spans;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.EntityRef;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Draws messages that an exporter could send; each field may be unset, empty or extreme. */
public final class RandomTraces {
  private static final List<String> KNOWN = LlmField.allKeys();
  private static final long[] EXTREMES = {
    0, 1, -1, 127, 128, 16_383, 16_384, 1L << 31, 1L << 32, 1L << 53, Long.MIN_VALUE, Long.MAX_VALUE
  };
  private static final int[] LETTERS = {'a', 'z', '~', 0, 0x7f, 0xe9, 0x7ff, 0xffff, 0x1f600};

  private final SplittableRandom random;

  /** Draws from this source alone. */
  public RandomTraces(SplittableRandom random) {
    this.random = random;
  }

  /** Another one each time. */
  public TracesData traces() {
    TracesData.Builder out = TracesData.newBuilder();
    for (int i = few(); i > 0; i--) {
      out.addResourceSpans(resourceSpans());
    }
    return out.build();
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** Mostly none or one, sometimes many. */
  int few() {
    return chance(5) ? random.nextInt(40) : random.nextInt(4);
  }

  long number() {
    return chance(50) ? EXTREMES[random.nextInt(EXTREMES.length)] : random.nextInt(100_000);
  }

  String text() {
    int length = chance(4) ? random.nextInt(600) : random.nextInt(20);
    StringBuilder out = new StringBuilder();
    boolean ascii = chance(70);
    for (int i = 0; i < length; i++) {
      out.appendCodePoint(
          ascii ? 'a' + random.nextInt(26) : LETTERS[random.nextInt(LETTERS.length)]);
    }
    return out.toString();
  }

  private ResourceSpans resourceSpans() {
    ResourceSpans.Builder out = ResourceSpans.newBuilder();
    if (chance(80)) {
      Resource.Builder resource = Resource.newBuilder().addAllAttributes(attributes());
      if (chance(30)) {
        resource.setDroppedAttributesCount((int) number());
      }
      for (int i = chance(30) ? few() : 0; i > 0; i--) {
        EntityRef.Builder entity = EntityRef.newBuilder().setType(text()).setSchemaUrl(text());
        resource.addEntityRefs(entity.addIdKeys(text()).addIdKeys("").addDescriptionKeys(text()));
      }
      out.setResource(resource);
    }
    for (int i = few(); i > 0; i--) {
      out.addScopeSpans(scopeSpans());
    }
    return chance(30) ? out.setSchemaUrl(text()).build() : out.build();
  }

  private ScopeSpans scopeSpans() {
    ScopeSpans.Builder out = ScopeSpans.newBuilder();
    if (chance(80)) {
      InstrumentationScope.Builder scope = InstrumentationScope.newBuilder();
      scope.setName(chance(80) ? text() : "").setVersion(chance(50) ? text() : "");
      if (chance(40)) {
        scope.addAllAttributes(attributes()).setDroppedAttributesCount((int) number());
      }
      out.setScope(scope);
    }
    for (int i = few(); i > 0; i--) {
      out.addSpans(span());
    }
    return chance(30) ? out.setSchemaUrl(text()).build() : out.build();
  }

  Span span() {
    Span.Builder out = Span.newBuilder().setTraceId(id(16)).setSpanId(id(8));
    if (chance(50)) {
      out.setParentSpanId(id(8));
    }
    out.setName(chance(90) ? text() : "").setTraceState(chance(20) ? text() : "");
    out.setKindValue(chance(80) ? random.nextInt(6) : (int) number());
    if (chance(90)) {
      out.setStartTimeUnixNano(number()).setEndTimeUnixNano(number());
    }
    out.addAllAttributes(attributes());
    if (chance(20)) {
      out.setDroppedAttributesCount((int) number()).setDroppedEventsCount((int) number());
      out.setDroppedLinksCount((int) number());
    }
    for (int i = chance(50) ? few() : 0; i > 0; i--) {
      out.addEvents(event());
    }
    for (int i = chance(50) ? few() : 0; i > 0; i--) {
      out.addLinks(link());
    }
    if (chance(50)) {
      Status.Builder status = Status.newBuilder().setMessage(chance(50) ? text() : "");
      out.setStatus(status.setCodeValue(chance(80) ? random.nextInt(3) : (int) number()));
    }
    return chance(50) ? out.setFlags((int) number()).build() : out.build();
  }

  private Span.Event event() {
    Span.Event.Builder out = Span.Event.newBuilder().setName(chance(80) ? text() : "");
    out.setTimeUnixNano(number()).addAllAttributes(attributes());
    return chance(20) ? out.setDroppedAttributesCount((int) number()).build() : out.build();
  }

  private Span.Link link() {
    Span.Link.Builder out = Span.Link.newBuilder().setTraceId(id(16)).setSpanId(id(8));
    out.setTraceState(chance(20) ? text() : "").addAllAttributes(attributes());
    return chance(20)
        ? out.setDroppedAttributesCount((int) number()).setFlags((int) number()).build()
        : out.build();
  }

  private ByteString id(int length) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    id[random.nextInt(length)] |= 1;
    return ByteString.copyFrom(id);
  }

  List<KeyValue> attributes() {
    return list(few(), 1);
  }

  private List<KeyValue> list(int count, int depth) {
    Set<String> keys = new HashSet<>();
    List<KeyValue> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      KeyValue.Builder attribute = KeyValue.newBuilder().setKey(key());
      if (chance(95)) {
        attribute.setValue(value(depth));
      }
      if (keys.add(attribute.getKey())) {
        out.add(attribute.build());
      }
    }
    return out;
  }

  private String key() {
    String known = KNOWN.get(random.nextInt(KNOWN.size()));
    return switch (random.nextInt(8)) {
      case 0 -> text();
      case 1 -> known.substring(0, random.nextInt(known.length()));
      case 2 -> known + "x";
      case 3 -> known.replace('.', '_');
      default -> known;
    };
  }

  private AnyValue value(int depth) {
    AnyValue.Builder out = AnyValue.newBuilder();
    return switch (random.nextInt(depth < 6 ? 11 : 8)) {
      case 0 -> out.build();
      case 1 -> out.setBoolValue(chance(50)).build();
      case 2 -> out.setIntValue(number()).build();
      case 3 -> out.setDoubleValue(Double.longBitsToDouble(number())).build();
      case 4 -> out.setBytesValue(ByteString.copyFromUtf8(text())).build();
      case 8 -> {
        ArrayValue.Builder array = ArrayValue.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.addValues(value(depth + 1));
        }
        yield out.setArrayValue(array).build();
      }
      case 9 ->
          out.setKvlistValue(
                  KeyValueList.newBuilder().addAllValues(list(random.nextInt(4), depth + 1)))
              .build();
      default -> out.setStringValue(text()).build();
    };
  }
}
