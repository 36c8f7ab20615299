package dev.tollspan.gpuledger;

/**
 * A request that is missing from windows of its replica: it came too late for them, or when the
 * ledger was full. Nothing that was written before changes; {@link WindowRecord#corrected} tells
 * what a window would have been with it.
 *
 * @param replica whose ledger wrote it
 * @param interval the request
 * @param untilNanos it is missing from windows that begin before this instant, and in later ones
 *     has its part
 */
public record Correction(String replica, Interval interval, long untilNanos) {}
