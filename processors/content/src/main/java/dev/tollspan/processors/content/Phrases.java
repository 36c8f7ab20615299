package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * Runs of words of keys, and what each says. Immutable once built, and then safe for all threads;
 * until then its one thread is the builder's. Look-ups allocate nothing.
 */
final class Phrases {
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private long[] keys = new long[64]; // of phrases and all their beginnings; 0: free
  private @Nullable Fate[] fates = new Fate[64];
  private int size;

  /** Adds a phrase; a later one takes the place of an earlier. */
  void put(String phrase, Fate fate) {
    byte[] bytes = phrase.getBytes(UTF_8);
    KeyWords words = new KeyWords();
    words.read(bytes, 0, bytes.length);
    long key = 0;
    for (int i = 0; i < words.count(); i++) {
      key = next(key, words.word(i));
      int slot = slot(keys, key);
      if (keys[slot] == 0) {
        slot = add(slot, key);
      }
      if (i == words.count() - 1) {
        fates[slot] = fate;
      }
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /**
   * Behind the last word of the longest phrase that begins at a word; that word itself if none
   * does.
   */
  int longest(KeyWords words, int from, boolean overNumbers) {
    int end = from;
    long key = 0;
    for (int i = from; i < words.count(); i++) {
      if (overNumbers && words.isNumber(i)) {
        continue;
      }
      key = next(key, words.word(i));
      int slot = slot(keys, key);
      if (keys[slot] == 0) {
        return end;
      }
      end = fates[slot] == null ? end : i + 1;
    }
    return end;
  }

  /** What the phrase in {@code [from, to)} says, or null. */
  @Nullable Fate get(KeyWords words, int from, int to, boolean overNumbers) {
    long key = 0;
    for (int i = from; i < to; i++) {
      key = overNumbers && words.isNumber(i) ? key : next(key, words.word(i));
    }
    return fates[slot(keys, key)];
  }

  private int add(int free, long key) {
    int slot = free;
    if (++size * 2 > keys.length) {
      long[] wider = new long[keys.length * 2];
      @Nullable Fate[] moved = new Fate[wider.length];
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] != 0) {
          int to = slot(wider, keys[i]);
          wider[to] = keys[i];
          moved[to] = fates[i];
        }
      }
      keys = wider;
      fates = moved;
      slot = slot(keys, key);
    }
    keys[slot] = key;
    return slot;
  }

  private static int slot(long[] keys, long key) {
    int mask = keys.length - 1;
    int slot = (int) (key >>> 40) & mask;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Never 0, which stands for a free slot. */
  private static long next(long key, long word) {
    long mixed = (key ^ word) * MIX;
    return (mixed ^ mixed >>> 32) | 1;
  }
}
