package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.DIGIT;
import static dev.tollspan.detectors.Ascii.LETTER;

/** Ids of letters and digits that have a form of their own. In small letters they need a word. */
final class Lettered {
  private static final String NINO_NEVER_FIRST = "DFIQUV";
  private static final String NINO_NEVER_SECOND = "DFIQUVO";
  private static final String NINO_NEVER = "BG GB KN NK NT TN ZZ ";
  private static final String NIF_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";
  private static final String NRIC_ST = "JZIHGFEDCBA";
  private static final String NRIC_FG = "XWUTRQPNMLK";
  private static final String NRIC_M = "KLJNPQRTUWX";
  private static final int[] NRIC_WEIGHTS = {2, 7, 6, 5, 4, 3, 2};
  private static final String PAN_HOLDERS = "ABCFGHJLPTK";
  private static final String MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY";
  private static final String CODICE = "LLLLLLNNLNNLNNNL";
  private static final String OMOCODES = "LMNPQRSTUV"; // letters that stand for 0 to 9
  private static final String CODICE_MONTHS = "ABCDEHLMPRST";
  private static final int[] CODICE_ODD = {
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
  };

  private Lettered() {}

  /** Adds the id that begins here, where no letter or digit stands before; its end, or -1. */
  static int find(Scan scan, int from) {
    int digits = scan.run(from, DIGIT, 9) - from;
    int letters = scan.run(from, LETTER, 7) - from;
    if (digits == 8) {
      return accept(scan, Kind.ES_NIF, from, collect(scan, from, 9, "-"));
    } else if (digits == 1) {
      return accept(scan, Kind.US_MBI, from, collect(scan, from, 11, "-"));
    }
    return switch (letters) {
      case 1 -> {
        Kind kind = (scan.at(from) | 0x20) >= 'x' ? Kind.ES_NIF : Kind.SG_NRIC;
        yield accept(scan, kind, from, collect(scan, from, 9, "-"));
      }
      case 2 -> accept(scan, Kind.UK_NINO, from, collect(scan, from, 9, " -"));
      case 5 -> accept(scan, Kind.IN_PAN, from, collect(scan, from, 10, "-"));
      case 6 -> accept(scan, Kind.IT_CODICE_FISCALE, from, collect(scan, from, 16, " -"));
      default -> -1;
    };
  }

  /**
   * Reads so many letters and digits, single separators between them left out, letters made
   * capitals; where they end, or -1 if there are fewer or more of them.
   */
  static int collect(Scan scan, int from, int length, String separators) {
    int p = from;
    for (int i = 0; i < length; i++) {
      if (i > 0 && scan.is(p + 1, ALNUM) && separators.indexOf(scan.at(p)) >= 0) {
        p++;
      }
      if (!scan.is(p, ALNUM)) {
        return -1;
      }
      scan.collected[i] = (char) Ascii.upper(scan.at(p++));
    }
    return scan.is(p, ALNUM) ? -1 : p;
  }

  private static int accept(Scan scan, Kind kind, int from, int end) {
    if (end < 0 || !scan.wants(kind) || !isValid(kind, scan.collected)) {
      return -1;
    }
    boolean capitals = true;
    for (int p = from; p < end; p++) {
      capitals &= !scan.is(p, Ascii.LOWER);
    }
    if (!capitals && !scan.near(kind, from, end)) {
      return -1;
    }
    scan.hits.add(from, end, kind);
    return end;
  }

  private static boolean isValid(Kind kind, char[] c) {
    return switch (kind) {
      case ES_NIF -> isNif(c);
      case US_MBI -> isMbi(c);
      case SG_NRIC -> fits(c, "LNNNNNNNL") && isNric(c);
      case UK_NINO -> fits(c, "LLNNNNNNL") && isNino(c);
      case IN_PAN -> isPan(c);
      default -> isCodice(c);
    };
  }

