package dev.tollspan.gpuledger;

import java.time.Duration;

/**
 * How a ledger keeps its books.
 *
 * @param window how much time one record covers; windows begin at multiples of it since 1970
 * @param allowedLateness how far the watermark stays behind the latest end seen. Requests arrive
 *     when they end, so one that ran for longer than this comes too late for its first windows
 * @param requestMax the longest time that is believed of one request; at most 1440 windows
 * @param intervalsMax how many intervals may wait for their windows to close; each takes 84 bytes
 * @param sharing by what requests share the bill
 */
public record GpuLedgerConfig(
    Duration window,
    Duration allowedLateness,
    Duration requestMax,
    int intervalsMax,
    Sharing sharing) {
  private static final Duration DAY = Duration.ofDays(1);
  private static final int WINDOWS_MAX = 1440;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is broken
   */
  public GpuLedgerConfig {
    check(within(window, Duration.ofSeconds(1), DAY), "window", "1s to 24h");
    check(within(allowedLateness, Duration.ZERO, DAY), "allowed_lateness", "0s to 24h");
    check(within(requestMax, Duration.ofSeconds(1), DAY), "request_max", "1s to 24h");
    check(
        requestMax.compareTo(window.multipliedBy(WINDOWS_MAX)) <= 0,
        "request_max",
        "at most 1440 windows");
    check(intervalsMax >= 1 && intervalsMax <= 1 << 20, "intervals_max", "1 to 1048576");
  }

  /** Windows of a minute, five minutes of lateness, requests of up to an hour, equal shares. */
  public static GpuLedgerConfig defaults() {
    return new GpuLedgerConfig(
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofHours(1),
        1 << 16,
        Sharing.busyIntervals());
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
