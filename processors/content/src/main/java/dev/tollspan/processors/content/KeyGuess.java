package dev.tollspan.processors.content;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What profile balanced makes of keys that no table lists as they are written: by the tables'
 * families and people in any spelling and behind any prefix, and by words.tsv. Immutable once
 * built, safe for all threads.
 */
final class KeyGuess {
  private static final int ENDING_WORDS_MAX = 3;
  private static final Fate BEHIND_PERSON = Fate.removed(RemovedKind.PERSON, true);
  private static final Fate OLDER_HASH = Fate.removed(RemovedKind.PERSON, false);

  private final @Nullable Rule off;
  private final Phrases families = new Phrases();
  private final Phrases people = new Phrases();
  private final Phrases content = new Phrases();
  private final Phrases endings = new Phrases();
  private final Phrases previous = new Phrases();
  private final Phrases naming = new Phrases();
  private final Map<RemovedKind, Fate> named = new EnumMap<>(RemovedKind.class);
  private final Map<RemovedKind, Fate> texts = new EnumMap<>(RemovedKind.class);

  KeyGuess(@Nullable Rule off) {
    this.off = off;
    for (RemovedKind kind : RemovedKind.ALL) {
      named.put(kind, Fate.naming(kind));
      texts.put(kind, Fate.removed(kind, true));
    }
    previous.put("previous", OLDER_HASH);
    for (String[] row : Tables.rows("words.tsv")) {
      boolean all = row.length > 2;
      switch (row[1]) {
        case "naming" -> naming.put(row[0], Fate.UNKNOWN);
        case "whom" -> endings.put(row[0], Fate.somebody(true));
        case "id" -> endings.put(row[0], Fate.somebody(false));
        default -> {
          RemovedKind kind = RemovedKind.valueOf(row[1].toUpperCase(Locale.ROOT));
          content.put(row[0], Fate.removed(kind, !all));
        }
      }
    }
  }

  /** A family of several words is known behind a prefix, too; one word is the table of words'. */
  void addFamily(String family, Fate fate) {
    if (!family.contains("*") && !family.endsWith(".<k>") && family.matches(".+[._:A-Z].*")) {
      families.put(family, fate);
    }
  }

  /** A listed key that tells a person. */
  void addPerson(String key) {
    people.put(key, Fate.somebody(false));
  }

  /** What its words make of a key of which the tree of families says {@code inTree}. */
  Fate of(KeyWords words, Fate inTree) {
    Fate person = person(words);
    if (person != null) {
      return person;
    }
    return inTree.treatment() == Fate.Treatment.UNKNOWN ? content(words) : inTree;
  }

  private @Nullable Fate person(KeyWords words) {
    int last = words.count();
    boolean older = last > 1 && previous.get(words, last - 1, last, false) != null;
    if (older) {
      last--;
    }
    while (last > 1 && words.isNumber(last - 1)) {
      last--; // user_ids.0
    }
    Fate fate = person(words, last);
    if (fate != null) {
      return older ? OLDER_HASH : words.isPlural() ? Fate.somebody(true) : fate;
    }
    boolean behind = off != Rule.KEY_SPELLING && people.longest(words, 0, true) > 1;
    return behind ? BEHIND_PERSON : null;
  }

  private @Nullable Fate person(KeyWords words, int last) {
    Fate fate = off == Rule.KEY_SPELLING ? null : people.get(words, 0, last, true);
    int from = off == Rule.PERSON_WORD ? last : Math.max(0, last - ENDING_WORDS_MAX);
    for (int i = from; i < last && fate == null; i++) {
      fate = endings.get(words, i, last, false);
    }
    return fate;
  }

  private Fate content(KeyWords words) {
    int count = words.count();
    Fate found = Fate.UNKNOWN;
    int behind = 0; // the last word that tells content
    int longest = 0;
    boolean all = false;
    for (int i = 0; i < count && off != Rule.KEY_SPELLING; i++) {
      int end = words.startsPart(i) ? families.longest(words, i, true) : i;
      Fate fate = end > i ? families.get(words, i, end, true) : null;
      if (fate != null && end - i > longest) {
        found = fate;
        longest = end - i;
        behind = end;
        all = !fate.keepsNumbers();
      }
    }
    if (longest > 0 && found.treatment() == Fate.Treatment.UNKNOWN) {
      return found;
    }
    for (int i = 0; i < count && off != Rule.CONTENT_WORD; i++) {
      Fate fate = content.get(words, i, i + 1, false);
      if (fate != null) {
        found = found.treatment() == Fate.Treatment.REMOVED ? found : fate;
        all |= !fate.keepsNumbers();
        behind = Math.max(behind, i + 1);
      }
    }
    if (found.treatment() != Fate.Treatment.REMOVED) {
      return found;
    }
    if (words.isIndexed() && off != Rule.INDEXED_NUMBER) {
      return found.gone();
    }
    boolean names = !all && behind < count && naming.get(words, count - 1, count, false) != null;
    return (names ? named : texts).getOrDefault(found.kind(), found);
  }
}