  /** Citizens have eight digits, residents X, Y or Z for the first. */
  private static boolean isNif(char[] c) {
    if (fits(c, "LNNNNNNNL")) {
      return nifLetter(c[0] - 'X', c, 1) == c[8];
    }
    return fits(c, "NNNNNNNNL") && nifLetter(0, c, 0) == c[8];
  }

  private static char nifLetter(int before, char[] c, int from) {
    int number = before;
    for (int i = from; i < 8; i++) {
      number = number * 10 + c[i] - '0';
    }
    return NIF_LETTERS.charAt(number % 23);
  }

  private static boolean isNino(char[] c) {
    return NINO_NEVER_FIRST.indexOf(c[0]) < 0
        && NINO_NEVER_SECOND.indexOf(c[1]) < 0
        && !hasPair(NINO_NEVER, c[0], c[1])
        && c[8] <= 'D';
  }

  private static boolean hasPair(String pairs, char first, char second) {
    for (int i = 0; i < pairs.length(); i += 3) {
      if (pairs.charAt(i) == first && pairs.charAt(i + 1) == second) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNric(char[] c) {
    int sum = c[0] == 'T' || c[0] == 'G' ? 4 : c[0] == 'M' ? 3 : 0;
    for (int i = 0; i < NRIC_WEIGHTS.length; i++) {
      sum += (c[i + 1] - '0') * NRIC_WEIGHTS[i];
    }
    return switch (c[0]) {
      case 'S', 'T' -> NRIC_ST.charAt(sum % 11) == c[8];
      case 'F', 'G' -> NRIC_FG.charAt(sum % 11) == c[8];
      case 'M' -> NRIC_M.charAt(10 - sum % 11) == c[8];
      default -> false;
    };
  }

  private static boolean isPan(char[] c) {
    return fits(c, "LLLLLNNNNL") && PAN_HOLDERS.indexOf(c[3]) >= 0;
  }

  /** Medicare beneficiary: a form without check digit, with letters that nobody misreads. */
  private static boolean isMbi(char[] c) {
    boolean form = c[0] != '0' && isMbiLetter(c[1]) && isMbiLetter(c[4]);
    form &= isMbiLetter(c[7]) && isMbiLetter(c[8]);
    form &= Ascii.isDigit(c[0]) && Ascii.isDigit(c[3]) && Ascii.isDigit(c[6]);
    form &= Ascii.isDigit(c[9]) && Ascii.isDigit(c[10]);
    form &= Ascii.isDigit(c[2]) || isMbiLetter(c[2]);
    return form && (Ascii.isDigit(c[5]) || isMbiLetter(c[5]));
  }

  private static boolean isMbiLetter(char c) {
    return MBI_LETTERS.indexOf(c) >= 0;
  }

  private static boolean isCodice(char[] c) {
    int sum = 0;
    for (int i = 0; i < 15; i++) {
      boolean digit = CODICE.charAt(i) == 'N';
      if (digit ? !Ascii.isDigit(c[i]) && OMOCODES.indexOf(c[i]) < 0 : Ascii.isDigit(c[i])) {
        return false;
      }
      int value = Ascii.isDigit(c[i]) ? c[i] - '0' : c[i] - 'A';
      sum += i % 2 == 0 ? CODICE_ODD[value] : value;
    }
    return CODICE_MONTHS.indexOf(c[8]) >= 0 && c[15] == 'A' + sum % 26;
  }

  private static boolean fits(char[] c, String form) {
    for (int i = 0; i < form.length(); i++) {
      if (Ascii.isDigit(c[i]) != (form.charAt(i) == 'N')) {
        return false;
      }
    }
    return true;
  }

  /** Whether two letters are followed by digits, as in a spaced insurance number. */
  static boolean mayBeSpaced(Scan scan, int end) {
    return scan.is(end - 1, LETTER)
        && (scan.at(end) == ' ' || scan.at(end) == '-')
        && scan.is(end + 1, DIGIT);
  }
}
