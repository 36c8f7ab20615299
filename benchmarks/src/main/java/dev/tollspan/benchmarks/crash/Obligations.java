package dev.tollspan.benchmarks.crash;

import java.util.BitSet;

/** Which spans were sent, and which of them the pipeline has said it has. Safe for all threads. */
final class Obligations {
  private final BitSet owed = new BitSet(); // guarded by this, as the next
  private int next;

  /** Takes so many numbers; they count as sent from now on. The first of them. */
  synchronized int send(int count) {
    int first = next;
    next += count;
    return first;
  }

  synchronized void acknowledged(int first, int count) {
    owed.set(first, first + count);
  }

  synchronized int sent() {
    return next;
  }

  synchronized int acknowledged() {
    return owed.cardinality();
  }

  /** How many spans are owed that are not among these. */
  synchronized int missing(BitSet found) {
    BitSet missing = (BitSet) owed.clone();
    missing.andNot(found);
    return missing.cardinality();
  }

  /** The first of them, for whoever looks into it; -1 if there is none. */
  synchronized int firstMissing(BitSet found) {
    BitSet missing = (BitSet) owed.clone();
    missing.andNot(found);
    return missing.nextSetBit(0);
  }
}
