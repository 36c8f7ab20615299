package dev.tollspan.gpuledger;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What a replica costs.
 *
 * @param gpuCount how many GPUs it holds, all tensor, pipeline and data parallel ranks together; a
 *     fraction where a GPU is shared between replicas
 * @param pricePerGpuHour USD for one GPU for an hour
 */
public record GpuRate(BigDecimal gpuCount, BigDecimal pricePerGpuHour) {
  /** 100 USD/s: what such a replica costs in a day still is a long of pico-dollars. */
  private static final BigDecimal HOURLY_MAX = BigDecimal.valueOf(360_000);

  private static final int DECIMALS_MAX = 18;
  private static final BigDecimal TEN = BigDecimal.TEN;
  private static final BigDecimal HOURLY_TO_PICO_PER_TEN_NANOS = BigDecimal.valueOf(36);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if there is no GPU, a price is negative or has more than 18
   *     decimals, or the replica costs more than 360000 USD an hour
   */
  public GpuRate {
    check(gpuCount.signum() > 0 && isPlain(gpuCount), "gpus", "more than 0");
    check(
        pricePerGpuHour.signum() >= 0 && isPlain(pricePerGpuHour),
        "price_per_gpu_hour",
        "0 or more");
    check(
        gpuCount.multiply(pricePerGpuHour).compareTo(HOURLY_MAX) <= 0,
        "price_per_gpu_hour",
        "such that the replica costs at most 360000 an hour");
  }

  /**
   * What the replica costs between two instants.
   *
   * <p>A difference of two running totals since 1970, each rounded half to even: bills of windows
   * that touch add up to the bill of both together, however time is cut.
   *
   * @return pico-USD
   * @throws ArithmeticException if that is more than a long can say (never for a day or less)
   */
  public long billPico(long startNanos, long endNanos) {
    return totalPico(endNanos).subtract(totalPico(startNanos)).longValueExact();
  }

  /** What a nanosecond costs, for figures that need not be exact. */
  double picoPerNano() {
    return hourly().doubleValue() / 3.6;
  }

  private BigDecimal totalPico(long nanos) {
    return hourly()
        .multiply(TEN)
        .multiply(BigDecimal.valueOf(nanos))
        .divide(HOURLY_TO_PICO_PER_TEN_NANOS, 0, RoundingMode.HALF_EVEN);
  }

  private BigDecimal hourly() {
    return gpuCount.multiply(pricePerGpuHour);
  }

  private static boolean isPlain(BigDecimal value) {
    return value.scale() <= DECIMALS_MAX && value.compareTo(HOURLY_MAX) <= 0;
  }

  private static void check(boolean holds, String key, String range) {
    if (!holds) {
      throw new IllegalArgumentException(
          key + " must be " + range + ", with at most " + DECIMALS_MAX + " decimals");
    }
  }
}
