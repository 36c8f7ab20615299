package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.tollspan.pipeline.Outcome;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are answered with an error: which, and in which words. */
@Timeout(60)
class HttpRefusalTest {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final int LIMIT = 256 << 10;

  private static Station station(Function<byte[], Outcome> answer) throws Exception {
    return new Station(Station.config(LIMIT, 16 << 20), Station.PATIENCE, answer);
  }

  private static Station station() throws Exception {
    return station(message -> Outcome.ACCEPTED);
  }

  /** A request without a body but for what the fields say. */
  private static String request(String line, String... fields) {
    return line + " HTTP/1.1\r\nHost: h\r\n" + String.join("", fields) + "\r\n";
  }

  private static void assertStatus(RawHttp.Answer answer, int status, Code code, String type)
      throws Exception {
    assertEquals(status, answer.status());
    assertEquals(type, answer.field("Content-Type"));
    if (type.equals(PROTOBUF)) {
      Status body = Status.parseFrom(answer.body());
      assertEquals(code.getNumber(), body.getCode());
      assertFalse(body.getMessage().isBlank());
    } else {
      String start = "{\"code\":" + code.getNumber() + ",\"message\":\"";
      assertTrue(answer.text().startsWith(start), answer.text());
    }
    assertFalse(answer.text().contains(Requests.CANARY));
  }

  @ParameterizedTest
  @ValueSource(strings = {PROTOBUF, JSON})
  @Tag("B4")
  @Tag("B10")
  @Tag("B11")
  @Tag("B12")
  @Tag("C15")
  void answersEveryErrorWithAStatusInTheEncodingOfTheRequest(String type) throws Exception {
    String typed = "Content-Type: " + type + "\r\n";
    String empty = "Content-Length: 0\r\n";
    try (Station station = station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      byte[] broken = ("{\"resourceSpans\":\"" + Requests.CANARY).getBytes(UTF_8);
      assertStatus(http.post(type, broken).answer(), 400, Code.INVALID_ARGUMENT, type);
      for (String path : List.of("/", "/v1/metrics", "/v1/logs", "/v1/traces/", "/V1/traces")) {
        http.send(request("POST " + path, typed, empty));
        assertStatus(http.answer(), 404, Code.NOT_FOUND, type);
      }
      for (String method : List.of("GET", "PUT", "DELETE", "OPTIONS", "TRACE", "post", "X!")) {
        http.send(request(method + " /v1/traces", typed, empty));
        RawHttp.Answer answer = http.answer();
        assertStatus(answer, 405, Code.UNIMPLEMENTED, type);
        assertEquals("POST", answer.field("Allow"));
      }
      http.send(request("POST /v1/traces", typed));
      assertStatus(http.answer(), 411, Code.INVALID_ARGUMENT, type);
      http.send(request("POST /v1/traces", typed, empty, "Content-Encoding: br\r\n"));
      assertStatus(http.answer(), 415, Code.INVALID_ARGUMENT, type);
      http.send(request("POST /v1/traces", typed, empty, "Expect: tea\r\n"));
      assertStatus(http.answer(), 417, Code.INVALID_ARGUMENT, type);
      http.send(request("POST /v1/traces", typed, "Content-Length: 999999999\r\n"));
      assertStatus(http.answer(), 413, Code.RESOURCE_EXHAUSTED, type);
      assertTrue(http.end().isEnded());
      assertEquals(17, station.ledger.refusedRequests());
      assertTrue(station.taken.isEmpty());
    }
  }

