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
