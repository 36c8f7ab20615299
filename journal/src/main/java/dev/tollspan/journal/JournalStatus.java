package dev.tollspan.journal;

import org.jspecify.annotations.Nullable;

/**
 * A journal at one moment.
 *
 * @param durability what it promises
 * @param failing what is wrong with the disk; null if nothing is
 * @param sequence the last durable record
 * @param spans all spans that were ever stored, across restarts
 * @param segments how many files hold them
 * @param bytes what these and the next one take on the disk
 * @param maxBytes what they may take
 * @param full whether a record was refused because of that, and none was stored since, nor is there
 *     room for it
 */
public record JournalStatus(
    JournalConfig.Durability durability,
    @Nullable String failing,
    long sequence,
    long spans,
    int segments,
    long bytes,
    long maxBytes,
    boolean full) {}
