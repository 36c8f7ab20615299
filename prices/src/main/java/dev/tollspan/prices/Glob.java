package dev.tollspan.prices;

import java.util.BitSet;
import java.util.Locale;

/**
 * A pattern for names: a star stands for any characters.
 *
 * <p>It matches whole names, never across a colon ({@code :free} changes the price), and not into
 * another version: {@code gpt-5*} takes neither {@code gpt-5.6-sol} nor {@code gpt-51}, though it
 * takes {@code gpt-5-2025-08-07}. Immutable.
 */
final class Glob {
  private final Model model;
  private final String pattern;

  Glob(Model model) {
    this.model = model;
    pattern = model.name().toLowerCase(Locale.ROOT);
  }

  Model model() {
    return model;
  }

  /** How many characters it names. */
  int literals() {
    return (int) pattern.chars().filter(c -> c != '*').count();
  }

  /** Whether a name in lower case fits. */
  boolean matches(String name) {
    return matches(0, name, 0, new BitSet());
  }

  /** Whether some name may fit both. */
  boolean meets(Glob other) {
    return meets(0, other.pattern, 0, new BitSet());
  }

  private boolean matches(int at, String name, int from, BitSet failed) {
    if (at == pattern.length()) {
      return from == name.length();
    }
    int state = at * (name.length() + 1) + from;
    if (failed.get(state)) {
      return false;
    }
    boolean fits;
    if (pattern.charAt(at) != '*') {
      fits =
          from < name.length()
              && name.charAt(from) == pattern.charAt(at)
              && matches(at + 1, name, from + 1, failed);
    } else {
      fits = matches(at + 1, name, from, failed);
      boolean open = !fits && !entersVersion(name, from);
      for (int i = from; open && !fits && i < name.length() && name.charAt(i) != ':'; i++) {
        fits = matches(at + 1, name, i + 1, failed);
      }
    }
    failed.set(state, !fits);
    return fits;
  }

  private boolean meets(int at, String other, int from, BitSet failed) {
    if (at == pattern.length() && from == other.length()) {
      return true;
    }
    int state = at * (other.length() + 1) + from;
    if (failed.get(state)) {
      return false;
    }
    boolean star = at < pattern.length() && pattern.charAt(at) == '*';
    boolean otherStar = from < other.length() && other.charAt(from) == '*';
    boolean meet;
    if (star || otherStar) {
      meet =
          (star && meets(at + 1, other, from, failed))
              || (otherStar && meets(at, other, from + 1, failed))
              || (star && from < other.length() && meets(at, other, from + 1, failed))
              || (otherStar && at < pattern.length() && meets(at + 1, other, from, failed));
    } else {
      meet =
          at < pattern.length()
              && from < other.length()
              && pattern.charAt(at) == other.charAt(from)
              && meets(at + 1, other, from + 1, failed);
    }
    failed.set(state, !meet);
    return meet;
  }

  /** Whether the text from here goes on with a version number that began before. */
  private static boolean entersVersion(String name, int from) {
    int before = from > 0 && isSeparator(name.charAt(from - 1)) ? from - 1 : from;
    if (before == 0 || !isDigit(name.charAt(before - 1))) {
      return false;
    }
    boolean separated = before < from;
    int next =
        !separated && from < name.length() && isSeparator(name.charAt(from)) ? from + 1 : from;
    return next < name.length()
        && isDigit(name.charAt(next))
        && !(next > before && Names.isDate(name.substring(next)));
  }

  private static boolean isSeparator(char c) {
    return c == '.' || c == '-' || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
