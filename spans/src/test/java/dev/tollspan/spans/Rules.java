package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a request means to us, told by the generated classes and the rules of {@link Canonical},
 * written down a second time.
 */
final class Rules {
  private static final Parser<TracesData> PARSER =
      DiscardUnknownFieldsParser.wrap(TracesData.parser());

  private Rules() {}

  /** What the generated classes read, unknown fields left out. */
  static TracesData parse(byte[] request) throws InvalidProtocolBufferException {
    return PARSER.parseFrom(request);
  }

  static int spans(TracesData message) {
    int count = 0;
    for (ResourceSpans resource : message.getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        count += scope.getSpansCount();
      }
    }
    return count;
  }

  static TracesData apply(TracesData message) {
    TracesData.Builder out = message.toBuilder();
    for (int r = out.getResourceSpansCount() - 1; r >= 0; r--) {
      ResourceSpans.Builder resource = out.getResourceSpansBuilder(r);
      int before = spans(resource);
      if (resource.hasResource()) {
        apply(resource.getResourceBuilder().getAttributesBuilderList(), 1);
      }
      for (int s = resource.getScopeSpansCount() - 1; s >= 0; s--) {
        ScopeSpans.Builder scope = resource.getScopeSpansBuilder(s);
        if (scope.hasScope()) {
          apply(scope.getScopeBuilder().getAttributesBuilderList(), 1);
        }
        List<Span> kept = new ArrayList<>();
        for (Span.Builder span : scope.getSpansBuilderList()) {
          if (isId(span.getTraceId(), 16) && isId(span.getSpanId(), 8) && !isMetric(span)) {
            kept.add(apply(span));
          }
        }
        if (kept.isEmpty() && scope.getSpansCount() > 0) {
          resource.removeScopeSpans(s);
        } else {
          scope.clearSpans().addAllSpans(kept);
        }
      }
      if (spans(resource) == 0 && before > 0) {
        out.removeResourceSpans(r);
      }
    }
    return withoutTwins(out.build());
  }

  private static int spans(ResourceSpans.Builder resource) {
    return resource.getScopeSpansList().stream().mapToInt(ScopeSpans::getSpansCount).sum();
  }

  private static boolean isMetric(Span.Builder span) {
    String ids = span.getTraceId().concat(span.getSpanId()).toString(ISO_8859_1);
    return span.getStartTimeUnixNano() == 0
        && span.getEndTimeUnixNano() == 0
        && (span.getName().isEmpty() || span.getName().startsWith("\n"))
        && span.getAttributesCount() + span.getEventsCount() <= 1
        && ids.chars().allMatch(c -> c >= ' ' && c < 128);
  }

  private static Span apply(Span.Builder span) {
    if (!isId(span.getParentSpanId(), 8)) {
      span.clearParentSpanId();
    }
    apply(span.getAttributesBuilderList(), 1);
    span.getEventsBuilderList().forEach(event -> apply(event.getAttributesBuilderList(), 1));
    int dropped = 0;
    for (int i = span.getLinksCount() - 1; i >= 0; i--) {
      Span.Link.Builder link = span.getLinksBuilder(i);
      apply(link.getAttributesBuilderList(), 1);
      if (link.getTraceId().size() != 16 || link.getSpanId().size() != 8) {
        span.removeLinks(i);
        dropped++;
      }
    }
    if (dropped > 0) {
      span.setDroppedLinksCount(span.getDroppedLinksCount() + dropped);
    }
    return span.build();
  }

  private static boolean isId(ByteString id, int length) {
    return id.size() == length && !id.equals(ByteString.copyFrom(new byte[length]));
  }

  private static void apply(List<KeyValue.Builder> attributes, int depth) {
    for (KeyValue.Builder attribute : attributes) {
      attribute.clearKeyStrindex();
      if (attribute.hasValue()) {
        apply(attribute.getValueBuilder(), depth);
      }
    }
  }

  private static void apply(AnyValue.Builder value, int depth) {
    switch (value.getValueCase()) {
      case ARRAY_VALUE -> {
        if (depth == 32) {
          value.getArrayValueBuilder().clear();
        }
        value
            .getArrayValueBuilder()
            .getValuesBuilderList()
            .forEach(element -> apply(element, depth + 1));
      }
      case KVLIST_VALUE -> {
        if (depth == 32) {
          value.getKvlistValueBuilder().clear();
        }
        apply(value.getKvlistValueBuilder().getValuesBuilderList(), depth + 1);
      }
      case STRING_VALUE_STRINDEX -> value.clear();
      default -> {}
    }
  }

  /** Keeps of attributes with the same key the last, at the place of the first. */
  @SuppressWarnings("unchecked") // a repeated field's value is a list of its messages
  static <M extends Message> M withoutTwins(M message) {
    Message.Builder out = message.toBuilder();
    for (FieldDescriptor field : message.getAllFields().keySet()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        if (field.isRepeated()) {
          Map<Object, Message> kept = new LinkedHashMap<>();
          for (Message element : (List<Message>) message.getField(field)) {
            Object place = element instanceof KeyValue pair ? pair.getKey() : kept.size();
            kept.put(place, withoutTwins(element));
          }
          out.setField(field, new ArrayList<>(kept.values()));
        } else {
          out.setField(field, withoutTwins((Message) message.getField(field)));
        }
      }
    }
    return (M) out.build();
  }
}
