package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Messages for the gate's tests, and what comes out of them. */
final class Given {
  private Given() {}

  static KeyTable keys(DropContentConfig config) {
    Collection<String> keys = new ArrayList<>(LlmField.allKeys());
    keys.addAll(DropContent.keys(config));
    return KeyTable.of(keys);
  }

  static DropContentConfig lists(
      Profile profile, List<String> allow, List<String> deny, List<String> hash) {
    return new DropContentConfig(
        profile, allow, deny, hash, HashKeySource.NONE, HashKeySource.NONE);
  }

  static CleanBatch clean(DropContentConfig config, TracesData message) {
    KeyTable keys = keys(config);
    return clean(new DropContent(config, keys), keys, message);
  }

  static CleanBatch clean(DropContent gate, KeyTable keys, TracesData message) {
    SpanBatch batch = Batches.batch(keys, message);
    CleanBatch clean = gate.clean(batch);
    batch.release();
    return clean;
  }

  /** What comes out of a span with one more attribute, if that stays. */
  static Optional<AnyValue> kept(DropContentConfig config, String key, AnyValue value) {
    Span span = span("chat").toBuilder().addAttributes(attribute(key, value)).build();
    return value(onlySpan(clean(config, message(span))), key);
  }

  static Optional<String> keptText(DropContentConfig config, String key, String text) {
    return kept(config, key, string(text)).map(AnyValue::getStringValue);
  }

  static Optional<AnyValue> value(Span span, String key) {
    return span.getAttributesList().stream()
        .filter(a -> a.getKey().equals(key))
        .map(KeyValue::getValue)
        .findFirst();
  }

  static long number(Span span, String key) {
    return value(span, key).map(AnyValue::getIntValue).orElse(0L);
  }

  /** The bytes of a batch, each as a character. */
  static String bytes(CleanBatch batch) {
    return Batches.message(batch).toByteString().toString(ISO_8859_1);
  }

  static Span onlySpan(CleanBatch batch) {
    return Batches.message(batch).getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }

  static Span span(String name) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
        .setSpanId(ByteString.copyFromUtf8("01234567"))
        .setName(name)
        .setKindValue(3)
        .build();
  }

  static TracesData message(Span span) {
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build();
  }

  static KeyValue number(String key, long value) {
    return attribute(key, integer(value));
  }

  static KeyValue text(String key, String value) {
    return attribute(key, string(value));
  }

  static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  static AnyValue string(String text) {
    return AnyValue.newBuilder().setStringValue(text).build();
  }

  static AnyValue integer(long value) {
    return AnyValue.newBuilder().setIntValue(value).build();
  }

  static AnyValue real(double value) {
    return AnyValue.newBuilder().setDoubleValue(value).build();
  }

  static AnyValue raw(String bytes) {
    return AnyValue.newBuilder().setBytesValue(ByteString.copyFrom(bytes, ISO_8859_1)).build();
  }

  static AnyValue array(AnyValue... items) {
    return AnyValue.newBuilder()
        .setArrayValue(ArrayValue.newBuilder().addAllValues(List.of(items)))
        .build();
  }

  static AnyValue map(KeyValue... entries) {
    return AnyValue.newBuilder()
        .setKvlistValue(KeyValueList.newBuilder().addAllValues(List.of(entries)))
        .build();
  }
}
