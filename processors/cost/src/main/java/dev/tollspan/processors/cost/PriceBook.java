package dev.tollspan.processors.cost;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prices by model, found straight in wire bytes. An empty answer means "unknown", never zero.
 *
 * <p>Several books become one: the first that has a model wins. Names are compared byte for byte;
 * no guess is made from a similar name. The row named {@value #DEFAULT_MODEL} stands for models
 * that no book knows and is found by {@link #unknown} only, so no span can ask for it by name.
 *
 * <p>A look-up neither decodes a string nor allocates. Immutable and safe for all threads.
 */
final class PriceBook {
  static final String DEFAULT_MODEL = "default";

  private static final int SLOTS_PER_MODEL = 4;
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[][] models; // the first row is nobody's: slots say 0 for "empty"
  private final Price[] prices;
  private final int[] slots;
  private final int shift;
  private final int longestModel;
  private final @Nullable Price unknown;

  private PriceBook(Map<String, Price> rows) {
    unknown = rows.get(DEFAULT_MODEL);
    models = new byte[rows.size() + 1][];
    prices = new Price[rows.size() + 1];
    int bits = 32 - Integer.numberOfLeadingZeros(Math.max(4, rows.size() * SLOTS_PER_MODEL - 1));
    slots = new int[1 << bits];
    shift = 64 - bits;
    int row = 0;
    int longest = 0;
    for (Map.Entry<String, Price> entry : rows.entrySet()) {
      if (!entry.getKey().equals(DEFAULT_MODEL)) {
        models[++row] = entry.getKey().getBytes(UTF_8);
        prices[row] = entry.getValue();
        longest = Math.max(longest, models[row].length);
        int slot = slot(models[row], 0, models[row].length);
        while (slots[slot] != 0) {
          slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = row;
      }
    }
    longestModel = longest;
  }

  /**
   * Reads books.
   *
   * @param entries {@code builtin}, {@code tutorial}, or paths of price files; the first wins
   * @throws IllegalArgumentException with every problem of every file, one a line
   */
  static PriceBook load(List<String> entries) {
    List<String> problems = new ArrayList<>();
    Map<String, Price> rows = new LinkedHashMap<>();
    for (String entry : entries) {
      PriceFile.read(entry, problems).forEach(rows::putIfAbsent);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("prices: " + String.join("\n", problems));
    }
    return new PriceBook(rows);
  }

  /** The price of the model whose name is at {@code [offset, offset + length)}. */
  @Nullable Price find(byte[] bytes, int offset, int length) {
    if (length <= 0 || length > longestModel) {
      return null;
    }
    for (int slot = slot(bytes, offset, length); ; slot = (slot + 1) & (slots.length - 1)) {
      int row = slots[slot];
      if (row == 0) {
        return null;
      }
      byte[] model = models[row];
      if (Arrays.equals(model, 0, model.length, bytes, offset, offset + length)) {
        return prices[row];
      }
    }
  }

  /** The price for models that no book knows, if a book has one. */
  @Nullable Price unknown() {
    return unknown;
  }

  private int slot(byte[] bytes, int offset, int length) {
    int end = offset + length;
    long mixed = length;
    int p = offset;
    for (; p + Long.BYTES <= end; p += Long.BYTES) {
      mixed = (mixed ^ (long) INT64.get(bytes, p)) * 0xff51afd7ed558ccdL;
      mixed ^= mixed >>> 32;
    }
    for (; p < end; p++) {
      mixed = mixed * 31 + bytes[p];
    }
    return (int) ((mixed * 0x9e3779b97f4a7c15L) >>> shift);
  }
}
