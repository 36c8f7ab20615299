package dev.tollspan.pipeline;

import dev.tollspan.spans.SpanBatch;

/** Where a receiver hands its batches to. */
@FunctionalInterface
public interface SpanConsumer {
  /**
   * Takes the batch over, whatever the outcome. May block. Never throws for bad data; called by
   * many threads at once.
   */
  Outcome accept(SpanBatch batch);
}
