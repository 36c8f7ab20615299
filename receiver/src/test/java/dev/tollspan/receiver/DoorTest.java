package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that are no good, and what an operator learns of them. */
@Timeout(60)
class DoorTest {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final Logger log = Logger.getLogger(Door.class.getPackageName());
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Handler keeper =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          said.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    log.addHandler(keeper);
  }

  @AfterEach
  void listenNoMore() {
    log.removeHandler(keeper);
  }

  @Test
  void servesClientsOnTheWrongPortAndNamesEachOnce() throws Exception {
    try (Station station = new Station();
        RawClient stray = new RawClient(station.receiver.httpPort())) {
      byte[] message = Requests.message(2).toByteArray();
      for (int i = 0; i < 3; i++) {
        try (RawHttp http = new RawHttp(station.receiver.grpcPort())) {
          http.post("application/x-protobuf", message);
          assertEquals(200, http.answer().status());
        }
      }
      assertEquals(Status.Code.OK, stray.export(message).code());
      assertEquals(
          List.of(
              "WARNING a client at 127.0.0.1 sends HTTP to the gRPC port; it is served",
              "WARNING a client at 127.0.0.1 sends gRPC to the HTTP port; it is served"),
          said);
      assertEquals(Status.Code.OK, station.client.export(message).code());
      assertEquals(3, station.receiver.httpConnections());
      assertEquals(2, station.receiver.grpcConnections());
      assertEquals(2, said.size());
    }
  }

  @Test
  void servesAProtocolThatHasNoPortOfItsOwnOnTheOthers() throws Exception {
    OtlpReceiverConfig both = Station.config(1 << 20, 16 << 20);
    OtlpReceiverConfig noHttp = new OtlpReceiverConfig(both.grpc(), null, 16 << 20, 9, 9);
    OtlpReceiverConfig noGrpc = new OtlpReceiverConfig(null, both.http(), 16 << 20, 9, 9);
    byte[] body = Requests.message(1).toByteArray();
    byte[] tooLarge = new byte[(1 << 20) + 1];
    try (Station station = new Station(noHttp, Station.PATIENCE, message -> Outcome.ACCEPTED);
        RawHttp http = new RawHttp(station.receiver.grpcPort())) {
      assertEquals(200, http.post("application/x-protobuf", body).answer().status());
      assertEquals(413, http.post("application/x-protobuf", tooLarge).answer().status());
      assertEquals(0, station.receiver.httpPort());
    }
    try (Station station = new Station(noGrpc, Station.PATIENCE, message -> Outcome.ACCEPTED)) {
      assertEquals(Status.Code.OK, station.client.export(body).code());
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, station.client.export(tooLarge).code());
      assertEquals(0, station.receiver.grpcPort());
    }
  }

  @Test
  void cutsOffTlsAndNoise() throws Exception {
    try (Station station = new Station()) {
      send(station, "\u0016\u0003\u0001\u0002\u0000\u0001");
      send(station, "\u0000\u0001\u0002");
      send(station, "{\"hello\"");
      assertEquals(3, station.receiver.otherConnections());
      assertEquals(0, station.receiver.httpConnections());
      assertEquals(2, said.size(), said.toString());
      assertTrue(said.get(0).contains("it speaks TLS, and"), said.toString());
      assertEquals(Status.Code.OK, station.client.export(Requests.message(2).toByteArray()).code());
    }
  }

  @Test
  void takesAPrefaceThatComesByteByByte() throws Exception {
    try (Station station = new Station();
        Socket socket = connect(station)) {
      socket.setTcpNoDelay(true);
      for (byte each : PREFACE.getBytes(US_ASCII)) {
        socket.getOutputStream().write(each);
        socket.getOutputStream().flush();
      }
      byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
      socket.getOutputStream().write(settings);
      byte[] ours = socket.getInputStream().readNBytes(9);
      assertEquals(4, ours[3], "SETTINGS, the first frame of a server");
      assertEquals(0, station.receiver.httpConnections());
      assertEquals(0, station.receiver.otherConnections());
    }
  }

  @Test
  void refusesConnectionsAboveTheLimitUntilOthersEnd() throws Exception {
    OtlpReceiverConfig config = Station.config(1 << 20, 4 << 20, 3);
    try (Station station = new Station(config, Station.PATIENCE, message -> Outcome.ACCEPTED)) {
      List<Socket> open = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        open.add(connect(station));
      }
      await(() -> station.receiver.openConnections(), 3);
      for (int i = 0; i < 4; i++) {
        try (Socket more = connect(station)) {
          assertTrue(ended(more));
        }
      }
      assertEquals(4, station.receiver.refusedConnections());
      assertEquals(3, station.receiver.openConnections());
      assertEquals(1, said.size(), said.toString());
      assertTrue(said.getFirst().contains(": 3 connections are open: one more is refused;"));
      for (Socket socket : open) {
        socket.close();
      }
      await(() -> station.receiver.openConnections(), 0);
      assertEquals(Status.Code.OK, station.client.export(Requests.message(2).toByteArray()).code());
    }
  }

  /** Of which grpc-java sees to itself, because it is told how long to wait. */
  @Test
  void closesConnectionsThatSayNothingOrOnlyHalfOfTheirPreface() throws Exception {
    Patience patience =
        new Patience(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1),
            Duration.ofSeconds(10),
            Duration.ofMillis(300),
            Station.STOPPED);
    try (Station station = new Station(Station.CONFIG, patience, message -> Outcome.ACCEPTED)) {
      for (String words : List.of("", "P", PREFACE.substring(0, 10), PREFACE)) {
        try (Socket socket = connect(station)) {
          long start = System.nanoTime();
          socket.getOutputStream().write(words.getBytes(US_ASCII));
          assertTrue(ended(socket), words);
          assertTrue(System.nanoTime() - start > 200_000_000, "cut off at once: " + words);
        }
      }
      await(() -> station.receiver.openConnections(), 0);
      assertEquals(Status.Code.OK, station.client.export(Requests.message(2).toByteArray()).code());
    }
    assertEquals(Duration.ofSeconds(10), Patience.usual(Station.STOPPED).handshake());
  }

  private static Socket connect(Station station) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), station.receiver.grpcPort());
    socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
    return socket;
  }

  /** Sends this and waits for the end of the connection. */
  private static void send(Station station, String words) throws IOException {
    try (Socket socket = connect(station)) {
      socket.getOutputStream().write(words.getBytes(ISO_8859_1));
      assertTrue(ended(socket), words);
    }
  }

  /** Whatever is said before. */
  private static boolean ended(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    try {
      while (in.read() >= 0) {
        assertFalse(socket.isClosed());
      }
    } catch (SocketException _) {
      return true; // reset
    }
    return true;
  }

  private static void await(LongSupplier figure, long value) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (figure.getAsLong() != value) {
      assertTrue(System.nanoTime() < end, () -> figure.getAsLong() + " instead of " + value);
      Thread.onSpinWait();
    }
  }
}
