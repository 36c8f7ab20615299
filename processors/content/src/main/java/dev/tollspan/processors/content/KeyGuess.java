package dev.tollspan.processors.content;

import org.jspecify.annotations.Nullable;

/**
 * What profile balanced makes of keys that no table lists as they are written: by the
 * tables' people in any spelling, and by words.tsv. Immutable once
 * built, safe for all threads.
 */
final class KeyGuess {
  private static final int ENDING_WORDS_MAX = 3;
  private static final Fate BEHIND_PERSON = Fate.removed(RemovedKind.PERSON, true);
  private static final Fate OLDER_HASH = Fate.removed(RemovedKind.PERSON, false);

  private final @Nullable Rule off;
  private final Phrases people = new Phrases();
  private final Phrases endings = new Phrases();
  private final Phrases previous = new Phrases();

  KeyGuess(@Nullable Rule off) {
    this.off = off;
    previous.put("previous", OLDER_HASH);
    for (String[] row : Tables.rows("words.tsv")) {
      switch (row[1]) {
        case "whom" -> endings.put(row[0], Fate.somebody(true));
        default -> endings.put(row[0], Fate.somebody(false));
      }
    }
  }

  /** A listed key that tells a person. */
  void addPerson(String key) {
    people.put(key, Fate.somebody(false));
  }

  Fate of(KeyWords words) {
    Fate person = person(words);
    return person != null ? person : Fate.UNKNOWN;
  }

  /** The same for a key of which a family says {@code inFamily}. */
  Fate of(KeyWords words, Fate inFamily) {
    Fate person = person(words);
    return person != null ? person : inFamily;
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
}
