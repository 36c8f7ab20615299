package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import dev.tollspan.pipeline.Outcome;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A few kilobytes of gzip that become tens of mebibytes of the smallest attributes there are. */
class BombTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final int[] SIZES = {10 * MEBIBYTE, 14 * MEBIBYTE, 24 * MEBIBYTE, 55 * MEBIBYTE};
  private static final List<byte[]> BOMBS = new ArrayList<>();

  /** Answers after which no sender comes again with the same. */
  private static final Set<Status.Code> FINAL =
      EnumSet.of(Status.Code.RESOURCE_EXHAUSTED, Status.Code.INVALID_ARGUMENT);

  /** The budget of a heap of 256 MiB. */
  private static final OtlpReceiverConfig CONFIG = Station.config(64 * MEBIBYTE, 64 * MEBIBYTE);

  @BeforeAll
  static void makeBombs() throws IOException {
    for (int size : SIZES) {
      BOMBS.add(bomb(size));
    }
  }

  /** One scope full of spans with a thousand empty attributes each. */
  static byte[] bomb(int bytes) throws IOException {
    Span.Builder span = Requests.span(1);
    for (int i = 0; i < 1000; i++) {
      span.addAttributesBuilder();
    }
    ByteArrayOutputStream one = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(one);
    out.writeMessage(2, span.build());
    out.flush();
    byte[] spanBytes = one.toByteArray();
    int spans = bytes / spanBytes.length;
    int scope = spans * spanBytes.length;
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      CodedOutputStream head = CodedOutputStream.newInstance(gzip);
      head.writeTag(1, 2);
      head.writeUInt32NoTag(1 + CodedOutputStream.computeUInt32SizeNoTag(scope) + scope);
      head.writeTag(2, 2);
      head.writeUInt32NoTag(scope);
      head.flush();
      for (int i = 0; i < spans; i++) {
        gzip.write(spanBytes);
      }
    }
    return packed.toByteArray();
  }

  @Test
  void refusesBombsOneByOneWithoutInvitingARetry() throws Exception {
    try (Station station = new Station(CONFIG, Station.PATIENCE, message -> Outcome.ACCEPTED)) {
      for (byte[] bomb : BOMBS) {
        Status.Code code = station.client.export("gzip", bomb).code();
        assertTrue(FINAL.contains(code), code::toString);
        assertEquals(0, station.receiver.inFlightBytes());
      }
      assertServes(station);
    }
  }

  @Test
  void refusesBombsSideBySide() throws Exception {
    try (Station station = new Station(CONFIG, Station.PATIENCE, message -> Outcome.ACCEPTED)) {
      List<CompletableFuture<RawClient.Reply>> replies = new ArrayList<>();
      for (byte[] bomb : BOMBS) {
        CallOptions gzip = CallOptions.DEFAULT.withCompression("gzip");
        replies.add(station.client.send(RawClient.TRACES, gzip, bomb));
      }
      for (CompletableFuture<RawClient.Reply> reply : replies) {
        Status.Code code = RawClient.await(reply).code();
        // Whoever finds the budget full of other bombs is sent away for now.
        assertTrue(FINAL.contains(code) || code == Status.Code.UNAVAILABLE, code::toString);
      }
      assertServes(station);
    }
  }

  private static void assertServes(Station station) {
    byte[] honest = Requests.message(512).toByteArray();
    assertEquals(Status.Code.OK, station.client.export("gzip", Requests.gzip(honest)).code());
    assertEquals(512, station.ledger.accepted());
    assertEquals(SIZES.length, station.ledger.refusedRequests());
    assertEquals(0, station.receiver.inFlightBytes());
  }
}
