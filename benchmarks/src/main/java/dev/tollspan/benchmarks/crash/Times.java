package dev.tollspan.benchmarks.crash;

import java.util.List;
import java.util.Locale;

/** How long something took, so many times. */
record Times(int count, long middleNanos, long nanosMax) {
  static Times of(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.isEmpty()
        ? new Times(0, 0, 0)
        : new Times(sorted.size(), sorted.get(sorted.size() / 2), sorted.getLast());
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d times, in the middle %.2f s, at most %.2f s",
        count,
        middleNanos / 1e9,
        nanosMax / 1e9);
  }
}
