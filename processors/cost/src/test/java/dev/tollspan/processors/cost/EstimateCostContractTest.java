package dev.tollspan.processors.cost;

import dev.tollspan.pipeline.SpanProcessorContract;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;

class EstimateCostContractTest extends SpanProcessorContract {
  private final KeyTable keys = Spans.KEYS;
  private final EstimateCost cost = new EstimateCost(EstimateCostConfig.defaults(), keys);

  @Override
  protected KeyTable keys() {
    return keys;
  }

  @Override
  protected CleanBatch run(SpanBatch batch) {
    SpanBatch priced = cost.process(batch);
    BatchEditor editor = BatchEditor.of(priced);
    for (int span = 0; span < priced.spanCount(); span++) {
      editor.insertAdditions(priced, span);
    }
    CleanBatch spliced = editor.splice(priced);
    priced.release();
    return spliced;
  }
}
