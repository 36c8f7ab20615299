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

  /** Names are not longer; what is may be an encoded text. */
  private static final int WORD_BYTES_MAX = 128;

  private static final int SLOTS = 4096;
  private static final int WAYS = 4;
  private static final List<Fact> FACTS = List.of(Fact.values());
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle INT32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** An offer, with all texts that it is for; those that are empty are not there. */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  record Slot(int hash, int told, byte[][] texts, Offer offer) {
    boolean isFor(Usage usage) {
      if (told != usage.toldBits()) {
        return false;
      }
      int i = 0;
      for (int bits = told; bits != 0; bits &= bits - 1) {
        Fact fact = FACTS.get(Integer.numberOfTrailingZeros(bits));
        byte[] text = texts[i++];
        int from = usage.textOffset(fact);
        if (text.length != usage.textLength(fact) || !isSame(text, usage.text(fact), from)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Eight bytes at a time; the last eight may overlap those before. Quicker than a call out. */
  private static boolean isSame(byte[] text, byte[] bytes, int from) {
    int last = text.length - Long.BYTES;
    if (last < 0) {
      return Arrays.equals(text, 0, text.length, bytes, from, from + text.length);
    }
    for (int at = 0; at < last; at += Long.BYTES) {
      if ((long) INT64.get(text, at) != (long) INT64.get(bytes, from + at)) {
        return false;
      }
    }
    return (long) INT64.get(text, last) == (long) INT64.get(bytes, from + last);
  }

  private final @Nullable Slot[] slots = new @Nullable Slot[SLOTS];

  /** The offer for a usage's texts, or null. */
  @Nullable Slot find(Usage usage, int hash) {
    int set = set(hash);
    for (int i = set; i < set + WAYS; i++) {
      Slot slot = slots[i];
      if (slot != null && slot.hash == hash && slot.isFor(usage)) {
        return slot;
      }
    }
    return null;
  }

  /**
   * Whether all texts are single short words, as names are. Others may be prompts that went astray,
   * which nobody may keep.
   */
  static boolean mayKeep(Usage usage) {
    for (int bits = usage.toldBits(); bits != 0; bits &= bits - 1) {
      Fact fact = FACTS.get(Integer.numberOfTrailingZeros(bits));
      byte[] bytes = usage.text(fact);
      int from = usage.textOffset(fact);
      if (usage.textLength(fact) > WORD_BYTES_MAX) {
        return false;
      }
      for (int p = from; p < from + usage.textLength(fact); p++) {
        if (bytes[p] <= ' ') { // blanks, controls, and all that is not ASCII
          return false;
        }
      }
    }
    return true;
  }

  /** Keeps an offer for a usage's texts. */
  Slot keep(Usage usage, int hash, Offer offer) {
    int told = usage.toldBits();
    byte[][] texts = new byte[Integer.bitCount(told)][];
    int text = 0;
    for (int bits = told; bits != 0; bits &= bits - 1) {
      Fact fact = FACTS.get(Integer.numberOfTrailingZeros(bits));
      int from = usage.textOffset(fact);
      texts[text++] = Arrays.copyOfRange(usage.text(fact), from, from + usage.textLength(fact));
    }
    int set = set(hash);
    int at = set + (hash >>> 16 & WAYS - 1);
    for (int i = set; i < set + WAYS; i++) {
      at = slots[i] == null ? i : at;
    }
    Slot slot = new Slot(hash, told, texts, offer);
    slots[at] = slot;
    return slot;
  }

  /** A hash of all texts; -1 if one of them is too long. */
  static int hash(Usage usage) {
    int told = usage.toldBits();
    long mixed = told;
    for (int bits = told; bits != 0; bits &= bits - 1) {
      Fact fact = FACTS.get(Integer.numberOfTrailingZeros(bits));
      int length = usage.textLength(fact);
      if (length > TEXT_BYTES_MAX) {
        return -1;
      }
      mixed = hash(mixed + length, usage.text(fact), usage.textOffset(fact), length);
    }
    return (int) (mixed >>> 32) & Integer.MAX_VALUE;
  }

  /**
   * Takes in the first eight bytes, the middle and the last: texts that differ elsewhere alone
   * share a set. Shorter texts are taken in whole.
   */
  private static long hash(long seed, byte[] bytes, int offset, int length) {
    if (length >= Long.BYTES) {
      int last = length - Long.BYTES;
      long mixed = mix(seed, (long) INT64.get(bytes, offset));
      mixed =
          length <= 2 * Long.BYTES ? mixed : mix(mixed, (long) INT64.get(bytes, offset + last / 2));
      return mix(mixed, (long) INT64.get(bytes, offset + last));
    }
    if (length >= Integer.BYTES) {
      long head = (int) INT32.get(bytes, offset);
      long tail = (int) INT32.get(bytes, offset + length - Integer.BYTES);
      return mix(seed, head << 32 ^ tail);
    }
    long few = 0;
    for (int i = 0; i < length; i++) {
      few = (few << 8) | (bytes[offset + i] & 0xff);
    }
    return mix(seed, few);
  }

  private static long mix(long mixed, long more) {
    long product = (mixed ^ more) * 0x9e3779b97f4a7c15L;
    return product ^ product >>> 32;
  }

  private static int set(int hash) {
    return (hash & SLOTS / WAYS - 1) * WAYS;
  }
}
