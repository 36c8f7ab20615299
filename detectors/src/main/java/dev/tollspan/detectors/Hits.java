package dev.tollspan.detectors;

import java.util.Arrays;

/**
 * Hits in the order of the text, none overlapping another: what overlaps becomes one, so that no
 * rest of it stays visible. One thread owns it.
 */
final class Hits {
  private static final int MAX = 4096;

  private int[] starts = new int[16];
  private int[] ends = new int[16];
  private byte[] kinds = new byte[16];
  private int count;

  int count() {
    return count;
  }

  int start(int hit) {
    return starts[hit];
  }

  int end(int hit) {
    return ends[hit];
  }

  Kind kind(int hit) {
    return Kind.of(kinds[hit]);
  }

  void clear() {
    count = 0;
  }

  boolean isFull() {
    return count >= MAX;
  }

  /** Adds a hit that ends behind all others, or inside of one that it then becomes part of. */
  void add(int start, int end, Kind kind) {
    int first = start;
    int last = end;
    int told = kind.place();
    while (count > 0 && ends[count - 1] > first) {
      count--;
      first = Math.min(first, starts[count]);
      last = Math.max(last, ends[count]);
      told = told == Kind.GENERIC_SECRET.place() ? kinds[count] : told;
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      ends = Arrays.copyOf(ends, count * 2);
      kinds = Arrays.copyOf(kinds, count * 2);
    }
    starts[count] = first;
    ends[count] = last;
    kinds[count++] = (byte) told;
  }

  /** Lets the last hit take all up to here. */
  void stretch(int end) {
    ends[count - 1] = end;
  }

  /** Turns positions in a folded text into those of the text that it was made from. */
  void map(int[] origins) {
    for (int i = 0; i < count; i++) {
      starts[i] = origins[starts[i]];
      ends[i] = origins[ends[i]];
    }
  }
}
