package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Connections over HTTP that last too long, are too many, or are there when the receiver closes.
 */
@Timeout(60)
class HttpTimesTest {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final byte[] GOOD = Requests.message(3).toByteArray();

  private final AtomicLong nanos = new AtomicLong();
  private final Patience patience =
      Station.patience(Duration.ofSeconds(5), Duration.ofSeconds(10), nanos::get);

  private Station station(Function<byte[], Outcome> answer) throws Exception {
    return new Station(Station.CONFIG, patience, answer);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void cutsOffHeadsThatComeTooSlowly() throws Exception {
    try (Station station = station(message -> Outcome.ACCEPTED);
        RawHttp slow = new RawHttp(station.receiver.httpPort());
        RawHttp honest = new RawHttp(station.receiver.httpPort())) {
      slow.send("POST /v1/traces HTTP/1.1\r\nHost: h\r\n");
      await(() -> station.receiver.httpConnections(), 1);
      assertEquals(200, honest.post(PROTOBUF, GOOD).answer().status());
      pass(Duration.ofSeconds(9));
      slow.send("X: y\r\n");
      pass(Duration.ofSeconds(2));
      assertTrue(slow.isEnded());
      assertEquals(200, honest.post(PROTOBUF, GOOD).answer().status());
    }
  }

  @Test
  void cutsOffConnectionsThatAreIdleForTooLong() throws Exception {
    try (Station station = station(message -> Outcome.ACCEPTED);
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      assertEquals(200, http.post(PROTOBUF, GOOD).answer().status());
      pass(Duration.ofMinutes(4));
      assertEquals(200, http.post(PROTOBUF, GOOD).answer().status());
      pass(Duration.ofMinutes(5).plusSeconds(1));
      assertTrue(http.isEnded());
    }
  }

  @Test
  void sendsAwayBodiesThatStopComing() throws Exception {
    try (Station station = station(message -> Outcome.ACCEPTED);
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      http.send("POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: " + PROTOBUF + "\r\n");
      http.send("Content-Length: 100000\r\n\r\nabc");
      await(() -> station.receiver.inFlightBytes(), 4 << 10);
      pass(Duration.ofSeconds(6));
      for (int i = 0; i < 5 && !http.hears(3_000); i++) {
        pass(Duration.ofSeconds(6)); // its bytes came after the hold, and the clock stood later
      }
      RawHttp.Answer answer = http.answer();
      assertEquals(503, answer.status());
      assertEquals(1, station.ledger.refusedRequests());
      assertEquals(0, station.receiver.inFlightBytes());
      pass(Duration.ofSeconds(11)); // the rest never comes
      assertTrue(http.isEnded());
    }
  }

  @Test
  void givesBackWhatAClientHeldThatIsGone() throws Exception {
    try (Station station = station(message -> Outcome.ACCEPTED)) {
      for (int i = 0; i < 20; i++) {
        try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
          http.send("POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: " + PROTOBUF + "\r\n");
          http.send("Content-Length: 100000\r\n\r\n" + "x".repeat(9000));
          await(() -> station.receiver.inFlightBytes(), 98 << 10);
        }
        await(() -> station.receiver.inFlightBytes(), 0);
      }
    }
  }

  @Test
  void refusesConnectionsOfOneAddressAboveItsLimit() throws Exception {
    OtlpReceiverConfig usual = Station.CONFIG;
    OtlpReceiverConfig config =
        new OtlpReceiverConfig(usual.grpc(), usual.http(), 16 << 20, 100, 3);
    try (Station station = new Station(config, patience, message -> Outcome.ACCEPTED)) {
      List<RawHttp> open = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        open.add(new RawHttp(station.receiver.httpPort()));
        assertEquals(200, open.getLast().post(PROTOBUF, GOOD).answer().status());
      }
      try (RawHttp more = new RawHttp(station.receiver.grpcPort())) {
        assertTrue(more.isEnded());
      }
      assertEquals(1, station.receiver.refusedConnections());
      InetAddress neighbour = InetAddress.getByName("127.0.0.2");
      Socket other =
          new Socket(InetAddress.getLoopbackAddress(), station.receiver.httpPort(), neighbour, 0);
      try (RawHttp http = new RawHttp(other)) {
        assertEquals(200, http.post(PROTOBUF, GOOD).answer().status());
      }
      open.getFirst().close();
      await(() -> station.receiver.openConnections(), 2);
      try (RawHttp more = new RawHttp(station.receiver.httpPort())) {
        assertEquals(200, more.post(PROTOBUF, GOOD).answer().status());
      }
      for (RawHttp each : open) {
        each.close();
      }
    }
  }

  @Test
  void answersWhatIsInFlightBeforeItClosesAndEndsIdleConnections() throws Exception {
    Semaphore inside = new Semaphore(0);
    CountDownLatch mayGo = new CountDownLatch(1);
    Station station =
        station(
            message -> {
              inside.release();
              OtlpReceiverTest.await(mayGo);
              return Outcome.ACCEPTED;
            });
    try (RawHttp busy = new RawHttp(station.receiver.httpPort());
        RawHttp idle = new RawHttp(station.receiver.httpPort())) {
      idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      assertEquals(404, idle.answer().status());
      busy.post(PROTOBUF, GOOD);
      inside.acquire();
      Thread closing = Thread.ofPlatform().start(station.receiver::close);
      assertTrue(idle.isEnded());
      mayGo.countDown();
      RawHttp.Answer answer = busy.answer();
      assertEquals(200, answer.status());
      assertEquals("close", answer.field("Connection"));
      closing.join();
    }
    station.close();
    assertEquals(3, station.ledger.accepted());
  }

  @Test
  void asksToComeAgainWhereAConsumerHoldsUpTheEnd() throws Exception {
    Semaphore inside = new Semaphore(0);
    CountDownLatch mayGo = new CountDownLatch(1);
    Patience hasty = Station.patience(Duration.ofSeconds(1), Duration.ofMillis(100), nanos::get);
    Station station =
        new Station(
            Station.CONFIG,
            hasty,
            message -> {
              inside.release();
              OtlpReceiverTest.await(mayGo);
              return Outcome.ACCEPTED;
            });
    try (RawHttp busy = new RawHttp(station.receiver.httpPort())) {
      busy.post(PROTOBUF, GOOD);
      inside.acquire();
      Thread closing = Thread.ofPlatform().start(station.receiver::close);
      assertEquals(503, busy.answer().status());
      mayGo.countDown();
      closing.join();
    }
    station.close();
  }

  private static void await(LongSupplier figure, long value) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (figure.getAsLong() != value) {
      assertTrue(System.nanoTime() < end, () -> figure.getAsLong() + " instead of " + value);
      Thread.onSpinWait();
    }
  }
}
