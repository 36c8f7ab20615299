package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tollspan.spans.Soundness;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;

/**
 * Whatever comes as the body of a call over gRPC is answered once, and means what the same bytes
 * mean that are decoded as they are. The first byte chooses how it is packed and framed, the second
 * the length of the pieces.
 */
class GrpcFuzzTest {
  private static final Packing[] PACKINGS = {
    Packing.NONE, Packing.GZIP, Packing.ZSTD, Packing.NONE
  };
  private static final int PACKED_ALREADY = 4;
  private static final int FRAMED_ALREADY = 8;
  private static final int HEADER_BYTES = 5;

  private final Lab lab = new Lab();

  @FuzzTest(maxDuration = "3m")
  void answersAnyCallOnceAndAsIfItHadComePlain(byte[] input) {
    if (input.length < 2) {
      return;
    }
    Packing packing = PACKINGS[input[0] & 3];
    int pieceBytes = 1 + (input[1] & 0xff);
    byte[] rest = Arrays.copyOfRange(input, 2, input.length);
    if ((input[0] & FRAMED_ALREADY) != 0) {
      Fate fate = GrpcTalk.of(lab, rest, packing, pieceBytes);
      // 500 is grpc-java's own: no frame begins like this, or it ends too early.
      assertTrue(Set.of(200, 400, 413, 500).contains(fate.status()), "" + fate.status());
      assertTrue(fate.status() == 200 || fate.batches().isEmpty());
      return;
    }
    boolean isPacked = (input[0] & PACKED_ALREADY) != 0 && packing != Packing.NONE;
    byte[] message = isPacked ? rest : packing.pack(rest);
    Fate fate = GrpcTalk.of(lab, framed(message, packing), packing, pieceBytes);
    if (fate.status() == 200 || !isPacked) {
      byte[] plain = isPacked ? packing.unpack(rest, Lab.LIMIT) : rest;
      // What is packed has a mark of ours in front, which grpc-java counts.
      boolean fits = message.length + (packing == Packing.NONE ? 0 : 1) <= Lab.LIMIT;
      assertEquals(fits ? Fate.of(plain, false, Lab.LIMIT) : Fate.refused(413), fate);
      if (fate.status() == 200) {
        Soundness.check(plain);
      }
    } else {
      assertTrue(Set.of(400, 413).contains(fate.status()), "" + fate.status());
      assertTrue(fate.batches().isEmpty());
    }
  }

  private static byte[] framed(byte[] message, Packing packing) {
    return ByteBuffer.allocate(HEADER_BYTES + message.length)
        .put((byte) (packing == Packing.NONE ? 0 : 1))
        .putInt(message.length)
        .put(message)
        .array();
  }
}
