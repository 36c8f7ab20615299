package dev.tollspan.receiver;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import io.grpc.ClientCall;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Overload: UNAVAILABLE with a delay, never RESOURCE_EXHAUSTED, and recovery when it is over. */
class AdmissionTest {
  private static final Patience SHORT =
      Station.patience(Duration.ofMillis(20), Duration.ofSeconds(10), Station.STOPPED);

  /** A consumer that keeps each request until it may go. */
  private static final class Gate implements Function<byte[], Outcome> {
    private final Semaphore inside = new Semaphore(0);
    private final CountDownLatch open = new CountDownLatch(1);

    @Override
    public Outcome apply(byte[] message) {
      inside.release();
      OtlpReceiverTest.await(open);
      return Outcome.ACCEPTED;
    }
  }

  @Test
  @Tag("A19")
  @Tag("A20")
  void sendsAwayWhatTheBudgetCannotHoldAndRecovers() throws Exception {
    Gate gate = new Gate();
    int limit = 64 << 10;
    OtlpReceiverConfig config = Station.config(limit, 7L * limit / 2);
    try (Station station = new Station(config, SHORT, gate)) {
      byte[] large = Requests.ofSize(limit);
      List<CompletableFuture<RawClient.Reply>> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        held.add(station.client.send(large));
        gate.inside.acquire();
      }
      List<Duration> delays = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        RawClient.Reply reply = station.client.export(Requests.message(1).toByteArray());
        assertEquals(Status.Code.UNAVAILABLE, reply.code());
        delays.add(reply.retryDelay());
      }
      assertEquals(Duration.ofMillis(100), delays.getFirst());
      assertEquals(Duration.ofMillis(500), delays.getLast());
      assertEquals(5, station.ledger.refusedRequests());
      gate.open.countDown();
      for (CompletableFuture<RawClient.Reply> reply : held) {
        assertEquals(Status.Code.OK, RawClient.await(reply).code());
      }
      assertEquals(Status.Code.OK, station.client.export(large).code());
    }
  }

  @Test
  void sendsAwayALargeRequestWhoseRestHasNoRoom() throws Exception {
    Gate gate = new Gate();
    int mebibyte = 1 << 20;
    OtlpReceiverConfig config = Station.config(8 * mebibyte, 24 * mebibyte);
    try (Station station = new Station(config, SHORT, gate)) {
      List<CompletableFuture<RawClient.Reply>> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        held.add(station.client.send(Requests.ofSize(7 * mebibyte)));
        gate.inside.acquire();
      }
      byte[] second = Requests.ofSize(6 * mebibyte);
      List<RawClient.Reply> replies =
          List.of(
              station.client.export(second),
              station.client.export("gzip", Requests.gzip(second)),
              station.client.export("zstd", Requests.zstdStream(second)));
      for (RawClient.Reply reply : replies) {
        assertEquals(Status.Code.UNAVAILABLE, reply.code());
        assertTrue(reply.retryDelay().compareTo(Duration.ofMillis(100)) >= 0);
      }
      gate.open.countDown();
      for (CompletableFuture<RawClient.Reply> reply : held) {
        assertEquals(Status.Code.OK, RawClient.await(reply).code());
      }
      assertEquals(Status.Code.OK, station.client.export(second).code());
      assertEquals(Status.Code.OK, station.client.export("gzip", Requests.gzip(second)).code());
    }
  }

  /** Each of them alone is larger than the window of the connection. */
  @Test
  @Tag("A20")
  void answersEveryCallOfAConnectionOnWhichLargeOnesAreRefused() throws Exception {
    Gate gate = new Gate();
    int mebibyte = 1 << 20;
    OtlpReceiverConfig config = Station.config(8 * mebibyte, 24 * mebibyte);
    try (Station station = new Station(config, SHORT, gate)) {
      List<CompletableFuture<RawClient.Reply>> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        held.add(station.client.send(Requests.ofSize(7 * mebibyte)));
        gate.inside.acquire();
      }
      byte[] large = Requests.ofSize(6 * mebibyte);
      List<CompletableFuture<RawClient.Reply>> refused = new ArrayList<>();
      for (int i = 0; i < 150; i++) { // more than may be under way at once
        refused.add(station.client.send(large));
      }
      for (CompletableFuture<RawClient.Reply> reply : refused) {
        assertEquals(Status.Code.UNAVAILABLE, RawClient.await(reply).code());
      }
      gate.open.countDown();
      for (CompletableFuture<RawClient.Reply> reply : held) {
        assertEquals(Status.Code.OK, RawClient.await(reply).code());
      }
      assertEquals(Status.Code.OK, station.client.export(large).code());
    }
  }

  /**
   * Each sends all that the window of its stream allows, which is half that of the connection: more
   * in all than that has, and more often than a client may reset its own calls.
   */
  @Test
  void resetsAnsweredCallsWithoutAnErrorOnceTheirWindowIsUsedUp() throws Exception {
    byte[] part = new byte[RawHttp2.STREAM_WINDOW_BYTES / 5];
    byte[] headers = RawHttp2.post("/nobody/Home");
    long window = RawHttp2.STREAM_WINDOW_BYTES;
    try (Station station = new Station();
        RawHttp2 wire = RawHttp2.open(station.receiver.grpcPort(), RawHttp2.NONE)) {
      for (int stream = 1; stream < 500; stream += 2) {
        wire.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, headers));
        int left = RawHttp2.STREAM_WINDOW_BYTES;
        RawHttp2.Frame frame = wire.next();
        while (frame.type() != RawHttp2.RST_STREAM) {
          assertFalse(frame.isEnd());
          if (frame.type() == RawHttp2.WINDOW_UPDATE && frame.stream() == 0) {
            window += ByteBuffer.wrap(frame.payload()).getInt();
          }
          while (left > 0 && window >= part.length) {
            wire.send(RawHttp2.frame(RawHttp2.DATA, 0, stream, part));
            left -= part.length;
            window -= part.length;
          }
          frame = wire.next();
        }
        assertEquals(0, left);
        assertEquals(stream, frame.stream());
        assertArrayEquals(new byte[4], frame.payload());
      }
    }
  }

  /**
   * Calls that wait for their turn have sent bytes that fill the window of their connection, and
   * the call that has had its turn needs that window.
   */
  @Test
  @Tag("A20")
  void answersEveryCallThoughWaitingCallsFillTheConnection() throws Exception {
    int limit = 4 << 20;
    OtlpReceiverConfig config = Station.config(limit, limit * 3 / 2);
    try (Station station = new Station(config, SHORT, message -> Outcome.ACCEPTED)) {
      byte[] large = Requests.ofSize(limit);
      List<CompletableFuture<RawClient.Reply>> replies = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        replies.add(station.client.send(large));
      }
      int accepted = 0;
      for (CompletableFuture<RawClient.Reply> reply : replies) {
        Status.Code code = RawClient.await(reply).code();
        assertTrue(code == Status.Code.OK || code == Status.Code.UNAVAILABLE, code.name());
        accepted += code == Status.Code.OK ? 1 : 0;
      }
      assertTrue(accepted > 0);
      assertEquals(accepted, station.ledger.accepted());
      assertEquals(Status.Code.OK, station.client.export(large).code());
    }
  }

  @Test
  void answersWhatCanNeverFitTheBudgetAsTooLarge() throws Exception {
    OtlpReceiverConfig config = Station.config(1 << 20, 512 << 10);
    try (Station station = new Station(config, SHORT, message -> Outcome.ACCEPTED)) {
      byte[] never = Requests.ofSize((384 << 10) + 1);
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, station.client.export(never).code());
      assertEquals(
          Status.Code.RESOURCE_EXHAUSTED,
          station.client.export("gzip", Requests.gzip(never)).code());
      assertEquals(Status.Code.OK, station.client.export(Requests.ofSize(300 << 10)).code());
    }
  }

  /** What a heap of 64 MiB gives: rewriting takes several times what the request does. */
  @Test
  void answersAnOddRequestThatCanNeverBeRewrittenAsTooLarge() throws Exception {
    OtlpReceiverConfig config = Station.config(12 << 20, 16 << 20);
    try (Station station = new Station(config, SHORT, message -> Outcome.ACCEPTED)) {
      byte[] never = odd(Requests.ofSize(11 << 20));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, station.client.export(never).code());
      assertEquals(Status.Code.OK, station.client.export(odd(Requests.ofSize(1 << 20))).code());
      assertEquals(1, station.ledger.refusedRequests());
    }
  }

  /** Text that ends in a byte which no UTF-8 has. */
  private static byte[] odd(byte[] message) {
    message[message.length - 1] = (byte) 0xff;
    return message;
  }

  @Test
  void chargesTheIndexOfARequestToo() throws Exception {
    Gate gate = new Gate();
    int spans = 20_000;
    byte[] message = Requests.message(spans).toByteArray();
    try (Station station = new Station(gate)) {
      CompletableFuture<RawClient.Reply> reply = station.client.send(message);
      gate.inside.acquire();
      assertTrue(station.receiver.inFlightBytes() >= message.length + spans * 128L);
      gate.open.countDown();
      assertEquals(Status.Code.OK, RawClient.await(reply).code());
    }
  }

  @Test
  void leavesRoomForOthersWhateverOneConnectionHolds() throws Exception {
    int mebibyte = 1 << 20;
    CountDownLatch open = new CountDownLatch(1);
    OtlpReceiverConfig config = Station.config(mebibyte, 8 * mebibyte);
    try (Station station =
            new Station(
                config,
                SHORT,
                message -> {
                  if (message.length > mebibyte / 2) {
                    OtlpReceiverTest.await(open);
                  }
                  return Outcome.ACCEPTED;
                });
        RawClient other = new RawClient(station.receiver.grpcPort())) {
      byte[] large = Requests.ofSize(mebibyte);
      List<CompletableFuture<RawClient.Reply>> greedy = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        greedy.add(station.client.send(large));
      }
      while (greedy.size() > 5) { // no more than five fit the share
        CompletableFuture.anyOf(greedy.toArray(CompletableFuture[]::new)).get(20, SECONDS);
        greedy.removeIf(CompletableFuture::isDone);
      }
      assertEquals(Status.Code.OK, other.export(Requests.message(100).toByteArray()).code());
      open.countDown();
      for (CompletableFuture<RawClient.Reply> reply : greedy) {
        RawClient.await(reply);
      }
      assertTrue(station.ledger.accepted() > 100);
    }
  }

  @Test
  void holdsOnlyWhatASmallRequestNeeds() throws Exception {
    Gate gate = new Gate();
    OtlpReceiverConfig config = Station.config(1 << 20, 1 << 20);
    try (Station station = new Station(config, Station.PATIENCE, gate)) {
      List<CompletableFuture<RawClient.Reply>> held = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        held.add(station.client.send(Requests.message(1).toByteArray()));
      }
      gate.inside.acquire(20);
      assertTrue(station.receiver.inFlightBytes() <= 20 * (26 << 10));
      gate.open.countDown();
      for (CompletableFuture<RawClient.Reply> reply : held) {
        assertEquals(Status.Code.OK, RawClient.await(reply).code());
      }
    }
  }

  @Test
  void endsACallThatSendsOnlyItsHeadersAndCountsIt() throws Exception {
    AtomicLong nanos = new AtomicLong();
    long tooLong = Duration.ofSeconds(6).toNanos();
    LongSupplier hasty = () -> nanos.addAndGet(tooLong); // whenever it is read
    Patience patience = Station.patience(Duration.ofSeconds(20), Duration.ofSeconds(10), hasty);
    try (Station station = new Station(Station.CONFIG, patience, message -> Outcome.ACCEPTED)) {
      CompletableFuture<RawClient.Reply> silent = new CompletableFuture<>();
      station.client.open(silent);
      RawClient.Reply reply = RawClient.await(silent);
      assertEquals(Status.Code.UNAVAILABLE, reply.code());
      assertTrue(reply.hasDetails());
      assertEquals(1, station.ledger.refusedRequests());
    }
  }

  /** Sixteen calls that held 4 MiB each would hold the whole budget. */
  @Test
  void servesAnHonestSenderThoughManyCallsSendOnlyTheirHeaders() throws Exception {
    try (Station station = new Station()) {
      List<CompletableFuture<RawClient.Reply>> silent = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        silent.add(new CompletableFuture<>());
        station.client.open(silent.getLast());
      }
      awaitHold(station, silent.size() * (4L << 10));
      for (int i = 0; i < 20; i++) {
        byte[] honest = Requests.ofSize(1 << 20);
        assertEquals(Status.Code.OK, station.client.export(honest).code());
      }
      assertTrue(silent.stream().noneMatch(CompletableFuture::isDone));
    }
  }

  @Test
  void givesBackWhatACancelledCallHeld() throws Exception {
    OtlpReceiverConfig config = Station.config(64 << 10, 1 << 20);
    try (Station station = new Station(config, Station.PATIENCE, message -> Outcome.ACCEPTED)) {
      for (int i = 0; i < 20; i++) {
        CompletableFuture<RawClient.Reply> reply = new CompletableFuture<>();
        ClientCall<byte[], byte[]> call = station.client.open(reply);
        if (i % 2 == 0) {
          awaitHold(station, 1);
        }
        call.cancel("changed its mind", null);
        assertEquals(Status.Code.CANCELLED, RawClient.await(reply).code());
      }
      assertEquals(Status.Code.OK, station.client.export(Requests.ofSize(9000)).code());
    }
  }

  @Test
  void answersACallWithoutAMessageAsInvalid() throws Exception {
    try (Station station = new Station()) {
      CompletableFuture<RawClient.Reply> reply = new CompletableFuture<>();
      station.client.open(reply).halfClose();
      assertEquals(Status.Code.INVALID_ARGUMENT, RawClient.await(reply).code());
    }
  }

  private static void awaitHold(Station station, long bytes) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (station.receiver.inFlightBytes() < bytes) {
      assertTrue(System.nanoTime() < end, "not so many bytes are held");
      Thread.onSpinWait();
    }
  }
}
