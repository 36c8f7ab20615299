package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.detectors.Detectors;
import dev.tollspan.spans.KeyTable;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of each key: by strict.tsv, families.tsv and the operator's lists. Keys that have a
 * number are judged once, at the start. Immutable, safe for all threads.
 */
final class KeyFates {
  /** What has more bytes no program wrote, and no profile keeps it; see {@link Names#isKey}. */
  private static final int KEY_BYTES_MAX = 100;

  private final Map<String, Fate> exact = new HashMap<>();
  private final KeyTree tree = new KeyTree();
  private final KeyLists lists;
  private final @Nullable KeyGuess guess; // in profile balanced
  private final @Nullable Rule off;
  private final Fate[] byNumber;
  private final long[] contexts;

  /** The table must hold {@link #names}. */
  KeyFates(DropContentConfig config, KeyTable keys, @Nullable Rule off) {
    this.off = off;
    guess = config.profile() == Profile.BALANCED ? new KeyGuess(off) : null;
    lists = new KeyLists(config, off);
    for (String[] row : Tables.rows("families.tsv")) {
      Fate fate = family(row[1], row.length > 2);
      if (off == null || off != ruleOf(row[1])) {
        tree.addFamily(row[0], fate);
        if (guess != null) {
          guess.addFamily(row[0], fate);
        }
      }
    }
    for (String[] row : Tables.rows("strict.tsv")) {
      list(row[0], Grammar.valueOf(row[1].toUpperCase(Locale.ROOT)));
    }
    byNumber = new Fate[keys.size() + 1];
    contexts = new long[keys.size() + 1];
    byNumber[0] = Fate.UNKNOWN;
    KeyWords words = new KeyWords();
    for (int i = 1; i < byNumber.length; i++) {
      String name = keys.name(i);
      byte[] key = name.getBytes(UTF_8);
      words.read(key, 0, key.length);
      Fate listed = exact.get(name);
      Fate bundled = listed != null ? listed : guessed(words, inTree(key, 0, key.length));
      byNumber[i] = lists.judge(name, key, words, bundled, listed != null);
      contexts[i] = Detectors.context(key, 0, key.length);
    }
  }

  /** The keys that the gate wants numbered. */
  static Collection<String> names(DropContentConfig config) {
    Set<String> names = new LinkedHashSet<>();
    Tables.rows("strict.tsv").forEach(row -> names.add(row[0]));
    Tables.rows("families.tsv").forEach(row -> names.add(row[0]));
    names.removeIf(name -> name.contains("*") || name.contains("<"));
    names.addAll(KeyLists.literals(config.allow()));
    names.addAll(KeyLists.literals(config.deny()));
    names.addAll(KeyLists.literals(config.hash()));
    return names;
  }

  Fate of(int number) {
    return byNumber[number];
  }

  /** For keys without a number. */
  Fate of(byte[] bytes, int from, int to, KeyMemory memory) {
    Fate fate = inTree(bytes, from, to);
    return ((guess != null && isOpen(fate)) || !lists.isEmpty()) && to - from <= KEY_BYTES_MAX
        ? memory.find(bytes, from, to, fate)
        : fate;
  }

  /** What {@link KeyMemory} remembers: of a key whose words were read, and what the tree says. */
  Fate judge(KeyWords words, byte[] bytes, int from, int to, Fate inTree) {
    Fate fate = guessed(words, inTree);
    Fate said = lists.isEmpty() ? null : lists.find(bytes, from, to, words, fate);
    return said == null ? fate : said;
  }

  /** Whether to judge a key can take long. */
  boolean asksPatterns() {
    return lists.hasPatterns();
  }

  /** What a numbered key tells the detectors of its value. */
  long context(int number) {
    return contexts[number];
  }

  private Fate inTree(byte[] bytes, int from, int to) {
    Fate fate = tree.find(bytes, from, to);
    boolean oneOfMany =
        guess != null
            && fate.treatment() == Fate.Treatment.REMOVED
            && fate.keepsNumbers()
            && off != Rule.INDEXED_NUMBER
            && KeyWords.isIndexed(bytes, from, to);
    return oneOfMany ? fate.gone() : fate;
  }

  /** Families that keep numbers keep no ids of people. */
  private Fate guessed(KeyWords words, Fate inTree) {
    return guess == null || !isOpen(inTree) ? inTree : guess.of(words, inTree);
  }

  private static boolean isOpen(Fate inTree) {
    return inTree.treatment() == Fate.Treatment.UNKNOWN
        || (inTree.treatment() == Fate.Treatment.REMOVED && inTree.keepsNumbers());
  }

  private void list(String key, Grammar grammar) {
    byte[] name = key.replace("<n>", "0").getBytes(UTF_8);
    Fate fate = tree.find(name, 0, name.length).listed(grammar);
    if (key.contains("<n>")) {
      tree.addExact(key, fate);
    } else {
      exact.put(key, fate);
    }
    if (grammar == Grammar.PERSON || grammar == Grammar.TENANT) {
      tree.addFamily(key + ".<k>", Fate.removed(RemovedKind.PERSON, false));
    }
    if (guess != null && grammar == Grammar.PERSON && !key.contains("<n>")) {
      guess.addPerson(key);
    }
  }

  private static Fate family(String holds, boolean keepsNumbers) {
    return switch (holds) {
      case "open" -> Fate.UNKNOWN;
      case "url" ->
          new Fate(Fate.Treatment.URL, Grammar.NOTHING, RemovedKind.OTHER, true, keepsNumbers);
      case "header" -> Fate.removed(RemovedKind.OTHER, keepsNumbers);
      default -> Fate.removed(RemovedKind.valueOf(holds.toUpperCase(Locale.ROOT)), keepsNumbers);
    };
  }

  private static Rule ruleOf(String holds) {
    return switch (holds) {
      case "url" -> Rule.URL;
      case "header" -> Rule.HEADER;
      default -> Rule.FAMILY;
    };
  }
}
