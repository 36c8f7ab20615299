package dev.tollspan.journal;

import java.time.Duration;

/**
 * Limits and habits of one journal.
 *
 * @param durability what an answer of {@link Appended.Stored} means
 * @param maxBytes how much disk, or heap, all segments may take together
 * @param maxAge how old a record may get before it is dropped; zero means any age
 * @param whenFull what happens at {@code maxBytes}
 * @param groupDelay how long the first of a group waits, at most, for as many as came last time
 * @param groupBytesMax at how many bytes a group is written without waiting longer
 * @param segmentBytes size of a file; a larger record gets a file of its own
 * @param syncInterval how often {@link Durability#INTERVAL} syncs
 * @param cursorInterval how often the places of readers are made durable, at most
 * @param ballastBytes size of a file that is given up when the disk is full, so that places of
 *     readers can still be written and segments deleted
 */
public record JournalConfig(
    Durability durability,
    long maxBytes,
    Duration maxAge,
    WhenFull whenFull,
    Duration groupDelay,
    int groupBytesMax,
    long segmentBytes,
    Duration syncInterval,
    Duration cursorInterval,
    int ballastBytes) {
  private static final Duration YEAR = Duration.ofDays(365);

  /** What {@link Appended.Stored} means. */
  public enum Durability {
    /** The record was synced to the disk. */
    FSYNC,
    /** It was written, and will be synced within the interval: power loss may take that much. */
    INTERVAL,
    /** It is in the heap: the end of the process loses what no reader had read. */
    MEMORY
  }

  /** What happens when the journal has reached its size. */
  public enum WhenFull {
    /** Senders are refused until readers have gone on. */
    REFUSE,
    /** The oldest segment is dropped, and counted for each reader that had not passed it. */
    DROP_OLDEST,
    /**
     * As DROP_OLDEST if some reader has passed that segment and all others say that they are down;
     * else as REFUSE.
     */
    DROP_FOR_DOWN
  }

  public JournalConfig {
    check(segmentBytes >= 4096 && segmentBytes <= 1 << 30, "segment_size", "4KiB to 1GiB");
    check(
        maxBytes >= 4 * segmentBytes && maxBytes <= 1L << 50,
        "max_size",
        "four times segment_size to 1PiB");
    check(within(maxAge, Duration.ZERO, YEAR), "max_age", "0 (any) to 8760h");
    check(within(groupDelay, Duration.ZERO, Duration.ofSeconds(1)), "group_delay", "0 to 1s");
    check(groupBytesMax >= 4096 && groupBytesMax <= 64 << 20, "group_size", "4KiB to 64MiB");
    check(
        within(syncInterval, Duration.ofMillis(1), Duration.ofMinutes(1)),
        "sync_interval",
        "1ms to 1m");
    check(
        within(cursorInterval, Duration.ZERO, Duration.ofMinutes(1)), "cursor_interval", "0 to 1m");
    check(ballastBytes >= 0 && ballastBytes <= 1 << 30, "ballast", "0 to 1GiB");
  }

  /** Fsync before the answer; 4 GiB, then senders are refused; no limit of age. */
  public static JournalConfig defaults() {
    return new JournalConfig(
        Durability.FSYNC,
        4L << 30,
        Duration.ZERO,
        WhenFull.REFUSE,
        Duration.ofMillis(1),
        1 << 20,
        16 << 20,
        Duration.ofMillis(500),
        Duration.ofMillis(100),
        1 << 20);
  }

  /**
   * The same with what a configuration file names. Segments and groups become smaller where the
   * size would hold fewer than four.
   */
  public JournalConfig with(
      Durability newDurability, long newMaxBytes, Duration newMaxAge, WhenFull newWhenFull) {
    return new JournalConfig(
        newDurability,
        newMaxBytes,
        newMaxAge,
        newWhenFull,
        groupDelay,
        (int) Math.min(groupBytesMax, newMaxBytes / 4),
        Math.min(segmentBytes, newMaxBytes / 4),
        syncInterval,
        cursorInterval,
        ballastBytes);
  }

  private static boolean within(Duration value, Duration least, Duration most) {
    return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
  }

  private static void check(boolean holds, String key, String range) {
    if (!holds) {
      throw new IllegalArgumentException(key + " must be " + range);
    }
  }
}
