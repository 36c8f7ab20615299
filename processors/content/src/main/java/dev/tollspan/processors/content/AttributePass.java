package dev.tollspan.processors.content;

import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.BatchEditor;
import org.jspecify.annotations.Nullable;

/**
 * Looks at lists of attributes, of spans as of all others, and keeps, removes or replaces each. One
 * thread, one batch after the other.
 */
final class AttributePass {
  private static final int WORDS_MAX = 16;
  private static final long NAN_PAYLOAD = 0x0007_ffff_ffff_ffffL;

  private final KeyFates fates;
  private final Bench bench;
  private final Tally tally;
  private final @Nullable Rule off;
  private final @Nullable OpenText open; // in profile balanced

  /** What becomes of one attribute. */
  enum Verdict {
    KEEP,
    REMOVE,
    /** A keyed hash takes its place. */
    HASH,
    /** What {@link OpenText} made of it does. */
    REWRITE
  }

  AttributePass(Gate gate, Bench bench) {
    fates = gate.fates();
    off = gate.off();
    this.bench = bench;
    tally = bench.tally;
    open = gate.profile() == Profile.BALANCED ? new OpenText(gate, bench) : null;
  }

  /** The next span, resource or scope: what one may cost begins anew. */
  void next() {
    if (open != null) {
      open.next();
    }
  }

  /**
   * Removes the attributes that may not stay, neighbours together.
   *
   * @param namesTenants whether the span is of the dialect in which llm.user names a tenant
   * @param calls whether the span's peer is what it calls, and not who calls it
   * @return how many are gone
   */
  int clean(BatchEditor editor, Attributes list, boolean namesTenants, boolean calls) {
    int dropped = 0;
    int from = 0;
    int to = 0;
    int count = list.count();
    for (int i = 0; i < count; i++) {
      Verdict verdict = judge(list, i, namesTenants, calls);
      if (verdict == Verdict.KEEP) {
        continue;
      }
      if (verdict == Verdict.REMOVE) {
        dropped++;
        if (list.start(i) != to) {
          deleteRun(editor, from, to);
          from = list.start(i);
        }
        to = list.end(i);
      } else {
        deleteRun(editor, from, to);
        from = to;
        rewrite(editor, list, i, verdict);
      }
    }
    deleteRun(editor, from, to);
    return dropped;
  }

  private void rewrite(BatchEditor editor, Attributes list, int i, Verdict verdict) {
    if (verdict == Verdict.HASH) {
      tally.hash();
      bench.pseudonyms.replace(editor, list, i);
    } else if (open != null) {
      editor.replaceText(list, i, open.text(), open.length());
    }
  }

  private static void deleteRun(BatchEditor editor, int from, int to) {
    if (to > from) {
      editor.delete(from, to);
    }
  }

  private Verdict judge(Attributes list, int i, boolean namesTenants, boolean calls) {
    Fate fate = fate(list, i);
    if (isPerson(list, i, fate, namesTenants, calls)) {
      boolean isGuess = fate.treatment() == Fate.Treatment.UNKNOWN;
      if (isGuess && list.keyId(i) == 0 && open != null && !open.isKey(list, i)) {
        return removed(list, i, RemovedKind.PERSON);
      }
      return off == Rule.HASH ? Verdict.KEEP : person(list, i);
    }
    if (fate.treatment() == Fate.Treatment.LISTED) {
      return listed(list, i, fate);
    }
    if (open != null) {
      return isMoreThanNamed(list, i, fate)
          ? removed(list, i, fate.kind())
          : open.judge(list, i, fate);
    }
    return off == Rule.UNKNOWN_KEY ? Verdict.KEEP : removed(list, i, fate.kind());
  }

  private Fate fate(Attributes list, int i) {
    int number = list.keyId(i);
    if (number != 0) {
      return fates.of(number);
    }
    int from = list.keyOffset(i);
    return fates.of(list.bytes(), from, from + list.keyLength(i), bench.keys);
  }

  private boolean isPerson(Attributes list, int i, Fate fate, boolean namesTenants, boolean calls) {
    return switch (fate.grammar()) {
      case PERSON -> !(fate.keepsNumbers() && isScalar(list.type(i)));
      case THREAD -> list.type(i) == Attributes.STRING;
      case TENANT -> !namesTenants && off != Rule.TENANT;
      case PEER -> !calls && off != Rule.PEER;
      default -> false;
    };
  }

  /** Whether a key only names content, but its value is no single word. */
  private boolean isMoreThanNamed(Attributes list, int i, Fate fate) {
    if (fate.treatment() != Fate.Treatment.NAMING || isScalar(list.type(i))) {
      return false;
    }
    boolean isWord =
        list.type(i) == Attributes.STRING
            && fate.grammar().admits(list.bytes(), list.valueOffset(i), list.end(i));
    return !isWord && off != Rule.NAMING;
  }

