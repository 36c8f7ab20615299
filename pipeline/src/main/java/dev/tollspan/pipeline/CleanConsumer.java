package dev.tollspan.pipeline;

import dev.tollspan.spans.CleanBatch;
import java.util.List;

/** What stands behind the gates of all pipelines: it takes clean batches only. */
@FunctionalInterface
public interface CleanConsumer {
  /**
   * Takes the same spans over as each pipeline lets them through, in the order of the pipelines:
   * all of them, or none. Takes over the caller's hold on each batch, whatever the outcome. May
   * block. Never throws for bad data; called by many threads at once.
   */
  Outcome accept(List<CleanBatch> batches);
}
