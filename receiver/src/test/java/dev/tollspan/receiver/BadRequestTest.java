package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.tollspan.pipeline.Outcome;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sizes at and over the limit, damaged and hostile requests: a clear answer, and life goes on. */
class BadRequestTest {
  private static final int LIMIT = 256 << 10;
  private static final byte[] GOOD = Requests.message(20).toByteArray();

  private static Station station() throws Exception {
    OtlpReceiverConfig config = Station.config(LIMIT, 16 << 20);
    return new Station(config, Station.PATIENCE, message -> Outcome.ACCEPTED);
  }

  @Test
  @Tag("A8")
  void takesRequestsOfJustTheLimit() throws Exception {
    byte[] largest = Requests.ofSize(LIMIT);
    try (Station station = station()) {
      assertEquals(Status.Code.OK, station.client.export(largest).code());
      assertEquals(Status.Code.OK, station.client.export("gzip", Requests.gzip(largest)).code());
      assertEquals(Status.Code.OK, station.client.export("zstd", Zstd.compress(largest)).code());
      byte[] stream = Requests.zstdStream(largest);
      assertEquals(Status.Code.OK, station.client.export("zstd", stream).code());
      assertEquals(4, station.ledger.accepted());
    }
  }

  @Test
  @Tag("A5")
  @Tag("A6")
  @Tag("A7")
  void answersTooLargeWithoutInvitingARetry() throws Exception {
    byte[] over = Requests.ofSize(LIMIT + 1);
    byte[] zeros = new byte[64 << 20];
    try (Station station = station()) {
      List<RawClient.Reply> replies =
          List.of(
              station.client.export(over),
              station.client.export("gzip", Requests.gzip(over)),
              station.client.export("zstd", Zstd.compress(over)),
              station.client.export("zstd", Requests.zstdStream(over)),
              station.client.export("gzip", Requests.gzip(zeros)),
              station.client.export("zstd", Requests.zstdStream(zeros)),
              station.client.export("gzip", manyMembers()));
      for (RawClient.Reply reply : replies) {
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, reply.code(), reply.toString());
        assertFalse(reply.hasDetails());
      }
      assertEquals(Status.Code.OK, station.client.export(GOOD).code());
      assertEquals(replies.size(), station.ledger.refusedRequests());
    }
  }

  /** Each member is small; together they are over the limit. */
  private static byte[] manyMembers() {
    byte[][] members = new byte[5][];
    Arrays.fill(members, Requests.gzip(new byte[LIMIT / 4]));
    return Requests.join(members);
  }

  @Test
  @Tag("A17")
  void answersWhatIsNotOtlpAsInvalid() throws Exception {
    List<byte[]> broken = new ArrayList<>();
    broken.add(new byte[] {0x0a}); // no length
    broken.add(new byte[] {0x0a, (byte) 0xff}); // a varint that does not end
    broken.add(new byte[] {0x0a, 0x7f, 0x00}); // longer than what is there
    broken.add(new byte[] {0x0a, -1, -1, -1, -1, 0x0f}); // a length of minus one
    broken.add(new byte[] {0x0b, 0x0c}); // a group
    broken.add(new byte[] {0x0e, 0x01}); // a wire type that does not exist
    broken.add(new byte[] {0x0f, 0x01});
    broken.add(new byte[] {0x02, 0x00}); // field number 0
    broken.add(Requests.CANARY.getBytes(StandardCharsets.UTF_8));
    for (int cut = 1; cut < GOOD.length; cut += 97) {
      broken.add(Arrays.copyOf(GOOD, cut));
    }
    try (Station station = station()) {
      for (byte[] message : broken) {
        RawClient.Reply reply = station.client.export(message);
        assertEquals(Status.Code.INVALID_ARGUMENT, reply.code(), Arrays.toString(message));
        assertFalse(reply.status().getDescription().contains(Requests.CANARY));
      }
      assertEquals(Status.Code.OK, station.client.export(GOOD).code());
      assertEquals(broken.size(), station.ledger.refusedRequests());
    }
  }

  @Test
  void livesThroughRandomAndMutatedBytes() throws Exception {
    Random random = new Random(20);
    try (Station station = station()) {
      List<CompletableFuture<RawClient.Reply>> replies = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        byte[] message = i % 2 == 0 ? new byte[random.nextInt(200)] : GOOD.clone();
        if (i % 2 == 0) {
          random.nextBytes(message);
        } else {
          for (int edits = 0; edits < 3; edits++) {
            message[random.nextInt(message.length)] = (byte) random.nextInt();
          }
        }
        replies.add(station.client.send(message));
      }
      for (CompletableFuture<RawClient.Reply> reply : replies) {
        Status status = RawClient.await(reply).status();
        boolean expected = status.isOk() || status.getCode() == Status.Code.INVALID_ARGUMENT;
        assertTrue(expected, status.toString());
      }
      assertEquals(Status.Code.OK, station.client.export(GOOD).code());
    }
  }

  @Test
  @Tag("A17")
  void answersDamagedCompressionAsInvalid() throws Exception {
    byte[] gzip = Requests.gzip(GOOD);
    byte[] zstd = Zstd.compress(GOOD);
    byte[] checked;
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      checked = context.setChecksum(true).compress(GOOD);
    }
    try (Station station = station()) {
      List<RawClient.Reply> replies =
          List.of(
              station.client.export("gzip", GOOD),
              station.client.export("gzip", zstd),
              station.client.export("gzip", Arrays.copyOf(gzip, gzip.length - 1)),
              station.client.export("gzip", Arrays.copyOf(gzip, gzip.length / 2)),
              station.client.export("gzip", Arrays.copyOf(gzip, 5)),
              station.client.export("gzip", flipped(gzip, gzip.length - 6)),
              station.client.export("gzip", flipped(gzip, gzip.length / 2)),
              station.client.export("gzip", Requests.join(gzip, new byte[] {0})),
              station.client.export("gzip", Requests.join(gzip, GOOD)),
              station.client.export("zstd", GOOD),
              station.client.export("zstd", gzip),
              station.client.export("zstd", Arrays.copyOf(zstd, zstd.length - 1)),
              station.client.export("zstd", flipped(checked, checked.length / 2)),
              station.client.export("zstd", Requests.join(zstd, GOOD)));
      for (int i = 0; i < replies.size(); i++) {
        assertEquals(Status.Code.INVALID_ARGUMENT, replies.get(i).code(), "case " + i);
      }
      assertEquals(Status.Code.OK, station.client.export("gzip", gzip).code());
      assertEquals(Status.Code.OK, station.client.export("zstd", zstd).code());
      assertEquals(replies.size(), station.ledger.refusedRequests());
    }
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 0x55;
    return copy;
  }
}
