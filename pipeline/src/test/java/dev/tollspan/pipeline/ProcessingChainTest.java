package dev.tollspan.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.tollspan.pipeline.ProcessingChain.Branch;
import dev.tollspan.spans.Additions;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several pipelines behind one receiver, with processors and gates that leave a mark. */
class ProcessingChainTest {
  private static final KeyTable KEYS = Batches.keys();

  private final List<CleanBatch> made = new ArrayList<>();
  private final List<List<String>> handed = new ArrayList<>();

  @Test
  void eachPipelineHasWhatItsOwnProcessorsAdded() {
    Marking one = new Marking("one");
    Marking two = new Marking("two");
    ProcessingChain chain =
        chain(
            new Branch(List.of(one), gate("a")),
            new Branch(List.of(), gate("b")),
            new Branch(List.of(two), gate("c")),
            new Branch(List.of(one, two), gate("d")));
    assertEquals(Outcome.ACCEPTED, chain.accept(batch()));
    assertEquals(List.of(List.of("one"), List.of(), List.of("two"), List.of("one", "two")), handed);
    made.forEach(batch -> assertThrows(IllegalStateException.class, batch::release));
  }

  @Test
  void theSameProcessorsWorkOnceForAllPipelines() {
    Marking shared = new Marking("shared");
    ProcessingChain chain =
        chain(
            new Branch(List.of(shared), gate("a")),
            new Branch(List.of(), gate("b")),
            new Branch(List.of(shared), gate("c")));
    assertEquals(Outcome.ACCEPTED, chain.accept(batch()));
    assertEquals(1, shared.calls);
    assertEquals(List.of(List.of("shared"), List.of(), List.of("shared")), handed);
  }

  @Test
  void aDefectInOnePipelineKeepsTheBatchFromAll() {
    ContentGate broken =
        batch -> {
          throw new IllegalStateException("a bug");
        };
    SpanProcessor bad =
        batch -> {
          throw new IllegalStateException("a bug");
        };
    for (Branch last :
        List.of(new Branch(List.of(), broken), new Branch(List.of(bad), gate("b")))) {
      SpanBatch batch = batch();
      ProcessingChain chain = chain(new Branch(List.of(new Marking("one")), gate("a")), last);
      assertThrows(IllegalStateException.class, () -> chain.accept(batch));
      assertThrows(IllegalStateException.class, batch::release, "it was taken over");
    }
    assertEquals(List.of(), handed);
    assertEquals(2, made.size());
    made.forEach(clean -> assertThrows(IllegalStateException.class, clean::release));
  }

  private ProcessingChain chain(Branch... branches) {
    return new ProcessingChain(
        List.of(branches),
        batches -> {
          for (CleanBatch batch : batches) {
            Span span = Batches.message(batch).getResourceSpans(0).getScopeSpans(0).getSpans(0);
            handed.add(span.getAttributesList().stream().map(KeyValue::getKey).toList());
            batch.release();
          }
          return Outcome.ACCEPTED;
        });
  }

  private ContentGate gate(String name) {
    return batch -> {
      BatchEditor editor = BatchEditor.of(batch);
      editor.insertAdditions(batch, 0);
      CleanBatch clean = editor.splice(batch);
      assertEquals(1, clean.spanCount(), name);
      made.add(clean);
      return clean;
    };
  }

  /** Adds an attribute of this name. */
  private static final class Marking implements SpanProcessor {
    private final Additions.Constant mark;
    private int calls;

    Marking(String name) {
      mark = Additions.Constant.of(name, "yes");
    }

    @Override
    public SpanBatch process(SpanBatch batch) {
      calls++;
      Additions additions = batch.startAdditions();
      additions.next();
      additions.add(mark);
      return batch.with(additions);
    }
  }

  private static SpanBatch batch() {
    TracesData.Builder message = TracesData.newBuilder();
    message
        .addResourceSpansBuilder()
        .addScopeSpansBuilder()
        .addSpansBuilder()
        .setTraceId(ByteString.copyFrom("0123456789abcdef", StandardCharsets.US_ASCII))
        .setSpanId(ByteString.copyFrom("01234567", StandardCharsets.US_ASCII));
    return Batches.batch(KEYS, message.build());
  }
}
