package dev.tollspan.detectors;

/**
 * Payment cards: issuer prefix and length together, then Luhn's checksum (ISO/IEC 7812-1). Times in
 * nanoseconds since 1970 have 19 digits, and no network issues those with their prefix.
 */
final class Cards {
  private static final int DIGITS_MIN = 13;
  private static final int DIGITS_MAX = 19;

  private static final int OLD_13 = 1 << 13;
  private static final int FROM_14 = lengths(14, 19);
  private static final int ONLY_15 = 1 << 15;
  private static final int ONLY_16 = 1 << 16;
  private static final int FROM_16 = lengths(16, 19);
  private static final int ANY = lengths(DIGITS_MIN, DIGITS_MAX);

  /** First and last six digits, lengths as bits. */
  private static final int[][] ISSUERS = {
    {180000, 180099, ONLY_15}, // JCB, old
    {220000, 220499, FROM_16}, // Mir
    {222100, 272099, ONLY_16}, // Mastercard
    {300000, 305999, FROM_14}, // Diners Club
    {309500, 309599, FROM_14},
    {340000, 349999, ONLY_15}, // American Express
    {352800, 358999, FROM_16}, // JCB
    {360000, 369999, FROM_14}, // Diners Club
    {370000, 379999, ONLY_15}, // American Express
    {380000, 399999, FROM_14}, // Diners Club
    {400000, 499999, OLD_13 | ONLY_16 | 1 << 19}, // Visa
    {500000, 509999, ANY}, // Maestro, RuPay, Verve
    {510000, 559999, ONLY_16}, // Mastercard
    {560000, 599999, ANY}, // Maestro
    {600000, 609999, FROM_16}, // Discover, RuPay, Hipercard
    {620000, 629999, FROM_16}, // UnionPay
    {630000, 639999, ANY}, // Maestro
    {640000, 659999, FROM_16}, // Discover, RuPay, Troy
    {670000, 679999, ANY}, // Maestro
    {810000, 829999, FROM_16}, // UnionPay, RuPay
    {979200, 979299, ONLY_16}, // Troy
  };

  private Cards() {}

  /** The group with which a card ends that begins with the first group, or -1. */
  static int lastGroup(Digits digits) {
    boolean pairs = digits.length(0) == 2 && digits.groups() > 1 && digits.separator(1) == '-';
    if (digits.isFraction() || (digits.length(0) < 3 && !pairs)) {
      return -1;
    }
    for (int group = digits.groups() - 1; group >= 0; group--) {
      if (isGrouped(digits, group) && isCard(digits, digits.count(group))) {
        return group;
      }
    }
    return -1;
  }

  static boolean isCard(Digits digits, int count) {
    return count >= DIGITS_MIN
        && count <= DIGITS_MAX
        && isIssued(digits.value(0, 6), count)
        && Checksums.luhn(digits.values(), 0, count);
  }

  /** Whether people and forms group cards so; a line of measurements is grouped at random. */
  private static boolean isGrouped(Digits digits, int last) {
    if (!digits.isEven(last) || digits.separator(last) == '/' || !digits.mayEnd(last)) {
      return false;
    }
    int first = digits.length(0);
    if (last == 0) {
      return true;
    }
    if (digits.separator(1) == '-' && !digits.mayBegin()) {
      return false; // the rest of a UUID, say
    }
    if (last == 1) {
      return first == 4 || first == digits.length(1);
    }
    boolean even = true;
    for (int i = 1; i < last; i++) {
      even &= digits.length(i) == first;
    }
    if (even) {
      return digits.length(last) <= first || digits.separator(1) == '-';
    }
    return first == 4 && (last == 2 ? digits.length(1) == 6 : isOldVisa(digits, last));
  }

  private static boolean isOldVisa(Digits digits, int last) {
    return last == 3 && digits.length(1) == 3 && digits.length(2) == 3 && digits.length(3) == 3;
  }

  private static boolean isIssued(int six, int digits) {
    for (int[] issuer : ISSUERS) {
      if (six >= issuer[0] && six <= issuer[1]) {
        return (issuer[2] >>> digits & 1) != 0;
      }
    }
    return false;
  }

  private static int lengths(int min, int max) {
    return (1 << (max + 1)) - (1 << min);
  }
}
