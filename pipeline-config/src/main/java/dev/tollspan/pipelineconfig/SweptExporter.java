package dev.tollspan.pipelineconfig;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.util.List;

/**
 * An exporter of files, and the sweep that deletes the old ones in its calls: those come about each
 * second, also when there is nothing to export, and while the disk is full.
 */
final class SweptExporter implements SpanExporter {
  private final SpanExporter exporter;
  private final Sweep sweep;

  /** Takes the exporter over, which it closes. */
  SweptExporter(SpanExporter exporter, Sweep sweep) {
    this.exporter = exporter;
    this.sweep = sweep;
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    sweep.runIfDue();
    return exporter.export(batches);
  }

  @Override
  public void flush() throws IOException {
    sweep.runIfDue();
    exporter.flush();
  }

  @Override
  public long resume(long epoch, long sequence) throws IOException {
    return exporter.resume(epoch, sequence);
  }

  @Override
  public List<RefusedSpans> refused() {
    return exporter.refused();
  }

  @Override
  public long held() {
    return exporter.held();
  }

  @Override
  public long settled() {
    return exporter.settled();
  }

  @Override
  public void finish() throws IOException {
    exporter.finish();
  }

  @Override
  public void close() throws IOException {
    exporter.close();
  }
}
