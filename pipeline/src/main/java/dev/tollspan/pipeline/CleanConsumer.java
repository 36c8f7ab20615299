package dev.tollspan.pipeline;

import dev.tollspan.spans.CleanBatch;

/** What stands behind the gate: it takes clean batches only. */
@FunctionalInterface
public interface CleanConsumer {
  /**
   * Takes over the caller's hold on the batch, whatever the outcome. May block. Never throws for
   * bad data; called by many threads at once.
   */
  Outcome accept(CleanBatch batch);
}
