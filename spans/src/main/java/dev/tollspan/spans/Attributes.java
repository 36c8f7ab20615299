package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A window on one list of attributes: of a span, a resource, a scope, an event or a link.
 *
 * <p>Positions run from 0 to {@link #count()} - 1. Offsets are into {@link #bytes()}. The window is
 * moved by the view that it came from, so it is good only until that view moves. Keys that have a
 * number are distinct; a key without one may come twice, as the sender wrote it.
 */
public final class Attributes {
  /** Types of values, numbered as the fields of AnyValue in the protocol's common.proto. */
  public static final int EMPTY = 0;

  public static final int STRING = 1;
  public static final int BOOL = 2;
  public static final int INT = 3;
  public static final int DOUBLE = 4;
  public static final int ARRAY = 5;
  public static final int KVLIST = 6;
  public static final int BYTES = 7;

  /** What the value of a keyed hash begins with, which stands for an id of a person. */
  public static final String HASH_START = "hmac:";

  private static final byte[] HASH = HASH_START.getBytes(UTF_8);

  private final byte[] bytes;
  private final SpanIndex index;
  private final KeyTable keys;
  private int first; // owned by the view's thread, as is count
  private int count;

  Attributes(byte[] bytes, SpanIndex index, KeyTable keys) {
    this.bytes = bytes;
    this.index = index;
    this.keys = keys;
  }

  Attributes show(int firstAttribute, int attributeCount) {
    first = firstAttribute;
    count = attributeCount;
    return this;
  }

  public int count() {
    return count;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** The key's number in the batch's table, 0 for a key that is not in it. */
  public int keyId(int i) {
    return index.attributes[at(i) + SpanIndex.A_KEY_AND_TYPE] & SpanIndex.KEY_MASK;
  }

  /** The value's type: one of the constants of this class. */
  public int type(int i) {
    return index.attributes[at(i) + SpanIndex.A_KEY_AND_TYPE] >>> SpanIndex.TYPE_SHIFT;
  }

  /** Key and type as one number: equal numbers, equal keys (if they have a number) and types. */
  public int kind(int i) {
    return index.attributes[at(i) + SpanIndex.A_KEY_AND_TYPE];
  }

  /** Whether these are as many attributes, with such {@linkplain #kind kinds} in their order. */
  public boolean areOf(int[] kinds, int howMany) {
    if (count != howMany) {
      return false;
    }
    int[] table = index.attributes;
    int at = first * SpanIndex.A_STRIDE + SpanIndex.A_KEY_AND_TYPE;
    for (int i = 0; i < howMany; i++, at += SpanIndex.A_STRIDE) {
      if (table[at] != kinds[i]) {
        return false;
      }
    }
    return true;
  }

  /** Where the whole attribute begins, its tag included. */
  public int start(int i) {
    return index.attributes[at(i) + SpanIndex.A_START];
  }

  /** Behind the last byte of the attribute, which is also the end of its value. */
  public int end(int i) {
    return index.attributes[at(i) + SpanIndex.A_END];
  }

  /** Where the value's own bytes begin: text, elements, or the number's encoding. */
  public int valueOffset(int i) {
    return index.attributes[at(i) + SpanIndex.A_VALUE];
  }

  /** How many bytes the value has from {@link #valueOffset} on. */
  public int valueLength(int i) {
    return end(i) - valueOffset(i);
  }

  /** Whether the value is a keyed hash with its key's id, by its look. */
  public boolean isHash(int i) {
    int offset = valueOffset(i);
    int end = offset + HASH.length;
    return type(i) == STRING
        && valueLength(i) > HASH.length
        && Arrays.equals(bytes, offset, end, HASH, 0, HASH.length);
  }

  /** An INT, or 0. */
  public long longValue(int i) {
    return type(i) == INT ? Wire.varintAt(bytes, valueOffset(i)) : 0;
  }

  /** A DOUBLE, or NaN. */
  public double doubleValue(int i) {
    return type(i) == DOUBLE
        ? Double.longBitsToDouble(Wire.int64At(bytes, valueOffset(i)))
        : Double.NaN;
  }

  /** A BOOL, or false. */
  public boolean boolValue(int i) {
    return type(i) == BOOL && Wire.varintAt(bytes, valueOffset(i)) != 0;
  }

  /** The value's bytes as text; allocates, so not for the hot path. */
  public String text(int i) {
    return new String(bytes, valueOffset(i), valueLength(i), UTF_8);
  }

  /** The key as text; allocates unless the key has a number. */
  public String key(int i) {
    int id = keyId(i);
    return id != 0 ? keys.name(id) : new String(bytes, keyOffset(i), keyLength(i), UTF_8);
  }

  /** Where the key begins. Computed: the index keeps no place for what is rarely asked. */
  public int keyOffset(int i) {
    int p = keyFieldOffset(i);
    return hasKey(p, i) ? p + 1 + Wire.varintSize(Wire.varintAt(bytes, p + 1)) : p;
  }

  /** How many bytes the key has. */
  public int keyLength(int i) {
    int p = keyFieldOffset(i);
    return hasKey(p, i) ? (int) Wire.varintAt(bytes, p + 1) : 0;
  }

  /** The position of the key with this number, which is not 0, or -1. */
  public int find(int keyId) {
    int[] table = index.attributes;
    int at = first * SpanIndex.A_STRIDE + SpanIndex.A_KEY_AND_TYPE;
    for (int i = 0; i < count; i++, at += SpanIndex.A_STRIDE) {
      if ((table[at] & SpanIndex.KEY_MASK) == keyId) {
        return i;
      }
    }
    return -1;
  }

  private boolean hasKey(int p, int i) {
    return p < end(i) && bytes[p] == 0x0a;
  }

  private int keyFieldOffset(int i) {
    int p = start(i) + 1;
    return p + Wire.varintSize(Wire.varintAt(bytes, p));
  }

  private int at(int i) {
    return (first + i) * SpanIndex.A_STRIDE;
  }
}
