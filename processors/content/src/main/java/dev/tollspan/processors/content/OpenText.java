package dev.tollspan.processors.content;

import dev.tollspan.detectors.Detectors;
import dev.tollspan.detectors.Finder;
import dev.tollspan.detectors.Folded;
import dev.tollspan.detectors.Kind;
import dev.tollspan.processors.content.AttributePass.Verdict;
import dev.tollspan.spans.Attributes;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What profile balanced makes of attributes that no list judges: families of content go, and long,
 * wordy and structured values; what is left is searched. One thread, one batch after the other.
 */
final class OpenText {
  private static final int LEAVES_MAX = 1024;
  private static final int BYTES_MAX = 1 << 16;
  private static final int ARRAY_BYTES_MAX = 512;
  private static final int ARRAY_ITEMS_MAX = 16;

  /** Under a key that names a machine or a version, these tell no person. */
  private static final Set<Kind> OF_MACHINES = Set.of(Kind.IPV4, Kind.IPV6, Kind.MAC);

  private static final Map<Kind, byte[]> TOKENS = tokens();
  private static final byte[] ANY_TOKEN = Names.ascii("<removed>");
  private static final int TOKEN_BYTES_MAX = 32;

  private final KeyFates fates;
  private final @Nullable Rule off;
  private final Bench bench;
  private final Finder finder;
  private final Tally tally;
  private byte[] text = {}; // what stands in a value's place; these belong to the pass's thread
  private int length;
  private byte[] plain = text; // the value at hand without its escapes, from and to where
  private int plainFrom;
  private int plainTo;
  private int leaves;
  private int bytesSearched;

  OpenText(Gate gate, Bench bench) {
    fates = gate.fates();
    off = gate.off();
    this.bench = bench;
    finder = bench.finder;
    tally = bench.tally;
  }

  /** The next span, resource or scope: what may be searched begins anew. */
  void next() {
    leaves = 0;
    bytesSearched = 0;
  }

  /** What stands in the place of the value that was judged last. */
  byte[] text() {
    return text;
  }

  int length() {
    return length;
  }

  /** Judges what stands under a key that is not listed. */
  Verdict judge(Attributes list, int i, Fate fate) {
    int type = list.type(i);
    boolean scalar = AttributePass.isScalar(type);
    if (fate.treatment() == Fate.Treatment.REMOVED && !(scalar && fate.keepsNumbers())) {
      return removed(list, i, fate);
    }
    if (list.keyId(i) == 0 && !isKey(list, i)) {
      return removed(list, i, fate);
    }
    Rule broken =
        switch (type) {
          case Attributes.INT -> bench.cards.isCard(list.longValue(i)) ? Rule.CARD : null;
          case Attributes.DOUBLE -> brokenByDouble(list.doubleValue(i));
          case Attributes.KVLIST -> Rule.KVLIST;
          case Attributes.BYTES -> Rule.BYTES;
          default -> null;
        };
    if (broken != null && broken != off) {
      return removed(list, i, fate);
    }
    return switch (type) {
      case Attributes.STRING -> open(list, i, fate, context(list, i));
      case Attributes.ARRAY -> array(list, i, fate);
      default -> Verdict.KEEP;
    };
  }

  /**
   * Judges a text or an array under a listed key.
   *
   * @param broken what speaks against it; null: it fits its grammar
   */
  Verdict listed(Attributes list, int i, Fate fate, @Nullable Rule broken) {
    if (broken == null) {
      // A word of a closed list tells nothing; and what the key says is known, so no word of it.
      return fate.grammar().isOpen() && list.type(i) == Attributes.STRING
          ? search(list, i, fate, 0)
          : Verdict.KEEP;
    }
    if (fate.grammar().namesPlaces() && broken == Rule.GRAMMAR && !fate.inFamily()) {
      return url(list, i, fate);
    }
    if (broken == Rule.CARD || fate.inFamily() || !fate.grammar().yields()) {
      return broken == off ? Verdict.KEEP : removed(list, i, fate);
    }
    return list.type(i) == Attributes.STRING
        ? open(list, i, fate, context(list, i))
        : array(list, i, fate);
  }

