package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.detectors.Detectors;
import dev.tollspan.spans.KeyTable;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of each key: by strict.tsv, families.tsv and the operator's lists. Keys that have a
 * number are judged once, at the start. Immutable, safe for all threads.
 */
final class KeyFates {
  private final Map<String, Fate> exact = new HashMap<>();
  private final KeyTree tree = new KeyTree();
  private final KeyPatterns patterns;
  private final Fate[] byNumber;
  private final long[] contexts;

  /** The table must hold {@link #names}. */
  KeyFates(DropContentConfig config, KeyTable keys, @Nullable Rule off) {
    for (String[] row : Tables.rows("families.tsv")) {
      Fate fate = family(row[1], row.length > 2);
      if (off == null || off != ruleOf(row[1])) {
        tree.addFamily(row[0], fate);
      }
    }
    for (String[] row : Tables.rows("strict.tsv")) {
      list(row[0], Grammar.valueOf(row[1].toUpperCase(Locale.ROOT)));
    }
    literals(config.allow()).forEach(key -> exact.put(key, allowed(key)));
    literals(config.hash()).forEach(key -> list(key, Grammar.PERSON));
    if (off != Rule.DENY) {
      Fate gone = Fate.removed(RemovedKind.OTHER, false);
      literals(config.deny()).forEach(key -> exact.put(key, gone));
    }
    patterns = new KeyPatterns(config);
    byNumber = new Fate[keys.size() + 1];
    contexts = new long[keys.size() + 1];
    byNumber[0] = Fate.UNKNOWN;
    for (int i = 1; i < byNumber.length; i++) {
      byte[] key = keys.name(i).getBytes(UTF_8);
      byNumber[i] = fate(keys.name(i), key, config.hash());
      contexts[i] = Detectors.context(key, 0, key.length);
    }
  }

  /** The keys that the gate wants numbered. */
  static Collection<String> names(DropContentConfig config) {
    Set<String> names = new LinkedHashSet<>();
    Tables.rows("strict.tsv").forEach(row -> names.add(row[0]));
    Tables.rows("families.tsv").forEach(row -> names.add(row[0]));
    names.removeIf(name -> name.contains("*") || name.contains("<"));
    names.addAll(literals(config.allow()));
    names.addAll(literals(config.deny()));
    names.addAll(literals(config.hash()));
    return names;
  }

  Fate of(int number) {
    return byNumber[number];
  }

  /** For keys without a number. */
  Fate of(byte[] bytes, int from, int to) {
    Fate fate = tree.find(bytes, from, to);
    Fate found = patterns.isEmpty() ? null : patterns.find(bytes, from, to, fate);
    return found == null ? fate : found;
  }

  /** What a numbered key tells the detectors of its value. */
  long context(int number) {
    return contexts[number];
  }

  /** Patterns come before the bundled list, but not before what the operator wrote out. */
  private Fate fate(String name, byte[] key, List<String> hashed) {
    Fate fate = exact.get(name);
    if (fate == null) {
      return of(key, 0, key.length);
    }
    Fate found = patterns.isEmpty() ? null : patterns.find(key, 0, key.length, fate);
    if (found == null || fate.treatment() == Fate.Treatment.REMOVED) {
      return fate;
    }
    boolean allowed = found.treatment() == Fate.Treatment.LISTED;
    return allowed && hashed.contains(name) ? fate : found;
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
  }

  private Fate allowed(String key) {
    byte[] name = key.getBytes(UTF_8);
    Fate bundled = exact.get(key);
    return bundled != null ? bundled.allowed() : tree.find(name, 0, name.length).allowed();
  }

  private static Fate family(String holds, boolean keepsNumbers) {
    return switch (holds) {
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

  private static Collection<String> literals(Collection<String> entries) {
    return entries.stream().filter(entry -> !KeyPatterns.isPattern(entry)).toList();
  }
}
