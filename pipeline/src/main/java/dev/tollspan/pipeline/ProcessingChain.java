package dev.tollspan.pipeline;

import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.SpanBatch;
import java.util.List;

/** Processors in their order, then the gate, then what stands behind the gate. */
public final class ProcessingChain implements SpanConsumer {
  private final List<SpanProcessor> processors;
  private final ContentGate gate;
  private final CleanConsumer next;

  /** The order of the list is the order of the work. */
  public ProcessingChain(List<SpanProcessor> processors, ContentGate gate, CleanConsumer next) {
    this.processors = List.copyOf(processors);
    this.gate = gate;
    this.next = next;
  }

  @Override
  public Outcome accept(SpanBatch batch) {
    SpanBatch current = batch;
    CleanBatch clean;
    try {
      for (SpanProcessor processor : processors) {
        current = processor.process(current);
      }
      clean = gate.clean(current);
    } finally {
      current.release();
    }
    if (clean.spanCount() == 0) {
      clean.release();
      return Outcome.ACCEPTED;
    }
    return next.accept(clean);
  }
}
