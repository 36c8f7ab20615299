package dev.tollspan.exporters.parquet;

import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.SpanView;
import java.util.Arrays;

/**
 * What a span says beyond the columns of single values: attributes without a column of their own,
 * events and links. Each is null if there is nothing to tell. One thread.
 */
final class RestColumns {
  private static final String MAP = "attributes";
  private static final int EVENT_MAP = 2;
  private static final int LINK_MAP = 3;

  private final ValueText values;
  private boolean[] leftOut = new boolean[64]; // by position; owned by the thread, as is `left`
  private int left;

  RestColumns(ValueText values) {
    this.values = values;
  }

  /** Forgets what was left out of the span before. */
  void start(Attributes attributes) {
    left = attributes.count();
    if (left > leftOut.length) {
      leftOut = new boolean[left * 2];
    }
    Arrays.fill(leftOut, 0, left, false);
  }

  /** The attribute at this position has a column of its own. */
  void leaveOut(int position) {
    leftOut[position] = true;
    left--;
  }

  void write(RowSink to, SpanView span) {
    Attributes attributes = span.attributes();
    if (left > 0) {
      to.startMap(Column.ATTRIBUTES);
      for (int i = 0; i < attributes.count(); i++) {
        if (!leftOut[i]) {
          to.entry(values.key(attributes, i), values.value(attributes, i));
        }
      }
      to.endMap(Column.ATTRIBUTES);
    }
    if (span.eventCount() > 0) {
      events(to, span);
    }
    if (span.linkCount() > 0) {
      links(to, span);
    }
  }

  private void events(RowSink to, SpanView span) {
    to.startList(Column.EVENTS);
    for (int i = 0; i < span.eventCount(); i++) {
      SpanView.EventView event = span.event(i);
      to.startElement();
      to.number("time", 0, SpanRows.micros(event.timeNanos()));
      to.text("name", 1, ValueText.slice(span.bytes(), event.nameOffset(), event.nameLength()));
      map(to, EVENT_MAP, event.attributes());
      to.endElement();
    }
    to.endList(Column.EVENTS);
  }

  private void links(RowSink to, SpanView span) {
    byte[] bytes = span.bytes();
    to.startList(Column.LINKS);
    for (int i = 0; i < span.linkCount(); i++) {
      SpanView.LinkView link = span.link(i);
      to.startElement();
      to.text("trace_id", 0, values.hex(bytes, link.traceIdOffset(), 16));
      to.text("span_id", 1, values.hex(bytes, link.spanIdOffset(), 8));
      if (link.traceStateLength() > 0) {
        to.text(
            "trace_state",
            2,
            ValueText.slice(bytes, link.traceStateOffset(), link.traceStateLength()));
      }
      map(to, LINK_MAP, link.attributes());
      to.endElement();
    }
    to.endList(Column.LINKS);
  }

  private void map(RowSink to, int field, Attributes attributes) {
    int count = attributes.count();
    if (count > 0) {
      to.startMap(MAP, field);
      for (int i = 0; i < count; i++) {
        to.entry(values.key(attributes, i), values.value(attributes, i));
      }
      to.endMap(MAP, field);
    }
  }
}
