package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Gives an exporter what its journal has, as often as the contract asks for, and no span more. */
final class Feed {
  private static final int BATCHES_PER_CALL = 2;
  private static final int CALLS_MAX = 1_000;

  private final List<CleanBatch> journal = new ArrayList<>();
  private int calls;

  Feed(CleanBatch... batches) {
    journal.addAll(List.of(batches));
  }

  /** Goes on until the exporter holds all that there is. */
  void give(ParquetExporter exporter) {
    while (giveOnce(exporter)) {
      assertTrue(++calls < CALLS_MAX, "it comes to no end");
    }
  }

  /** Goes on until all stands in files that are finished. */
  void settle(ParquetExporter exporter) {
    while (exporter.settled() < journal.getLast().sequence()) {
      give(exporter);
      assertTrue(++calls < CALLS_MAX, "it comes to no end");
      try {
        exporter.finish();
      } catch (IOException e) {
        // What it held comes again.
      }
    }
  }

  private boolean giveOnce(ParquetExporter exporter) {
    List<CleanBatch> call = new ArrayList<>();
    for (CleanBatch batch : journal) {
      if (batch.sequence() > exporter.held() && call.size() < BATCHES_PER_CALL) {
        call.add(batch);
      }
    }
    if (call.isEmpty()) {
      return false;
    }
    Outcome outcome = exporter.export(call);
    boolean all = exporter.held() >= call.getLast().sequence();
    assertTrue(all || outcome instanceof Outcome.RetryLater, "taken, but not held: " + outcome);
    try {
      exporter.flush();
    } catch (IOException e) {
      // What it held comes again.
    }
    return true;
  }
}
