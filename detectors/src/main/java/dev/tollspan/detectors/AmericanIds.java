package dev.tollspan.detectors;

/** Checks of American numbers. Each takes exactly the digits of its kind. */
final class AmericanIds {
  private static final int[] ABA = {3, 7, 1, 3, 7, 1, 3, 7, 1};

  private AmericanIds() {}

  /** US social security: areas, groups and serials that were issued; well-known samples are not. */
  static boolean ssn(byte[] d) {
    int area = d[0] * 100 + d[1] * 10 + d[2];
    int group = d[3] * 10 + d[4];
    int serial = d[5] * 1000 + d[6] * 100 + d[7] * 10 + d[8];
    boolean sample =
        (area == 78 && group == 5 && serial == 1120)
            || (area == 219 && group == 9 && serial == 9999)
            || (area == 123 && group == 45 && serial == 6789);
    return area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 && !sample;
  }

  /** US individual taxpayer: begins with 9, the fourth and fifth digits in known ranges. */
  static boolean itin(byte[] d) {
    int group = d[3] * 10 + d[4];
    boolean issued =
        (group >= 50 && group <= 65)
            || (group >= 70 && group <= 88)
            || (group >= 90 && group <= 92)
            || group >= 94;
    return d[0] == 9 && issued;
  }

  /** US bank routing: a known first pair, weights 3-7-1. */
  static boolean aba(byte[] d) {
    int district = d[0] * 10 + d[1];
    boolean known =
        (district >= 1 && district <= 12)
            || (district >= 21 && district <= 32)
            || (district >= 61 && district <= 72)
            || district == 80;
    return known && Checksums.weighted(d, 0, ABA) % 10 == 0;
  }

  /** US health provider: Luhn's checksum as if 80840 stood before it, which adds 24. */
  static boolean npi(byte[] d) {
    return (d[0] == 1 || d[0] == 2) && Checksums.luhn(d, 0, 10, 24);
  }

  static boolean sin(byte[] d) {
    return d[0] != 8 && !Checksums.allEqual(d, 9) && Checksums.luhn(d, 0, 9);
  }

  static boolean cpf(byte[] d) {
    return !Checksums.allEqual(d, 11)
        && brazilian(Checksums.falling(d, 9, 11)) == d[9]
        && brazilian(Checksums.falling(d, 10, 11)) == d[10];
  }

  static boolean cnpj(byte[] d) {
    return !Checksums.allEqual(d, 14)
        && brazilian(Checksums.falling(d, 12, 9)) == d[12]
        && brazilian(Checksums.falling(d, 13, 9)) == d[13];
  }

  private static int brazilian(int sum) {
    return sum % 11 < 2 ? 0 : 11 - sum % 11;
  }
}
