package dev.tollspan.detectors;

/** Shannon's entropy of short texts. */
final class Entropy {
  private static final int BYTES_MAX = 256;
  private static final double[] TIMES_LOG = new double[BYTES_MAX + 1]; // n * log2(n)

  static {
    for (int n = 2; n <= BYTES_MAX; n++) {
      TIMES_LOG[n] = n * (Math.log(n) / Math.log(2));
    }
  }

  private Entropy() {}

  /** Bits for each byte, of at most 256 bytes; what is not ASCII counts as one character. */
  static double bits(Scan scan, int from, int to) {
    int length = Math.min(to - from, BYTES_MAX);
    int[] counts = scan.counts;
    for (int p = from; p < from + length; p++) {
      counts[Math.max(0, scan.text[p])]++;
    }
    double sum = 0;
    for (int p = from; p < from + length; p++) {
      int c = Math.max(0, scan.text[p]);
      sum += TIMES_LOG[counts[c]];
      counts[c] = 0;
    }
    return length == 0 ? 0 : (TIMES_LOG[length] - sum) / length;
  }
}