  /** Whether the key could be a program's, and holds nothing that detectors find. */
  boolean isKey(Attributes list, int i) {
    int from = list.keyOffset(i);
    int to = from + list.keyLength(i);
    return (off == Rule.KEY_SHAPE || Names.isKey(list.bytes(), from, to))
        && (off == Rule.KEY_DETECTOR || !finder.any(list.bytes(), from, to, 0));
  }

  private @Nullable Rule brokenByDouble(double value) {
    if (AttributePass.hasPayload(value)) {
      return Rule.PAYLOAD;
    }
    return bench.cards.isCard((long) value) ? Rule.CARD : null;
  }

  private long context(Attributes list, int i) {
    int number = list.keyId(i);
    int from = list.keyOffset(i);
    return number != 0
        ? fates.context(number)
        : Detectors.context(list.bytes(), from, from + list.keyLength(i));
  }

  private Verdict open(Attributes list, int i, Fate fate, long context) {
    byte[] bytes = list.bytes();
    int from = list.valueOffset(i);
    int to = list.end(i);
    if (off != Rule.LENGTH && Prose.isLong(bytes, from, to)) {
      return removed(list, i, fate);
    }
    fold(bytes, from, to);
    try {
      if (isStructure()) {
        return removed(list, i, fate);
      }
      if (fate.treatment() == Fate.Treatment.URL || isUrl()) {
        return reduced(list, i, fate);
      }
    } finally {
      unfold();
    }
    return isWordy(bytes, from, to) ? removed(list, i, fate) : search(list, i, fate, context);
  }

  private boolean isWordy(byte[] bytes, int from, int to) {
    return off != Rule.WORDS && Prose.isWordy(bytes, from, to);
  }

  private boolean isStructure() {
    return off != Rule.STRUCTURE && Prose.isStructure(plain, plainFrom, plainTo);
  }

  private boolean isUrl() {
    return off != Rule.URL_TEXT && Urls.isUrl(plain, plainFrom, plainTo);
  }

  /** Reads a text through its escapes; most have none, and are read where they stand. */
  private void fold(byte[] bytes, int from, int to) {
    plain = bytes;
    plainFrom = from;
    plainTo = to;
    if (Folded.firstOdd(bytes, from, to) < to) {
      bench.folded.fold(bytes, from, to);
      plain = bench.folded.bytes();
      plainFrom = 0;
      plainTo = bench.folded.length();
    }
  }

  private void unfold() {
    plain = text;
    bench.folded.clear();
  }

  private Verdict url(Attributes list, int i, Fate fate) {
    int from = list.valueOffset(i);
    int to = list.end(i);
    if (Prose.isLong(list.bytes(), from, to)) {
      return removed(list, i, fate);
    }
    fold(list.bytes(), from, to);
    try {
      return reduced(list, i, fate);
    } finally {
      unfold();
    }
  }

  private Verdict reduced(Attributes list, int i, Fate fate) {
    int bytes = list.valueLength(i);
    text = bench.text(bytes + Urls.ROOM);
    length = Urls.reduce(plain, plainFrom, plainTo, text);
    if (length == 0 || isSpent(length) || (off != Rule.DETECTOR && namesSomebody())) {
      return removed(list, i, fate);
    }
    tally.remove(fate.kind(), Math.max(0, bytes - length));
    return Verdict.REWRITE;
  }

  /** Whether more than a machine's address is found in what is left of a URL. */
  private boolean namesSomebody() {
    int hits = finder.find(text, 0, length, 0);
    for (int hit = 0; hit < hits; hit++) {
      if (!OF_MACHINES.contains(finder.kind(hit))) {
        return true;
      }
    }
    return false;
  }

