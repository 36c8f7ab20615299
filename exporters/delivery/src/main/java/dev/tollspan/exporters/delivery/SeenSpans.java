package dev.tollspan.exporters.delivery;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The spans that came last, up to a number, each with the place at which it came first. The oldest
 * is forgotten for a new one.
 *
 * <p>One thread. Takes 40 to 48 bytes a span, from the beginning.
 */
final class SeenSpans {
  private static final int FREE = -1;
  private static final int LONGS = 4;

  private final int capacity;
  private final long[] spans; // two of the trace id, one of the span, the place; a ring
  private final int[] table; // where in the ring, by hash, with linear probing
  private final int mask;
  private final long[] factors = new SplittableRandom().longs(LONGS).map(odd -> odd | 1).toArray();
  private int next; // owned by the one thread, as is the number below
  private int count;

  SeenSpans(int capacity) {
    this.capacity = capacity;
    spans = new long[Math.multiplyExact(capacity, LONGS)];
    table = new int[Integer.highestOneBit(Math.max(1, capacity) * 2 - 1) * 2];
    mask = table.length - 1;
    Arrays.fill(table, FREE);
  }

  /**
   * Whether the span came at an earlier place. If it is new it is kept; what comes again at the
   * place at which it came first is no other.
   *
   * @param place grows with each span, and is the same for one that is read again
   */
  boolean cameBefore(long traceHigh, long traceLow, long span, long place) {
    int slot = hash(traceHigh, traceLow, span);
    while (table[slot] != FREE) {
      int at = table[slot];
      if (spans[at] == traceHigh && spans[at + 1] == traceLow && spans[at + 2] == span) {
        return spans[at + 3] < place;
      }
      slot = (slot + 1) & mask;
    }
    if (count == capacity) {
      forget(next);
      slot = free(traceHigh, traceLow, span);
    } else {
      count++;
    }
    spans[next] = traceHigh;
    spans[next + 1] = traceLow;
    spans[next + 2] = span;
    spans[next + 3] = place;
    table[slot] = next;
    next = next + LONGS < spans.length ? next + LONGS : 0;
    return false;
  }

  private int free(long traceHigh, long traceLow, long span) {
    int slot = hash(traceHigh, traceLow, span);
    while (table[slot] != FREE) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Takes an entry out of the table; those that it had pushed on move up. */
  private void forget(int at) {
    int hole = hash(spans[at], spans[at + 1], spans[at + 2]);
    while (table[hole] != at) {
      hole = (hole + 1) & mask;
    }
    for (int slot = (hole + 1) & mask; table[slot] != FREE; slot = (slot + 1) & mask) {
      int entry = table[slot];
      int home = hash(spans[entry], spans[entry + 1], spans[entry + 2]);
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        table[hole] = entry;
        hole = slot;
      }
    }
    table[hole] = FREE;
  }

  /** Whoever sends the ids does not know the factors, so nobody makes them collide. */
  private int hash(long traceHigh, long traceLow, long span) {
    long mixed = traceHigh * factors[0] + traceLow * factors[1] + span * factors[2];
    return (int) (((mixed ^ (mixed >>> 29)) * factors[3]) >>> 32) & mask;
  }
}
