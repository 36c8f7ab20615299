package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.receiver.OtlpReceiverConfig.Grpc;
import dev.tollspan.receiver.OtlpReceiverConfig.Http;
import dev.tollspan.receiver.OtlpReceiverConfig.KeepAlive;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import dev.tollspan.receiver.RawHttp2.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Each limit that can be chosen, and those of connections that cannot, at and beyond it. */
@Timeout(60)
class LimitTest {
  private static final Listen FREE = new Listen("127.0.0.1", 0);
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final byte[] GOOD = Requests.message(2).toByteArray();
  private static final byte[] OPAQUE = new byte[8];
  private static final int ACK = 1;
  private static final int REFUSED_STREAM = 7;

  private static Station station(int callsMax, KeepAlive keepAlive) throws IOException {
    return station(new Grpc(FREE, 1 << 20, callsMax, keepAlive), Http.at(FREE), Station.PATIENCE);
  }

  private static Station station(Grpc grpc, Http http, Patience patience) throws IOException {
    OtlpReceiverConfig config = new OtlpReceiverConfig(grpc, http, 16 << 20, 100, 100);
    return new Station(config, patience, message -> Outcome.ACCEPTED);
  }

  private static RawHttp2 open(Station station) throws IOException {
    return RawHttp2.open(station.receiver.grpcPort(), RawHttp2.NONE);
  }

