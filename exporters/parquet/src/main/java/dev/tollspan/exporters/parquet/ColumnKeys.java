package dev.tollspan.exporters.parquet;

import dev.tollspan.exporters.parquet.Column.Source;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.KeyTable;
import java.util.Arrays;
import java.util.List;

/** Finds the attributes that fill the columns of one source, in one pass. One thread. */
final class ColumnKeys {
  private final List<Column> columns;

  /** For each key number: rank among its column's keys, shifted, and the column; -1: none. */
  private final int[] meaning;

  private final int[] positions;
  private final int[] ranks;

  ColumnKeys(KeyTable keys, Source source) {
    columns = Column.from(source);
    positions = new int[columns.size()];
    ranks = new int[columns.size()];
    meaning = new int[keys.size() + 1];
    Arrays.fill(meaning, -1);
    for (int c = 0; c < columns.size(); c++) {
      List<String> names = columns.get(c).keys;
      for (int rank = 0; rank < names.size(); rank++) {
        meaning[keys.id(names.get(rank))] = rank << 8 | c;
      }
    }
  }

  /** The columns, numbered from 0 on. */
  List<Column> columns() {
    return columns;
  }

  /** Looks at all attributes of a window. */
  void read(Attributes attributes) {
    Arrays.fill(positions, -1);
    int count = attributes.count();
    for (int i = 0; i < count; i++) {
      int said = meaning[attributes.keyId(i)];
      if (said >= 0) {
        int c = said & 0xff;
        if (positions[c] < 0 || said >> 8 < ranks[c]) {
          positions[c] = i;
          ranks[c] = said >> 8;
        }
      }
    }
  }

  /** The position of the attribute for the column with this number; -1: there is none. */
  int position(int column) {
    return positions[column];
  }
}
