package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/1.1 as RFC 9112 has it, and nothing that only looks like it. */
@Timeout(60)
class HttpWireTest {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final byte[] GOOD = Requests.message(3).toByteArray();
  private static final String BODY = new String(GOOD, ISO_8859_1);
  private static final String TYPE = "Content-Type: application/x-protobuf\r\n";
  private static final String LENGTH = "Content-Length: " + GOOD.length + "\r\n";
  private static final String LINE = "POST /v1/traces HTTP/1.1\r\n";
  private static final String HOST = "Host: h\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  /** Each is one request that must be refused, and the connection with it. */
  static List<String> smuggled() {
    String head = LINE + HOST + TYPE;
    String chunk = Integer.toHexString(GOOD.length) + "\r\n" + BODY + "\r\n0\r\n\r\n";
    List<String> corpus = new ArrayList<>();
    corpus.add(head + LENGTH + LENGTH + "\r\n" + BODY);
    corpus.add(head + LENGTH + "Content-Length: 3\r\n\r\n" + BODY);
    corpus.add(head + LENGTH + CHUNKED + "\r\n" + chunk);
    corpus.add(head + CHUNKED + LENGTH + "\r\n" + chunk);
    corpus.add(head + CHUNKED + CHUNKED + "\r\n" + chunk);
    for (String length : List.of("+5", "-1", "5, 5", "0x5", "", "5 5", "99999999999999999999")) {
      corpus.add(head + "Content-Length: " + length + "\r\n\r\nhello");
    }
    for (String coding :
        List.of("gzip, chunked", "chunked, identity", "xchunked", "identity", "", "chunked;a=b")) {
      corpus.add(head + "Transfer-Encoding: " + coding + "\r\n\r\n" + chunk);
    }
    corpus.add(head + "Transfer-Encoding : chunked\r\n\r\n" + chunk);
    corpus.add(head + "Transfer-Encoding\t: chunked\r\n\r\n" + chunk);
    corpus.add(head + " Transfer-Encoding: chunked\r\n\r\n" + chunk); // obs-fold
    corpus.add(head + "X: a\r\n b\r\n" + LENGTH + "\r\n" + BODY);
    corpus.add(head + "X: a\r\n\tb\r\n" + LENGTH + "\r\n" + BODY);
    corpus.add(head + "X: a\nContent-Length: 3\r\n\r\n" + BODY);
    corpus.add(head + "X: a\rContent-Length: 3\r\n\r\n" + BODY);
    corpus.add(head + "X: a\0b\r\n" + LENGTH + "\r\n" + BODY);
    corpus.add(head + "X: a\u007fb\r\n" + LENGTH + "\r\n" + BODY);
    corpus.add(head + "X Y: a\r\n" + LENGTH + "\r\n" + BODY);
    corpus.add(head + ": a\r\n" + LENGTH + "\r\n" + BODY);
    corpus.add(head + "X\r\n" + LENGTH + "\r\n" + BODY);
    corpus.add(head + "X\u00e9: a\r\n" + LENGTH + "\r\n" + BODY);
    corpus.add(head.replace("\r\n", "\n") + LENGTH + "\r\n" + BODY);
    corpus.add(LINE + TYPE + LENGTH + "\r\n" + BODY); // no Host
    corpus.add(LINE + HOST + HOST + TYPE + LENGTH + "\r\n" + BODY);
    for (String host :
        List.of("a b", "u@h", "h:x", "h:1:2", "[::1", "::1", "[::1]x", "h#", "h\\", "h\"")) {
      corpus.add(LINE + "Host: " + host + "\r\n" + TYPE + LENGTH + "\r\n" + BODY);
      corpus.add(
          LINE.replace("/v1", "http://" + host + "/v1") + HOST + TYPE + LENGTH + "\r\n" + BODY);
    }
    corpus.add(LINE + "Host: a/b\r\n" + TYPE + LENGTH + "\r\n" + BODY);
    for (String target : List.of("/v1/traces#a", "/v1/traces?a#b", "http:///v1/traces", "#")) {
      corpus.add(LINE.replace("/v1/traces", target) + HOST + TYPE + LENGTH + "\r\n" + BODY);
    }
    corpus.add("\r\n\r\n" + head + LENGTH + "\r\n" + BODY);
    corpus.add("\r" + head + LENGTH + "\r\n" + BODY);
    corpus.add(head + TYPE + LENGTH + "\r\n" + BODY);
    corpus.add(head + "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n");
    corpus.add("POST  /v1/traces HTTP/1.1\r\n" + HOST + "\r\n");
    corpus.add("POST /v1/traces  HTTP/1.1\r\n" + HOST + "\r\n");
    corpus.add("POST\t/v1/traces\tHTTP/1.1\r\n" + HOST + "\r\n");
    corpus.add("POST /v1/traces HTTP/1.1 \r\n" + HOST + "\r\n");
    corpus.add("POST /v1/traces\r\n\r\n"); // HTTP/0.9
    corpus.add("POST v1/traces HTTP/1.1\r\n" + HOST + "\r\n");
    corpus.add("POST /v1/tr\u00e4ces HTTP/1.1\r\n" + HOST + "\r\n");
    corpus.add("POST /v1/traces HTTP/1,1\r\n" + HOST + "\r\n");
    corpus.add("POST /v1/traces http/1.1\r\n" + HOST + "\r\n");
    corpus.add("P(ST /v1/traces HTTP/1.1\r\n" + HOST + "\r\n");
    corpus.add("POST /v1/traces HTTP/1.0\r\n" + HOST + TYPE + CHUNKED + "\r\n" + chunk);
    String chunks = head + CHUNKED + "\r\n";
    for (String size :
        List.of(
            "",
            " 5",
            "5 ",
            "+5",
            "0x5",
            "g",
            "123456789",
            "-1",
            ";a",
            "5\n",
            "5\r",
            "5;\0",
            "5 a",
            "5\t\t")) {
      corpus.add(chunks + size + "\r\nhello\r\n0\r\n\r\n");
    }
    corpus.add(chunks + "5\r\nhello0\r\n\r\n");
    corpus.add(chunks + "5\r\nhello\n0\r\n\r\n");
    corpus.add(chunks + "5\r\nhello\r\r\n0\r\n\r\n");
    corpus.add(chunks + "0\r\nX : a\r\n\r\n");
    corpus.add(chunks + "0\r\n a\r\n\r\n");
    corpus.add(chunks + "0\r\nX: a\n\r\n");
    corpus.add(chunks + "5;" + "x".repeat(300) + "\r\nhello\r\n0\r\n\r\n");
    return corpus;
  }

