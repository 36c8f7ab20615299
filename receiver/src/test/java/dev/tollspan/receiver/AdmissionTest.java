package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import io.grpc.ClientCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Overload: UNAVAILABLE with a delay, never RESOURCE_EXHAUSTED, and recovery when it is over. */
class AdmissionTest {
  private static final ExportHandler.Patience SHORT =
      new ExportHandler.Patience(
          Duration.ofMillis(20), Duration.ofMinutes(1), Duration.ofSeconds(10), System::nanoTime);

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
  void sendsAwayWhatTheBudgetCannotHoldAndRecovers() throws Exception {
    Gate gate = new Gate();
    int limit = 64 << 10;
    OtlpReceiverConfig config = new OtlpReceiverConfig("127.0.0.1", 0, limit, 2L * limit);
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
    OtlpReceiverConfig config = new OtlpReceiverConfig("127.0.0.1", 0, 8 * mebibyte, 10 * mebibyte);
    try (Station station = new Station(config, SHORT, gate)) {
      CompletableFuture<RawClient.Reply> held = station.client.send(Requests.ofSize(5 * mebibyte));
      gate.inside.acquire();
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
      assertEquals(Status.Code.OK, RawClient.await(held).code());
      assertEquals(Status.Code.OK, station.client.export(second).code());
      assertEquals(Status.Code.OK, station.client.export("gzip", Requests.gzip(second)).code());
    }
  }

  /**
   * Calls that wait for a ticket have sent bytes that fill the window of their connection, and the
   * call that has the ticket needs that window.
   */
  @Test
  void answersEveryCallThoughWaitingCallsFillTheConnection() throws Exception {
    int limit = 4 << 20;
    OtlpReceiverConfig config = new OtlpReceiverConfig("127.0.0.1", 0, limit, limit);
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
    OtlpReceiverConfig config = new OtlpReceiverConfig("127.0.0.1", 0, 1 << 20, 64 << 10);
    try (Station station = new Station(config, SHORT, message -> Outcome.ACCEPTED)) {
      byte[] never = Requests.ofSize((64 << 10) + 1);
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, station.client.export(never).code());
      assertEquals(
          Status.Code.RESOURCE_EXHAUSTED,
          station.client.export("gzip", Requests.gzip(never)).code());
      assertEquals(Status.Code.OK, station.client.export(Requests.ofSize(64 << 10)).code());
    }
  }

  @Test
  void holdsOnlyWhatASmallRequestNeeds() throws Exception {
    Gate gate = new Gate();
    OtlpReceiverConfig config = new OtlpReceiverConfig("127.0.0.1", 0, 64 << 10, 96 << 10);
    try (Station station = new Station(config, Station.PATIENCE, gate)) {
      List<CompletableFuture<RawClient.Reply>> held = new ArrayList<>();
      for (int i = 0; i < 20; i++) { // one ticket fits; twenty small requests do
        held.add(station.client.send(Requests.message(1).toByteArray()));
      }
      gate.inside.acquire(20);
      assertTrue(station.receiver.inFlightBytes() <= 20 << 10);
      gate.open.countDown();
      for (CompletableFuture<RawClient.Reply> reply : held) {
        assertEquals(Status.Code.OK, RawClient.await(reply).code());
      }
    }
  }

  @Test
  void endsACallWhoseMessageNeverComes() throws Exception {
    AtomicLong nanos = new AtomicLong();
    ExportHandler.Patience patience =
        new ExportHandler.Patience(
            Duration.ofSeconds(20), Duration.ofMinutes(1), Duration.ofSeconds(10), nanos::get);
    OtlpReceiverConfig config = new OtlpReceiverConfig("127.0.0.1", 0, 64 << 10, 64 << 10);
    try (Station station = new Station(config, patience, message -> Outcome.ACCEPTED)) {
      CompletableFuture<RawClient.Reply> silent = new CompletableFuture<>();
      station.client.open(silent);
      awaitTicket(station);
      CompletableFuture<RawClient.Reply> waiting = station.client.send(Requests.ofSize(9000));
      nanos.set(Duration.ofSeconds(61).toNanos());
      RawClient.Reply reply = RawClient.await(silent);
      assertEquals(Status.Code.UNAVAILABLE, reply.code());
      assertTrue(reply.hasDetails());
      assertEquals(Status.Code.OK, RawClient.await(waiting).code());
    }
  }

  @Test
  void givesTheTicketOfACancelledCallBack() throws Exception {
    OtlpReceiverConfig config = new OtlpReceiverConfig("127.0.0.1", 0, 64 << 10, 64 << 10);
    try (Station station = new Station(config, Station.PATIENCE, message -> Outcome.ACCEPTED)) {
      for (int i = 0; i < 20; i++) {
        CompletableFuture<RawClient.Reply> reply = new CompletableFuture<>();
        ClientCall<byte[], byte[]> call = station.client.open(reply);
        if (i % 2 == 0) {
          awaitTicket(station);
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

  private static void awaitTicket(Station station) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (station.receiver.inFlightBytes() == 0) {
      assertTrue(System.nanoTime() < end, "no ticket was taken");
      Thread.onSpinWait();
    }
  }
}
