package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.LinkedHashSet;

/**
 * The attribute keys that rooms care about, each with a small number, found straight in wire bytes.
 *
 * <p>A key is compared by its length, first eight and last eight bytes (and what lies between, if
 * anything does), so that a look-up neither decodes a string nor allocates. The numbers run from 1
 * to {@link #size()}; 0 means "a key nobody asked for". Immutable and safe for all threads.
 */
public final class KeyTable {
  /** At most a quarter of the slots are taken, so that an unknown key is told by one probe. */
  private static final int SLOTS_PER_KEY = 4;

  private static final int ID_BITS = 20;
  private static final int ID_MASK = (1 << ID_BITS) - 1;
  private static final int KEY_BYTES_MAX = (1 << 12) - 1;

  private final String[] names;
  private final byte[][] encoded;

  /** For each slot the first and the last eight bytes of its key, side by side in memory. */
  private final long[] words;

  /** For each slot the key's length and number; 0: the slot is free. */
  private final int[] slots;

  private final int shift;

  private KeyTable(Collection<String> distinct) {
    int n = distinct.size();
    names = new String[n + 1];
    encoded = new byte[n + 1][];
    names[0] = "";
    encoded[0] = new byte[0];
    int bits = 32 - Integer.numberOfLeadingZeros(Math.max(4, n * SLOTS_PER_KEY - 1));
    slots = new int[1 << bits];
    words = new long[2 << bits];
    shift = 64 - bits;
    int id = 1;
    for (String name : distinct) {
      put(id++, name);
    }
  }

  /**
   * Numbers the given keys in their order; a key named twice counts once. Where a sender's list is
   * cut, a key outlasts those behind it, and those that have no number.
   */
  public static KeyTable of(Collection<String> names) {
    return new KeyTable(new LinkedHashSet<>(names));
  }

  /** How many keys have a number. */
  public int size() {
    return names.length - 1;
  }

  /**
   * The number of a key.
   *
   * @throws IllegalArgumentException if the table was built without it
   */
  public int id(String name) {
    byte[] key = name.getBytes(UTF_8);
    int id = find(key, 0, key.length);
    if (id == 0) {
      throw new IllegalArgumentException("key table has no " + name);
    }
    return id;
  }

  /** The key with this number. */
  public String name(int id) {
    return names[id];
  }

  /** The number of the key that stands at {@code [offset, offset + length)}, or 0. */
  public int find(byte[] bytes, int offset, int length) {
    long head = head(bytes, offset, length);
    long tail = length >= 8 ? Wire.int64At(bytes, offset + length - 8) : head;
    int mask = slots.length - 1;
    for (int slot = slot(head, tail, length); ; slot = (slot + 1) & mask) {
      int taken = slots[slot];
      if (taken == 0) {
        return 0;
      }
      if (words[slot * 2] == head
          && words[slot * 2 + 1] == tail
          && taken >>> ID_BITS == length
          && (length <= 16 || middleEquals(encoded[taken & ID_MASK], bytes, offset, length))) {
        return taken & ID_MASK;
      }
    }
  }

  /** Compares what lies between the first and the last eight bytes; may look at these again. */
  private static boolean middleEquals(byte[] key, byte[] bytes, int offset, int length) {
    if (length <= 32) { // most keys; without a loop, whose end would be guessed wrong
      return Wire.int64At(key, 8) == Wire.int64At(bytes, offset + 8)
          && Wire.int64At(key, length - 16) == Wire.int64At(bytes, offset + length - 16);
    }
    for (int i = 8; i < length - 8; i += 8) {
      if (Wire.int64At(key, i) != Wire.int64At(bytes, offset + i)) {
        return false;
      }
    }
    return true;
  }

  private void put(int id, String name) {
    byte[] key = name.getBytes(UTF_8);
    if (key.length == 0 || key.length > KEY_BYTES_MAX || id > ID_MASK) {
      throw new IllegalArgumentException("a key table holds keys of 1 to 4,095 bytes");
    }
    names[id] = name;
    encoded[id] = key;
    long head = head(key, 0, key.length);
    long tail = key.length >= 8 ? Wire.int64At(key, key.length - 8) : head;
    int slot = slot(head, tail, key.length);
    while (slots[slot] != 0) {
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = key.length << ID_BITS | id;
    words[slot * 2] = head;
    words[slot * 2 + 1] = tail;
  }

  private int slot(long head, long tail, int length) {
    long mixed = (head ^ (tail * 0xff51afd7ed558ccdL)) + length;
    return (int) ((mixed * 0x9e3779b97f4a7c15L) >>> shift);
  }

  private static long head(byte[] bytes, int offset, int length) {
    if (length >= 8) {
      return Wire.int64At(bytes, offset);
    }
    if (offset + 8 <= bytes.length) {
      return Wire.int64At(bytes, offset) & ((1L << (length * 8)) - 1);
    }
    long head = 0;
    for (int i = 0; i < length; i++) {
      head |= (bytes[offset + i] & 0xffL) << (i * 8);
    }
    return head;
  }
}