  private Verdict search(Attributes list, int i, Fate fate, long context) {
    byte[] bytes = list.bytes();
    int from = list.valueOffset(i);
    int to = list.end(i);
    if (isSpent(to - from)) {
      return removed(list, i, fate);
    }
    int hits = off == Rule.DETECTOR ? 0 : finder.find(bytes, from, to, context);
    boolean ofMachine = fate.grammar().namesMachines();
    int begin = from;
    length = 0;
    for (int hit = 0; hit < hits; hit++) {
      if (ofMachine && OF_MACHINES.contains(finder.kind(hit))) {
        continue;
      }
      // A hit may not leave a part of a character behind.
      int start = Math.max(begin, Prose.characterStart(bytes, finder.start(hit), from));
      int end = Prose.characterEnd(bytes, finder.end(hit), to);
      byte[] token = TOKENS.getOrDefault(finder.kind(hit), ANY_TOKEN);
      if (length == 0 && begin == from) {
        text = bench.text(to - from + hits * TOKEN_BYTES_MAX);
      }
      System.arraycopy(bytes, begin, text, length, start - begin);
      length += start - begin;
      System.arraycopy(token, 0, text, length, token.length);
      length += token.length;
      tally.remove(RemovedKind.OTHER, end - start);
      begin = end;
    }
    if (begin == from) {
      return Verdict.KEEP;
    }
    System.arraycopy(bytes, begin, text, length, to - begin);
    length += to - begin;
    return Verdict.REWRITE;
  }

  /** Whether a span has had its share of the detectors' time, this text included. */
  private boolean isSpent(int bytes) {
    leaves++;
    bytesSearched += bytes;
    return (leaves > LEAVES_MAX || bytesSearched > BYTES_MAX) && off != Rule.BUDGET;
  }

  /** A few short texts may stay if nothing is found in them, one by one or read on. */
  private Verdict array(Attributes list, int i, Fate fate) {
    if (off == Rule.ARRAY) {
      return Verdict.KEEP;
    }
    int bytes = list.valueLength(i);
    if (fate.treatment() == Fate.Treatment.URL
        || bytes > ARRAY_BYTES_MAX
        || !isOfTexts(list.bytes(), list.valueOffset(i), list.end(i))) {
      return removed(list, i, fate);
    }
    boolean stays =
        !isWordy(text, 0, length)
            && !isCoded(text, 0, length)
            && !isSpent(length)
            && (off == Rule.DETECTOR || !finder.any(text, 0, length, context(list, i)));
    return stays ? Verdict.KEEP : removed(list, i, fate);
  }

  /** Whether a text is a structure or a URL. */
  private boolean isCoded(byte[] bytes, int from, int to) {
    fold(bytes, from, to);
    boolean coded = isStructure() || isUrl();
    unfold();
    return coded;
  }

  /** Reads an array's texts into one, with spaces between; false if it holds anything else. */
  private boolean isOfTexts(byte[] bytes, int from, int to) {
    text = bench.text(to - from);
    length = 0;
    int items = 0;
    int p = from;
    while (p < to) {
      // values = 1, AnyValue { string_value = 1 }, both lengths in one byte
      if (to - p < 4 || bytes[p] != 0x0a || bytes[p + 2] != 0x0a || ++items > ARRAY_ITEMS_MAX) {
        return false;
      }
      int inner = bytes[p + 3];
      if (inner < 0 || bytes[p + 1] != inner + 2) {
        return false;
      }
      if (isCoded(bytes, p + 4, p + 4 + inner)) {
        return false;
      }
      System.arraycopy(bytes, p + 4, text, length, inner);
      length += inner;
      text[length++] = ' ';
      p += 4 + inner;
    }
    return items > 0;
  }

  private Verdict removed(Attributes list, int i, Fate fate) {
    return AttributePass.removed(tally, list, i, fate.kind());
  }

  private static Map<Kind, byte[]> tokens() {
    Map<Kind, byte[]> tokens = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      tokens.put(kind, kind.tokenBytes());
    }
    return tokens;
  }
}
