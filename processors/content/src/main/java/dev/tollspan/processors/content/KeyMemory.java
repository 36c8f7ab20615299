package dev.tollspan.processors.content;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what became of the last few thousand keys that the tables leave open, because to judge
 * one takes some hundred times as long as to find it here. One thread.
 *
 * <p>A key can be a prompt. So no key is held, but a number of 64 bits that nobody can make another
 * key for who does not know this memory's own random numbers; and of a batch at most so many keys
 * are put to the operator's patterns that a flood of new ones costs little.
 */
final class KeyMemory {
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int SLOTS = 4096;
  private static final int FRESH_MAX = 2048;

  /** In how many slots a key may stand, so that keys that are there all the time find one each. */
  private static final int PLACES = 8;

  private final KeyFates fates;
  private final KeyWords words = new KeyWords();
  private final long[] prints = new long[SLOTS];
  private final @Nullable Fate[] told = new Fate[SLOTS];
  private final long start;
  private final long factor;
  private int fresh; // the thread's, as the next one and the arrays are
  private int turn;

  KeyMemory(KeyFates fates) {
    this.fates = fates;
    SecureRandom random = new SecureRandom();
    start = random.nextLong();
    factor = random.nextLong() | 1;
  }

  /** Another batch comes. */
  void nextBatch() {
    fresh = 0;
  }

  /** What becomes of a key without a number, of which the tables say {@code listed}. */
  Fate find(byte[] bytes, int from, int to, Fate listed) {
    long print = print(bytes, from, to);
    int place = (turn++ & (PLACES - 1)); // where it goes if all are taken
    for (int i = 0; i < PLACES; i++) {
      int slot = slot(print, i);
      Fate fate = told[slot];
      if (fate == null) {
        place = i;
        break;
      }
      if (prints[slot] == print) {
        return fate;
      }
    }
    if (fates.asksPatterns() && ++fresh > FRESH_MAX) {
      return listed.gone();
    }
    words.read(bytes, from, to);
    Fate judged = fates.judge(words, bytes, from, to, listed);
    int slot = slot(print, place);
    prints[slot] = print;
    told[slot] = judged;
    return judged;
  }

  private static int slot(long print, int place) {
    return ((int) print + place) & (SLOTS - 1);
  }

  private long print(byte[] bytes, int from, int to) {
    long print = mixed(start ^ (to - from));
    int p = from;
    for (; p + 8 <= to; p += 8) {
      print = mixed(print ^ (long) INT64.get(bytes, p));
    }
    return mixed(print ^ tail(bytes, p, to));
  }

  private static long tail(byte[] bytes, int from, int to) {
    long value = 0;
    for (int p = from; p < to; p++) {
      value = value << 8 | (bytes[p] & 0xff);
    }
    return value;
  }

  /** Both halves of a product with a secret number: which bits it moves where nobody can tell. */
  private long mixed(long value) {
    return Math.unsignedMultiplyHigh(value, factor) ^ (value * factor) ^ start;
  }
}
