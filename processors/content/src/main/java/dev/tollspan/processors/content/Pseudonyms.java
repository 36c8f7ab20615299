package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.BatchEditor;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts keyed hashes in the place of ids: the first 128 bits of HMAC-SHA-256 over key, a zero byte
 * and value, so that the same id under two keys cannot be joined.
 *
 * <p>One thread. Makes no garbage. Between two batches it holds hashes of the one before, but no
 * value: it compares with the values where they stand in their batch.
 */
final class Pseudonyms {
  private static final byte[] SUFFIX = Names.ascii(".previous");
  private static final byte[] HEX = Names.ascii("0123456789abcdef");
  private static final int DIGEST_BYTES = 32;
  private static final int SHOWN_BYTES = 16;
  private static final int SLOTS = 8;
  private static final int TEXT_BYTES_MAX = 5 + 33 + SHOWN_BYTES * 2;

  private final HashKey current;
  private final @Nullable HashKey previous;
  private final MessageDigest sha = HashKey.sha256();
  private final byte[] digest = new byte[DIGEST_BYTES];
  private final byte[] digits = new byte[20];
  private final byte[] older = new byte[TEXT_BYTES_MAX];
  private final byte[][] texts = new byte[SLOTS][TEXT_BYTES_MAX];
  private final int[] lengths = new int[SLOTS];
  private final int[] kinds = new int[SLOTS]; // keys and types; 0: nothing is known
  private final int[] offsets = new int[SLOTS];
  private final int[] ends = new int[SLOTS];

  Pseudonyms(HashKey current, @Nullable HashKey previous) {
    this.current = current;
    this.previous = previous;
  }

  /** Forgets where values stand: another batch comes. */
  void forget() {
    Arrays.fill(kinds, 0);
  }

  /** Replaces an attribute, which has a text or a whole number that is not empty. */
  void replace(BatchEditor editor, Attributes list, int i) {
    int slot = slot(list, i);
    editor.replaceText(list, i, texts[slot], lengths[slot]);
    if (previous != null) {
      editor.insertText(list, i, SUFFIX, older, write(previous, list, i, older));
    }
  }

  private int slot(Attributes list, int i) {
    int slot = list.keyId(i) % SLOTS;
    int from = list.valueOffset(i);
    int to = list.end(i);
    boolean known =
        list.keyId(i) != 0
            && kinds[slot] == list.kind(i)
            && Arrays.equals(list.bytes(), offsets[slot], ends[slot], list.bytes(), from, to);
    if (!known) {
      kinds[slot] = list.kind(i);
      offsets[slot] = from;
      ends[slot] = to;
      lengths[slot] = write(current, list, i, texts[slot]);
    }
    return slot;
  }

  /** Writes the hash as text and returns its length. */
  private int write(HashKey key, Attributes list, int i, byte[] target) {
    sha.update(key.inner());
    sha.update(list.bytes(), list.keyOffset(i), list.keyLength(i));
    sha.update((byte) 0);
    if (list.type(i) == Attributes.STRING) {
      sha.update(list.bytes(), list.valueOffset(i), list.valueLength(i));
    } else {
      int from = decimal(list.longValue(i));
      sha.update(digits, from, digits.length - from);
    }
    digest();
    sha.update(key.outer());
    sha.update(digest);
    digest();
    byte[] prefix = key.prefix();
    System.arraycopy(prefix, 0, target, 0, prefix.length);
    int p = prefix.length;
    for (int b = 0; b < SHOWN_BYTES; b++) {
      target[p++] = HEX[digest[b] >> 4 & 15];
      target[p++] = HEX[digest[b] & 15];
    }
    Arrays.fill(digest, (byte) 0);
    return p;
  }

  private void digest() {
    try {
      sha.digest(digest, 0, DIGEST_BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 has 32 bytes", e);
    }
  }

  /** Writes the digits as a sender would have that sends text, and returns where they begin. */
  private int decimal(long value) {
    if (value == Long.MIN_VALUE) {
      byte[] text = Long.toString(value).getBytes(US_ASCII);
      System.arraycopy(text, 0, digits, 0, text.length);
      return 0;
    }
    int p = digits.length;
    long rest = Math.abs(value);
    do {
      digits[--p] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    if (value < 0) {
      digits[--p] = '-';
    }
    return p;
  }
}
