package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
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

  private final String[] names;
  private final byte[][] encoded;
  private final long[] heads;
  private final long[] tails;
  private final int[] slots;
  private final int shift;

  private KeyTable(Collection<String> distinct) {
    int n = distinct.size();
    names = new String[n + 1];
    encoded = new byte[n + 1][];
    heads = new long[n + 1];
    tails = new long[n + 1];
    names[0] = "";
    encoded[0] = new byte[0];
    int bits = 32 - Integer.numberOfLeadingZeros(Math.max(4, n * SLOTS_PER_KEY - 1));
    slots = new int[1 << bits];
    shift = 64 - bits;
    int id = 1;
    for (String name : distinct) {
      put(id++, name);
    }
  }

  /** Numbers the given keys in their order; a key named twice counts once. */
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

  /** The number of the key at {@code [offset, offset + length)}, or 0. */
  int find(byte[] bytes, int offset, int length) {
    long head = head(bytes, offset, length);
    long tail = tail(bytes, offset, length, head);
    int mask = slots.length - 1;
    for (int slot = slot(head, tail, length); ; slot = (slot + 1) & mask) {
      int id = slots[slot];
      if (id == 0) {
        return 0;
      }
      byte[] key = encoded[id];
      if (heads[id] == head
          && tails[id] == tail
          && key.length == length
          && (length <= 16 || middleEquals(key, bytes, offset))) {
        return id;
      }
    }
  }

  private static boolean middleEquals(byte[] key, byte[] bytes, int offset) {
    int to = key.length - 8;
    return Arrays.equals(key, 8, to, bytes, offset + 8, offset + to);
  }

  private void put(int id, String name) {
    byte[] key = name.getBytes(UTF_8);
    if (key.length == 0) {
      throw new IllegalArgumentException("an empty key cannot be numbered");
    }
    names[id] = name;
    encoded[id] = key;
    heads[id] = head(key, 0, key.length);
    tails[id] = tail(key, 0, key.length, heads[id]);
    int slot = slot(heads[id], tails[id], key.length);
    while (slots[slot] != 0) {
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = id;
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

  private static long tail(byte[] bytes, int offset, int length, long head) {
    return length >= 8 ? Wire.int64At(bytes, offset + length - 8) : head;
  }
}
