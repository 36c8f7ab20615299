package dev.tollspan.exporters.delivery;

import java.time.Duration;

/**
 * Limits of one delivery.
 *
 * @param openBytesMax how much may wait in the journal for files that are not finished; beyond that
 *     they are finished early
 * @param exportBytesMax how many bytes of spans one export call takes, unless one batch is larger
 * @param initialInterval the first wait after "retry later", before jitter
 * @param maxInterval where the waits stop growing, before jitter
 * @param multiplier by what a wait is longer than the one before it
 * @param randomizationFactor how far jitter may go, as a share of the wait; zero is none
 * @param maxElapsed when to give the spans of one export call up; zero means never
 */
public record DeliveryConfig(
    long openBytesMax,
    int exportBytesMax,
    Duration initialInterval,
    Duration maxInterval,
    double multiplier,
    double randomizationFactor,
    Duration maxElapsed) {
  private static final Duration YEAR = Duration.ofDays(365);

  public DeliveryConfig {
    check(openBytesMax >= 4096 && openBytesMax <= 1L << 40, "open_bytes_max", "4KiB to 1024GiB");
    check(exportBytesMax >= 1 && exportBytesMax <= 64 << 20, "export_bytes_max", "1 to 64MiB");
    check(within(initialInterval, Duration.ofMillis(1)), "initial_interval", "1ms to 8760h");
    check(within(maxInterval, initialInterval), "max_interval", "initial_interval to 8760h");
    check(multiplier >= 1 && multiplier <= 100, "multiplier", "1 to 100");
    check(randomizationFactor >= 0 && randomizationFactor <= 1, "randomization_factor", "0 to 1");
    check(within(maxElapsed, Duration.ZERO), "max_elapsed_time", "0 (never) to 8760h");
  }

  /**
   * The waits of the Collector's {@code retry_on_failure}, but nothing is given up by age; 1 GiB of
   * unfinished files; export calls that fit under Tempo's 4 MiB.
   */
  public static DeliveryConfig defaults() {
    return new DeliveryConfig(
        1 << 30, 7 << 19, Duration.ofSeconds(5), Duration.ofSeconds(30), 1.5, 0.5, Duration.ZERO);
  }

  /** The same with these bounds of unfinished files and of one export call. */
  public DeliveryConfig withBytes(long openMax, int exportMax) {
    return new DeliveryConfig(
        openMax,
        exportMax,
        initialInterval,
        maxInterval,
        multiplier,
        randomizationFactor,
        maxElapsed);
  }

  private static boolean within(Duration value, Duration least) {
    return value.compareTo(least) >= 0 && value.compareTo(YEAR) <= 0;
  }

  private static void check(boolean holds, String key, String range) {
    if (!holds) {
      throw new IllegalArgumentException(key + " must be " + range);
    }
  }
}