  @Test
  @Tag("B10")
  @Tag("B17")
  void answersOtherMediaInProtobuf() throws Exception {
    try (Station station = station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      byte[] body = Requests.message(1).toByteArray();
      for (String type : List.of("text/plain", "application/x-protobuf2", "", "*/*")) {
        assertStatus(http.post(type, body).answer(), 415, Code.INVALID_ARGUMENT, PROTOBUF);
      }
      http.send(request("POST /v1/traces", "Content-Length: 0\r\n"));
      assertStatus(http.answer(), 415, Code.INVALID_ARGUMENT, PROTOBUF);
      assertEquals(200, http.post("APPLICATION/X-Protobuf ; a=b", body).answer().status());
      String none = "Content-Encoding: identity\r\n";
      assertEquals(200, http.post(PROTOBUF, body, none).answer().status());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {PROTOBUF, JSON})
  @Tag("B10")
  @Tag("B14")
  void answersWhatThePipelineSays(String type) throws Exception {
    AtomicReference<Outcome> outcome = new AtomicReference<>();
    byte[] body = type.equals(JSON) ? Requests.json(2) : Requests.message(2).toByteArray();
    try (Station station = station(message -> outcome.get());
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      outcome.set(new Outcome.Refused("not \"here\"\\"));
      RawHttp.Answer refused = http.post(type, body).answer();
      assertStatus(refused, 400, Code.INVALID_ARGUMENT, type);
      outcome.set(new Outcome.RetryLater(Duration.ofMillis(1_250), "full"));
      RawHttp.Answer later = http.post(type, body).answer();
      assertStatus(later, 503, Code.UNAVAILABLE, type);
      assertEquals("2", later.field("Retry-After"));
      outcome.set(new Outcome.Refused(null)); // any defect behind the books
      assertStatus(http.post(type, body).answer(), 500, Code.INTERNAL, type);
      outcome.set(new Outcome.PartlyAccepted(1, "so"));
      RawHttp.Answer partly = http.post(type, body).answer();
      assertEquals(200, partly.status());
      if (type.equals(JSON)) {
        assertEquals(
            "{\"code\":3,\"message\":\"not \\\"here\\\"\\\\\",\"details\":[{\"@type\":"
                + "\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":"
                + "[{\"description\":\"not \\\"here\\\"\\\\\"}]}]}",
            refused.text());
        assertEquals(
            "{\"code\":14,\"message\":\"full\",\"details\":[{\"@type\":"
                + "\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"1.250000000s\"}]}",
            later.text());
        assertEquals(
            "{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"so\"}}",
            partly.text());
      } else {
        Status bad = Status.parseFrom(refused.body());
        assertEquals(1, bad.getDetails(0).unpack(BadRequest.class).getFieldViolationsCount());
        RetryInfo retry = Status.parseFrom(later.body()).getDetails(0).unpack(RetryInfo.class);
        assertEquals(250_000_000, retry.getRetryDelay().getNanos());
      }
    }
  }

  @Test
  @Tag("B6")
  @Tag("B7")
  void refusesWhatIsLargerThanTheLimitAndTakesWhatIsNot() throws Exception {
    byte[] largest = Requests.ofSize(LIMIT);
    byte[] over = Requests.ofSize(LIMIT + 1);
    String gzip = "Content-Encoding: gzip\r\n";
    String zstd = "Content-Encoding: zstd\r\n";
    try (Station station = station()) {
      try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
        assertEquals(200, http.post(PROTOBUF, largest).answer().status());
        assertEquals(200, http.post(PROTOBUF, Requests.gzip(largest), gzip).answer().status());
        assertEquals(
            200, http.post(PROTOBUF, Requests.zstdStream(largest), zstd).answer().status());
        assertEquals(413, http.post(PROTOBUF, Requests.gzip(over), gzip).answer().status());
        assertEquals(413, http.post(PROTOBUF, Requests.zstdStream(over), zstd).answer().status());
        assertEquals(413, http.post(PROTOBUF, bomb(), gzip).answer().status());
        assertEquals(413, http.post(JSON, bomb(), gzip).answer().status());
        assertEquals(200, http.send(chunked(largest)).answer().status());
        assertStatus(http.send(chunked(over)).answer(), 413, Code.RESOURCE_EXHAUSTED, PROTOBUF);
        assertTrue(http.end().isEnded());
      }
      try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
        assertStatus(http.post(PROTOBUF, over).answer(), 413, Code.RESOURCE_EXHAUSTED, PROTOBUF);
      }
      assertEquals(4, station.ledger.accepted());
      assertEquals(6, station.ledger.refusedRequests());
    }
  }

  private static byte[] bomb() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(new byte[64 << 20]);
    }
    return packed.toByteArray();
  }

  private static byte[] chunked(byte[] body) {
    String head =
        request(
            "POST /v1/traces",
            "Content-Type: " + PROTOBUF + "\r\n",
            "Transfer-Encoding: chunked\r\n");
    int half = body.length / 2;
    return Requests.join(
        head.getBytes(UTF_8),
        (Integer.toHexString(half) + "\r\n").getBytes(UTF_8),
        Arrays.copyOf(body, half),
        ("\r\n" + Integer.toHexString(body.length - half) + ";a=b\r\n").getBytes(UTF_8),
        Arrays.copyOfRange(body, half, body.length),
        "\r\n0\r\nX-Sum: 5\r\n\r\n".getBytes(UTF_8));
  }

  @Test
  @Tag("B12")
  void refusesDamagedBodiesOneByOneAndKeepsTheConnection() throws Exception {
    byte[] good = Requests.message(20).toByteArray();
    byte[] gzip = Requests.gzip(good);
    String gzipped = "Content-Encoding: gzip\r\n";
    try (Station station = station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      for (int cut = 1; cut < good.length; cut += 97) {
        RawHttp.Answer answer = http.post(PROTOBUF, Arrays.copyOf(good, cut)).answer();
        assertStatus(answer, 400, Code.INVALID_ARGUMENT, PROTOBUF);
      }
      for (byte[] body :
          List.of(good, Arrays.copyOf(gzip, gzip.length - 1), Requests.join(gzip, good))) {
        RawHttp.Answer answer = http.post(PROTOBUF, body, gzipped).answer();
        assertStatus(answer, 400, Code.INVALID_ARGUMENT, PROTOBUF);
      }
      for (String text : List.of("", "[]", "{", "{}}", "nul", "\"" + Requests.CANARY)) {
        RawHttp.Answer answer = http.post(JSON, text.getBytes(UTF_8)).answer();
        assertStatus(answer, 400, Code.INVALID_ARGUMENT, JSON);
      }
      assertEquals(200, http.post(PROTOBUF, good).answer().status());
      assertEquals(200, http.post(PROTOBUF, gzip, gzipped).answer().status());
      assertEquals(200, http.post(JSON, "{}".getBytes(UTF_8)).answer().status());
      byte[] none = TracesData.getDefaultInstance().toByteArray();
      assertEquals(200, http.post(PROTOBUF, none).answer().status());
    }
  }

  @Test
  void hasNoBodyForHead() throws Exception {
    try (Station station = station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      assertEquals(405, http.send(request("HEAD /v1/traces")).head().status());
      assertEquals(404, http.send(request("GET /")).answer().status());
    }
  }
}
