package dev.tollspan.spans;

/**
 * Walks OTLP messages by the tree of their types: checks that every length fits, and repairs text
 * that is not UTF-8. For what the {@link Indexer} does not read itself: nested values and odd
 * spans.
 *
 * <p>Iterative, with a stack of its own, so no nesting can overflow the thread's.
 */
final class Framing {
  /** An attribute's own value has depth 1, an element of its array or list depth 2. */
  static final int VALUE_DEPTH_MAX = 32;

  /** Receivers downstream refuse more nested messages than this. */
  private static final int MESSAGE_DEPTH_MAX = 100;

  /** More messages in one span or resource cost more memory as objects than they are worth. */
  private static final int MESSAGES_MAX = 1 << 16;

  // Types of messages. OPAQUE and TEXT are fields, not messages: nothing to walk inside.
  static final int RESOURCE = 1;
  static final int SCOPE = 2;
  static final int SPAN = 3;
  private static final int KEY_VALUE = 5;
  private static final int ANY_VALUE = 6;
  private static final int ARRAY = 7;
  private static final int KEY_VALUE_LIST = 8;
  private static final int EVENT = 9;
  private static final int LINK = 10;
  private static final int STATUS = 11;
  private static final int ENTITY_REF = 12;
  private static final int TEXT = 13;
  private static final int OPAQUE = 14;
  private static final int UNKNOWN = 0;

  /** What a walk can find, the worst last. */
  enum Verdict {
    FINE,
    /** Not in canonical form, or nested deeper than is kept. */
    ODD,
    /** More messages than are taken: the span cannot be kept. */
    LARGE,
    /** Groups, or more nesting than is taken: the span cannot be kept. */
    UNUSABLE,
    /** A length or varint that runs past its message: nothing behind it can be trusted. */
    BROKEN
  }

  private final int[] ends = new int[MESSAGE_DEPTH_MAX + 1];
  private final int[] types = new int[MESSAGE_DEPTH_MAX + 1];
  private final int[] lasts = new int[MESSAGE_DEPTH_MAX + 1]; // numbers of the fields read last
  private Verdict verdict = Verdict.FINE; // these belong to the thread that walks
  private int depth;
  private int messages;
  private int values;
  private boolean repairing;
  private int repaired;

  /** The type of the message inside of an AnyValue of this type. */
  static int nested(int valueType) {
    return valueType == Attributes.ARRAY ? ARRAY : KEY_VALUE_LIST;
  }

  /** Whether a nested value, or a resource from its entity_refs on, is in canonical form. */
  boolean isCanonical(byte[] bytes, int type, int from, int to) {
    return walk(bytes, type, from, to) == Verdict.FINE;
  }

  /** What is wrong with a message, if anything is. */
  Verdict check(byte[] bytes, int type, int from, int to) {
    return walk(bytes, type, from, to);
  }

  /** How many messages the last walk went into. */
  int messages() {
    return messages;
  }

  /**
   * Puts a question mark in place of each byte that makes a text invalid UTF-8. Returns how many
   * texts had some.
   */
  int repairText(byte[] bytes, int type, int from, int to) {
    repairing = true;
    repaired = 0;
    walk(bytes, type, from, to);
    repairing = false;
    return repaired;
  }

  private Verdict walk(byte[] bytes, int type, int from, int to) {
    verdict = Verdict.FINE;
    depth = 0;
    messages = 0;
    values = 1;
    ends[0] = to;
    types[0] = type;
    lasts[0] = 0;
    int p = from;
    while (depth >= 0) {
      if (p == ends[depth]) {
        values -= types[depth] == ANY_VALUE ? 1 : 0;
        depth--;
      } else {
        p = field(bytes, p, ends[depth]);
        if (p < 0) {
          return verdict;
        }
      }
    }
    return verdict;
  }

  /** Reads one field, going into it if it is a message. Returns where to read on, or -1. */
  private int field(byte[] bytes, int from, int end) {
    int tagBytes = Wire.varintBytes(bytes, from, end);
    long tag = tagBytes == 0 ? 0 : Wire.varintAt(bytes, from);
    int p = from + tagBytes;
    if (tagBytes == 0 || tagBytes > 5 || tag >>> 3 == 0 || tag >>> 32 != 0) {
      return stop(Verdict.BROKEN);
    }
    int number = (int) (tag >>> 3);
    int child = child(types[depth], number, (int) tag & 7);
    if (child == UNKNOWN || !mayFollow(number) || !Wire.isShortest(bytes, from, tagBytes)) {
      verdict = Verdict.ODD;
    }
    lasts[depth] = number;
    return switch ((int) tag & 7) {
      case Wire.VARINT -> number(bytes, p, end);
      case Wire.FIXED64 -> end - p < 8 ? stop(Verdict.BROKEN) : p + 8;
      case Wire.FIXED32 -> end - p < 4 ? stop(Verdict.BROKEN) : p + 4;
      case Wire.LENGTH -> content(bytes, p, end, child);
      case Wire.GROUP_START, Wire.GROUP_END -> stop(Verdict.UNUSABLE);
      default -> stop(Verdict.BROKEN);
    };
  }

  /**
   * Whether canonical form allows a field here: in ascending order and singular ones once, lest the
   * first of two be hidden from readers but kept in the bytes. Where it matters (an entity_ref and
   * what holds them), the fields from 3 on are the repeated ones.
   */
  private boolean mayFollow(int number) {
    int last = lasts[depth];
    return switch (types[depth]) {
      case ANY_VALUE -> last == 0;
      case ARRAY, KEY_VALUE_LIST -> true;
      default -> number > last || (number == last && number > 2);
    };
  }

