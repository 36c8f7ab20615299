package dev.tollspan.pipeline;

import dev.tollspan.spans.SpanBatch;

/** Adds to spans. Pure: no I/O, no waiting, no memory of earlier batches; safe for many threads. */
@FunctionalInterface
public interface SpanProcessor {
  /** Takes the batch over and returns the one to go on with, which may be the same. */
  SpanBatch process(SpanBatch batch);
}
