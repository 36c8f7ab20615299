package dev.tollspan.prices;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Offers by the texts that led to them, found without making a string. Bounded: a new one takes the
 * place of an old one.
 *
 * <p>Safe for all threads without a lock: slots hold immutable values, and a thread that does not
 * see one yet makes it again.
 */
final class OfferCache {
  /** Texts longer than this name nothing. */
  static final int TEXT_BYTES_MAX = 512;

  private static final int SLOTS = 4096;
  private static final int WAYS = 4;
  private static final List<Fact> FACTS = List.of(Fact.values());
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  private record Slot(int hash, byte[][] texts, Offer offer) {
    boolean isFor(Usage usage) {
      for (int i = 0; i < texts.length; i++) {
        Fact fact = FACTS.get(i);
        int length = usage.textLength(fact);
        byte[] text = texts[i];
        if (length != text.length) {
          return false;
        }
        int from = usage.textOffset(fact);
        if (length > 0 && !Arrays.equals(text, 0, length, usage.text(fact), from, from + length)) {
          return false;
        }
      }
      return true;
    }
  }

  private final @Nullable Slot[] slots = new @Nullable Slot[SLOTS];

  /** The offer for a usage's texts, or null. */
  @Nullable Offer find(Usage usage, int hash) {
    int set = set(hash);
    for (int i = set; i < set + WAYS; i++) {
      Slot slot = slots[i];
      if (slot != null && slot.hash == hash && slot.isFor(usage)) {
        return slot.offer;
      }
    }
    return null;
  }

  /** Keeps an offer for a usage's texts. */
  void keep(Usage usage, int hash, Offer offer) {
    byte[][] texts = new byte[FACTS.size()][];
    for (int i = 0; i < texts.length; i++) {
      Fact fact = FACTS.get(i);
      int from = usage.textOffset(fact);
      texts[i] = Arrays.copyOfRange(usage.text(fact), from, from + usage.textLength(fact));
    }
    int set = set(hash);
    int at = set + (hash >>> 16 & WAYS - 1);
    for (int i = set; i < set + WAYS; i++) {
      at = slots[i] == null ? i : at;
    }
    slots[at] = new Slot(hash, texts, offer);
  }

  /** A hash of all texts; -1 if one of them is too long. */
  static int hash(Usage usage) {
    long mixed = 0;
    for (int i = 0; i < FACTS.size(); i++) {
      Fact fact = FACTS.get(i);
      int length = usage.textLength(fact);
      mixed = mixed * 31 + length;
      if (length > 0) {
        if (length > TEXT_BYTES_MAX) {
          return -1;
        }
        mixed = hash(mixed, usage.text(fact), usage.textOffset(fact), length);
      }
    }
    mixed *= 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32) & Integer.MAX_VALUE;
  }

  private static long hash(long seed, byte[] bytes, int offset, int length) {
    long mixed = seed;
    int end = offset + length;
    int at = offset;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      mixed = (mixed ^ (long) INT64.get(bytes, at)) * 0xff51afd7ed558ccdL;
      mixed ^= mixed >>> 32;
    }
    for (; at < end; at++) {
      mixed = mixed * 31 + bytes[at];
    }
    return mixed;
  }

  private static int set(int hash) {
    return (hash & SLOTS / WAYS - 1) * WAYS;
  }
}