  @Test
  @Tag("B20")
  void refusesWhatTwoServersMightReadDifferently() throws Exception {
    String second = LINE + HOST + TYPE + LENGTH + "\r\n" + BODY;
    try (Station station = new Station()) {
      for (String each : smuggled()) {
        try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
          RawHttp.Answer answer = http.send(each + second).answer();
          String shown = each.replace("\r", "\\r").replace("\n", "\\n");
          assertEquals(400, answer.status(), shown);
          assertEquals("close", answer.field("Connection"), shown);
        }
      }
      assertTrue(station.taken.isEmpty());
      assertEquals(smuggled().size(), station.ledger.refusedRequests());
      assertServes(station);
    }
  }

  @Test
  void refusesHeadsThatAreTooLarge() throws Exception {
    String fields = "X: y\r\n".repeat(65);
    try (Station station = new Station()) {
      for (String head :
          List.of(
              LINE + HOST + fields,
              LINE + HOST + "X: " + "y".repeat(17 << 10),
              "POST /" + "y".repeat(17 << 10),
              LINE + HOST + TYPE + CHUNKED + "\r\n0\r\n" + fields)) {
        try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
          int status = http.send(head).answer().status();
          assertTrue(status == 431 || status == 413, "" + status);
        }
      }
      try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
        http.send(LINE + HOST + TYPE + LENGTH + "X: y\r\n".repeat(61) + "\r\n" + BODY);
        assertEquals(200, http.answer().status());
        http.send(LINE + HOST + TYPE + LENGTH + "X: " + "y".repeat(15 << 10) + "\r\n\r\n" + BODY);
        assertEquals(200, http.answer().status());
      }
      try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
        assertEquals(505, http.send("POST / HTTP/2.0\r\n\r\n").answer().status());
        assertTrue(http.isEnded());
      }
    }
  }

  @Test
  @Tag("B18")
  @Tag("B21")
  void keepsTheConnectionAndAnswersInOrder() throws Exception {
    String request = LINE + HOST + TYPE + LENGTH + "\r\n" + BODY;
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      http.send(request + "GET /x HTTP/1.1\r\n" + HOST + "\r\n" + "\r\n" + request + request);
      assertEquals(200, http.answer().status());
      assertEquals(404, http.answer().status());
      assertEquals(200, http.answer().status());
      assertEquals(200, http.answer().status());
      http.send(request.replace(TYPE, TYPE + "Connection: a, Close\r\n") + request);
      RawHttp.Answer last = http.answer();
      assertEquals(200, last.status());
      assertEquals("close", last.field("Connection"));
      assertTrue(http.isEnded());
      assertEquals(4, station.taken.size());
      for (byte[] taken : station.taken) {
        assertArrayEquals(GOOD, taken);
      }
    }
  }

  @Test
  @Tag("B18")
  void takesBytesHoweverTheyArePacked() throws Exception {
    String chunked =
        LINE
            + HOST
            + TYPE
            + CHUNKED
            + "\r\n1\r\n"
            + BODY.charAt(0)
            + "\r\n"
            + Integer.toHexString(GOOD.length - 1).toUpperCase(java.util.Locale.ROOT)
            + " \t; name = value\r\n"
            + BODY.substring(1)
            + "\r\n000\r\nX-Sum: 1\r\nY: 2\r\n\r\n";
    String all = chunked + LINE + HOST + TYPE + LENGTH + "\r\n" + BODY;
    Random random = new Random(4);
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      for (int round = 0; round < 30; round++) {
        int at = 0;
        while (at < all.length()) {
          int end = Math.min(all.length(), at + 1 + random.nextInt(round == 0 ? 1 : 60));
          http.send(all.substring(at, end));
          at = end;
        }
        assertEquals(200, http.answer().status());
        assertEquals(200, http.answer().status());
      }
      assertEquals(60, station.taken.size());
      for (byte[] taken : station.taken) {
        assertArrayEquals(GOOD, taken);
      }
    }
  }

  @Test
  @Tag("B18")
  void asksForABodyThatIsHeldBackAndNotForOneThatIsRefused() throws Exception {
    String expecting = LINE + HOST + TYPE + "Expect: 100-continue\r\n";
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      http.send(expecting + LENGTH + "\r\n");
      assertEquals(100, http.head().status());
      assertEquals(200, http.send(GOOD).answer().status());
      assertEquals(200, http.send(expecting + "Content-Length: 0\r\n\r\n").answer().status());
      http.send(expecting + "Content-Length: 99999999\r\n\r\n");
      assertEquals(413, http.answer().status());
      assertTrue(http.end().isEnded());
    }
  }

  @Test
  void understandsOldClientsAndTargetsWithAHost() throws Exception {
    try (Station station = new Station()) {
      try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
        http.send(LINE.replace("/v1", "http://h:80/v1") + HOST + TYPE + LENGTH + "\r\n" + BODY);
        assertEquals(200, http.answer().status());
        http.send(LINE.replace("1.1", "1.0") + TYPE + LENGTH + "\r\n" + BODY);
        assertEquals(200, http.answer().status());
        assertTrue(http.isEnded());
      }
    }
  }

  /** RFC 9112, section 3.2. */
  @Test
  void takesWhateverIsAHost() throws Exception {
    List<String> hosts =
        List.of("", "h", "h:", "h:1", "127.0.0.1:4318", "[::1]:4318", "a_b.c-d~%20");
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      for (String host : hosts) {
        http.send(LINE + "Host: " + host + "\r\n" + TYPE + LENGTH + "\r\n" + BODY);
        assertEquals(200, http.answer().status(), host);
      }
    }
  }

  /** On a new connection as on one that is kept. */
  @Test
  void takesAnEmptyLineInFrontAndTellsTheMethodToOneThatSpellsIt() throws Exception {
    String request = LINE + HOST + TYPE + LENGTH + "\r\n" + BODY;
    try (Station station = new Station()) {
      try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
        assertEquals(200, http.send("\r\n" + request).answer().status());
        assertEquals(200, http.send("\r\n" + request).answer().status());
      }
      try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
        RawHttp.Answer answer = http.send(request.replace("POST", "post")).answer();
        assertEquals(405, answer.status());
        assertEquals("POST", answer.field("Allow"));
      }
    }
  }

  @Test
  @Tag("B22")
  void ignoresTheQuery() throws Exception {
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      String line = LINE.replace(" HTTP", "?token=" + Requests.CANARY + " HTTP");
      assertEquals(200, http.send(line + HOST + TYPE + LENGTH + "\r\n" + BODY).answer().status());
      RawHttp.Answer lost =
          http.send("GET /?" + Requests.CANARY + " HTTP/1.1\r\n" + HOST + "\r\n").answer();
      assertEquals(404, lost.status());
      assertTrue(!lost.text().contains(Requests.CANARY));
    }
  }

  @Test
  @Tag("B16")
  void answersPlainlyWhateverIsAccepted() throws Exception {
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      for (String accepted : List.of("gzip", "identity;q=0", "*")) {
        RawHttp.Answer answer =
            http.post(PROTOBUF, GOOD, "Accept-Encoding: " + accepted + "\r\n").answer();
        assertEquals("", answer.field("Content-Encoding"));
      }
    }
  }

  @Test
  @Tag("B1")
  @Tag("B21")
  void servesTheClientOfTheJdkAndACustomPath() throws Exception {
    OtlpReceiverConfig.Http usual = Station.CONFIG.http();
    OtlpReceiverConfig.Http elsewhere =
        new OtlpReceiverConfig.Http(
            usual.listen(),
            1 << 20,
            "/otlp/in",
            true,
            true,
            Cors.OFF,
            java.util.Map.of("X-Served-By", "us"),
            usual.readTimeout(),
            usual.readHeaderTimeout(),
            usual.idleTimeout());
    OtlpReceiverConfig config =
        new OtlpReceiverConfig(Station.CONFIG.grpc(), elsewhere, 16 << 20, 100, 100);
    try (Station station = new Station(config, Station.PATIENCE, message -> Outcome.ACCEPTED);
        HttpClient client = HttpClient.newHttpClient()) { // it offers an upgrade to HTTP/2
      URI uri = URI.create("http://127.0.0.1:" + station.receiver.httpPort() + "/otlp/in");
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        HttpRequest request =
            HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", PROTOBUF)
                .POST(HttpRequest.BodyPublishers.ofByteArray(GOOD))
                .build();
        answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        assertEquals(200, answer.get().statusCode());
        assertEquals("us", answer.get().headers().firstValue("X-Served-By").orElse(""));
      }
      assertEquals(150, station.ledger.accepted());
    }
  }

  @Test
  @Tag("B13")
  void sendsAwayWhatTheBudgetCannotHoldAndKeepsTheConnection() throws Exception {
    Semaphore inside = new Semaphore(0);
    CountDownLatch open = new CountDownLatch(1);
    int turn = 128 << 10; // an eighth of the budget
    OtlpReceiverConfig config = Station.config(8 * turn, 8 * turn);
    Patience patience =
        Station.patience(Duration.ofMillis(20), Duration.ofSeconds(10), Station.STOPPED);
    try (Station station =
            new Station(
                config,
                patience,
                message -> {
                  inside.release();
                  OtlpReceiverTest.await(open);
                  return Outcome.ACCEPTED;
                });
        RawHttp late = new RawHttp(station.receiver.httpPort())) {
      byte[] large = Requests.ofSize(turn / 2);
      List<RawHttp> held = new ArrayList<>();
      while (station.receiver.inFlightBytes() <= 7 * turn) {
        held.add(new RawHttp(station.receiver.httpPort()).post(PROTOBUF, large));
        inside.acquire();
      }
      for (int i = 0; i < 12; i++) {
        RawHttp.Answer answer = late.post(PROTOBUF, GOOD).answer();
        assertEquals(503, answer.status());
        assertEquals(i < 10 ? "1" : "2", answer.field("Retry-After"), "it grows");
      }
      // A known length that has no room is refused before its body has come.
      late.send(LINE + HOST + TYPE + "Content-Length: " + 2 * turn + "\r\n\r\n");
      assertEquals(503, late.answer().status());
      late.send(new byte[2 * turn]);
      open.countDown();
      for (RawHttp each : held) {
        assertEquals(200, each.answer().status());
        each.close();
      }
      assertEquals(200, late.post(PROTOBUF, GOOD).answer().status());
      assertEquals(13, station.ledger.refusedRequests());
    }
  }

  private static void assertServes(Station station) throws Exception {
    try (RawHttp http = new RawHttp(station.receiver.httpPort())) {
      assertEquals(200, http.post(PROTOBUF, GOOD).answer().status());
    }
  }
}
