package dev.tollspan.journal;

import java.util.Map;

/**
 * A reader at one moment, in figures that fit together.
 *
 * <pre>stored since this reader began = deliveredSpans + pendingSpans + droppedSpans</pre>
 *
 * @param committed the sequence up to which all was committed, durable or not
 * @param pendingSpans spans that are stored and not committed yet
 * @param pendingBytes what these take on the disk; after a start, until the first commit, at most
 * @param deliveredSpans spans that were committed and not dropped, since this reader began
 * @param droppedSpans spans that were dropped since then, by reason
 */
public record ReaderStatus(
    long committed,
    long pendingSpans,
    long pendingBytes,
    long deliveredSpans,
    Map<String, Long> droppedSpans) {}
