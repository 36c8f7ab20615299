package dev.tollspan.detectors;

import java.util.Arrays;

/** Bank accounts (ISO 13616): a country's structure, then modulus 97. */
final class Iban {
  static final int LENGTH_MAX = 33;

  /** Country, then how many digits (n), capitals (a) or either (c) follow the two check digits. */
  private static final String STRUCTURES =
      "AD:8n12c AE:19n AL:8n16c AT:16n AZ:4a20c BA:16n BE:12n BG:4a6n8c BH:4a14c BI:23n "
          + "BR:23n1a1c BY:4c4n16c CH:5n12c CR:18n CY:8n16c CZ:20n DE:18n DJ:23n DK:14n "
          + "DO:4c20n EE:16n EG:25n ES:20n FI:14n FK:2a12n FO:14n FR:10n11c2n GB:4a14n "
          + "GE:2a16n GI:4a15c GL:14n GR:7n16c GT:24c HN:4a20n HR:17n HU:24n IE:4a14n IL:19n "
          + "IQ:4a15n IS:22n IT:1a10n12c JO:4a4n18c KW:4a22c KZ:3n13c LB:4n20c LC:4a24c "
          + "LI:5n12c LT:16n LU:3n13c LV:4a13c LY:21n MC:10n11c2n MD:20c ME:18n MK:3n10c2n "
          + "MN:16n MR:23n MT:4a5n18c MU:4a19n3a NI:4a20n NL:4a10n NO:11n OM:3n16c PK:4a16c "
          + "PL:24n PS:4a21c PT:21n QA:4a21c RO:4a16c RS:18n RU:14n15c SA:2n18c SC:4a20n3a "
          + "SD:14n SE:20n SI:15n SK:20n SM:1a10n12c SO:19n ST:21n SV:4a20n TL:19n TN:20n "
          + "TR:6n16c UA:6n19c VA:18n VG:4a16n XK:16n YE:4a4n18c";

  private static final String[] BY_COUNTRY = byCountry();

  private Iban() {}

  /** Adds the account that begins here, with a country's letters; where it ends, or -1. */
  static int find(Scan scan, int from) {
    String structure = structure(scan.at(from), scan.at(from + 1));
    if (!scan.wants(Kind.IBAN)
        || structure.isEmpty()
        || !scan.is(from + 2, Ascii.DIGIT)
        || !scan.is(from + 3, Ascii.DIGIT)) {
      return -1;
    }
    int end = Lettered.collect(scan, from, structure.length() + 4, " -.");
    if (end < 0 || !fits(scan.collected, structure) || rest(scan.collected, structure) != 1) {
      return -1;
    }
    scan.hits.add(from, end, Kind.IBAN);
    return end;
  }

  /** Whether two letters and two digits stand here. */
  static boolean mayBegin(byte[] text, int from) {
    int digits = Ascii.flags(text[from + 2]) & Ascii.flags(text[from + 3]) & Ascii.DIGIT;
    return digits != 0
        && (Ascii.flags(text[from]) & Ascii.LETTER) != 0
        && (Ascii.flags(text[from + 1]) & Ascii.LETTER) != 0;
  }

  /** The country's characters behind the check digits, one for each, or an empty text. */
  static String structure(int first, int second) {
    int index = (Ascii.upper(first) - 'A') * 26 + Ascii.upper(second) - 'A';
    boolean letters = (first | 0x20) >= 'a' && (second | 0x20) >= 'a';
    return letters && index >= 0 && index < BY_COUNTRY.length ? BY_COUNTRY[index] : "";
  }

  private static boolean fits(char[] characters, String structure) {
    for (int i = 0; i < structure.length(); i++) {
      boolean digit = Ascii.isDigit(characters[i + 4]);
      char wanted = structure.charAt(i);
      if (wanted != 'c' && digit != (wanted == 'n')) {
        return false;
      }
    }
    return true;
  }

  /** The remainder by 97 with the first four characters moved to the end, letters as 10 to 35. */
  private static int rest(char[] characters, String structure) {
    int length = structure.length() + 4;
    int rest = 0;
    for (int i = 0; i < length; i++) {
      char c = characters[(i + 4) % length];
      rest = Ascii.isDigit(c) ? rest * 10 + c - '0' : rest * 100 + c - 'A' + 10;
      rest %= 97;
    }
    return rest;
  }

  private static String[] byCountry() {
    String[] all = new String[26 * 26];
    Arrays.fill(all, "");
    for (String entry : STRUCTURES.split(" ", -1)) {
      StringBuilder characters = new StringBuilder();
      int count = 0;
      for (int i = 3; i < entry.length(); i++) {
        char c = entry.charAt(i);
        if (Ascii.isDigit(c)) {
          count = count * 10 + c - '0';
        } else {
          characters.repeat(c, count);
          count = 0;
        }
      }
      if (!entry.isEmpty()) {
        all[(entry.charAt(0) - 'A') * 26 + entry.charAt(1) - 'A'] = characters.toString();
      }
    }
    return all;
  }
}
