package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.tollspan.spans.BatchPool;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** The forms of gzip and zstd that senders may use. */
class UnpackerTest {
  private static final int LIMIT = 1 << 20;
  private static final byte[] PLAIN = Requests.message(500).toByteArray();

  private final BatchPool pool = new BatchPool(16 << 20);
  private final ByteBudget budget = new ByteBudget(4 << 20);
  private Hold hold; // of the request that was made last

  private Inflated out() {
    hold = Lab.hold(budget, new ByteBudget(4 << 20));
    return new Inflated(pool, hold, LIMIT, 0);
  }

  private void assertUnpacks(Unpacker unpacker, byte[] packed, byte[] plain) {
    Inflated out = out();
    assertEquals(Unpacker.Result.DONE, unpacker.unpack(packed, packed.length, out));
    Received.Body body = out.body();
    assertArrayEquals(plain, Arrays.copyOf(body.bytes(), body.length()));
    for (int i = body.length(); i < body.bytes().length; i++) {
      assertEquals(0, body.bytes()[i], "plain text left behind the end");
    }
    pool.release(body.bytes(), body.length());
    hold.release();
    assertEquals(0, budget.heldBytes());
  }

  @Test
  void readsGzipHeadersOfAnyKind() {
    byte[] gzip = Requests.gzip(PLAIN);
    try (Unpacker unpacker = new GzipUnpacker()) {
      for (int flags = 0; flags < 32; flags++) {
        assertUnpacks(unpacker, withHeader(gzip, flags), PLAIN);
      }
    }
  }

