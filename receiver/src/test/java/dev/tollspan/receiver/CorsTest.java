package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.pipeline.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What browsers are told. */
@Timeout(60)
@Tag("B19")
class CorsTest {
  private static final String PREFLIGHT =
      "OPTIONS /v1/traces HTTP/1.1\r\nHost: h\r\nAccess-Control-Request-Method: POST\r\n"
          + "Access-Control-Request-Headers: content-type\r\nOrigin: %s\r\n\r\n";

  private static Station station(String... origins) throws Exception {
    OtlpReceiverConfig.Http usual = Station.CONFIG.http();
    OtlpReceiverConfig.Http http =
        new OtlpReceiverConfig.Http(
            usual.listen(),
            1 << 20,
            OtlpReceiverConfig.Http.PATH,
            true,
            true,
            new Cors(List.of(origins), List.of("X-Team"), Duration.ofMinutes(2)),
            Map.of(),
            usual.readTimeout(),
            usual.readHeaderTimeout(),
            usual.idleTimeout());
    OtlpReceiverConfig config =
        new OtlpReceiverConfig(Station.CONFIG.grpc(), http, 16 << 20, 100, 100);
    return new Station(config, Station.PATIENCE, message -> Outcome.ACCEPTED);
  }

  @Test
  void isOffUnlessOriginsAreNamed() throws Exception {
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      RawHttp.Answer answer = http.send(PREFLIGHT.formatted("https://a.example.com")).answer();
      assertEquals(405, answer.status());
      assertEquals("", answer.field("Access-Control-Allow-Origin"));
    }
  }

  @Test
  void letsNamedPagesSend() throws Exception {
    try (Station station = station("https://*.example.com", "http://localhost:3000");
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      RawHttp.Answer answer = http.send(PREFLIGHT.formatted("https://a.example.com")).answer();
      assertEquals(204, answer.status());
      assertEquals("https://a.example.com", answer.field("Access-Control-Allow-Origin"));
      assertEquals("true", answer.field("Access-Control-Allow-Credentials"));
      assertEquals("POST", answer.field("Access-Control-Allow-Methods"));
      assertEquals(
          "Content-Type, Content-Encoding, X-Team", answer.field("Access-Control-Allow-Headers"));
      assertEquals("120", answer.field("Access-Control-Max-Age"));
      assertEquals("Origin", answer.field("Vary"));
      byte[] body = Requests.message(1).toByteArray();
      String origin = "Origin: http://localhost:3000\r\n";
      RawHttp.Answer sent = http.post("application/x-protobuf", body, origin).answer();
      assertEquals(200, sent.status());
      assertEquals("http://localhost:3000", sent.field("Access-Control-Allow-Origin"));
    }
  }

  @Test
  void letsNoOtherPageRead() throws Exception {
    try (Station station = station("https://*.example.com");
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      for (String origin :
          List.of(
              "https://example.com",
              "http://a.example.com",
              "https://a.example.com.evil",
              "null")) {
        RawHttp.Answer answer = http.send(PREFLIGHT.formatted(origin)).answer();
        assertEquals(405, answer.status(), origin);
        assertEquals("", answer.field("Access-Control-Allow-Origin"));
      }
    }
  }

  @Test
  void givesNoCredentialsToEveryPage() throws Exception {
    try (Station station = station("*");
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      RawHttp.Answer answer = http.send(PREFLIGHT.formatted("https://any")).answer();
      assertEquals(204, answer.status());
      assertEquals("*", answer.field("Access-Control-Allow-Origin"));
      assertEquals("", answer.field("Access-Control-Allow-Credentials"));
    }
  }
}
