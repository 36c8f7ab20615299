package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BackOffTest {
  private static final DeliveryConfig CONFIG = config(1.5, 0.5);

  @Test
  @Tag("E5")
  void growsByHalfUntilTheLimit() {
    BackOff backOff = new BackOff(CONFIG, always(0.5));
    assertEquals(4_000, nextMillis(backOff, 0));
    assertEquals(6_000, nextMillis(backOff, 0));
    assertEquals(9_000, nextMillis(backOff, 0));
    assertEquals(10_000, nextMillis(backOff, 0));
    assertEquals(10_000, nextMillis(backOff, 0));
  }

  @Test
  void staysWithinHalfOfTheInterval() {
    assertEquals(2_000, nextMillis(new BackOff(CONFIG, always(0)), 0));
    assertEquals(6_000, nextMillis(new BackOff(CONFIG, always(Math.nextDown(1.0))), 0));
  }

  @Test
  @Tag("E5")
  @Tag("F5")
  void spreadsOverTheWholeRange() {
    Random random = new Random(7);
    int[] tenths = new int[10];
    for (int i = 0; i < 10_000; i++) {
      long millis = nextMillis(new BackOff(CONFIG, random), 0);
      tenths[(int) ((millis - 2_000) / 400)]++;
    }
    for (int tenth : tenths) {
      assertTrue(tenth > 800 && tenth < 1_200, () -> "uneven: " + tenth);
    }
  }

  @Test
  @Tag("E6")
  void waitsAtLeastAsAskedAndGrowsFromThere() {
    BackOff backOff = new BackOff(CONFIG, always(0.5));
    assertEquals(5_000, nextMillis(backOff, 5_000));
    assertEquals(7_500, nextMillis(backOff, 0));
    assertEquals(60_000, nextMillis(backOff, 60_000));
    assertEquals(10_000, nextMillis(backOff, 0));
  }

  @Test
  @Tag("E5")
  void growsAndSpreadsAsItIsTold() {
    BackOff backOff = new BackOff(config(2, 0.25), always(0));
    assertEquals(3_000, nextMillis(backOff, 0));
    assertEquals(6_000, nextMillis(backOff, 0));
    assertEquals(7_500, nextMillis(backOff, 0));
    BackOff steady = new BackOff(config(1, 0), always(0.9));
    assertEquals(4_000, nextMillis(steady, 0));
    assertEquals(4_000, nextMillis(steady, 0));
  }

  private static DeliveryConfig config(double multiplier, double randomizationFactor) {
    return new DeliveryConfig(
        4096,
        1,
        Duration.ofSeconds(4),
        Duration.ofSeconds(10),
        multiplier,
        randomizationFactor,
        Duration.ZERO);
  }

  private static long nextMillis(BackOff backOff, long leastMillis) {
    return TimeUnit.NANOSECONDS.toMillis(
        backOff.nextNanos(TimeUnit.MILLISECONDS.toNanos(leastMillis)));
  }

  private static RandomGenerator always(double value) {
    return new Random() {
      private static final long serialVersionUID = 1;

      @Override
      public double nextDouble() {
        return value;
      }
    };
  }
}
