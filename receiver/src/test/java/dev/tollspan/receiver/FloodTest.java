package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many hostile clients of HTTP at once: an honest one is served all the same. */
@Timeout(60)
class FloodTest {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String GZIP = "Content-Encoding: gzip\r\n";
  private static final int CLIENTS = 20;

  /** The budget of a heap of 256 MiB. */
  private static final OtlpReceiverConfig CONFIG = Station.config(64 << 20, 64 << 20);

  private static final Patience HASTY =
      Station.patience(Duration.ofMillis(100), Duration.ofSeconds(10), Station.STOPPED);

  private static byte[] bomb() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 65; i++) {
        gzip.write(zeros);
      }
    }
    return packed.toByteArray();
  }

  @Test
  void answersBombsSideBySideAndAnHonestClientBetweenThem() throws Exception {
    byte[] bomb = bomb();
    byte[] honest = Requests.message(100).toByteArray();
    try (Station station = new Station(CONFIG, HASTY, message -> Outcome.ACCEPTED)) {
      List<RawHttp> hostile = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        hostile.add(new RawHttp(station.receiver.httpPort()));
        hostile.getLast().post(PROTOBUF, bomb, GZIP);
      }
      int served = 0;
      try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
        for (RawHttp each : hostile) {
          int status = each.answer().status();
          assertTrue(status == 413 || status == 503, "" + status);
          served += http.post(PROTOBUF, honest).answer().status() == 200 ? 1 : 0;
          each.close();
        }
        assertEquals(200, http.post(PROTOBUF, honest).answer().status());
      }
      assertTrue(served > 0, "no honest request was served");
      assertEquals(0, station.receiver.inFlightBytes());
    }
  }

  /** Whatever comes, each connection ends or answers, and nothing stays held. */
  @Test
  void livesThroughRandomAndMutatedRequests() throws Exception {
    Random random = new Random(41);
    byte[] body = Requests.gzip(Requests.message(20).toByteArray());
    byte[] good =
        Requests.join(
            ("POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    + GZIP
                    + "Transfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(body.length)
                    + "\r\n")
                .getBytes(US_ASCII),
            body,
            "\r\n0\r\n\r\n".getBytes(US_ASCII));
    try (Station station = new Station(CONFIG, HASTY, message -> Outcome.ACCEPTED)) {
      for (int i = 0; i < 300; i++) {
        byte[] bytes = good.clone();
        for (int edits = random.nextInt(4); edits >= 0; edits--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
          http.send(bytes).drain();
        }
      }
      try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
        assertEquals(200, http.post(PROTOBUF, new byte[0]).answer().status());
      }
    }
  }
}