  private int number(byte[] bytes, int from, int end) {
    int size = Wire.varintBytes(bytes, from, end);
    if (size == 0) {
      return stop(Verdict.BROKEN);
    }
    if (!Wire.isShortest(bytes, from, size)) {
      verdict = Verdict.ODD;
    }
    return from + size;
  }

  private int content(byte[] bytes, int from, int end, int child) {
    int size = Wire.varintBytes(bytes, from, end);
    long length = size == 0 ? -1 : Wire.varintAt(bytes, from);
    int p = from + size;
    if (length < 0 || length > end - p) {
      return stop(Verdict.BROKEN);
    }
    if (!Wire.isShortest(bytes, from, size)) {
      verdict = Verdict.ODD;
    }
    int to = p + (int) length;
    if (child == TEXT) {
      text(bytes, p, to);
    }
    if (child == UNKNOWN || child == TEXT || child == OPAQUE) {
      return to;
    }
    if (child == ANY_VALUE && ++values > VALUE_DEPTH_MAX) {
      verdict = Verdict.ODD;
    }
    if (++messages > MESSAGES_MAX) {
      return stop(Verdict.LARGE);
    }
    if (++depth > MESSAGE_DEPTH_MAX) {
      return stop(Verdict.UNUSABLE);
    }
    ends[depth] = to;
    types[depth] = child;
    lasts[depth] = 0;
    return p;
  }

  private void text(byte[] bytes, int from, int to) {
    if (repairing) {
      repaired += Utf8.repair(bytes, from, to) ? 1 : 0;
    } else if (!Utf8.isValid(bytes, from, to)) {
      verdict = Verdict.ODD;
    }
  }

  private int stop(Verdict found) {
    verdict = found;
    return -1;
  }

  /** What a field of a message holds; UNKNOWN if OTLP has no such field with this wire type. */
  private static int child(int type, int field, int wire) {
    return switch (type) {
      case KEY_VALUE -> lengths(wire, field == 1 ? TEXT : field == 2 ? ANY_VALUE : UNKNOWN);
      case ANY_VALUE -> anyValue(field, wire);
      case ARRAY -> lengths(wire, field == 1 ? ANY_VALUE : UNKNOWN);
      case KEY_VALUE_LIST -> lengths(wire, field == 1 ? KEY_VALUE : UNKNOWN);
      case RESOURCE -> resource(field, wire);
      case ENTITY_REF -> lengths(wire, field <= 4 ? TEXT : UNKNOWN);
      case SCOPE -> scope(field, wire);
      case SPAN -> span(field, wire);
      case EVENT -> event(field, wire);
      case LINK -> link(field, wire);
      default -> field == 2 ? lengths(wire, TEXT) : only(wire, Wire.VARINT, field == 3);
    };
  }

  private static int lengths(int wire, int child) {
    return wire == Wire.LENGTH ? child : UNKNOWN;
  }

  private static int only(int wire, int expected, boolean known) {
    return known && wire == expected ? OPAQUE : UNKNOWN;
  }

  private static int anyValue(int field, int wire) {
    return switch (field) {
      case 1 -> lengths(wire, TEXT);
      case 2, 3 -> only(wire, Wire.VARINT, true);
      case 4 -> only(wire, Wire.FIXED64, true);
      case 5 -> lengths(wire, ARRAY);
      case 6 -> lengths(wire, KEY_VALUE_LIST);
      case 7 -> lengths(wire, OPAQUE);
      default -> UNKNOWN; // string_value_strindex is meant for profiles
    };
  }

  private static int resource(int field, int wire) {
    return switch (field) {
      case 1 -> lengths(wire, KEY_VALUE);
      case 2 -> only(wire, Wire.VARINT, true);
      case 3 -> lengths(wire, ENTITY_REF);
      default -> UNKNOWN;
    };
  }

  private static int scope(int field, int wire) {
    return switch (field) {
      case 1, 2 -> lengths(wire, TEXT);
      case 3 -> lengths(wire, KEY_VALUE);
      case 4 -> only(wire, Wire.VARINT, true);
      default -> UNKNOWN;
    };
  }

  private static int span(int field, int wire) {
    return switch (field) {
      case 1, 2, 4 -> lengths(wire, OPAQUE);
      case 3, 5 -> lengths(wire, TEXT);
      case 6, 10, 12, 14 -> only(wire, Wire.VARINT, true);
      case 7, 8 -> only(wire, Wire.FIXED64, true);
      case 9 -> lengths(wire, KEY_VALUE);
      case 11 -> lengths(wire, EVENT);
      case 13 -> lengths(wire, LINK);
      case 15 -> lengths(wire, STATUS);
      case 16 -> only(wire, Wire.FIXED32, true);
      default -> UNKNOWN;
    };
  }

  private static int event(int field, int wire) {
    return switch (field) {
      case 1 -> only(wire, Wire.FIXED64, true);
      case 2 -> lengths(wire, TEXT);
      case 3 -> lengths(wire, KEY_VALUE);
      case 4 -> only(wire, Wire.VARINT, true);
      default -> UNKNOWN;
    };
  }

  private static int link(int field, int wire) {
    return switch (field) {
      case 1, 2 -> lengths(wire, OPAQUE);
      case 3 -> lengths(wire, TEXT);
      case 4 -> lengths(wire, KEY_VALUE);
      case 5 -> only(wire, Wire.VARINT, true);
      case 6 -> only(wire, Wire.FIXED32, true);
      default -> UNKNOWN;
    };
  }
}
