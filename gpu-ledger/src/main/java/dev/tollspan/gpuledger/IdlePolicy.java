package dev.tollspan.gpuledger;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Who pays for time in which a replica does nothing. */
public enum IdlePolicy {
  /** Nobody: it is a row of its own. */
  SEPARATE,
  /** Each owner in proportion to what it pays already. */
  PROPORTIONAL,
  /** Each owner the same. */
  EVEN,
  /** It is left out, and the statement does not add up to the bill. */
  NONE;

  private static final int PICO_DECIMALS = 12;

  /**
   * What each owner has to pay for these windows, which may be of many replicas. Sums are exact;
   * idle cost is shared over the whole of the windows, by largest remainder, ties to the first
   * owner. Where there is nobody to share it (no request, or proportional shares of nothing) it
   * stays a row of its own.
   *
   * @param windows each one once, with its corrections or without
   * @param owner to whom a request belongs, such as a tenant
   */
  public <K extends Comparable<K>> Statement<K> over(
      Collection<WindowRecord> windows, Function<? super Interval, K> owner) {
    SortedMap<K, BigInteger> picos = new TreeMap<>();
    BigInteger idle = BigInteger.ZERO;
    for (WindowRecord window : windows) {
      idle = idle.add(BigInteger.valueOf(window.idlePico()));
      for (Part part : window.parts()) {
        picos.merge(
            owner.apply(part.interval()), BigInteger.valueOf(part.costPico()), BigInteger::add);
      }
    }
    return switch (this) {
      case SEPARATE -> statement(picos, idle);
      case PROPORTIONAL -> shared(picos, idle, new ArrayList<>(picos.values()));
      case EVEN -> shared(picos, idle, Collections.nCopies(picos.size(), BigInteger.ONE));
      case NONE -> statement(picos, BigInteger.ZERO);
    };
  }

  private static <K extends Comparable<K>> Statement<K> shared(
      SortedMap<K, BigInteger> picos, BigInteger idle, List<BigInteger> weights) {
    if (weights.stream().allMatch(w -> w.signum() == 0)) {
      return statement(picos, idle);
    }
    List<BigInteger> idles = LargestRemainder.split(idle, weights);
    int i = 0;
    for (Map.Entry<K, BigInteger> entry : picos.entrySet()) {
      entry.setValue(entry.getValue().add(idles.get(i)));
      i++;
    }
    return statement(picos, BigInteger.ZERO);
  }

  private static <K extends Comparable<K>> Statement<K> statement(
      SortedMap<K, BigInteger> picos, BigInteger idle) {
    SortedMap<K, BigDecimal> costs = new TreeMap<>();
    picos.forEach((owner, pico) -> costs.put(owner, usd(pico)));
    return new Statement<>(costs, usd(idle));
  }

  private static BigDecimal usd(BigInteger pico) {
    return new BigDecimal(pico, PICO_DECIMALS);
  }
}
