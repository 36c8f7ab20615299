package dev.tollspan.exporters.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Batches as a journal gives them, of spans with running numbers, and spans that no exporter of
 * these keys can write.
 */
final class Given {
  static final Instant ARRIVAL = Instant.parse("2026-08-22T07:30:00Z");
  static final KeyTable KEYS = Batches.keys(ParquetExporter.keys().toArray(String[]::new));

  /** Knows one key more than the exporter, which has no place for its number. */
  private static final KeyTable MORE_KEYS = moreKeys();

  private final Random random = new Random(42);
  private final BatchPool pool = new BatchPool(1 << 20);
  private int spans;
  private int sequence;

  /** So many spans of the hour of arrival. */
  CleanBatch batch(int count) {
    TracesData.Builder message = TracesData.newBuilder();
    ScopeSpans.Builder scope = message.addResourceSpansBuilder().addScopeSpansBuilder();
    for (int i = 0; i < count; i++) {
      scope.addSpans(span(ARRIVAL));
    }
    return stored(KEYS, message.build());
  }

  /** A span of each of these times. */
  CleanBatch batchOf(Instant... starts) {
    TracesData.Builder message = TracesData.newBuilder();
    ScopeSpans.Builder scope = message.addResourceSpansBuilder().addScopeSpansBuilder();
    for (Instant start : starts) {
      scope.addSpans(span(start));
    }
    return stored(KEYS, message.build());
  }

  /** Two good spans and between them one that makes the exporter throw each time. */
  CleanBatch poison() {
    TracesData.Builder message = TracesData.newBuilder();
    message
        .addResourceSpansBuilder()
        .addScopeSpansBuilder()
        .addSpans(span(ARRIVAL))
        .addSpans(
            span(ARRIVAL)
                .addAttributes(
                    KeyValue.newBuilder()
                        .setKey("poison")
                        .setValue(AnyValue.newBuilder().setStringValue("x"))))
        .addSpans(span(ARRIVAL));
    return stored(MORE_KEYS, message.build());
  }

  /** A batch the bytes of which are no spans any more. */
  CleanBatch unreadable(int count) {
    CleanBatch batch = batch(count);
    batch.bytes()[batch.offset()] = (byte) 0xff;
    return batch;
  }

  private CleanBatch stored(KeyTable keys, TracesData message) {
    BatchRestorer restorer = new BatchRestorer(pool, keys);
    CleanBatch gated = Batches.clean(keys, message);
    byte[] bytes = restorer.acquire(gated.byteSize());
    System.arraycopy(gated.bytes(), gated.offset(), bytes, 0, gated.byteSize());
    return restorer.restore(
        bytes, gated.byteSize(), gated.spanCount(), ++sequence, ARRIVAL.toEpochMilli());
  }

  /** What a journal of all these batches makes batches with. */
  BatchRestorer restorer() {
    return new BatchRestorer(pool, MORE_KEYS);
  }

  /** How many spans were made. */
  int spans() {
    return spans;
  }

  /** A name that compresses badly, so that files fill up; it begins with the span's number. */
  private Span.Builder span(Instant start) {
    byte[] noise = new byte[24];
    random.nextBytes(noise);
    byte[] id = ByteBuffer.allocate(8).putLong(++spans).array();
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom("one-trace-of-all".getBytes(UTF_8)))
        .setSpanId(ByteString.copyFrom(id))
        .setName(spans + " " + HexFormat.of().formatHex(noise))
        .setStartTimeUnixNano(start.getEpochSecond() * 1_000_000_000L + spans);
  }

  private static KeyTable moreKeys() {
    List<String> keys = new ArrayList<>(ParquetExporter.keys());
    keys.add("poison");
    return Batches.keys(keys.toArray(String[]::new));
  }
}
