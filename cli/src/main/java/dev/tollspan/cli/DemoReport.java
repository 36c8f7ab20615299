package dev.tollspan.cli;

import java.util.Comparator;
import java.util.List;

/** What the files of a demo say, as text for reading. Computed from the files alone. */
final class DemoReport {
  private DemoReport() {}

  /** One trace with its phases, then cost by tenant and by model. */
  static String of(List<SpanRow> rows) throws FailedException {
    List<SpanRow> calls = rows.stream().filter(SpanRow::isCall).toList();
    return trace(shown(calls, rows), rows)
        + "\n"
        + CostTable.of("cost by tenant", SpanRow::tenant, calls)
        + "\n"
        + CostTable.of("cost by model", SpanRow::model, calls);
  }

  /** Of the calls that succeeded, the one that shows most: its third longest phase is longest. */
  private static SpanRow shown(List<SpanRow> calls, List<SpanRow> rows) throws FailedException {
    return calls.stream()
        .filter(call -> call.isPriced() && !call.status().equals("ERROR"))
        .max(
            Comparator.<SpanRow>comparingLong(call -> thirdLongestPhase(call, rows))
                .thenComparing(SpanRow::spanId))
        .orElseThrow(() -> new FailedException("no call in the files has a cost"));
  }

  private static long thirdLongestPhase(SpanRow call, List<SpanRow> rows) {
    return rows.stream()
        .filter(row -> row.parentId().equals(call.spanId()))
        .map(SpanRow::durationNanos)
        .sorted(Comparator.reverseOrder())
        .skip(2)
        .findFirst()
        .orElse(0L);
  }

  private static String trace(SpanRow call, List<SpanRow> rows) {
    return "trace "
        + call.traceId()
        + "\n  "
        + (call.tenant() + " asked " + call.model() + ": " + Figures.count(call.inputTokens()))
        + (" tokens in, " + Figures.count(call.outputTokens()) + " out, ")
        + (Figures.usd(call.costNanoUsd()) + "\n")
        + TraceDrawing.draw(call, rows);
  }
}
