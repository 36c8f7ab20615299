package dev.tollspan.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Draws one trace: its spans as a tree, each with a bar that shows when it ran. */
final class TraceDrawing {
  private static final int NAME_WIDTH = 22;
  private static final int BAR_WIDTH = 40;

  private final StringBuilder text = new StringBuilder();
  private final List<SpanRow> spans;
  private final SpanRow root;

  private TraceDrawing(List<SpanRow> spans, SpanRow root) {
    this.spans = spans;
    this.root = root;
  }

  /** The trace below this call; its spans in order of their start. */
  static String draw(SpanRow root, List<SpanRow> rows) {
    List<SpanRow> spans =
        rows.stream()
            .filter(row -> row.traceId().equals(root.traceId()))
            .sorted(Comparator.comparingLong(SpanRow::startNanos))
            .toList();
    TraceDrawing drawing = new TraceDrawing(spans, root);
    drawing.add(root, 0);
    return drawing.text.toString();
  }

  private void add(SpanRow span, int depth) {
    // Below the call, a phase is known by its last word.
    String shown = depth == 0 ? span.name() : span.name().replace("inference.", "");
    String name = "  ".repeat(depth) + shown;
    text.append(
        String.format(
            Locale.ROOT,
            "  %-" + NAME_WIDTH + "s|%s|%10s\n",
            name,
            bar(span),
            Figures.milliseconds(span.durationNanos())));
    for (SpanRow child : spans) {
      if (child.parentId().equals(span.spanId())) {
        add(child, depth + 1);
      }
    }
  }

  /** At least one mark, so that a short span can be seen too. */
  private String bar(SpanRow span) {
    int first = Math.clamp(column(span.startNanos()), 0, BAR_WIDTH - 1);
    int end = Math.clamp(column(span.endNanos()), first + 1, BAR_WIDTH);
    return " ".repeat(first) + "#".repeat(end - first) + " ".repeat(BAR_WIDTH - end);
  }

  private long column(long atNanos) {
    long whole = Math.max(1, root.durationNanos());
    return Math.round((double) (atNanos - root.startNanos()) * BAR_WIDTH / whole);
  }
}
