package dev.tollspan.gpuledger;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What owners have to pay.
 *
 * @param costsUsd by owner, exact, with 12 decimals
 * @param idleUsd what is nobody's
 */
public record Statement<K extends Comparable<K>>(
    SortedMap<K, BigDecimal> costsUsd, BigDecimal idleUsd) {
  /** Takes a copy of the costs. */
  public Statement {
    costsUsd = Collections.unmodifiableSortedMap(new TreeMap<>(costsUsd));
  }
}
