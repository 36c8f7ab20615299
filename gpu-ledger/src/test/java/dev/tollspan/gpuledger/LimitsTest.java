package dev.tollspan.gpuledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  private static final long DAY = 86_400L * Books.SECOND;

  @ParameterizedTest
  @CsvSource({
    "0, 1, gpus",
    "-1, 1, gpus",
    "0.0000000000000000001, 1, gpus",
    "1E+2000000000, 1, gpus",
    "1, -1, price_per_gpu_hour",
    "1, 1E-2000000000, price_per_gpu_hour",
    "10, 36000.1, price_per_gpu_hour"
  })
  void aRateOutOfRangeIsRefusedByTheNameOfItsKey(String count, String price, String key) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> Books.rate(count, price));
    assertTrue(refusal.getMessage().startsWith(key), refusal.getMessage());
  }

  @Test
  void theDearestReplicasDayFitsALong() {
    GpuRate rate = Books.rate("10", "36000");
    assertEquals(8_640_000_000_000_000_000L, rate.billPico(0, DAY));
    assertEquals(0, Books.rate("1", "0").billPico(0, DAY));
  }

  @Test
  void aFractionOfAGpuIsBilledExactly() {
    assertEquals(500_000_000_000L, Books.rate("0.25", "2").billPico(0, 3600 * Books.SECOND));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 60, 1, window",
    "60, -1, 60, 1, allowed_lateness",
    "60, 0, 86401, 1, request_max",
    "1, 0, 1441, 1, request_max",
    "60, 0, 60, 0, intervals_max"
  })
  void aLimitOutOfRangeIsRefusedByTheNameOfItsKey(
      int window, int lateness, int request, int intervals, String key) {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new GpuLedgerConfig(
                    Duration.ofSeconds(window),
                    Duration.ofSeconds(lateness),
                    Duration.ofSeconds(request),
                    intervals,
                    Sharing.busyIntervals()));
    assertTrue(refusal.getMessage().startsWith(key), refusal.getMessage());
  }

  @Test
  void weightsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Sharing.BusyIntervals(999));
    assertThrows(IllegalArgumentException.class, () -> new Sharing.Tokens(0, true));
  }
}
