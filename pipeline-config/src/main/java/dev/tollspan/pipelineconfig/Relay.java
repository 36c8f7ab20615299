package dev.tollspan.pipelineconfig;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.util.List;

/** Passes every call on to the exporter behind it, which it closes; others add to some of them. */
sealed class Relay implements SpanExporter permits Destination, SweptExporter {
  private final SpanExporter exporter;

  Relay(SpanExporter exporter) {
    this.exporter = exporter;
  }

  @Override
  public final long resume(long epoch, long sequence) throws IOException {
    return exporter.resume(epoch, sequence);
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    return exporter.export(batches);
  }

  @Override
  public final GivenUp giveUp(long spans) {
    return exporter.giveUp(spans);
  }

  @Override
  public final List<RefusedSpans> refused() {
    return exporter.refused();
  }

  @Override
  public final long held() {
    return exporter.held();
  }

  @Override
  public final long settled() {
    return exporter.settled();
  }

  @Override
  public void flush() throws IOException {
    exporter.flush();
  }

  @Override
  public final void finish() throws IOException {
    exporter.finish();
  }

  @Override
  public final void close() throws IOException {
    exporter.close();
  }
}
