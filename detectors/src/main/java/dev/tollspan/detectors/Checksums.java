package dev.tollspan.detectors;

/** Check digits, over arrays of digits from 0 to 9. */
final class Checksums {
  private static final byte[][] VERHOEFF_PRODUCTS = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
    {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
    {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
    {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
    {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
    {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
    {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
    {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
    {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
    {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
  };
  private static final byte[][] VERHOEFF_TURNS = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
    {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
    {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
    {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
    {9, 4, 5, 3, 1, 2, 6, 8, 7, 0},
    {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
    {2, 7, 9, 3, 8, 0, 6, 4, 1, 5},
    {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}
  };

  private Checksums() {}

  /** ISO/IEC 7812-1, with the check digit last; the sum of what stands before may be given. */
  static boolean luhn(byte[] digits, int from, int to, int sumBefore) {
    int sum = sumBefore;
    for (int i = from; i < to; i++) {
      int digit = digits[i] << ((to - i + 1) & 1);
      sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
  }

  static boolean luhn(byte[] digits, int from, int to) {
    return luhn(digits, from, to, 0);
  }

  static boolean verhoeff(byte[] digits, int length) {
    int check = 0;
    for (int i = 0; i < length; i++) {
      check = VERHOEFF_PRODUCTS[check][VERHOEFF_TURNS[i % 8][digits[length - 1 - i]]];
    }
    return check == 0;
  }

  /** The sum of digits times weights, as many as there are weights. */
  static int weighted(byte[] digits, int from, int... weights) {
    int sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += digits[from + i] * weights[i];
    }
    return sum;
  }

  /** The sum of digits times weights that fall to 2 before the last digit, rising up to 9 only. */
  static int falling(byte[] digits, int length, int weightMax) {
    int sum = 0;
    int weight = 2;
    for (int i = length - 1; i >= 0; i--) {
      sum += digits[i] * weight;
      weight = weight == weightMax ? 2 : weight + 1;
    }
    return sum;
  }

  /** ISO 7064, modulus 11,10. */
  static boolean mod11And10(byte[] digits, int length) {
    int product = 10;
    for (int i = 0; i < length - 1; i++) {
      int sum = (digits[i] + product) % 10;
      product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10 == digits[length - 1];
  }

  /** The remainder by 97 of the number that the digits make. */
  static int mod97(byte[] digits, int length) {
    int rest = 0;
    for (int i = 0; i < length; i++) {
      rest = (rest * 10 + digits[i]) % 97;
    }
    return rest;
  }

  static boolean allEqual(byte[] digits, int length) {
    for (int i = 1; i < length; i++) {
      if (digits[i] != digits[0]) {
        return false;
      }
    }
    return true;
  }
}
