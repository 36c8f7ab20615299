package dev.tollspan.pipelineconfig;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.util.List;

/**
 * An exporter of files, and the sweep that deletes the old ones in its calls: those come about each
 * second, also when there is nothing to export, and while the disk is full.
 */
final class SweptExporter extends Relay {
  private final Sweep sweep;

  /** Takes the exporter over, which it closes. */
  SweptExporter(SpanExporter exporter, Sweep sweep) {
    super(exporter);
    this.sweep = sweep;
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    sweep.runIfDue();
    return super.export(batches);
  }

  @Override
  public void flush() throws IOException {
    sweep.runIfDue();
    super.flush();
  }
}
