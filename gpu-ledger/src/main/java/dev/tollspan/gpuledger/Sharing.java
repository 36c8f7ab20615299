package dev.tollspan.gpuledger;

/** By what the requests of a window share its bill. Parts and idle add up to the bill with each. */
public sealed interface Sharing {
  /** Equal shares of every moment. */
  static Sharing busyIntervals() {
    return new BusyIntervals(BusyIntervals.EVEN);
  }

  /**
   * Every moment is shared by those who run in it. The only one that is exact under any cut of
   * time, and in which a neighbour never makes a request dearer.
   *
   * @param prefillWeightMilli the weight of a request in its prefill phase, in thousandths of the
   *     weight of one that decodes: 1000 (equal shares) to 1000000
   */
  record BusyIntervals(int prefillWeightMilli) implements Sharing {
    static final int EVEN = 1000;
    private static final int MAX = 1_000_000;

    public BusyIntervals {
      if (prefillWeightMilli < EVEN || prefillWeightMilli > MAX) {
        throw new IllegalArgumentException("prefill_weight must be 1 to 1000");
      }
    }
  }

  /**
   * The cost of a window's busy time is shared by tokens, for replicas that tell no times. A
   * request's tokens count in each window by the part of its interval that lies in it. One without
   * tokens counts as one input token: it held the GPU all the same.
   *
   * @param omegaMilli what an output token weighs, in thousandths of an uncached input token: 1 to
   *     1000000
   * @param learned whether the ledger puts the replica's own ratio in its place once it knows it
   */
  record Tokens(int omegaMilli, boolean learned) implements Sharing {
    static final int OMEGA_MILLI_MAX = 1_000_000;

    public Tokens {
      if (omegaMilli < 1 || omegaMilli > OMEGA_MILLI_MAX) {
        throw new IllegalArgumentException("omega must be 0.001 to 1000");
      }
    }

    /** 2.5 until the replica's own ratio is known. */
    public static Tokens defaults() {
      return new Tokens(2500, true);
    }
  }

  /** The cost of a window's busy time is shared by seconds of presence; made to compare with. */
  record SlotSeconds() implements Sharing {}
}
