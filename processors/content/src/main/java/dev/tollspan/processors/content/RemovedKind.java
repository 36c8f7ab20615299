package dev.tollspan.processors.content;

import dev.tollspan.spans.Additions;
import java.util.List;
import java.util.Locale;

/** What removed bytes were, told by the key or place that they stood at. */
enum RemovedKind {
  PROMPT,
  COMPLETION,
  SYSTEM,
  TOOL,
  RETRIEVAL,
  PERSON,
  OTHER;

  static final List<RemovedKind> ALL = List.of(values());

  /** The attribute that tells how many bytes of this kind a span has lost. */
  @SuppressWarnings("ImmutableEnumChecker") // encoded once, and never written to
  final Additions.Key bytesKey = Additions.Key.of("content.removed." + word() + ".bytes");

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its row in small arrays. */
  @SuppressWarnings("EnumOrdinal") // never stored, never shown
  int row() {
    return ordinal();
  }
}
