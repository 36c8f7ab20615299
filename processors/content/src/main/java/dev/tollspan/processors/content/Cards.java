package dev.tollspan.processors.content;

/**
 * Tells payment card numbers from other numbers: issuer prefix and length together, then Luhn's
 * checksum (ISO/IEC 7812-1). Epoch nanoseconds have 19 digits, and no network issues those with
 * their prefix.
 */
final class Cards {
  private static final int DIGITS_MIN = 13;
  private static final int DIGITS_MAX = 19;
  private static final long SMALLEST = 1_000_000_000_000L;

  private Cards() {}

  /** Whether a number could be a card's. */
  static boolean isCard(long signed) {
    long number = Math.abs(signed); // Long.MIN_VALUE stays negative, and is none
    if (number < SMALLEST) {
      return false;
    }
    return isIssued(number, countDigits(number)) && luhn(number);
  }

  /** Whether a text holds a card's digits, with or without separators and leading zeros. */
  static boolean holdsCard(byte[] bytes, int from, int to) {
    if (to - from < DIGITS_MIN) {
      return false;
    }
    long number = 0;
    int digits = 0;
    for (int p = from; p <= to; p++) {
      int digit = p < to ? bytes[p] - '0' : -1;
      if (digit >= 0 && digit <= 9) {
        digits += digits > 0 || digit > 0 ? 1 : 0;
        number = digits > DIGITS_MAX - 1 ? 0 : number * 10 + digit;
      } else if (p == to || !isSeparator(bytes[p])) {
        if (digits >= DIGITS_MIN && digits < DIGITS_MAX && isCard(number)) {
          return true;
        }
        digits = 0;
        number = 0;
      }
    }
    return false;
  }

  private static boolean isSeparator(byte character) {
    return character == '-' || character == '.' || character == '_' || character == ' ';
  }

  private static boolean isIssued(long number, int digits) {
    long prefix = number;
    for (int i = digits; i > 4; i--) {
      prefix /= 10;
    }
    int four = (int) prefix;
    int two = four / 100;
    return switch (two / 10) {
      case 1 -> four == 1800 && digits == 15; // old JCB
      case 2 -> isMirOrMastercard(four) && digits >= 16;
      case 3 -> isTravelCard(two, four / 10, digits) || (isJcb(four) && digits >= 16);
      case 4 -> digits == 13 || digits == 16 || digits == 19; // Visa
      case 5 -> two < 51 || two > 55 || digits == 16; // Maestro; Mastercard has 16
      case 6 -> true; // Discover, Maestro, UnionPay, RuPay
      case 8 -> two == 81 || two == 82; // RuPay, UnionPay
      default -> false;
    };
  }

  private static boolean isMirOrMastercard(int four) {
    return (four >= 2200 && four <= 2204) || (four >= 2221 && four <= 2720);
  }

  /** American Express and Diners Club. */
  private static boolean isTravelCard(int two, int three, int digits) {
    if (two == 34 || two == 37) {
      return digits == 15;
    }
    boolean diners = (three >= 300 && three <= 305) || two == 36 || two == 38 || two == 39;
    return diners && digits >= 14;
  }

  private static boolean isJcb(int four) {
    return four >= 3528 && four <= 3589;
  }

  private static int countDigits(long number) {
    int digits = 0;
    for (long rest = number; rest > 0; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private static boolean luhn(long number) {
    int sum = 0;
    boolean twice = false;
    for (long rest = number; rest > 0; rest /= 10) {
      int digit = (int) (rest % 10) * (twice ? 2 : 1);
      sum += digit > 9 ? digit - 9 : digit;
      twice = !twice;
    }
    return sum % 10 == 0;
  }
}
