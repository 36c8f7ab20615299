package dev.tollspan.detectors;

/** Checks of Asian and Australian numbers. Each takes exactly the digits of its kind. */
final class PacificIds {
  private static final int[] TFN_9 = {1, 4, 3, 7, 5, 8, 6, 9, 10};
  private static final int[] TFN_8 = {10, 7, 8, 4, 6, 3, 5, 1};
  private static final int[] ABN = {10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19};
  private static final int[] MEDICARE = {1, 3, 7, 9, 1, 3, 7, 9};
  private static final int[] RRN = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};

  private PacificIds() {}

  static boolean aadhaar(byte[] d) {
    return d[0] > 1 && !Checksums.allEqual(d, 12) && Checksums.verhoeff(d, 12);
  }

  static boolean tfn9(byte[] d) {
    return !Checksums.allEqual(d, 9) && Checksums.weighted(d, 0, TFN_9) % 11 == 0;
  }

  static boolean tfn8(byte[] d) {
    return !Checksums.allEqual(d, 8) && Checksums.weighted(d, 0, TFN_8) % 11 == 0;
  }

  /** Australian business: 1 is taken from the first digit, the weighted sum is a multiple of 89. */
  static boolean abn(byte[] d) {
    return d[0] != 0 && (Checksums.weighted(d, 0, ABN) - ABN[0]) % 89 == 0;
  }

  static boolean medicare(byte[] d) {
    return d[0] >= 2 && d[0] <= 6 && Checksums.weighted(d, 0, MEDICARE) % 10 == d[8] && d[9] != 0;
  }

  /** Korean resident: birth date, sex and century, weighted sum. */
  static boolean rrn(byte[] d) {
    return Calendar.isDay(d[2] * 10 + d[3], d[4] * 10 + d[5])
        && d[6] >= 1
        && d[6] <= 8
        && (11 - Checksums.weighted(d, 0, RRN) % 11) % 10 == d[12];
  }
}
