package dev.tollspan.processors.content;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operator's lists of keys: deny before hash before allow. A key that is written out to be
 * denied or hashed stands for itself in any spelling, and for all keys below it; one that is
 * allowed for itself alone. Immutable, safe for all threads.
 */
final class KeyLists {
  private static final Fate DENIED = Fate.removed(RemovedKind.OTHER, false);
  private static final Fate BEHIND_HASHED = Fate.removed(RemovedKind.PERSON, false);

  private final Set<String> allow;
  private final Phrases deny = new Phrases();
  private final Phrases hash = new Phrases();
  private final KeyPatterns patterns;

  KeyLists(DropContentConfig config, @Nullable Rule off) {
    allow = Set.copyOf(literals(config.allow()));
    if (off != Rule.DENY) {
      literals(config.deny()).forEach(key -> deny.put(key, DENIED));
    }
    literals(config.hash()).forEach(key -> hash.put(key, Fate.UNKNOWN.listed(Grammar.PERSON)));
    patterns = new KeyPatterns(config);
  }

  /** The entries of a list that are keys. */
  static List<String> literals(List<String> entries) {
    return entries.stream().filter(entry -> !KeyPatterns.isPattern(entry)).toList();
  }

  /** Whether the lists say nothing of keys that have no number. */
  boolean isEmpty() {
    return deny.isEmpty() && hash.isEmpty() && patterns.isEmpty();
  }

  boolean hasPatterns() {
    return !patterns.isEmpty();
  }

  /**
   * What becomes of a key that has a number.
   *
   * @param otherwise what becomes of it if the lists say nothing
   * @param isListed whether strict.tsv has it
   */
  Fate judge(String name, byte[] key, KeyWords words, Fate otherwise, boolean isListed) {
    Fate said = find(key, 0, key.length, words, otherwise);
    if (said != null && !(said.equals(BEHIND_HASHED) && isListed)) {
      return said;
    }
    return allow.contains(name) ? otherwise.allowed() : otherwise;
  }

  /** What the lists say of a key, whose words were read; null if they say nothing. */
  @Nullable Fate find(byte[] bytes, int from, int to, KeyWords words, Fate otherwise) {
    if (DropContentConfig.isOfPipeline(bytes, from, to)) {
      return null;
    }
    if (stands(deny, words) > 0 || patterns.denies(bytes, from, to)) {
      return DENIED;
    }
    int hashed = stands(hash, words);
    if (hashed == words.count() && hashed > 0) {
      return otherwise.listed(Grammar.PERSON);
    }
    Fate said = patterns.find(bytes, from, to, otherwise);
    if (said != null && said.treatment() != Fate.Treatment.LISTED) {
      return said;
    }
    return hashed > 0 ? BEHIND_HASHED : said;
  }

  /** How many of a key's words are an entry; 0 if it stands for none or not below one. */
  private int stands(Phrases entries, KeyWords words) {
    int end = entries.longest(words, 0, false);
    if (end == 1 && words.count() > 1 && !words.startsPart(1)) {
      return 0;
    }
    return end;
  }
}
