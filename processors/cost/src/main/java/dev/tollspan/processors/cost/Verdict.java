package dev.tollspan.processors.cost;

import dev.tollspan.prices.Quote;
import dev.tollspan.prices.Terms;
import dev.tollspan.prices.Usage;
import dev.tollspan.usage.Reading;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link CostJudge} has to say of one span. The same object for each span of a judge: good
 * until the judge goes on; belongs to its thread.
 */
public final class Verdict {
  static final double NANOS_PER_USD = 1e9;

  private static final int NANO_SCALE = 9;
  private static final int PICO_SCALE = 12;
  private static final int PICO_PER_NANO = 1000;

  final Usage usage = new Usage();
  final Quote quote = new Quote();
  private final Reading reading;
  CostRole role = CostRole.NONE;
  @Nullable UnpricedReason reason;
  @Nullable CostBasis basis;
  double reportedUsd;
  long nanoUsd;
  long picoUsd;
  double gpuSeconds;
  boolean kept;
  boolean free;

  Verdict(Reading reading) {
    this.reading = reading;
  }

  Verdict clear() {
    role = CostRole.NONE;
    reason = null;
    basis = null;
    reportedUsd = Double.NaN;
    nanoUsd = 0;
    picoUsd = 0;
    gpuSeconds = Double.NaN;
    kept = false;
    free = false;
    return this;
  }

  /** The cost is that of GPU time. */
  void holdGpu(long pico, double seconds) {
    basis = CostBasis.GPU_TIME;
    picoUsd = pico;
    gpuSeconds = seconds;
    long floor = Math.floorDiv(pico, PICO_PER_NANO);
    long twice = 2 * (pico - floor * PICO_PER_NANO);
    boolean up = twice > PICO_PER_NANO || (twice == PICO_PER_NANO && (floor & 1) == 1);
    nanoUsd = up ? floor + 1 : floor;
  }

  /** What the span is to a bill. */
  public CostRole role() {
    return role;
  }

  /** Whether the span has a cost, ours or its own. */
  public boolean isPriced() {
    return basis != null;
  }

  /** Where the cost comes from; null if there is none. */
  public @Nullable CostBasis basis() {
    return basis;
  }

  /** Why there is no cost; null if there is one, or if the span is no part of a bill. */
  public @Nullable UnpricedReason unpricedReason() {
    return reason;
  }

  /** The cost in nano-dollars, rounded half to even; 0 if there is none. */
  public long nanoUsd() {
    return nanoUsd;
  }

  /** The cost before it is rounded; what the span reports is rounded to nano-dollars. */
  public BigDecimal exactUsd() {
    if (basis == CostBasis.GPU_TIME) {
      return BigDecimal.valueOf(picoUsd, PICO_SCALE);
    }
    return isByPrice() && !free ? quote.exactUsd() : BigDecimal.valueOf(nanoUsd, NANO_SCALE);
  }

  /** Whether each token was billed at a price made for it, and all counts are certain. */
  public boolean isExact() {
    return isByPrice() && (free || quote.isExact());
  }

  /**
   * For how long the call held its replica's GPUs, as far as is known yet and divided by how many
   * ran at once; NaN if the cost is not by GPU time, or if GPU time costs nothing.
   */
  public double gpuSeconds() {
    return gpuSeconds;
  }

  /** On which terms; null if the cost is not by a price, or if the call is free. */
  public @Nullable Terms terms() {
    return isByPrice() && !free ? quote.terms() : null;
  }

  /** The cost that the span itself reports, in USD; NaN if it reports none. */
  public double reportedUsd() {
    return reportedUsd;
  }

  /** Whether a client's cache answered, so that the call costs nothing. */
  public boolean isFree() {
    return free;
  }

  /** What was read off the span; of no meaning for a span that brought its cost. */
  public Reading reading() {
    return reading;
  }

  /** What the call used. */
  public Usage usage() {
    return usage;
  }

  /** What the prices say. */
  public Quote quote() {
    return quote;
  }

  private boolean isByPrice() {
    return basis == CostBasis.TOKEN_PRICE;
  }
}
