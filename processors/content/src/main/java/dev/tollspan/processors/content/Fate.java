package dev.tollspan.processors.content;

import java.util.List;

/**
 * What a key says about its value.
 *
 * @param grammar of a listed key; else NOTHING
 * @param kind what is lost where the value goes
 * @param inFamily whether the key belongs to a family of content
 * @param keepsNumbers whether numbers and booleans stay where text would go
 */
record Fate(
    Treatment treatment,
    Grammar grammar,
    RemovedKind kind,
    boolean inFamily,
    boolean keepsNumbers) {
  static final Fate UNKNOWN =
      new Fate(Treatment.UNKNOWN, Grammar.NOTHING, RemovedKind.OTHER, false, true);

  private static final List<Fate> GONE =
      RemovedKind.ALL.stream().map(kind -> removed(kind, false)).toList();

  enum Treatment {
    /** On the list: kept if the value fits the grammar. */
    LISTED,
    /** Tells a person: kept as a keyed hash. */
    PERSON,
    /** Content, a header, or denied. */
    REMOVED,
    /** A URL or a part of one. */
    URL,
    /** Names content: text stays as it would under an unknown key, but only of one word. */
    NAMING,
    /** Nobody knows the key. */
    UNKNOWN
  }

  static Fate removed(RemovedKind kind, boolean keepsNumbers) {
    return new Fate(Treatment.REMOVED, Grammar.NOTHING, kind, true, keepsNumbers);
  }

  static Fate naming(RemovedKind kind) {
    return new Fate(Treatment.NAMING, Grammar.MODEL, kind, true, true);
  }

  /** A person, by a key that nobody knows. */
  static Fate somebody(boolean keepsNumbers) {
    return new Fate(Treatment.UNKNOWN, Grammar.PERSON, RemovedKind.PERSON, false, keepsNumbers);
  }

  /** The same without exceptions: whatever stands there goes. */
  Fate gone() {
    return GONE.get(kind.row());
  }

  /** A listed key that stands within what this fate says. */
  Fate listed(Grammar grammar) {
    return grammar == Grammar.PERSON
        ? new Fate(Treatment.PERSON, grammar, RemovedKind.PERSON, inFamily, false)
        : new Fate(Treatment.LISTED, grammar, kind, inFamily, true);
  }

  /** The same where the operator allows the key: with its own grammar, if that hides nothing. */
  Fate allowed() {
    boolean readable = treatment == Treatment.LISTED && grammar != Grammar.TENANT;
    return readable ? this : listed(Grammar.ALLOWED);
  }
}
