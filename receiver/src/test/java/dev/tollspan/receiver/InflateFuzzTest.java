package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tollspan.spans.BatchPool;
import java.util.Arrays;

/**
 * Whatever claims to be compressed comes out as other implementations unpack it, within the limit
 * and what was paid for, or not at all. The first byte chooses the compression, and whether the
 * rest is what was packed or what shall be.
 */
class InflateFuzzTest {
  private static final int LIMIT = 10_000;
  private static final int PLAIN = 2;
  private static final int SCARCE = 4;

  private final BatchPool pool = new BatchPool(1 << 20);
  private final Unpackers unpackers = new Unpackers(1, GzipUnpacker::new, ZstdUnpacker::new);

  @FuzzTest(maxDuration = "3m")
  void unpacksAsOthersDoAndNeverMoreThanItMay(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Packing packing = (input[0] & 1) == 0 ? Packing.GZIP : Packing.ZSTD;
    boolean isPlain = (input[0] & PLAIN) != 0;
    boolean isScarce = (input[0] & SCARCE) != 0;
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    byte[] packed = isPlain ? packing.pack(rest) : rest;
    long room = isScarce ? 2 << 10 : 3L * LIMIT + packed.length;
    ByteBudget budget = new ByteBudget(room);
    Hold hold = Lab.hold(budget, new ByteBudget(room));
    int mark = packing == Packing.GZIP ? Unpackers.GZIP : Unpackers.ZSTD;
    try (Inflated out = new Inflated(pool, hold, LIMIT, 0)) {
      Unpacker.Result result = unpackers.unpack(mark, packed, packed.length, out);
      assertTrue(out.bytes().length <= 4 * LIMIT, "an array of " + out.bytes().length);
      if (!isScarce) {
        assertNotEquals(Unpacker.Result.NO_ROOM, result);
      }
      if (isPlain && !isScarce) {
        boolean fits = rest.length <= LIMIT;
        assertEquals(fits ? Unpacker.Result.DONE : Unpacker.Result.TOO_LARGE, result);
      }
      if (result == Unpacker.Result.DONE) {
        assertTrue(out.length() <= LIMIT);
        body(out.body(), isPlain ? rest : packing.unpack(packed, LIMIT));
      }
    }
    hold.release();
    assertEquals(0, budget.heldBytes());
  }

  private void body(Received.Body body, byte[] wanted) {
    byte[] bytes = body.bytes();
    assertArrayEquals(wanted, Arrays.copyOf(bytes, body.length()));
    for (int i = body.length(); i < bytes.length; i++) {
      assertEquals(0, bytes[i], "something is left behind the end");
    }
    pool.release(bytes, body.length());
  }
}
