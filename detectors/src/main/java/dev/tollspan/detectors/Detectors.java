package dev.tollspan.detectors;

import java.util.EnumSet;
import java.util.Set;

/**
 * What to look for. Immutable, safe from many threads; each of them takes a {@link Finder}.
 *
 * <p>Every text costs time in proportion to its length, whatever stands in it: all looks ahead and
 * back are bounded, or read each byte a bounded number of times.
 */
public final class Detectors {
  private static final int SECRET_BYTES_MIN = 15; // a bank account in Norway

  private final long kinds;

  private Detectors(long kinds) {
    this.kinds = kinds;
  }

  /** Looks for everything. */
  public static Detectors all() {
    return of(EnumSet.allOf(Kind.class));
  }

  /** Looks for these kinds alone; an empty set finds nothing. */
  public static Detectors of(Set<Kind> kinds) {
    long bits = 0;
    for (Kind kind : kinds) {
      bits |= kind.bit();
    }
    return new Detectors(bits);
  }

  /**
   * Whether a text of ASCII may hold a key, a token or a bank account, by what each begins with. A
   * cheap question before {@link Finder#any}: no means no, yes means little. Words nearby do not
   * count.
   */
  public static boolean mayHoldSecret(byte[] text, int from, int to) {
    int last = to - SECRET_BYTES_MIN;
    boolean inWord = false;
    for (int p = from; p <= last; p++) {
      boolean alnum = (Ascii.flags(text[p]) & Ascii.ALNUM) != 0;
      if (alnum && !inWord && mayBeginSecret(text, p, to)) {
        return true;
      }
      inWord = alnum;
    }
    return false;
  }

  private static boolean mayBeginSecret(byte[] text, int from, int to) {
    return Secrets.mayBegin(text, from, to)
        || Tokens.mayBegin(text, from)
        || Iban.mayBegin(text, from);
  }

  /** A finder for one thread, which may keep it for ever. */
  public Finder finder() {
    return new Finder(kinds);
  }

  /**
   * What a key tells of its value: an opaque set of words ("phone", "api_key") for {@link
   * Finder#find}. 0 is a key that tells nothing. Does not depend on the kinds, so callers may keep
   * it with a key that they see often.
   */
  public static long context(byte[] key, int from, int to) {
    return Words.of(key, from, to);
  }
}
