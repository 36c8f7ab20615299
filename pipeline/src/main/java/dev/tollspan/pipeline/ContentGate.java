package dev.tollspan.pipeline;

import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.SpanBatch;

/**
 * The last processor of every pipeline, and the only maker of clean batches: behind it no prompt
 * exists any more. Pure and safe for many threads.
 */
@FunctionalInterface
public interface ContentGate {
  /**
   * Returns what may be stored and sent on. The batch stays the caller's, who releases it.
   *
   * <p>Fails closed: what it cannot judge is removed, the span stays.
   */
  CleanBatch clean(SpanBatch batch);
}
