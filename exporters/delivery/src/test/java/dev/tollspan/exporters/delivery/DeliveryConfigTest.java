package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeliveryConfigTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void namesTheKeyAndTheRangeOfAWrongValue() {
    wrong("open_bytes_max must be 4KiB to 1024GiB", 4095, 1, SECOND, SECOND, Duration.ZERO);
    wrong("export_bytes_max must be 1 to 64MiB", 4096, 0, SECOND, SECOND, Duration.ZERO);
    wrong("initial_interval must be 1ms to 8760h", 4096, 1, Duration.ZERO, SECOND, Duration.ZERO);
    wrong(
        "max_interval must be initial_interval to 8760h",
        4096,
        1,
        SECOND,
        Duration.ofMillis(999),
        Duration.ZERO);
    wrong("max_elapsed_time must be 0 (never) to 8760h", 4096, 1, SECOND, SECOND, SECOND.negated());
  }

  @Test
  void boundsHowWaitsGrow() {
    for (double wrong : new double[] {0.9, 101, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> growing(wrong, 0.5));
    }
    for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> growing(1.5, wrong));
    }
    assertEquals(1, growing(1, 0).multiplier());
  }

  private static DeliveryConfig growing(double multiplier, double randomizationFactor) {
    return new DeliveryConfig(
        4096, 1, SECOND, SECOND, multiplier, randomizationFactor, Duration.ZERO);
  }

  @Test
  void neverGivesUpByDefault() {
    assertEquals(Duration.ZERO, DeliveryConfig.defaults().maxElapsed());
  }

  private static void wrong(
      String message, long memory, int export, Duration first, Duration max, Duration elapsed) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> new DeliveryConfig(memory, export, first, max, 1.5, 0.5, elapsed))
            .getMessage());
  }
}
