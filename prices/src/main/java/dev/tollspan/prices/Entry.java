package dev.tollspan.prices;

import dev.tollspan.prices.PriceRow.Mode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The price of one class on one card, multipliers and all.
 *
 * @param row that was chosen
 * @param multipliers that act on it
 * @param atto atto-dollars for one; the first step's if there are steps
 * @param isDynamic whether there is no number at all
 * @param notes to be made wherever it is used, one bit each
 * @param steps null if the price is the same for every token
 */
record Entry(
    Row row,
    List<Row> multipliers,
    long atto,
    boolean isDynamic,
    int notes,
    @Nullable Steps steps) {

  /**
   * Prices by position in the context window, or by the class's own count. Immutable.
   *
   * @param above ascending; the first is -1
   * @param atto as many
   */
  @SuppressWarnings("ArrayRecordComponent") // private to this package; never compared
  record Steps(Mode mode, long[] above, long[] atto) {
    /** Adds the price of tokens that stand in the window behind {@code position} others. */
    void add(Amount amount, long count, long position) {
      if (mode == Mode.PER_CLASS) {
        int step = 0;
        while (step + 1 < above.length && count > above[step + 1]) {
          step++;
        }
        amount.add(count, atto[step]);
        return;
      }
      long end = position + count;
      for (int step = 0; step < above.length; step++) {
        long from = Math.max(position, above[step]);
        long to = step + 1 < above.length ? Math.min(end, above[step + 1]) : end;
        if (from < to) {
          amount.add(to - from, atto[step]);
        }
      }
    }
  }

  /** Whose tier's price it is. */
  String tier() {
    for (Row each : multipliers) {
      if (!each.told().tier().equals(Tiers.ANY)) {
        return each.told().tier();
      }
    }
    return row.told().tier();
  }

  /** Whose region's price it is. */
  String region() {
    for (Row each : multipliers) {
      if (!each.told().region().equals(Regions.ANY)) {
        return each.told().region();
      }
    }
    return row.told().region();
  }

  Entry withNote(Note note) {
    return new Entry(row, multipliers, atto, isDynamic, notes | note.bit(), steps);
  }
}
