package dev.tollspan.exporters.parquet;

import dev.tollspan.spans.SpanView;
import java.util.concurrent.TimeUnit;

/**
 * Which partitions the spans of a batch belong to. It depends on the batch and on its time of
 * arrival alone. One thread.
 */
final class Arrival {
  private static final int DAYS_BACK_MAX = 7;
  private static final int DAYS_AHEAD_MAX = 1;
  private static final long NANOS_PER_HOUR = TimeUnit.HOURS.toNanos(1);
  private static final long MICROS_PER_HOUR = TimeUnit.HOURS.toMicros(1);
  private static final int HOURS_PER_DAY = 24;

  private final long[] more = new long[ParquetExporter.OPEN_MAX + 1]; // used by one call at a time
  private long micros; // owned by the exporting thread, as are all that follow
  private long hour;
  private long endedHour;
  private int ended;

  /** A batch has arrived, at this time of the wall clock. */
  void at(long unixMicros) {
    micros = unixMicros;
    hour = Math.floorDiv(unixMicros, MICROS_PER_HOUR);
  }

  long micros() {
    return micros;
  }

  /** In hours since the epoch. */
  long hour() {
    return hour;
  }

  /** The hour of the partition of a span that says it began then. */
  long hourOf(long startNanos) {
    long start = Long.divideUnsigned(startNanos, NANOS_PER_HOUR);
    long days = Math.floorDiv(start, HOURS_PER_DAY) - Math.floorDiv(hour, HOURS_PER_DAY);
    return days < -DAYS_BACK_MAX || days > DAYS_AHEAD_MAX ? hour : start;
  }

  /**
   * Whether a generation has to end so that this batch finds room, as a batch stands in one
   * generation only.
   */
  boolean mustEnd(Generation open, SpanView view, int count) {
    int size = open.size();
    return size > 0
        && size + partitionsMore(open, view, count) > ParquetExporter.OPEN_MAX
        && (mayEnd(size) || (size > ParquetExporter.OPEN_MAX && open.file(hour) == null));
  }

  /** How many partitions the batch needs that are not open; no more are counted than matter. */
  private int partitionsMore(Generation open, SpanView view, int count) {
    int size = 0;
    long last = Long.MIN_VALUE;
    for (int i = 0; i < count && size < more.length; i++) {
      long wanted = hourOf(view.moveTo(i).startNanos());
      if (wanted != last && open.file(wanted) == null && !isAmong(wanted, size)) {
        more[size++] = wanted;
      }
      last = wanted;
    }
    return size;
  }

  private boolean isAmong(long wanted, int size) {
    for (int i = 0; i < size; i++) {
      if (more[i] == wanted) {
        return true;
      }
    }
    return false;
  }

  private boolean mayEnd(int files) {
    if (endedHour != hour) {
      endedHour = hour;
      ended = 0;
    }
    ended += files;
    return ended <= ParquetExporter.EVICTIONS_PER_HOUR_MAX;
  }
}
