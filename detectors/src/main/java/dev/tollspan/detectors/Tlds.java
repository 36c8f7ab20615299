package dev.tollspan.detectors;

import java.util.Arrays;

/**
 * Top-level domains: all of two letters that are delegated to countries, internationalised ones,
 * and the generic ones that people have mail at.
 */
final class Tlds {
  private static final int LETTERS_MAX = 12;

  /** For each first letter the second letters. */
  private static final String COUNTRIES =
      "A:CDEFGILMOQRSTUWXZ B:ABDEFGHIJMNORSTVWYZ C:ACDFGHIKLMNORUVWXYZ D:EJKMOZ "
          + "E:CEGRSTU F:IJKMOR G:ABDEFGHILMNPQRSTUWY H:KMNRTU I:DELMNOQRST J:EMOP "
          + "K:EGHIMNPRWYZ L:ABCIKRSTUVY M:ACDEGHKLMNOPQRSTUVWXYZ N:ACEFGILOPRUZ O:M "
          + "P:AEFGHKLMNRSTWY Q:A R:EOSUW S:ABCDEGHIJKLMNORSTUVXYZ T:CDFGHJKLMNORTVWZ U:AGKSYZ "
          + "V:ACEGINU W:FS Y:ET Z:AMW";

  private static final String GENERIC =
      "com net org edu gov mil int info biz name pro mobi aero coop museum jobs travel "
          + "post tel cat asia app dev cloud online site website store shop tech xyz club live "
          + "life world today email mail company agency digital media news blog page link "
          + "click space fun top vip wiki work works team group global network systems "
          + "solutions services software tools support help center academy education school "
          + "university college health healthcare care clinic dental doctor hospital bank "
          + "finance financial money insurance law legal lawyer attorney tax consulting "
          + "ventures capital fund exchange trade market marketing sale design studio art "
          + "photography video music games game film hotel restaurant cafe bar pizza house "
          + "homes land estate realty properties build construction energy green eco bio "
          + "science engineering technology computer hosting host security chat social dating "
          + "family kids love church charity foundation ngo ong gmbh ltd llc inc srl one zone "
          + "city berlin hamburg koeln cologne bayern wien paris london nyc tokyo amsterdam "
          + "brussels barcelona madrid vegas miami boston istanbul moscow scot wales irish "
          + "cymru bzh eus gal swiss africa quebec google amazon apple microsoft ibm edeka "
          + "example test invalid";

  private static final boolean[] BY_COUNTRY = new boolean[26 * 26];
  private static final long[] BY_NAME; // letters in base 32, sorted

  static {
    for (String entry : COUNTRIES.split(" ", -1)) {
      for (int i = 2; i < entry.length(); i++) {
        BY_COUNTRY[(entry.charAt(0) - 'A') * 26 + entry.charAt(i) - 'A'] = true;
      }
    }
    String[] names = GENERIC.split(" ", -1);
    BY_NAME = new long[names.length];
    for (int n = 0; n < names.length; n++) {
      for (int i = 0; i < names[n].length(); i++) {
        BY_NAME[n] = (BY_NAME[n] << 5) | (names[n].charAt(i) & 31);
      }
    }
    Arrays.sort(BY_NAME);
  }

  private Tlds() {}

  static boolean isKnown(byte[] text, int from, int to) {
    long name = 0;
    for (int p = from; p < to; p++) {
      if ((Ascii.flags(text[p]) & Ascii.LETTER) == 0) {
        return to - from > 4 && isInternational(text, from);
      }
      name = (name << 5) | (text[p] & 31);
    }
    if (to - from == 2) {
      return BY_COUNTRY[((text[from] & 31) - 1) * 26 + (text[from + 1] & 31) - 1];
    }
    return to - from <= LETTERS_MAX && Arrays.binarySearch(BY_NAME, name) >= 0;
  }

  private static boolean isInternational(byte[] text, int from) {
    return (text[from] | 0x20) == 'x'
        && (text[from + 1] | 0x20) == 'n'
        && text[from + 2] == '-'
        && text[from + 3] == '-';
  }
}
