package dev.tollspan.gpuledger;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Splits a whole amount by weights into whole parts that add up to it. */
final class LargestRemainder {
  private LargestRemainder() {}

  /**
   * Every part is its quota, rounded down or up; up for the largest remainders, and among equal
   * remainders for those that stand first.
   *
   * @param amount not negative
   * @param weights not negative, and not all zero
   */
  static List<BigInteger> split(BigInteger amount, List<BigInteger> weights) {
    BigInteger total = BigInteger.ZERO;
    for (BigInteger weight : weights) {
      total = total.add(weight);
    }
    List<BigInteger> parts = new ArrayList<>(weights.size());
    List<BigInteger> remainders = new ArrayList<>(weights.size());
    List<Integer> order = new ArrayList<>(weights.size());
    BigInteger left = amount;
    for (int i = 0; i < weights.size(); i++) {
      BigInteger[] quota = amount.multiply(weights.get(i)).divideAndRemainder(total);
      parts.add(quota[0]);
      remainders.add(quota[1]);
      order.add(i);
      left = left.subtract(quota[0]);
    }
    order.sort(Comparator.comparing(remainders::get, Comparator.reverseOrder()));
    for (int index : order.subList(0, left.intValueExact())) {
      parts.set(index, parts.get(index).add(BigInteger.ONE));
    }
    return parts;
  }
}
