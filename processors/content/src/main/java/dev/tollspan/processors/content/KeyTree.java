package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Families of keys, part by part. A part is a run of letters, digits, underscores and hyphens; any
 * other sign ends it, so that a family holds what stands below it however that is written. Letters
 * match in either case.
 *
 * <p>Look-ups read wire bytes and allocate nothing. Immutable once built, and then safe for all
 * threads; until then its one thread is the builder's.
 */
final class KeyTree {
  private static final int ROOT = 0;
  private static final int NONE = -1;
  private static final int INDEX_DIGITS_MAX = 4;
  private static final byte[] INDEX = {'#'};
  private static final byte[] ANY = {'*'};

  /** The small letter of each character that may stand in a part; 0 for those that end one. */
  private static final byte[] FOLDED = folded();

  private final List<Node> nodes = new ArrayList<>(List.of(new Node(NONE, INDEX)));
  private int[] slots = new int[64]; // numbers of nodes; 0: free

  /** A part behind its parent. {@code exact} is for this key, the others for families. */
  private static final class Node {
    private final int parent;
    private final byte[] part;
    private @Nullable Fate exact; // set while the tree is built, by its thread, as the next two
    private @Nullable Fate itself;
    private @Nullable Fate below;

    Node(int parent, byte[] part) {
      this.parent = parent;
      this.part = part;
    }
  }

  /**
   * Adds a family and all keys below it; with {@code .<k>} at its end, only those.
   *
   * @param family with {@code <n>} for an index, and {@code *} for any second part
   */
  void addFamily(String family, Fate fate) {
    boolean onlyBelow = family.endsWith(".<k>");
    Node node = nodes.get(add(onlyBelow ? family.substring(0, family.length() - 4) : family));
    node.below = fate;
    if (!onlyBelow) {
      node.itself = fate;
    }
  }

  /** Adds one key with indexes, written in small letters. */
  void addExact(String key, Fate fate) {
    nodes.get(add(key)).exact = fate;
  }

  /** What the longest family says that holds this key, if the key itself says nothing. */
  Fate find(byte[] key, int from, int to) {
    Fate found = find(key, from, to, false);
    return found.treatment() == Fate.Treatment.UNKNOWN ? find(key, from, to, true) : found;
  }

  private Fate find(byte[] key, int from, int to, boolean anySecond) {
    Fate fate = Fate.UNKNOWN;
    int node = ROOT;
    int parts = 0;
    boolean plain = true; // only small letters, and one dot or colon between two parts
    for (int p = from; p < to; p++) {
      int start = p;
      int hash = 0;
      boolean digits = true;
      for (byte c; p < to && (c = FOLDED[key[p] & 0xff]) != 0; p++) {
        hash = hash * 31 + c;
        digits &= c <= '9' && c != '-';
        plain &= c == key[p];
      }
      if (p == start) {
        plain = false;
        continue;
      }
      if (anySecond && parts == 1) {
        node = child(node, ANY, 0, 1, ANY[0]);
      } else {
        boolean index = digits && p - start <= INDEX_DIGITS_MAX;
        int indexed = index ? child(node, INDEX, 0, 1, INDEX[0]) : NONE;
        node = indexed != NONE ? indexed : child(node, key, start, p, hash);
      }
      if (node == NONE) {
        return fate;
      }
      parts++;
      Node at = nodes.get(node);
      if (p == to) {
        fate = at.itself != null ? at.itself : fate;
        return plain && at.exact != null ? at.exact : fate;
      }
      fate = at.below != null ? at.below : fate;
      plain &= key[p] == '.' || key[p] == ':';
    }
    return fate;
  }

  private int child(int parent, byte[] bytes, int from, int to, int hash) {
    int mask = slots.length - 1;
    for (int slot = slot(parent, hash, mask); slots[slot] != 0; slot = (slot + 1) & mask) {
      Node node = nodes.get(slots[slot]);
      if (node.parent == parent && isPart(node.part, bytes, from, to)) {
        return slots[slot];
      }
    }
    return NONE;
  }

  private static boolean isPart(byte[] part, byte[] bytes, int from, int to) {
    if (part.length != to - from) {
      return false;
    }
    for (int i = 0; i < part.length; i++) {
      byte c = bytes[from + i];
      byte folded = FOLDED[c & 0xff];
      if (part[i] != (folded == 0 ? c : folded)) {
        return false;
      }
    }
    return true;
  }

  private int add(String key) {
    int node = ROOT;
    String marked = key.toLowerCase(Locale.ROOT).replace("<n>", "#");
    for (String name : marked.split("[.:]", -1)) {
      byte[] part = name.getBytes(US_ASCII);
      int child = child(node, part, 0, part.length, hash(part));
      if (child == NONE) {
        child = nodes.size();
        nodes.add(new Node(node, part));
        put(child);
      }
      node = child;
    }
    return node;
  }

  private void put(int child) {
    if (nodes.size() * 4 > slots.length) {
      slots = new int[slots.length * 2];
      for (int i = 1; i < child; i++) {
        place(i);
      }
    }
    place(child);
  }

  private void place(int child) {
    Node node = nodes.get(child);
    int mask = slots.length - 1;
    int slot = slot(node.parent, hash(node.part), mask);
    while (slots[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = child;
  }

  private static int slot(int parent, int hash, int mask) {
    int mixed = (parent * 0x9e3779b9 ^ hash) * 0x85ebca6b;
    return (mixed ^ mixed >>> 15) & mask;
  }

  private static int hash(byte[] part) {
    int hash = 0;
    for (byte c : part) {
      hash = hash * 31 + c;
    }
    return hash;
  }

  private static byte[] folded() {
    byte[] folded = new byte[256];
    for (char c : "abcdefghijklmnopqrstuvwxyz0123456789_-".toCharArray()) {
      folded[c] = (byte) c;
      folded[Character.toUpperCase(c)] = (byte) c;
    }
    return folded;
  }
}
