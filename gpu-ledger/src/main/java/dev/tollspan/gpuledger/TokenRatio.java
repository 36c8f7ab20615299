package dev.tollspan.gpuledger;

/**
 * What an output token weighs on this replica, measured in input tokens: decode time for each
 * output token over prefill time for each input token. Owned by one ledger, used by one thread at a
 * time.
 */
final class TokenRatio {
  private static final int REQUESTS_MIN = 100;

  private double prefillNanos;
  private double decodeNanos;
  private double promptTokens;
  private double outputTokens;
  private int requests;

  /** Learns from a request that told all of its times and tokens; leaves others out. */
  void add(Interval interval) {
    long prefill = interval.prefillEndNanos() - interval.startNanos();
    if (prefill > 0
        && !interval.approximate()
        && interval.promptTokens() > 0
        && interval.outputTokens() > 0) {
      prefillNanos += prefill;
      decodeNanos += interval.nanos() - prefill;
      promptTokens += interval.promptTokens();
      outputTokens += interval.outputTokens();
      requests = Math.min(REQUESTS_MIN, requests + 1);
    }
  }

  /** The same sharing, with the learned ratio in it if it is wanted and known. */
  Sharing applyTo(Sharing sharing) {
    if (requests < REQUESTS_MIN
        || !(sharing instanceof Sharing.Tokens tokens && tokens.learned())) {
      return sharing;
    }
    double omega = (decodeNanos / outputTokens) / (prefillNanos / promptTokens);
    long milli = Math.clamp(Math.round(omega * 1000), 1, Sharing.Tokens.OMEGA_MILLI_MAX);
    return new Sharing.Tokens((int) milli, true);
  }
}
