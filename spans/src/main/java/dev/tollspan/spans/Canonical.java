package dev.tollspan.spans;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What canonical form asks of parsed messages: each key once (the last wins), no indexes into
 * string tables (they are meant for profiles and count as empty), values nested at most {@link
 * Framing#VALUE_DEPTH_MAX} deep (deeper ones are left out), ids of the right length, lists of at
 * most {@link SpanIndex#LIST_MAX}.
 */
final class Canonical {
  private final KeyTable keys;
  private final Tally tally;

  /** Keeps keys of this table where a list is too long for all; counts what it changes. */
  Canonical(KeyTable keys, Tally tally) {
    this.keys = keys;
    this.tally = tally;
  }

  Resource of(Resource resource) {
    Collection<KeyValue> all = attributes(resource.getAttributesList(), 1);
    return resource.toBuilder()
        .clearAttributes()
        .addAllAttributes(shortened(all))
        .setDroppedAttributesCount(resource.getDroppedAttributesCount() + beyond(all))
        .build();
  }

  InstrumentationScope of(InstrumentationScope scope) {
    Collection<KeyValue> all = attributes(scope.getAttributesList(), 1);
    return scope.toBuilder()
        .clearAttributes()
        .addAllAttributes(shortened(all))
        .setDroppedAttributesCount(scope.getDroppedAttributesCount() + beyond(all))
        .build();
  }

  /** A span in canonical form but for its own ids, which only {@link #hasIds} judges. */
  Span of(Span span) {
    Collection<KeyValue> all = attributes(span.getAttributesList(), 1);
    Span.Builder out = span.toBuilder();
    out.clearAttributes()
        .addAllAttributes(shortened(all))
        .setDroppedAttributesCount(span.getDroppedAttributesCount() + beyond(all));
    List<Span.Event> events = span.getEventsList();
    out.clearEvents().setDroppedEventsCount(span.getDroppedEventsCount() + beyond(events));
    for (Span.Event event : first(events)) {
      out.addEvents(of(event));
    }
    List<Span.Link> links =
        span.getLinksList().stream()
            .filter(l -> l.getTraceId().size() == 16 && l.getSpanId().size() == 8)
            .toList();
    int withIds = links.size();
    tally.add(Repair.LINK, span.getLinksCount() - withIds);
    links = first(links);
    tally.add(Repair.LIST, withIds - links.size());
    out.clearLinks()
        .setDroppedLinksCount(span.getDroppedLinksCount() + span.getLinksCount() - links.size());
    for (Span.Link link : links) {
      out.addLinks(of(link));
    }
    if (!isId(span.getParentSpanId(), 8)) {
      // All zero is how some say that there is none.
      tally.add(Repair.PARENT, isWrongLength(span.getParentSpanId()) ? 1 : 0);
      out.clearParentSpanId();
    }
    return out.build();
  }

  private Span.Event of(Span.Event event) {
    Collection<KeyValue> all = attributes(event.getAttributesList(), 1);
    return event.toBuilder()
        .clearAttributes()
        .addAllAttributes(shortened(all))
        .setDroppedAttributesCount(event.getDroppedAttributesCount() + beyond(all))
        .build();
  }

  private Span.Link of(Span.Link link) {
    Collection<KeyValue> all = attributes(link.getAttributesList(), 1);
    return link.toBuilder()
        .clearAttributes()
        .addAllAttributes(shortened(all))
        .setDroppedAttributesCount(link.getDroppedAttributesCount() + beyond(all))
        .build();
  }

  /**
   * As many attributes as are kept. If there are more, those of the key table come before others,
   * and among them those with lower numbers; the order stays.
   */
  private Collection<KeyValue> shortened(Collection<KeyValue> all) {
    if (all.size() <= SpanIndex.LIST_MAX) {
      return all;
    }
    long[] ranks = new long[all.size()]; // number of the key, then the place in the list
    int place = 0;
    for (KeyValue attribute : all) {
      byte[] key = attribute.getKeyBytes().toByteArray();
      int number = keys.find(key, 0, key.length);
      ranks[place] = (long) (number == 0 ? Integer.MAX_VALUE : number) << 32 | place;
      place++;
    }
    Arrays.sort(ranks);
    BitSet kept = new BitSet(place);
    for (int i = 0; i < SpanIndex.LIST_MAX; i++) {
      kept.set((int) ranks[i]);
    }
    List<KeyValue> list = new ArrayList<>(SpanIndex.LIST_MAX);
    place = 0;
    for (KeyValue attribute : all) {
      if (kept.get(place++)) {
        list.add(attribute);
      }
    }
    return list;
  }

  private static <T> List<T> first(List<T> list) {
    return list.stream().limit(SpanIndex.LIST_MAX).toList();
  }

  private int beyond(Collection<?> list) {
    int beyond = Math.max(0, list.size() - SpanIndex.LIST_MAX);
    tally.add(Repair.LIST, beyond);
    return beyond;
  }

  static boolean hasIds(Span span) {
    return isId(span.getTraceId(), 16) && isId(span.getSpanId(), 8);
  }

  /**
   * Whether an odd message with ids is no span: it has a metric's name and description, which
   * happen to have the right lengths, where a span has random bytes, neither times nor a name, and
   * one field of points.
   */
  static boolean isNone(Span span) {
    return span.getStartTimeUnixNano() == 0
        && span.getEndTimeUnixNano() == 0
        && (span.getName().isEmpty() || span.getName().charAt(0) == '\n')
        && span.getAttributesCount() + span.getEventsCount() <= 1
        && isText(span.getTraceId())
        && isText(span.getSpanId());
  }

  private static boolean isText(ByteString id) {
    boolean isText = true;
    for (int i = 0; i < id.size(); i++) {
      isText &= id.byteAt(i) >= ' ';
    }
    return isText;
  }

  private static boolean isWrongLength(ByteString parent) {
    return !parent.isEmpty() && parent.size() != 8;
  }

  private static boolean isId(ByteString id, int length) {
    boolean anyBit = false;
    for (int i = 0; i < id.size(); i++) {
      anyBit |= id.byteAt(i) != 0;
    }
    return anyBit && id.size() == length;
  }

  private Collection<KeyValue> attributes(List<KeyValue> list, int depth) {
    if (isTooDeep(list, depth)) {
      return List.of();
    }
    Map<String, KeyValue> byKey = new LinkedHashMap<>();
    for (KeyValue attribute : list) {
      KeyValue.Builder out = attribute.toBuilder().clearKeyStrindex();
      tally.add(Repair.STRING_INDEX, attribute.getKeyStrindex() == 0 ? 0 : 1);
      if (attribute.hasValue()) {
        out.setValue(value(attribute.getValue(), depth));
      }
      byKey.put(attribute.getKey(), out.build());
    }
    tally.add(Repair.KEY, list.size() - byKey.size());
    return byKey.values();
  }

  private boolean isTooDeep(List<?> list, int depth) {
    boolean isTooDeep = depth > Framing.VALUE_DEPTH_MAX && !list.isEmpty();
    tally.add(Repair.DEPTH, isTooDeep ? 1 : 0);
    return isTooDeep;
  }

  private List<AnyValue> elements(List<AnyValue> list, int depth) {
    List<AnyValue> out = new ArrayList<>();
    if (!isTooDeep(list, depth)) {
      for (AnyValue element : list) {
        out.add(value(element, depth));
      }
    }
    return out;
  }

  private AnyValue value(AnyValue value, int depth) {
    return switch (value.getValueCase()) {
      case ARRAY_VALUE ->
          AnyValue.newBuilder()
              .setArrayValue(
                  ArrayValue.newBuilder()
                      .addAllValues(elements(value.getArrayValue().getValuesList(), depth + 1)))
              .build();
      case KVLIST_VALUE ->
          AnyValue.newBuilder()
              .setKvlistValue(
                  KeyValueList.newBuilder()
                      .addAllValues(attributes(value.getKvlistValue().getValuesList(), depth + 1)))
              .build();
      case STRING_VALUE_STRINDEX -> {
        tally.add(Repair.STRING_INDEX, 1);
        yield AnyValue.getDefaultInstance();
      }
      default -> value;
    };
  }
}
