package dev.tollspan.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What every processor keeps, the gate included: no span is lost, made or moved, the same batch
 * gives the same result, also to many threads at once.
 */
public abstract class SpanProcessorContract {
  private static final int SPANS = 40;

  /** The keys that the processor wants numbered. */
  protected abstract KeyTable keys();

  /**
   * Sends a batch through the one processor under test and takes it over. A processor that is not
   * the gate is followed by a splice of what it added.
   */
  protected abstract CleanBatch run(SpanBatch batch);

  // Scenario: resources and scopes with one and with many spans, some of them model calls.
  // Guarantee: every span comes out once, in its group, in its order, with its ids and times.
  @Test
  void keepsEverySpanInItsPlace() {
    TracesData in = message(1);
    TracesData out = Batches.message(run(Batches.batch(keys(), in)));
    assertEquals(identities(in), identities(out));
  }

  // Scenario: the same request three times in a row.
  // Guarantee: the same bytes come out; a processor has no memory of earlier batches.
  @Test
  void sameBatchGivesTheSameResult() {
    TracesData first = Batches.message(run(Batches.batch(keys(), message(1))));
    run(Batches.batch(keys(), message(2))).release();
    assertEquals(first, Batches.message(run(Batches.batch(keys(), message(1)))));
  }

  // Scenario: eight threads with different requests at once, again and again.
  // Guarantee: each gets what it would get alone.
  @Test
  void isSafeForManyThreads() {
    List<TracesData> alone = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      alone.add(Batches.message(run(Batches.batch(keys(), message(i)))));
    }
    List<CompletableFuture<Void>> together = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      together.add(
          CompletableFuture.runAsync(
              () -> {
                for (int round = 0; round < 50; round++) {
                  CleanBatch out = run(Batches.batch(keys(), message(number)));
                  assertEquals(alone.get(number), Batches.message(out));
                }
              }));
    }
    together.forEach(CompletableFuture::join);
  }

  // Scenario: a request without any span.
  // Guarantee: nothing comes of nothing.
  @Test
  void nothingComesOfNothing() {
    assertEquals(0, run(Batches.batch(keys(), TracesData.getDefaultInstance())).spanCount());
  }

  private static TracesData message(int seed) {
    TracesData.Builder message = TracesData.newBuilder();
    long id = seed * 1_000L;
    for (int spans : new int[] {1, SPANS, 3}) {
      ScopeSpans.Builder scope = ScopeSpans.newBuilder();
      for (int i = 0; i < spans; i++) {
        scope.addSpans(span(++id, i));
      }
      message.addResourceSpans(
          ResourceSpans.newBuilder()
              .setResource(Resource.newBuilder().addAttributes(text("service.name", "s" + spans)))
              .addScopeSpans(scope));
    }
    return message.build();
  }

  private static Span span(long id, int i) {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16).putLong(8, id)))
            .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, id)))
            .setName("chat")
            .setStartTimeUnixNano(id)
            .setEndTimeUnixNano(id + i);
    if (i % 3 == 0) {
      span.addAttributes(text("gen_ai.request.model", i % 2 == 0 ? "gpt-4o-mini" : "unheard-of"))
          .addAttributes(number("gen_ai.usage.input_tokens", i * 10L))
          .addAttributes(number("gen_ai.usage.output_tokens", i))
          .addAttributes(text("gen_ai.prompt", "a text of " + i + " words"));
    }
    return span.build();
  }

  private static List<String> identities(TracesData message) {
    List<String> identities = new ArrayList<>();
    for (int r = 0; r < message.getResourceSpansCount(); r++) {
      for (ScopeSpans scope : message.getResourceSpans(r).getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          identities.add(
              r
                  + (" " + hex(span.getTraceId()) + " " + hex(span.getSpanId()))
                  + (" " + span.getStartTimeUnixNano() + " " + span.getEndTimeUnixNano()));
        }
      }
    }
    return identities;
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static KeyValue number(String key, long value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setIntValue(value))
        .build();
  }
}
