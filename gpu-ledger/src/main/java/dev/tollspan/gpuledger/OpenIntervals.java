package dev.tollspan.gpuledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The intervals whose windows are open, sorted by end: requests arrive when they end, so new ones
 * go to the back, and what a closed window needs no more stands in front. Owned by one ledger, used
 * by one thread at a time.
 *
 * <p>Rows of longs, so that a new one leaves no garbage; only their numbers are moved:
 *
 * <pre>
 *   order   [ row numbers by end ... | numbers of free rows ... ]
 *                                    ^ count
 * </pre>
 */
final class OpenIntervals {
  private static final int END = 0;
  private static final int SPAN_ID = 1;
  private static final int TRACE_ID_HIGH = 2;
  private static final int TRACE_ID_LOW = 3;
  private static final int START = 4;
  private static final int PREFILL_END = 5;
  private static final int PROMPT_TOKENS = 6;
  private static final int OUTPUT_TOKENS = 7;
  private static final int PROVISIONAL = 8;
  private static final int APPROXIMATE = 9;
  private static final int WIDTH = 10;

  private static final int ROWS_MIN = 64;
  private static final int NEIGHBOURS_MAX = 512; // engines run fewer at once by default

  private final int max;
  private long[] cells = {};
  private int[] order = {};
  private int count;

  OpenIntervals(int max) {
    this.max = max;
  }

  int count() {
    return count;
  }

  boolean isFull() {
    return count == max;
  }

  /** The place of the same interval of the same span, else {@code -1 - where it belongs}. */
  int find(GpuRequest request) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int compared = compare(order[middle] * WIDTH, request);
      if (compared == 0) {
        return middle;
      }
      if (compared < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return -1 - low;
  }

  /** What was said to be the cost of the interval at that place. */
  long provisionalPico(int place) {
    return cells[order[place] * WIDTH + PROVISIONAL];
  }

  /** Adds the request at a place that {@link #find} named. Not when full. */
  void insert(int place, GpuRequest request) {
    if (count == order.length) {
      grow();
    }
    int row = order[count];
    System.arraycopy(order, place, order, place + 1, count - place);
    order[place] = row;
    count++;
    int at = row * WIDTH;
    cells[at + END] = request.endNanos;
    cells[at + SPAN_ID] = request.spanId;
    cells[at + TRACE_ID_HIGH] = request.traceIdHigh;
    cells[at + TRACE_ID_LOW] = request.traceIdLow;
    cells[at + START] = request.startNanos;
    cells[at + PREFILL_END] = request.prefillEndNanos;
    cells[at + PROMPT_TOKENS] = request.promptTokens;
    cells[at + OUTPUT_TOKENS] = request.outputTokens;
    cells[at + PROVISIONAL] = request.provisionalPico;
    cells[at + APPROXIMATE] = request.approximate ? 1 : 0;
  }

  /**
   * How long all known intervals together ran beside this one, in nanoseconds. Of very many
   * neighbours a part is looked at and taken for all.
   */
  double neighbourNanos(long startNanos, long endNanos) {
    int first = firstEndingAfter(startNanos);
    int step = 1 + (count - first) / NEIGHBOURS_MAX;
    long sum = 0;
    for (int i = first; i < count; i += step) {
      int at = order[i] * WIDTH;
      long from = Math.max(startNanos, cells[at + START]);
      sum += Math.max(0, Math.min(endNanos, cells[at + END]) - from);
    }
    return (double) sum * step;
  }

  /** The intervals that run at some time in {@code [startNanos, endNanos)}. */
  List<Interval> within(long startNanos, long endNanos) {
    List<Interval> within = new ArrayList<>();
    for (int i = firstEndingAfter(startNanos); i < count; i++) {
      int at = order[i] * WIDTH;
      if (cells[at + START] < endNanos) {
        within.add(interval(at));
      }
    }
    return within;
  }

  /** When the first of them begins; the largest number if there are none. */
  long firstStartNanos() {
    long first = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      first = Math.min(first, cells[order[i] * WIDTH + START]);
    }
    return first;
  }

  /** Forgets intervals that end at this instant or before. */
  void dropUntil(long endNanos) {
    int dropped = firstEndingAfter(endNanos);
    int[] free = Arrays.copyOf(order, dropped);
    count -= dropped;
    System.arraycopy(order, dropped, order, 0, count);
    System.arraycopy(free, 0, order, count, dropped);
  }

  private int firstEndingAfter(long nanos) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cells[order[middle] * WIDTH + END] <= nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int compare(int at, GpuRequest request) {
    if (cells[at + END] != request.endNanos) {
      return Long.compare(cells[at + END], request.endNanos);
    }
    if (cells[at + SPAN_ID] != request.spanId) {
      return Long.compare(cells[at + SPAN_ID], request.spanId);
    }
    if (cells[at + TRACE_ID_HIGH] != request.traceIdHigh) {
      return Long.compare(cells[at + TRACE_ID_HIGH], request.traceIdHigh);
    }
    if (cells[at + TRACE_ID_LOW] != request.traceIdLow) {
      return Long.compare(cells[at + TRACE_ID_LOW], request.traceIdLow);
    }
    return Long.compare(cells[at + START], request.startNanos);
  }

  private Interval interval(int at) {
    return new Interval(
        cells[at + TRACE_ID_HIGH],
        cells[at + TRACE_ID_LOW],
        cells[at + SPAN_ID],
        cells[at + START],
        cells[at + PREFILL_END],
        cells[at + END],
        cells[at + PROMPT_TOKENS],
        cells[at + OUTPUT_TOKENS],
        cells[at + PROVISIONAL],
        cells[at + APPROXIMATE] != 0);
  }

  private void grow() {
    int rows = Math.min(max, Math.max(ROWS_MIN, 2 * order.length));
    cells = Arrays.copyOf(cells, rows * WIDTH);
    order = Arrays.copyOf(order, rows);
    for (int i = count; i < rows; i++) {
      order[i] = i;
    }
  }
}
