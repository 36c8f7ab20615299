package dev.tollspan.usage;

import dev.tollspan.spans.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * What the attributes of one span tell, before anyone asks what it means.
 *
 * <p>Of several attributes of one meaning the first in the order of trust wins, but what is no
 * value hides nothing: an empty or wrongly typed value, a word where a number is asked for, a
 * placeholder. A zero yields to any other number of its meaning, because emitters write zeros for
 * what they did not count. A number that cannot be a count is a number: it wins its place, and
 * makes the usage invalid. One thread.
 */
@SuppressWarnings("EnumOrdinal") // rows of small arrays; never stored, never shown
final class Scan {
  private static final Meaning[] MEANINGS = Meaning.values();
  private static final Meaning.Kind[] KINDS = kinds();
  private static final long COUNTED = counts();

  /** What any span may tell. */
  private static final long GENERAL = Meaning.bits(Meaning.REGION, Meaning.CLOUD, Meaning.CURRENCY);

  private static final int ZERO = Code.RANK_MAX + 1;

  private final long countMax;
  private final long[] values = new long[MEANINGS.length];
  private final int[] strengths = new int[MEANINGS.length];
  private final int[] codes = new int[MEANINGS.length];
  private final int[] offsets = new int[MEANINGS.length];
  private final int[] lengths = new int[MEANINGS.length];
  private final int[] signalOffsets = new int[Long.SIZE];
  private final int[] signalLengths = new int[Long.SIZE];
  private long seen;
  private long coerced;
  private long mixed; // meanings of which a reader of one attribute may take another value
  private long signals;
  private double amount;
  private int marks; // of all keys that told a count
  private @Nullable Form words; // whose texts stand in the arrays, if all do

  Scan(long countMax) {
    this.countMax = countMax;
  }

  void clear() {
    words = null;
    startWith(0);
  }

  /** Starts with what another span of the same form told; the values are to follow. */
  void startWith(long meanings) {
    seen = meanings;
    coerced = 0;
    mixed = 0;
    signals = 0;
    marks = 0;
  }

  /** Takes what an attribute tells. */
  void take(int code, Attributes attributes, int i) {
    int type = attributes.type(i);
    if (type == Attributes.INT && (code & Code.COUNT) != 0) {
      count(code, Numbers.limited(attributes.longValue(i), countMax), false);
    } else if (type == Attributes.STRING && (code & Code.TEXT) != 0) {
      text(code, attributes.bytes(), attributes.valueOffset(i), attributes.valueLength(i));
    } else {
      takeOther(code, attributes, i);
    }
  }

  private void takeOther(int code, Attributes attributes, int i) {
    int meaning = Code.meaning(code);
    switch (KINDS[meaning]) {
      case COUNT -> {
        count(code, Numbers.count(attributes, i, countMax), true);
        if (attributes.type(i) == Attributes.STRING && !Numbers.isDigits(attributes, i)) {
          mixed |= 1L << meaning;
        }
      }
      case SECONDS ->
          count(code, Numbers.micros(attributes, i), attributes.type(i) == Attributes.STRING);
      case COST -> cost(code, Numbers.amount(attributes, i));
      case FLAG -> {
        if (attributes.boolValue(i)) {
          mark(meaning);
        }
      }
      case EVIDENCE -> mark(meaning);
      case TEXT -> {
        // another type than a text's tells nothing
      }
    }
  }

  /** Takes what a packed value tells. */
  void take(int code, byte[] bytes, int from, int to, boolean quoted) {
    int meaning = Code.meaning(code);
    switch (KINDS[meaning]) {
      case COUNT -> count(code, Numbers.count(bytes, from, to, countMax), quoted);
      case SECONDS -> {
        double seconds = Numbers.decimal(bytes, from, to);
        count(code, seconds >= 0 ? Math.round(seconds * 1e6) : Numbers.NONE, quoted);
      }
      case COST -> cost(code, Numbers.decimal(bytes, from, to));
      case FLAG -> {
        if (Numbers.isWord(bytes, from, to, "true")) {
          mark(meaning);
        }
      }
      case TEXT -> {
        if (quoted) {
          text(code, bytes, from, to - from);
        }
      }
      case EVIDENCE -> mark(meaning);
    }
  }

