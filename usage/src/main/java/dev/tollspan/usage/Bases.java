package dev.tollspan.usage;

import java.util.List;
import java.util.Locale;

/** What the counts of each emitter mean: bases.tsv, worked out for every case. Immutable. */
final class Bases {
  // Conditions on a span, a bit each.
  static final int UNDOTTED = 1;
  static final int UNCACHED = 2;
  static final int IDENTIFIED = 4;
  static final int STREAMED = 8;
  static final int CHAT = 16;
  static final int UNSPLIT = 32;
  static final int ZERO = 64;
  static final int MUTE = 128;
  private static final int CONDITIONS = 256;

  // What a case says, bits of an int.
  private static final int INCLUSIVE = 1;
  private static final int EXCLUSIVE = 2;
  private static final int CACHE = INCLUSIVE | EXCLUSIVE;
  private static final int INSIDE = 4;
  private static final int BESIDE = 8;
  private static final int REASONING = INSIDE | BESIDE;
  private static final int INCOMPLETE = 16;
  private static final int ESTIMATED = 32;
  private static final int UNREPORTED = 64;
  private static final int SUMMED = 128;
  private static final int MARKS = INCOMPLETE | ESTIMATED | UNREPORTED | SUMMED;

  private static final Family[] FAMILIES = Family.values();
  private static final String ANY = "*";

  private final byte[] cases;
  private final int[] asked; // by dialect: the conditions that its rows ask for

  Bases(Dialects dialects) {
    List<String[]> rows = Rows.read("bases.tsv");
    cases = new byte[dialects.size() * FAMILIES.length * CONDITIONS];
    asked = new int[dialects.size()];
    for (String[] row : rows) {
      int dialect = dialects.number(row[0]);
      int needed = conditions(row[2]);
      asked[dialect] |= needed;
      for (Family family : FAMILIES) {
        int says = says(row) & ~(row[1].equals(ANY) && family == Family.XAI ? REASONING : 0);
        if (row[1].equals(ANY) || family.name().toLowerCase(Locale.ROOT).equals(row[1])) {
          for (int given = 0; given < CONDITIONS; given++) {
            if ((given & needed) == needed) {
              int at = at(dialect, family, given);
              cases[at] = (byte) merge(cases[at], says);
            }
          }
        }
      }
    }
  }

  private static int conditions(String field) {
    int conditions = 0;
    for (String name : field.split(",", -1)) {
      conditions |=
          switch (name) {
            case ANY -> 0;
            case "undotted" -> UNDOTTED;
            case "uncached" -> UNCACHED;
            case "identified" -> IDENTIFIED;
            case "streamed" -> STREAMED;
            case "chat" -> CHAT;
            case "unsplit" -> UNSPLIT;
            case "zero" -> ZERO;
            case "mute" -> MUTE;
            default -> throw new IllegalStateException("bases.tsv: no condition " + name);
          };
    }
    return conditions;
  }

  private static int says(String[] row) {
    int cache =
        switch (row[3]) {
          case "inclusive" -> INCLUSIVE;
          case "exclusive" -> EXCLUSIVE;
          default -> 0;
        };
    int reasoning =
        switch (row[4]) {
          case "inside" -> INSIDE;
          case "beside" -> BESIDE;
          default -> 0;
        };
    int mark =
        switch (row[5]) {
          case "incomplete" -> INCOMPLETE;
          case "estimated" -> ESTIMATED;
          case "unreported" -> UNREPORTED;
          case "summed" -> SUMMED;
          case "" -> 0;
          default -> throw new IllegalStateException("bases.tsv: no mark " + row[5]);
        };
    return cache | reasoning | mark;
  }

  /** The earlier row stays where it answers; marks add up. */
  private static int merge(int earlier, int row) {
    int cache = (earlier & CACHE) != 0 ? earlier & CACHE : row & CACHE;
    int reasoning = (earlier & REASONING) != 0 ? earlier & REASONING : row & REASONING;
    return cache | reasoning | ((earlier | row) & MARKS);
  }

  @SuppressWarnings("EnumOrdinal") // never stored, never shown
  private static int at(int dialect, Family family, int conditions) {
    return (dialect * FAMILIES.length + family.ordinal()) * CONDITIONS + conditions;
  }

  /** What a dialect's rows ask about a span; 0: nothing. */
  int asked(int dialect) {
    return asked[dialect];
  }

  /** The case of a span, for the questions below. */
  int find(int dialect, Family family, int conditions) {
    return cases[at(dialect, family, conditions)];
  }

  /** 0: not said; else Code.INCLUSIVE or Code.EXCLUSIVE. */
  static int cache(int found) {
    int exclusive = (found & EXCLUSIVE) != 0 ? Code.EXCLUSIVE : 0;
    return (found & INCLUSIVE) != 0 ? Code.INCLUSIVE : exclusive;
  }

  /** 0: not said; else Code.INCLUSIVE for inside or Code.EXCLUSIVE for beside. */
  static int reasoning(int found) {
    int beside = (found & BESIDE) != 0 ? Code.EXCLUSIVE : 0;
    return (found & INSIDE) != 0 ? Code.INCLUSIVE : beside;
  }

  /** Whether the counts are a lower bound. */
  static boolean isIncomplete(int found) {
    return (found & INCOMPLETE) != 0;
  }

  /** Whether the emitter counted the tokens itself. */
  static boolean isEstimated(int found) {
    return (found & ESTIMATED) != 0;
  }

  /** Whether the total is the emitter's own sum of input and output. */
  static boolean isSummed(int found) {
    return (found & SUMMED) != 0;
  }

  /** Whether the emitter never tells what part of the input was cached. */
  static boolean isUnreported(int found) {
    return (found & UNREPORTED) != 0;
  }
}
