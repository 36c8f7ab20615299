package dev.tollspan.journal;

import java.util.function.LongSupplier;

/**
 * What a journal is built on.
 *
 * @param random where a new journal takes its epoch from
 */
record Parts(Disk disk, JournalConfig config, Pace pace, FailPoint points, LongSupplier random) {}