  /** Takes a signal of what the span is; a value that is no text counts as empty. */
  void signal(int signal, byte[] bytes, int offset, int length) {
    boolean quoted = isQuoted(bytes, offset, length);
    signals |= 1L << signal;
    signalOffsets[signal] = quoted ? offset + 1 : offset;
    signalLengths[signal] = quoted ? length - 2 : length;
  }

  private void count(int code, long value, boolean changed) {
    int meaning = Code.meaning(code);
    long bit = 1L << meaning;
    if (value == Numbers.NONE) {
      mixed |= bit;
      return;
    }
    marks |= code;
    if ((seen & bit) != 0 && values[meaning] != value) {
      mixed |= bit;
    }
    int strength = Code.rank(code) + (value == 0 ? ZERO : 0);
    if ((seen & bit) == 0 || strength < strengths[meaning]) {
      seen |= bit;
      values[meaning] = value;
      strengths[meaning] = strength;
      codes[meaning] = code;
      coerced = changed ? coerced | bit : coerced & ~bit;
    }
  }

  private void cost(int code, double value) {
    int meaning = Code.meaning(code);
    if (Double.isNaN(value) || !isStronger(meaning, Code.rank(code))) {
      return;
    }
    mark(meaning);
    strengths[meaning] = Code.rank(code);
    codes[meaning] = code;
    amount = value;
  }

  private void text(int code, byte[] bytes, int offset, int length) {
    boolean quoted = isQuoted(bytes, offset, length);
    int from = quoted ? offset + 1 : offset;
    int to = offset + length - (quoted ? 1 : 0);
    int meaning = Code.meaning(code);
    if (isStronger(meaning, Code.rank(code)) && !isPlaceholder(bytes, from, to)) {
      mark(meaning);
      strengths[meaning] = Code.rank(code);
      codes[meaning] = code;
      offsets[meaning] = from;
      lengths[meaning] = to - from;
    }
  }

  private boolean isStronger(int meaning, int rank) {
    return (seen & 1L << meaning) == 0 || rank < strengths[meaning];
  }

  private void mark(int meaning) {
    seen |= 1L << meaning;
  }

  private static boolean isPlaceholder(byte[] bytes, int from, int to) {
    return switch (to - from) {
      case 0 -> true;
      case 4 -> Numbers.isWord(bytes, from, to, "none") || Numbers.isWord(bytes, from, to, "null");
      case 7 -> Numbers.isWord(bytes, from, to, "unknown");
      case 9 -> Numbers.isWord(bytes, from, to, "undefined");
      default -> false;
    };
  }

  private static boolean isQuoted(byte[] bytes, int offset, int length) {
    return length > 2 && bytes[offset] == '"' && bytes[offset + length - 1] == '"';
  }

  /** All meanings that were told, a bit each. */
  long seen() {
    return seen;
  }

  /** Whether the texts that decide are still those of a form. */
  boolean holdsWords(Form of) {
    return words == of;
  }

  /** Says that the texts that decide are those of a form now. */
  void heldWords(Form of) {
    words = of;
  }

  /** Gives the value of a meaning that is told: a text that is known to count. */
  void word(int code, int offset, int length) {
    int meaning = Code.meaning(code);
    offsets[meaning] = offset;
    lengths[meaning] = length;
    codes[meaning] = code;
    strengths[meaning] = Code.rank(code);
  }

  /** Whether the text that counts for a key's meaning is this one. */
  boolean isTold(int code, int offset, int length) {
    int meaning = Code.meaning(code);
    return (seen & 1L << meaning) != 0 && offsets[meaning] == offset && lengths[meaning] == length;
  }

  /** Whether any of the meanings was told, given as Meaning.bits. */
  boolean hasAny(long meanings) {
    return (seen & meanings) != 0;
  }

  boolean has(Meaning meaning) {
    return (seen & 1L << meaning.ordinal()) != 0;
  }