  private static byte[] withHeader(byte[] gzip, int flags) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(gzip, 0, 3);
    out.write(flags);
    out.write(gzip, 4, 6);
    if ((flags & 4) != 0) {
      out.writeBytes(new byte[] {3, 0, 'a', 'b', 'c'});
    }
    if ((flags & 8) != 0) {
      out.writeBytes("name\0".getBytes(StandardCharsets.US_ASCII));
    }
    if ((flags & 16) != 0) {
      out.writeBytes("comment\0".getBytes(StandardCharsets.US_ASCII));
    }
    if ((flags & 2) != 0) {
      CRC32 crc = new CRC32();
      crc.update(out.toByteArray());
      out.write((int) crc.getValue());
      out.write((int) (crc.getValue() >> 8));
    }
    out.write(gzip, 10, gzip.length - 10);
    return out.toByteArray();
  }

  @Test
  void answersAGzipHeaderWithAWrongChecksumAsBroken() {
    byte[] header = withHeader(Requests.gzip(PLAIN), 2);
    header[10] ^= 1;
    try (Unpacker unpacker = new GzipUnpacker()) {
      Inflated out = out();
      assertEquals(Unpacker.Result.BROKEN, unpacker.unpack(header, header.length, out));
      out.close();
    }
  }

  @Test
  void answersGzipHeadersThatRunPastTheEndAsBroken() {
    try (Unpacker unpacker = new GzipUnpacker()) {
      for (int flags : new int[] {2, 4, 8, 16, 32, 64, 128}) {
        byte[] header = {0x1f, (byte) 0x8b, 8, (byte) flags, 0, 0, 0, 0, 0, 0, 1};
        Inflated out = out();
        assertEquals(Unpacker.Result.BROKEN, unpacker.unpack(header, header.length, out));
        out.close();
        hold.release();
      }
    }
    assertEquals(0, budget.heldBytes());
  }

  @Test
  void answersNothingAtAllAsBroken() {
    for (Unpacker unpacker : new Unpacker[] {new GzipUnpacker(), new ZstdUnpacker()}) {
      Inflated out = out();
      assertEquals(Unpacker.Result.BROKEN, unpacker.unpack(new byte[0], 0, out));
      out.close();
      hold.release();
      unpacker.close();
    }
  }

  @Test
  void readsSeveralGzipMembersAsOneMessage() {
    byte[] head = Arrays.copyOf(PLAIN, 1000);
    byte[] tail = Arrays.copyOfRange(PLAIN, 1000, PLAIN.length);
    byte[] nothing = Requests.gzip(new byte[0]);
    byte[] packed = Requests.join(Requests.gzip(head), nothing, Requests.gzip(tail));
    try (Unpacker unpacker = new GzipUnpacker()) {
      assertUnpacks(unpacker, packed, PLAIN);
      assertUnpacks(unpacker, nothing, new byte[0]);
    }
  }

  @Test
  void readsZstdWithAndWithoutItsSize() {
    byte[] head = Arrays.copyOf(PLAIN, 1000);
    byte[] tail = Arrays.copyOfRange(PLAIN, 1000, PLAIN.length);
    byte[] twoFrames = Requests.join(Zstd.compress(head), Requests.zstdStream(tail));
    try (Unpacker unpacker = new ZstdUnpacker()) {
      assertUnpacks(unpacker, Zstd.compress(PLAIN), PLAIN);
      assertUnpacks(unpacker, Zstd.compress(PLAIN, 19), PLAIN);
      assertUnpacks(unpacker, Requests.zstdStream(PLAIN), PLAIN);
      assertUnpacks(unpacker, twoFrames, PLAIN);
      assertUnpacks(unpacker, Zstd.compress(new byte[0]), new byte[0]);
    }
  }

  @Test
  void growsForWhatCompressesUnusuallyWell() {
    byte[] zeros = new byte[LIMIT];
    byte[] noise = new byte[300_000];
    new Random(1).nextBytes(noise);
    try (Unpacker gzip = new GzipUnpacker();
        Unpacker zstd = new ZstdUnpacker()) {
      assertUnpacks(gzip, Requests.gzip(zeros), zeros);
      assertUnpacks(zstd, Requests.zstdStream(zeros), zeros);
      assertUnpacks(zstd, Zstd.compress(zeros), zeros);
      assertUnpacks(gzip, Requests.gzip(noise), noise);
      assertUnpacks(zstd, Zstd.compress(noise), noise);
    }
  }

  @Test
  void stopsABombAtTheLimit() {
    byte[] zeros = new byte[128 << 20];
    for (Unpacker unpacker : new Unpacker[] {new GzipUnpacker(), new ZstdUnpacker()}) {
      byte[] bomb =
          unpacker instanceof GzipUnpacker ? Requests.gzip(zeros) : Requests.zstdStream(zeros);
      Inflated out = out();
      assertEquals(Unpacker.Result.TOO_LARGE, unpacker.unpack(bomb, bomb.length, out));
      assertTrue(out.bytes().length <= 2 * LIMIT, "array of " + out.bytes().length);
      assertTrue(budget.heldBytes() <= LIMIT + 1024);
      out.close();
      hold.release();
      unpacker.close();
    }
    assertEquals(0, budget.heldBytes());
  }

  /** What does not compress, where eight times its size could never be held. */
  @Test
  void takesWhatFitsThoughTheFirstGuessWouldNot() {
    byte[] noise = new byte[600_000];
    new Random(1).nextBytes(noise);
    byte[] twoMembers = Requests.join(Requests.gzip(noise), Requests.gzip(new byte[10]));
    byte[] plain = Arrays.copyOf(noise, noise.length + 10);
    try (Unpacker gzip = new GzipUnpacker();
        Unpacker zstd = new ZstdUnpacker()) {
      assertFitsBeside(gzip, Requests.gzip(noise), noise);
      assertFitsBeside(gzip, twoMembers, plain);
      assertFitsBeside(zstd, Zstd.compress(noise), noise);
      assertFitsBeside(zstd, Requests.zstdStream(noise), noise);
    }
  }

  /** With just enough for what is packed and what comes out; with less it is told that never. */
  private void assertFitsBeside(Unpacker unpacker, byte[] packed, byte[] plain) {
    for (int lacking = 0; lacking < 8192; lacking += 4096) {
      ByteBudget share = new ByteBudget(packed.length + plain.length + 2048 - lacking);
      hold = Lab.hold(budget, share);
      assertTrue(hold.resize(packed.length));
      try (Inflated out = new Inflated(pool, hold, LIMIT, packed.length)) {
        Unpacker.Result result = unpacker.unpack(packed, packed.length, out);
        assertEquals(lacking == 0 ? Unpacker.Result.DONE : Unpacker.Result.NO_ROOM, result);
        if (lacking == 0) {
          assertArrayEquals(plain, Arrays.copyOf(out.bytes(), out.length()));
        } else {
          assertFalse(out.couldFit());
        }
      }
      hold.release();
    }
    assertEquals(0, budget.heldBytes());
  }

  @Test
  void breaksOffWhatIsLongAndHoldsNothing() {
    byte[] head = Arrays.copyOf(Requests.gzip(new byte[0]), 10);
    byte[] nothing = Arrays.copyOf(head, 4 << 20);
    for (int at = 10; at + 5 <= nothing.length; at += 5) { // stored blocks of no bytes
      nothing[at + 3] = (byte) 0xff;
      nothing[at + 4] = (byte) 0xff;
    }
    byte[] member = Requests.gzip(new byte[0]);
    byte[] members = new byte[(4 << 20) / member.length * member.length];
    for (int at = 0; at < members.length; at += member.length) {
      System.arraycopy(member, 0, members, at, member.length);
    }
    try (Unpacker unpacker = new GzipUnpacker()) {
      for (byte[] packed : new byte[][] {nothing, members}) {
        Inflated out = out();
        assertEquals(Unpacker.Result.WASTEFUL, unpacker.unpack(packed, packed.length, out));
        out.close();
        hold.release();
      }
      assertUnpacks(
          unpacker,
          Arrays.copyOf(members, members.length / 8 / member.length * member.length),
          new byte[0]);
    }
  }

  @Test
  void givesUpWhenTheBudgetHasNoRoom() {
    assertTrue(budget.acquire((4 << 20) - 4096, 0));
    byte[] packed = Requests.gzip(PLAIN);
    try (Unpacker unpacker = new GzipUnpacker()) {
      Inflated out = out();
      assertEquals(Unpacker.Result.NO_ROOM, unpacker.unpack(packed, packed.length, out));
      out.close();
      hold.release();
    }
    assertEquals((4 << 20) - 4096, budget.heldBytes());
  }
}
