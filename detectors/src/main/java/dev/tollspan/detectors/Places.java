package dev.tollspan.detectors;

/** Positions on earth: degrees with at least three decimals, beside a word. */
final class Places {
  private static final int NEAR = 32;
  private static final int DECIMALS_MIN = 3;
  private static final int DECIMALS_MAX = 16;

  private Places() {}

  /** Adds the degrees that the first two groups are; where they end, or -1. */
  static int find(Scan scan, Digits digits) {
    if (digits.groups() < 2
        || digits.separator(1) != '.'
        || digits.length(0) > 3
        || digits.length(1) < DECIMALS_MIN
        || digits.length(1) > DECIMALS_MAX
        || digits.value(0, digits.count(0)) > 180) {
      return -1;
    }
    boolean ends = digits.groups() > 2 ? digits.separator(2) != '.' : isEnd(digits.behind());
    int start = digits.begin();
    start -= digits.before() == '-' || digits.before() == '+' ? 1 : 0;
    if (!ends || !scan.near(Kind.GEO.place(), start, digits.end(1), NEAR)) {
      return -1;
    }
    scan.hits.add(start, digits.end(1), Kind.GEO);
    return digits.end(1);
  }

  /** N, E, S and W may follow directly. */
  private static boolean isEnd(int behind) {
    return (Ascii.flags((byte) behind) & Ascii.ALNUM) == 0 || "NESW".indexOf(behind) >= 0;
  }
}