  /** Whether nothing was told that speaks of an LLM. */
  boolean isEmpty() {
    return ((seen & ~GENERAL) | signals) == 0;
  }

  /** Notes that the span speaks of an LLM. */
  void evidence() {
    mark(Meaning.EVIDENCE.ordinal());
  }

  /** The count; Numbers.NONE if there is none, Numbers.BAD if it cannot be one. */
  long count(Meaning meaning) {
    return has(meaning) ? values[meaning.ordinal()] : Numbers.NONE;
  }

  /** Whether whoever reads the columns' attributes finds this count under one of them. */
  boolean isShown(Meaning meaning, long amount) {
    int place = meaning.ordinal();
    return (seen & ~mixed & 1L << place) != 0
        && (codes[place] & Code.COLUMN) != 0
        && values[place] == amount;
  }

  /** Sets a count that follows from others. */
  void derive(Meaning meaning, long value) {
    seen |= 1L << meaning.ordinal();
    values[meaning.ordinal()] = value;
    codes[meaning.ordinal()] = 0;
    strengths[meaning.ordinal()] = 0;
  }

  /** Takes a value away. */
  void drop(Meaning meaning) {
    words = null;
    seen &= ~(1L << meaning.ordinal());
  }

  /** Where a meaning was found: its Code, 0 if it was not. */
  int code(Meaning meaning) {
    return has(meaning) ? codes[meaning.ordinal()] : 0;
  }

  /** The text's place; good only if there is one. */
  int offset(Meaning meaning) {
    return offsets[meaning.ordinal()];
  }

  /** The text's length, 0 if there is none. */
  int length(Meaning meaning) {
    return has(meaning) ? lengths[meaning.ordinal()] : 0;
  }

  /** Sets a text's place. */
  void text(Meaning meaning, int offset, int length) {
    words = null;
    mark(meaning.ordinal());
    offsets[meaning.ordinal()] = offset;
    lengths[meaning.ordinal()] = length;
    codes[meaning.ordinal()] = 0;
    strengths[meaning.ordinal()] = 0;
  }

  /** The reported cost, if there is one. */
  double amount() {
    return amount;
  }

  /** The signals that were seen, a bit each. */
  long signals() {
    return signals;
  }

  int signalOffset(int signal) {
    return signalOffsets[signal];
  }

  int signalLength(int signal) {
    return signalLengths[signal];
  }

  /** Whether any attribute told a count of cached tokens, be it 0. */
  boolean anyCacheKey() {
    return (marks & Code.CACHE) != 0;
  }

  /** Whether one of OpenTelemetry's names for cached tokens was used. */
  boolean dotted() {
    return (marks & Code.DOTTED) != 0;
  }

  /** How many of the counts had to be brought into the form of one. */
  int coercions() {
    return Long.bitCount(coerced);
  }

  /** Whether one of the counts is a number that cannot be a count. */
  boolean anyBad() {
    for (long left = seen & COUNTED; left != 0; left &= left - 1) {
      if (values[Long.numberOfTrailingZeros(left)] == Numbers.BAD) {
        return true;
      }
    }
    return false;
  }

  /** Whether all counts are 0. */
  boolean isAllZero() {
    for (long left = seen & COUNTED; left != 0; left &= left - 1) {
      if (values[Long.numberOfTrailingZeros(left)] > 0) {
        return false;
      }
    }
    return true;
  }

  /** The meanings that are counts and were seen, a bit each. */
  long counted() {
    return seen & COUNTED;
  }

  private static long counts() {
    long counts = 0;
    for (Meaning meaning : MEANINGS) {
      if (meaning.kind == Meaning.Kind.COUNT || meaning.kind == Meaning.Kind.SECONDS) {
        counts |= 1L << meaning.ordinal();
      }
    }
    return counts;
  }

  private static Meaning.Kind[] kinds() {
    Meaning.Kind[] kinds = new Meaning.Kind[MEANINGS.length];
    for (Meaning meaning : MEANINGS) {
      kinds[meaning.ordinal()] = meaning.kind;
    }
    return kinds;
  }
}
