package dev.tollspan.exporters.parquet;

import dev.tollspan.exporters.parquet.Column.Source;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** The columns about a span's resource, kept from span to span while the resource is the same. */
final class ResourceColumns {
  private final ColumnKeys keys;
  private final ValueText values;
  private final @Nullable Binary[] columns;
  private final List<Binary> entries = new ArrayList<>(); // key, value, key, value, ...
  private @Nullable SpanView view; // owned by the exporting thread, as is resource
  private int resource;

  ResourceColumns(KeyTable table, ValueText values) {
    keys = new ColumnKeys(table, Source.RESOURCE);
    columns = new Binary[keys.columns().size()];
    this.values = values;
  }

  /** Lets go of the last batch. */
  void forget() {
    view = null;
  }

  void write(RowSink to, SpanView span) {
    if (span != view || span.resource() != resource) {
      read(span.resourceAttributes());
      view = span;
      resource = span.resource();
    }
    for (int c = 0; c < columns.length; c++) {
      Binary value = columns[c];
      if (value != null) {
        to.put(keys.columns().get(c), value);
      }
    }
    if (!entries.isEmpty()) {
      to.startMap(Column.RESOURCE_ATTRIBUTES);
      for (int i = 0; i < entries.size(); i += 2) {
        to.entry(entries.get(i), entries.get(i + 1));
      }
      to.endMap(Column.RESOURCE_ATTRIBUTES);
    }
  }

  private void read(Attributes attributes) {
    keys.read(attributes);
    Arrays.fill(columns, null);
    entries.clear();
    for (int i = 0; i < attributes.count(); i++) {
      int column = column(attributes, i);
      Binary value = values.value(attributes, i).copy();
      if (column >= 0) {
        columns[column] = value;
      } else {
        entries.add(values.key(attributes, i).copy());
        entries.add(value);
      }
    }
  }

  /** The number of the column that this attribute fills, or -1. All are texts. */
  private int column(Attributes attributes, int i) {
    if (attributes.type(i) == Attributes.STRING && attributes.valueLength(i) > 0) {
      for (int c = 0; c < columns.length; c++) {
        if (keys.position(c) == i) {
          return c;
        }
      }
    }
    return -1;
  }
}
