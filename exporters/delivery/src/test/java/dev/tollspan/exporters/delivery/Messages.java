package dev.tollspan.exporters.delivery;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Batches each span of which can be told from all others, by a number. */
final class Messages {
  static final int SPANS_MAX = 4;
  private static final KeyTable KEYS = Batches.keys();

  private final BatchPool pool = new BatchPool(1 << 20);
  private final Map<Integer, byte[]> made = new HashMap<>();

  /** How many spans this batch has. */
  static int spans(int batch) {
    return 1 + batch % SPANS_MAX;
  }

  /** The numbers of its spans. */
  static List<Integer> spansOf(int batch) {
    List<Integer> spans = new ArrayList<>();
    for (int i = 0; i < spans(batch); i++) {
      spans.add(batch * SPANS_MAX + i);
    }
    return spans;
  }

  /** Its bytes, as the gate would let them through. */
  byte[] bytes(int batch) {
    return made.computeIfAbsent(batch, Messages::make);
  }

  private static byte[] make(int batch) {
    TracesData.Builder message = TracesData.newBuilder();
    ScopeSpans.Builder scope = message.addResourceSpansBuilder().addScopeSpansBuilder();
    for (int span : spansOf(batch)) {
      ByteBuffer id = ByteBuffer.allocate(8).putInt(1).putInt(span).flip();
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom("0123456789abcdef", StandardCharsets.US_ASCII))
              .setSpanId(ByteString.copyFrom(id))
              .setName("n".repeat(span % 97)));
    }
    CleanBatch clean = Batches.clean(KEYS, message.build());
    return Arrays.copyOfRange(clean.bytes(), clean.offset(), clean.offset() + clean.byteSize());
  }

  /** The numbers of the spans that this batch holds. */
  static List<Integer> numbers(CleanBatch batch) {
    try {
      List<Integer> numbers = new ArrayList<>();
      TracesData message =
          TracesData.parseFrom(
              CodedInputStream.newInstance(batch.bytes(), batch.offset(), batch.byteSize()));
      for (var resource : message.getResourceSpansList()) {
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          scope
              .getSpansList()
              .forEach(span -> numbers.add(span.getSpanId().asReadOnlyByteBuffer().getInt(4)));
        }
      }
      return numbers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BatchRestorer restorer() {
    return new BatchRestorer(pool, KEYS);
  }
}
