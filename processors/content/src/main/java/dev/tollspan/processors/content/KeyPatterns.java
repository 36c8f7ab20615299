package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operator's patterns of keys. Each must match a whole key, in time linear to its length.
 * Immutable, safe for all threads; makes garbage, so {@link KeyMemory} asks once for a key.
 */
final class KeyPatterns {
  private static final byte[] PREVIOUS = ".previous".getBytes(UTF_8);
  private static final int LENGTH_MAX = 512;

  private final List<Pattern> allow;
  private final List<Pattern> deny;
  private final List<Pattern> hash;

  KeyPatterns(DropContentConfig config) {
    allow = compileAll(config.allow());
    deny = compileAll(config.deny());
    hash = compileAll(config.hash());
  }

  /** Whether an entry of a list is written as a pattern. */
  static boolean isPattern(String entry) {
    return entry.length() > 2 && entry.startsWith("/") && entry.endsWith("/");
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException with what is wrong, but not with the pattern
   */
  static Pattern compile(String entry) {
    if (entry.length() > LENGTH_MAX) {
      throw new IllegalArgumentException("a pattern has at most " + LENGTH_MAX + " characters");
    }
    try {
      return Pattern.compile(entry.substring(1, entry.length() - 1));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not a pattern of RE2: " + e.getDescription(), e);
    }
  }

  boolean isEmpty() {
    return allow.isEmpty() && deny.isEmpty() && hash.isEmpty();
  }

  boolean denies(byte[] bytes, int from, int to) {
    return !deny.isEmpty() && matches(deny, Arrays.copyOfRange(bytes, from, to));
  }

  /** What the patterns of hash and allow say of a key; null if they say nothing. */
  @Nullable Fate find(byte[] bytes, int from, int to, Fate otherwise) {
    if (hash.isEmpty() && allow.isEmpty()) {
      return null;
    }
    byte[] key = Arrays.copyOfRange(bytes, from, to);
    if (isPreviousOfHashed(key)) {
      return Fate.removed(RemovedKind.PERSON, false);
    }
    if (matches(hash, key)) {
      return otherwise.listed(Grammar.PERSON);
    }
    return matches(allow, key) ? otherwise.allowed() : null;
  }

  /** A sender's attribute may not stand where the older hash of another will. */
  private boolean isPreviousOfHashed(byte[] key) {
    int stem = key.length - PREVIOUS.length;
    return stem > 0
        && Arrays.equals(key, stem, key.length, PREVIOUS, 0, PREVIOUS.length)
        && matches(hash, Arrays.copyOf(key, stem));
  }

  private static boolean matches(List<Pattern> patterns, byte[] key) {
    for (Pattern pattern : patterns) {
      if (pattern.matcher(key).matches()) {
        return true;
      }
    }
    return false;
  }

  private static List<Pattern> compileAll(List<String> entries) {
    return entries.stream().filter(KeyPatterns::isPattern).map(KeyPatterns::compile).toList();
  }
}
