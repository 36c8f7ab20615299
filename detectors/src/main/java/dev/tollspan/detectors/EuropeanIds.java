package dev.tollspan.detectors;

/** Checks of European numbers. Each takes exactly the digits of its kind. */
final class EuropeanIds {
  private static final int[] BSN = {9, 8, 7, 6, 5, 4, 3, 2, -1};
  private static final int[] NHS = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
  private static final int[] PESEL = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};

  private EuropeanIds() {}

  static boolean nhs(byte[] d) {
    return !Checksums.allEqual(d, 10) && Checksums.weighted(d, 0, NHS) % 11 == 0;
  }

  /** German tax id: one digit of the first ten stands there twice or three times, the rest once. */
  static boolean taxId(byte[] d) {
    if (d[0] == 0) {
      return false;
    }
    int seen = 0;
    int again = 0;
    for (int i = 0; i < 10; i++) {
      again |= seen & 1 << d[i];
      seen |= 1 << d[i];
    }
    int different = Integer.bitCount(seen);
    return Integer.bitCount(again) == 1 && different >= 8 && Checksums.mod11And10(d, 11);
  }

  /** French social security: sex, month, then 97 less the rest of the first 13 digits. */
  static boolean nir(byte[] d) {
    int month = d[3] * 10 + d[4];
    boolean known = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
    return (d[0] == 1 || d[0] == 2) && known && 97 - Checksums.mod97(d, 13) == d[13] * 10 + d[14];
  }

  static boolean bsn(byte[] d) {
    return !Checksums.allEqual(d, 9) && Checksums.weighted(d, 0, BSN) % 11 == 0;
  }

  /** Polish PESEL: a birth date whose month tells the century, then a weighted sum. */
  static boolean pesel(byte[] d) {
    int month = d[2] * 10 + d[3];
    return Calendar.isDay(month % 20, d[4] * 10 + d[5])
        && Checksums.weighted(d, 0, PESEL) % 10 == 0;
  }

  /** Swedish personal number, or coordination number with 60 added to the day. */
  static boolean personnummer(byte[] d, int century) {
    int day = d[century + 4] * 10 + d[century + 5];
    boolean living = century == 0 || (d[0] == 1 && d[1] >= 8) || (d[0] == 2 && d[1] == 0);
    return living
        && Calendar.isDay(d[century + 2] * 10 + d[century + 3], day > 60 ? day - 60 : day)
        && Checksums.luhn(d, century, century + 10);
  }
}