  static boolean isScalar(int type) {
    return type == Attributes.BOOL || type == Attributes.INT || type == Attributes.DOUBLE;
  }

  private Verdict person(Attributes list, int i) {
    int type = list.type(i);
    boolean isId = type == Attributes.INT || (type == Attributes.STRING && list.valueLength(i) > 0);
    return isId ? Verdict.HASH : removed(list, i, RemovedKind.PERSON);
  }

  private Verdict listed(Attributes list, int i, Fate fate) {
    Grammar grammar = fate.grammar();
    Rule broken =
        switch (list.type(i)) {
          case Attributes.BOOL -> null;
          case Attributes.INT -> bench.cards.isCard(list.longValue(i)) ? Rule.CARD : null;
          case Attributes.DOUBLE -> brokenByDouble(grammar, list.doubleValue(i));
          case Attributes.STRING -> brokenByText(grammar, list, i);
          case Attributes.ARRAY ->
              grammar == Grammar.WORDS && areWords(list, i) ? null : Rule.ARRAY;
          case Attributes.KVLIST -> Rule.KVLIST;
          case Attributes.BYTES -> Rule.BYTES;
          default -> Rule.GRAMMAR; // an empty value under a known key says nothing
        };
    if (open != null && (list.type(i) == Attributes.STRING || broken == Rule.ARRAY)) {
      return open.listed(list, i, fate, broken);
    }
    return broken == null || broken == off ? Verdict.KEEP : removed(list, i, fate.kind());
  }

  private @Nullable Rule brokenByText(Grammar grammar, Attributes list, int i) {
    byte[] bytes = list.bytes();
    int from = list.valueOffset(i);
    int to = list.end(i);
    boolean admitted =
        grammar == Grammar.WORDS
            ? Shapes.isReasons(bytes, from, to) || Vocabulary.REASONS.holds(bytes, from, to - from)
            : grammar.admits(bytes, from, to);
    if (!admitted && off != Rule.GRAMMAR) {
      return Rule.GRAMMAR;
    }
    if (!grammar.isOpen()) { // known words may be many, and hold no secret
      return off != Rule.CARD && bench.cards.holdsCard(bytes, from, to) ? Rule.CARD : null;
    }
    // Where detectors look for everything, they put a token in a secret's place.
    return open == null
        ? bench.words.againstName(bytes, from, to)
        : bench.words.againstSearched(bytes, from, to);
  }

  /**
   * Whether a double says more than a number. A measured one has as many digits as a card, and one
   * in forty would be taken for one; so of those only the whole part is looked at.
   */
  private @Nullable Rule brokenByDouble(Grammar grammar, double value) {
    if (hasPayload(value)) {
      return Rule.PAYLOAD;
    }
    boolean card =
        grammar == Grammar.MEASURE ? bench.cards.isCard((long) value) : bench.cards.isCard(value);
    return card ? Rule.CARD : null;
  }

  /** Whether a value that is no number carries bits of its own. */
  static boolean hasPayload(double value) {
    return Double.isNaN(value) && (Double.doubleToRawLongBits(value) & NAN_PAYLOAD) != 0;
  }

  /** Whether an ArrayValue holds known finish reasons and nothing else. */
  private static boolean areWords(Attributes list, int i) {
    byte[] bytes = list.bytes();
    int p = list.valueOffset(i);
    int end = list.end(i);
    int words = 0;
    while (p < end) {
      // values = 1, AnyValue { string_value = 1 }, both lengths in one byte
      if (end - p < 4 || bytes[p] != 0x0a || bytes[p + 2] != 0x0a || ++words > WORDS_MAX) {
        return false;
      }
      int outer = bytes[p + 1];
      int inner = bytes[p + 3];
      if (inner < 0 || outer != inner + 2 || !Vocabulary.REASONS.holds(bytes, p + 4, inner)) {
        return false;
      }
      p += 4 + inner;
    }
    return true;
  }

  private Verdict removed(Attributes list, int i, RemovedKind kind) {
    return removed(tally, list, i, kind);
  }

  /** Counts texts, bytes and structures; a number is no loss that would need a count. */
  static Verdict removed(Tally tally, Attributes list, int i, RemovedKind kind) {
    switch (list.type(i)) {
      case Attributes.STRING, Attributes.BYTES, Attributes.ARRAY, Attributes.KVLIST ->
          tally.remove(kind, list.valueLength(i));
      default -> {}
    }
    return Verdict.REMOVE;
  }
}
