package dev.tollspan.processors.content;

import dev.tollspan.pipeline.SpanProcessorContract;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;

class DropContentContractTest extends SpanProcessorContract {
  private final DropContentConfig config = DropContentConfig.defaults();
  private final KeyTable keys = Batches.keys(DropContent.keys(config).toArray(new String[0]));
  private final DropContent gate = new DropContent(config, keys);

  @Override
  protected KeyTable keys() {
    return keys;
  }

  @Override
  protected CleanBatch run(SpanBatch batch) {
    CleanBatch clean = gate.clean(batch);
    batch.release();
    return clean;
  }
}