  private static byte[] headers(int stream) {
    return RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.post());
  }

  @Test
  void allowsSoManyCallsOfAConnectionAndNoMore() throws Exception {
    try (Station station = station(3, KeepAlive.USUAL);
        RawHttp2 wire = open(station)) {
      Frame settings = wire.next(RawHttp2.SETTINGS);
      byte[] told = RawHttp2.setting(RawHttp2.CALLS_MAX, 3);
      assertTrue(new String(settings.payload(), US_ASCII).contains(new String(told, US_ASCII)));
      wire.send(RawHttp2.frame(RawHttp2.SETTINGS, ACK, 0, RawHttp2.NONE));
      wire.send(headers(1), headers(3), headers(5), headers(7));
      Frame reset = wire.next(RawHttp2.RST_STREAM);
      assertEquals(7, reset.stream());
      assertEquals(REFUSED_STREAM, reset.payload()[3]);
    }
  }

  @Test
  void endsConnectionsWithoutCallsAfterTheirTime() throws Exception {
    KeepAlive times = new KeepAlive(SECOND, LONG, LONG, LONG, LONG, LONG, true);
    try (Station station = station(9, times);
        RawHttp2 wire = open(station)) {
      assertTrue(isSentAway(wire));
    }
  }

  /** Whether the connection ends with GOAWAY; the ping that comes with it is answered. */
  private static boolean isSentAway(RawHttp2 wire) throws IOException {
    boolean isTold = false;
    for (Frame frame = wire.next(); !frame.isEnd(); frame = wire.next()) {
      isTold |= frame.type() == RawHttp2.GOAWAY;
      if (frame.type() == RawHttp2.PING) {
        wire.send(RawHttp2.frame(RawHttp2.PING, ACK, 0, frame.payload()));
      }
    }
    return isTold;
  }

  @Test
  void endsConnectionsThatAreTooOldThoughACallIsUnderWay() throws Exception {
    KeepAlive times = new KeepAlive(LONG, SECOND, SECOND, LONG, LONG, LONG, true);
    try (Station station = station(9, times);
        RawHttp2 wire = open(station)) {
      wire.send(headers(1));
      assertTrue(isSentAway(wire));
    }
  }

  /** gRPC asks after ten seconds at the earliest, which is too long for every build. */
  @Test
  @EnabledIfSystemProperty(named = "tollspan.hostile", matches = "full")
  void endsConnectionsWhoseClientDoesNotAnswerAPing() throws Exception {
    KeepAlive times = new KeepAlive(LONG, LONG, LONG, SECOND, SECOND, LONG, true);
    try (Station station = station(9, times);
        RawHttp2 wire = open(station)) {
      assertFalse(wire.next(RawHttp2.PING).isEnd());
      assertTrue(wire.isEnded());
    }
  }

  @Test
  void endsConnectionsThatPingMoreOftenThanTheyMay() throws Exception {
    Duration nano = Duration.ofNanos(1);
    assertEquals(20, pings(new KeepAlive(LONG, LONG, LONG, LONG, LONG, nano, true), false));
    assertTrue(pings(new KeepAlive(LONG, LONG, LONG, LONG, LONG, LONG, true), false) < 5);
    assertTrue(pings(new KeepAlive(LONG, LONG, LONG, LONG, LONG, nano, false), false) < 5);
    assertEquals(20, pings(new KeepAlive(LONG, LONG, LONG, LONG, LONG, nano, false), true));
  }

  /** How many of twenty pings are answered, on a connection with a call or without. */
  private static int pings(KeepAlive times, boolean withCall) throws IOException {
    try (Station station = station(9, times);
        RawHttp2 wire = open(station)) {
      wire.send(withCall ? headers(1) : RawHttp2.NONE);
      int answered = 0;
      while (answered < 20) {
        wire.send(RawHttp2.frame(RawHttp2.PING, 0, 0, OPAQUE));
        Frame frame = wire.next();
        while (!frame.isEnd() && !(frame.type() == RawHttp2.PING && frame.flags() == ACK)) {
          frame = wire.next();
        }
        if (frame.isEnd()) {
          return answered;
        }
        answered++;
      }
      return answered;
    } catch (SocketException _) {
      return 0; // cut off while it sent
    }
  }

  @Test
  void takesMetadataOfEightKibibytesAndNoMore() throws Exception {
    try (Station station = new Station();
        RawHttp2 wire = open(station)) {
      wire.send(padded(1, 7 << 10));
      assertEquals(1, wire.next(RawHttp2.HEADERS).stream());
      assertEquals(1, station.ledger.accepted());
      wire.send(padded(3, 9 << 10));
      Frame frame = wire.next();
      while (!frame.isEnd() && frame.stream() != 3 && frame.type() != RawHttp2.GOAWAY) {
        frame = wire.next();
      }
      assertEquals(1, station.ledger.accepted());
      assertTrue(station.client.export(GOOD).status().isOk());
    }
  }

  /** A good request of one span, with so many bytes of further metadata. */
  private static byte[] padded(int stream, int bytes) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(RawHttp2.post());
    RawHttp2.field(block, "x", "y".repeat(bytes));
    byte[] message = Requests.message(1).toByteArray();
    byte[] head = {0, 0, 0, (byte) (message.length >> 8), (byte) message.length};
    return Requests.join(
        RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, block.toByteArray()),
        RawHttp2.frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, Requests.join(head, message)));
  }

  @Test
  void sendsAwayBodiesThatTakeTooLongInAll() throws Exception {
    AtomicLong nanos = new AtomicLong();
    Patience patience = Station.patience(LONG, Duration.ofSeconds(10), nanos::get);
    Http usual = Http.at(FREE);
    Http http =
        new Http(
            FREE,
            1 << 20,
            usual.path(),
            true,
            true,
            Cors.OFF,
            Map.of(),
            Duration.ofSeconds(3),
            usual.readHeaderTimeout(),
            usual.idleTimeout());
    try (Station station = station(Grpc.at(FREE), http, patience);
        RawHttp slow = new RawHttp(station.receiver.httpPort())) {
      slow.send("POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n");
      slow.send("Content-Length: 100000\r\n\r\n" + " ".repeat(5000));
      await(() -> station.receiver.inFlightBytes(), 1);
      nanos.addAndGet(Duration.ofSeconds(4).toNanos()); // a pause may take five
      assertEquals(503, slow.answer().status());
    }
  }

  @Test
  void takesOnlyTheCompressionsThatAreNamed() throws Exception {
    Http usual = Http.at(FREE);
    for (boolean gzip : new boolean[] {true, false}) {
      Http http =
          new Http(FREE, 1 << 20, usual.path(), gzip, !gzip, Cors.OFF, Map.of(), LONG, LONG, LONG);
      try (Station station = station(Grpc.at(FREE), http, Station.PATIENCE);
          RawHttp raw = new RawHttp(station.receiver.httpPort())) {
        String type = "application/x-protobuf";
        raw.post(type, Requests.gzip(GOOD), "Content-Encoding: gzip\r\n");
        assertEquals(gzip ? 200 : 415, raw.answer().status());
        raw.post(type, Requests.zstdStream(GOOD), "Content-Encoding: zstd\r\n");
        assertEquals(gzip ? 415 : 200, raw.answer().status());
      }
    }
  }

  private static Patience hasty(LongSupplier ticker) {
    return new Patience(
        Duration.ofSeconds(5), LONG, LONG, Duration.ofSeconds(10), Duration.ofMillis(500), ticker);
  }

  @Test
  void cutsOffHttpClientsThatDoNotReadTheirAnswers() throws Exception {
    AtomicLong nanos = new AtomicLong();
    byte[] many = RawHttp2.times(500, "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(US_ASCII));
    Patience patience = Station.patience(LONG, Duration.ofSeconds(10), nanos::get);
    Thread writer;
    try (Station station = station(Grpc.at(FREE), Http.at(FREE), patience);
        Socket deaf = deaf(station.receiver.httpPort())) {
      writer = Thread.ofVirtual().start(() -> write(deaf, many));
      long seen = -1;
      while (station.ledger.refusedRequests() != seen) { // until it answers no more
        seen = station.ledger.refusedRequests();
        LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
      }
      assertTrue(seen > 1000, "it has answered " + seen);
      assertEquals(1, station.receiver.openConnections());
      await(
          () -> {
            // Once more each time: on a slow machine it may only have paused before.
            nanos.addAndGet(Duration.ofSeconds(11).toNanos());
            return 1 - station.receiver.openConnections();
          },
          1);
    }
    writer.join();
  }

  @Test
  void cutsOffGrpcClientsThatGiveAnswersNoWindow() throws Exception {
    AtomicLong nanos = new AtomicLong();
    try (Station station = station(Grpc.at(FREE), Http.at(FREE), hasty(nanos::get));
        RawHttp2 wire =
            RawHttp2.open(
                station.receiver.grpcPort(), RawHttp2.setting(RawHttp2.WINDOW_BYTES, 0))) {
      wire.send(RawHttp2.call(1, GOOD));
      await(() -> station.ledger.accepted(), 2);
      assertEquals(1, wire.next(RawHttp2.HEADERS).stream());
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      assertTrue(wire.isEnded());
    }
  }

  /** A client whose own buffer is full soon. */
  private static Socket deaf(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4 << 10);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      while (true) {
        socket.getOutputStream().write(bytes);
      }
    } catch (IOException _) {
      return; // cut off
    }
  }

  private static void await(LongSupplier figure, long least) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (figure.getAsLong() < least) {
      assertTrue(System.nanoTime() < end, () -> figure.getAsLong() + ", below " + least);
      Thread.onSpinWait();
    }
  }
}
