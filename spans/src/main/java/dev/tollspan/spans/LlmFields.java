package dev.tollspan.spans;

import java.util.Arrays;

/**
 * Reads the facts of {@link LlmField} off a span's attributes in one pass, without objects.
 *
 * <p>One per thread and key table. What it says is good until the view moves.
 */
@SuppressWarnings("EnumOrdinal") // rows of small arrays; never stored, never shown
public final class LlmFields {
  private static final LlmField[] FIELDS = LlmField.values();
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NANOS_PER_MILLI = 1_000_000L;

  /** For each key number: rank among its field's keys, shifted, and the field; -1: none. */
  private final int[] meaning;

  /** Where an emitter writes a tenant or a person; one that was hashed is a person. */
  private final int tenantOrUser;

  private final int[] positions = new int[FIELDS.length];
  private final int[] ranks = new int[FIELDS.length];
  private final boolean[] inMillis;
  private Attributes attributes; // owned by the reading thread

  /** For batches that were indexed with this table, which must hold all keys of LlmField. */
  public LlmFields(KeyTable keys) {
    meaning = new int[keys.size() + 1];
    inMillis = new boolean[keys.size() + 1];
    tenantOrUser = keys.id("llm.user");
    Arrays.fill(meaning, -1);
    for (LlmField field : FIELDS) {
      for (int rank = 0; rank < field.keys().size(); rank++) {
        String key = field.keys().get(rank);
        meaning[keys.id(key)] = rank << 8 | field.ordinal();
        inMillis[keys.id(key)] = key.endsWith("_ms");
      }
    }
    attributes = new Attributes(new byte[0], new SpanIndex(), keys).show(0, 0);
  }

  /** Reads the span that the view stands on. */
  public LlmFields read(SpanView span) {
    attributes = span.attributes();
    Arrays.fill(positions, -1);
    int count = attributes.count();
    for (int i = 0; i < count; i++) {
      int said = meaning[attributes.keyId(i)];
      if (said >= 0 && attributes.type(i) != Attributes.EMPTY && !isPerson(i)) {
        int field = said & 0xff;
        if (positions[field] < 0 || said >> 8 < ranks[field]) {
          positions[field] = i;
          ranks[field] = said >> 8;
        }
      }
    }
    return this;
  }

  private boolean isPerson(int i) {
    return attributes.keyId(i) == tenantOrUser && attributes.isHash(i);
  }

  /** The position of the attribute that tells this fact, in the span's attributes; -1: unknown. */
  public int position(LlmField field) {
    return positions[field.ordinal()];
  }

  /** Whether the fact is known. */
  public boolean has(LlmField field) {
    return position(field) >= 0;
  }

  /**
   * A count: an integer, a whole double, or digits in a text; -1 if there is none, or if it is
   * negative or not a number that a count can be.
   */
  public long count(LlmField field) {
    int i = position(field);
    if (i < 0) {
      return -1;
    }
    return switch (attributes.type(i)) {
      case Attributes.INT -> Math.max(-1, attributes.longValue(i));
      case Attributes.DOUBLE -> wholeNumber(attributes.doubleValue(i));
      case Attributes.STRING -> digits(i);
      default -> -1;
    };
  }

  /** A duration in nanoseconds, from seconds or milliseconds as its key says; -1: unknown. */
  public long nanos(LlmField field) {
    int i = position(field);
    if (i < 0) {
      return -1;
    }
    double amount =
        attributes.type(i) == Attributes.INT ? attributes.longValue(i) : attributes.doubleValue(i);
    long unit = inMillis[attributes.keyId(i)] ? NANOS_PER_MILLI : NANOS_PER_SECOND;
    double nanos = amount * unit;
    return nanos >= 0 && nanos < Long.MAX_VALUE ? Math.round(nanos) : -1;
  }

  /** Where the text of this fact begins in the view's bytes; -1 if it is unknown or not a text. */
  public int textOffset(LlmField field) {
    int i = position(field);
    return i >= 0 && attributes.type(i) == Attributes.STRING ? attributes.valueOffset(i) : -1;
  }

  /** How long the text of this fact is; 0 if there is none. */
  public int textLength(LlmField field) {
    int i = position(field);
    return i >= 0 && attributes.type(i) == Attributes.STRING ? attributes.valueLength(i) : 0;
  }

  private static long wholeNumber(double value) {
    return value >= 0 && value <= 1L << 53 && value == Math.rint(value) ? (long) value : -1;
  }

  private long digits(int i) {
    int length = attributes.valueLength(i);
    if (length == 0 || length > 18) {
      return -1;
    }
    byte[] bytes = attributes.bytes();
    int from = attributes.valueOffset(i);
    long value = 0;
    for (int p = from; p < from + length; p++) {
      int digit = bytes[p] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
