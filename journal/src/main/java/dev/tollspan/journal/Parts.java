package dev.tollspan.journal;

import java.util.function.LongSupplier;

/**
 * What a journal is built on.
 *
 * @param random where a new journal takes its epoch from
 * @param name what the log calls it; empty if it is the only one
 */
record Parts(
    Disk disk,
    JournalConfig config,
    Pace pace,
    FailPoint points,
    LongSupplier random,
    String name) {
  /** Of a journal that needs no name. */
  Parts(Disk disk, JournalConfig config, Pace pace, FailPoint points, LongSupplier random) {
    this(disk, config, pace, points, random, "");
  }
}
