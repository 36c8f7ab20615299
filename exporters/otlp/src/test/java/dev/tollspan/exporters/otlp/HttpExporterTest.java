package dev.tollspan.exporters.otlp;

import static dev.tollspan.exporters.otlp.HttpDestination.OK;
import static dev.tollspan.exporters.otlp.HttpDestination.answer;
import static dev.tollspan.exporters.otlp.HttpDestination.head;
import static dev.tollspan.exporters.otlp.HttpDestination.raw;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.otlp.HttpDestination.Request;
import dev.tollspan.exporters.otlp.HttpDestination.Step;
import dev.tollspan.exporters.otlp.OtlpConfig.Calls;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.spans.CleanBatch;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpExporterTest {
  private static final Set<Integer> RETRYABLE = Set.of(429, 502, 503, 504);
  private static final Set<Integer> OF_THE_SPANS = Set.of(400, 409, 413, 422, 500);

  @ParameterizedTest
  @Tag("F1")
  @Tag("E14")
  @EnumSource(Compression.class)
  void postsTheBatchesOfOneExportAsOneRequestByteForByte(Compression compression) {
    try (HttpDestination destination = new HttpDestination();
        OtlpExporter exporter =
            Given.exporter(
                Given.http(
                    "http://127.0.0.1:" + destination.port(), Tls.platform(), compression))) {
      List<CleanBatch> batches =
          List.of(Given.batch(1, 3), Given.batch(4, 200, 900), Given.batch(204, 1));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(1, destination.requests.size());
      Request request = destination.requests.getFirst();
      assertArrayEquals(joined(batches), request.body());
      assertEquals("POST /v1/traces HTTP/1.1", request.line());
      assertEquals("application/x-protobuf", request.headers().get("content-type"));
      assertEquals(
          compression == Compression.NONE ? null : compression.encoding(),
          request.headers().get("content-encoding"));
      assertEquals("127.0.0.1:" + destination.port(), request.headers().get("host"));
      String agent = request.headers().get("user-agent");
      assertTrue(agent.matches("Tollspan-OTLP-Exporter-Java/\\S+"), agent);
    }
  }

  @Test
  @Tag("F2")
  void usesAnAddressOfTracesAsItIs() {
    try (HttpDestination destination = new HttpDestination();
        OtlpExporter exporter =
            Given.exporter(
                OtlpConfig.defaults(
                    Protocol.HTTP,
                    URI.create("http://127.0.0.1:" + destination.port() + "/a%20b/c?d=e")))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 1))));
      assertEquals("POST /a%20b/c?d=e HTTP/1.1", destination.requests.getFirst().line());
    }
  }

  @Test
  void sendsHeadersAndAuth() {
    try (HttpDestination destination = new HttpDestination();
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.http(destination.port()),
                    Map.of("X-Scope-OrgID", "team a", "Authorization", "Bearer t"),
                    Auth.basic("Aladdin", "open sesame")))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 1))));
      Map<String, String> headers = destination.requests.getFirst().headers();
      assertEquals("team a", headers.get("x-scope-orgid"));
      assertEquals("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", headers.get("authorization"));
    }
  }

  @Test
  void readsTheFileOfATokenAgainWhenItChanges(@TempDir Path dir) throws IOException {
    Path token = Files.writeString(dir.resolve("token"), "one\n");
    Auth auth = new Auth.FromFile("Authorization", "Bearer ", token);
    try (HttpDestination destination = new HttpDestination();
        OtlpExporter exporter =
            Given.exporter(Given.with(Given.http(destination.port()), Map.of(), auth))) {
      exporter.export(List.of(Given.batch(1, 1)));
      Files.writeString(token, "two");
      Files.setLastModifiedTime(token, after(token, 5));
      exporter.export(List.of(Given.batch(2, 1)));
      Files.writeString(token, "no header\u0000");
      Files.setLastModifiedTime(token, after(token, 10));
      exporter.export(List.of(Given.batch(3, 1)));
      Files.delete(token);
      exporter.export(List.of(Given.batch(4, 1)));
      assertEquals(
          List.of("Bearer one", "Bearer two", "Bearer two", "Bearer two"),
          destination.requests.stream().map(r -> r.headers().get("authorization")).toList());
    }
  }

  private static java.nio.file.attribute.FileTime after(Path file, int seconds) throws IOException {
    Instant then = Files.getLastModifiedTime(file).toInstant().plusSeconds(seconds);
    return java.nio.file.attribute.FileTime.from(then);
  }

  static IntStream failures() {
    return IntStream.rangeClosed(400, 599);
  }

  @Test
  @Tag("F3")
  @Tag("F8")
  void retriesOnlyTheStatusesThatOtlpNames() {
    try (HttpDestination destination = new HttpDestination();
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      int requests = 0;
      for (int status : failures().toArray()) {
        byte[] text = "canary".getBytes(StandardCharsets.UTF_8);
        destination.then(answer(status, text, "Content-Type: text/plain"));
        Outcome outcome = exporter.export(List.of(Given.batch(1, 1)));
        String reason = "the call ended with HTTP " + status;
        Fault fault = OF_THE_SPANS.contains(status) ? Fault.SPANS : Fault.SENDER;
        assertEquals(
            RETRYABLE.contains(status)
                ? new Outcome.RetryLater(Duration.ZERO, reason)
                : new Outcome.Refused(fault, reason),
            outcome);
        assertEquals(++requests, destination.requests.size(), reason);
        if (outcome instanceof Outcome.RetryLater) {
          destination.then(OK); // else the next export would go on with this one
          assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(9, 1))));
          requests++;
        }
      }
      assertEquals(1, destination.connections.get());
    }
  }

  @ParameterizedTest
  @Tag("F4")
  @CsvSource(
      delimiter = '|',
      value = {
        "Retry-After: 7 | 7000",
        "Retry-After: 0 | 0",
        "Retry-After: 99999999 | 3600000",
        "Retry-After: 1000000000 | 3600000",
        "Retry-After: 00000000000000000000007 | 7000",
        "Retry-After: 99999999999999999999999999999999 | 3600000",
        "Retry-After: Wed, 21 Oct 2026 07:28:30 GMT | 30000",
        "Retry-After: Wednesday, 21-Oct-26 07:28:30 GMT | 30000",
        "Retry-After: Wed Oct 21 07:28:30 2026 | 30000",
        "Retry-After: Wed, 21 Oct 2026 07:27:30 GMT | 0",
        "Retry-After: Wed, 21 Oct 2037 07:27:30 GMT | 3600000",
        "Retry-After: -1 | 0",
        "Retry-After: canary | 0",
        "X-Nothing: 1 | 0",
      })
  void waitsAsLongAsTheDestinationAsks(String header, long millis) {
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-10-21T07:28:00Z"));
    for (int status : RETRYABLE) {
      try (HttpDestination destination = new HttpDestination(answer(status, header));
          OtlpExporter exporter = new OtlpExporter(Given.http(destination.port()), clock)) {
        assertEquals(
            new Outcome.RetryLater(Duration.ofMillis(millis), "the call ended with HTTP " + status),
            exporter.export(List.of(Given.batch(1, 1))));
      }
    }
  }

  @Test
  @Tag("F4")
  void measuresADateByTheClockThatWroteIt() {
    InstantSource wrong = InstantSource.fixed(Instant.parse("2001-01-01T00:00:00Z"));
    Step later =
        answer(
            503,
            "Date: Wed, 21 Oct 2026 07:28:00 GMT",
            "Retry-After: Wed, 21 Oct 2026 07:28:45 GMT");
    try (HttpDestination destination = new HttpDestination(later);
        OtlpExporter exporter = new OtlpExporter(Given.http(destination.port()), wrong)) {
      assertEquals(
          new Outcome.RetryLater(Duration.ofSeconds(45), "the call ended with HTTP 503"),
          exporter.export(List.of(Given.batch(1, 1))));
    }
  }

  static List<Step> rudeEnds() {
    return List.of(
        Socket::close,
        socket -> {
          socket.setSoLinger(true, 0); // a reset
          socket.close();
        },
        Socket::shutdownOutput,
        socket -> {
          HttpDestination.write(socket, "HTTP/1.1 200");
          socket.close();
        },
        socket -> {
          HttpDestination.write(socket, head(100) + "\r\n");
          socket.close();
        });
  }

  @ParameterizedTest
  @Tag("F6")
  @MethodSource("rudeEnds")
  void retriesWhereTheConnectionEndsWithoutAnAnswer(Step rude) {
    try (HttpDestination destination = new HttpDestination(rude);
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 2));
      Outcome outcome = exporter.export(batches);
      assertInstanceOf(Outcome.RetryLater.class, outcome);
      assertTrue(outcome.toString().matches(".*(without an answer|not HTTP/1.1).*"));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertArrayEquals(destination.requests.get(0).body(), destination.requests.get(1).body());
    }
  }

  @Test
  @Tag("F6")
  void takesASwitchOfProtocolsForNoAnswer() {
    Step step = raw(head(101, "Connection: Upgrade", "Upgrade: websocket") + "\r\n");
    try (HttpDestination destination = new HttpDestination(step);
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 2));
      assertEquals(
          new Outcome.RetryLater(
              Duration.ZERO, "the destination switches to a protocol that nobody asked for"),
          exporter.export(batches));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertArrayEquals(destination.requests.get(0).body(), destination.requests.get(1).body());
      assertEquals(2, destination.connections.get());
    }
  }

  @Test
  @Tag("F6")
  void sendsOnceMoreAtOnceWhereAnIdleConnectionTurnsOutToBeGone() {
    try (HttpDestination destination = new HttpDestination(OK, Socket::close);
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 1))));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(2, 1))));
      assertEquals(List.of(Given.id(1), Given.id(2), Given.id(2)), destination.spanIds());
      assertEquals(2, destination.connections.get());
    }
  }

  @Test
  @Tag("F6")
  void saysWhyItCannotConnect() throws IOException {
    int nobody;
    try (ServerSocket probe = HttpDestination.listen()) {
      nobody = probe.getLocalPort();
    }
    try (OtlpExporter refused = Given.exporter(Given.http(nobody));
        OtlpExporter unknown =
            Given.exporter(
                Given.http("http://nobody.invalid:1", Tls.platform(), Compression.NONE))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 1));
      assertEquals(
          new Outcome.RetryLater(Duration.ZERO, "the connection was refused"),
          refused.export(batches));
      assertEquals(
          new Outcome.RetryLater(Duration.ZERO, "the host's name is not known"),
          unknown.export(batches));
    }
  }

  @Test
  @Tag("F7")
  void keepsOneConnectionForCallsOneAfterTheOther() {
    try (HttpDestination destination = new HttpDestination();
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      for (int id = 1; id <= 20; id++) {
        assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(id, 1))));
      }
      assertEquals(20, destination.requests.size());
      assertEquals(1, destination.connections.get());
    }
  }

  @ParameterizedTest
  @Tag("E10")
  @Tag("F7")
  @ValueSource(ints = {1, 3, 4})
  void hasNoMoreConnectionsThanCallsMayBeUnderWay(int inFlightMax) {
    Together together = new Together();
    Step step =
        socket -> {
          together.meet();
          OK.run(socket);
        };
    try (HttpDestination destination = new HttpDestination().then(step)) {
      OtlpConfig config =
          Given.with(
              Given.http(destination.port()),
              new Calls(Duration.ofSeconds(20), inFlightMax, false));
      try (OtlpExporter exporter = Given.exporter(config)) {
        assertEquals(Outcome.ACCEPTED, exporter.export(larges(101, inFlightMax)));
        together.hold(inFlightMax);
        assertEquals(Outcome.ACCEPTED, exporter.export(larges(1, 3 * inFlightMax)));
        assertEquals(4 * inFlightMax, new HashSet<>(destination.spanIds()).size());
        assertEquals(inFlightMax, together.most());
        assertEquals(inFlightMax, destination.connections.get());
      }
    }
  }

  /** Spans that leave no room for one another in one call. */
  private static List<CleanBatch> larges(int firstId, int count) {
    return IntStream.range(firstId, firstId + count)
        .mapToObj(id -> Given.batch(id, 1, 2_000_000))
        .toList();
  }

  @Test
  @Tag("F8")
  void halvesWhatIsTooLarge() {
    AtomicReference<HttpDestination> self = new AtomicReference<>();
    Step upToAMebibyte =
        socket -> {
          int bytes = self.get().requests.getLast().body().length;
          (bytes > 1 << 20 ? answer(413) : OK).run(socket);
        };
    try (HttpDestination destination = new HttpDestination().then(upToAMebibyte);
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      self.set(destination);
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 31, 100_000))));
      List<String> taken =
          destination.requests.stream()
              .filter(request -> request.body().length <= 1 << 20)
              .flatMap(request -> Destination.spanIds(request.body()).stream())
              .toList();
      assertEquals(IntStream.rangeClosed(1, 31).mapToObj(Given::id).toList(), taken);
      assertEquals(7, destination.requests.size(), "31, 16, 8, 8, 15, 8, 7");
    }
  }

  @Test
  @Tag("F8")
  void readsAnAnswerThatComesBeforeTheRequestIsRead() {
    try (HttpDestination destination =
            new HttpDestination(HttpDestination.early(answer(413, "Connection: close")));
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      assertEquals(
          new Outcome.Refused("the call ended with HTTP 413"),
          exporter.export(List.of(Given.batch(1, 1, 3_000_000))));
    }
  }

  @Test
  @Tag("F8")
  void findsTheBadSpanOfSeveralBatches() {
    try (HttpDestination destination = new HttpDestination(answer(400), OK, answer(400), OK);
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 1), Given.batch(2, 1), Given.batch(3, 1));
      assertEquals(
          new Outcome.PartlyAccepted(1, "the call ended with HTTP 400"), exporter.export(batches));
      assertEquals(
          List.of(1, 2, 3, 1, 2, 3).stream().map(Given::id).toList(), destination.spanIds());
    }
  }

  @ParameterizedTest
  @Tag("F9")
  @ValueSource(strings = {"Content-Length: 999999999", "Connection: close"})
  void readsNoMoreThanFourMebibytesOfAnAnswer(String framing) throws InterruptedException {
    CountDownLatch cut = new CountDownLatch(2);
    for (int status : new int[] {200, 500}) {
      Step endless =
          socket -> {
            HttpDestination.write(socket, head(status, framing) + "\r\n");
            assertTrue(HttpDestination.flood(socket) < 64 << 20); // buffers of the system included
            cut.countDown();
          };
      try (HttpDestination destination = new HttpDestination(endless);
          OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
        List<CleanBatch> batches = List.of(Given.batch(1, 1));
        assertEquals(
            status == 200
                ? new Outcome.Refused(Fault.SENDER, "the destination's answer is too large")
                : new Outcome.Refused("the call ended with HTTP 500"),
            exporter.export(batches));
        assertEquals(Outcome.ACCEPTED, exporter.export(batches)); // over a new connection
      }
    }
    assertTrue(cut.await(20, TimeUnit.SECONDS));
  }

  @Test
  @Tag("F9")
  void givesUpAnAnswerWhoseHeadNeverEnds() {
    Step endless =
        socket -> {
          HttpDestination.write(socket, "HTTP/1.1 200 ");
          HttpDestination.flood(socket);
        };
    try (HttpDestination destination = new HttpDestination(endless);
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      assertEquals(
          new Outcome.RetryLater(Duration.ZERO, "the answer is not HTTP/1.1"),
          exporter.export(List.of(Given.batch(1, 1))));
    }
  }

  @Test
  @Tag("F10")
  void countsPartialSuccessAndSendsNothingAgain() {
    byte[] partial =
        ExportTraceServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportTracePartialSuccess.newBuilder()
                    .setRejectedSpans(3)
                    .setErrorMessage("canary"))
            .build()
            .toByteArray();
    byte[] json = "{\"partialSuccess\":{\"rejectedSpans\":\"3\"}}".getBytes(StandardCharsets.UTF_8);
    String type = "Content-Type: application/x-protobuf";
    try (HttpDestination destination =
            new HttpDestination(
                answer(200, partial, type),
                chunked(partial),
                answer(200, json, "Content-Type: application/json"));
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 4), Given.batch(5, 6));
      Outcome expected = new Outcome.PartlyAccepted(3, "the destination rejected spans");
      assertEquals(expected, exporter.export(batches));
      assertEquals(expected, exporter.export(batches));
      // JSON for protobuf: nothing of it is read, but it is a success.
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(3, destination.requests.size());
    }
  }

  private static Step chunked(byte[] body) {
    return socket -> {
      HttpDestination.write(
          socket,
          head(200, "Transfer-Encoding: chunked") + "\r\n" + Integer.toHexString(body.length));
      HttpDestination.write(socket, "\r\n");
      socket.getOutputStream().write(body);
      HttpDestination.write(socket, "\r\n0\r\nX-Trailer: 1\r\n\r\n");
    };
  }

  static List<Step> unreadableSuccesses() {
    return List.of(
        answer(200, new byte[] {0x0a, 100, 1}),
        answer(200, "<html>".getBytes(StandardCharsets.UTF_8), "Content-Type: text/html"),
        answer(202),
        answer(204),
        answer(299, new byte[100_000]),
        answer(200, new byte[] {1, 2, 3}, "Content-Encoding: gzip"),
        answer(200, "X-Much: " + "x".repeat(50_000)),
        answer(200, "X-Too-Much: " + "x".repeat(100_000)),
        answer(200, "no header"),
        socket -> {
          HttpDestination.write(socket, head(200, "Content-Length: 0"));
          socket.close();
        },
        socket -> {
          HttpDestination.write(socket, head(200, "Content-Length: 10") + "\r\nabc");
          socket.close();
        },
        socket -> {
          HttpDestination.write(socket, head(200, "Transfer-Encoding: chunked") + "\r\nzz\r\nabc");
          socket.close();
        },
        socket -> {
          HttpDestination.write(socket, head(200) + "\r\nuntil the end");
          socket.close();
        });
  }

  @ParameterizedTest
  @Tag("F11")
  @MethodSource("unreadableSuccesses")
  void takesASuccessWithAnUnreadableBodyForASuccess(Step step) {
    try (HttpDestination destination = new HttpDestination(step);
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 1))));
      assertEquals(1, destination.requests.size());
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(2, 1))));
    }
  }

  @Test
  @Tag("F11")
  void takesASuccessForASuccessWhoseBodyDoesNotComeInTime() {
    try (HttpDestination destination =
            new HttpDestination(raw(head(200, "Content-Length: 10") + "\r\nabc"));
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.http(destination.port()), new Calls(Duration.ofMillis(300), 1, false)))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 1))));
    }
  }

  @ParameterizedTest
  @Tag("F12")
  @ValueSource(ints = {300, 301, 302, 303, 304, 305, 307, 308})
  void followsNoRedirect(int status) {
    try (HttpDestination elsewhere = new HttpDestination();
        HttpDestination destination =
            new HttpDestination(
                answer(status, "Location: http://127.0.0.1:" + elsewhere.port() + "/v1/traces"));
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.http(destination.port()),
                    Map.of("authorization", "canary"),
                    Auth.none()))) {
      Outcome outcome = exporter.export(List.of(Given.batch(1, 1)));
      assertInstanceOf(Outcome.Refused.class, outcome);
      assertTrue(outcome.toString().contains("HTTP " + status), outcome::toString);
      assertEquals(1, destination.requests.size());
      assertEquals(0, elsewhere.connections.get());
    }
  }

  @Test
  void retriesWhatIsNotAnsweredInTimeOverAnotherConnection() {
    try (HttpDestination destination = new HttpDestination(raw(""), raw("HTTP/1.1 200 O"));
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.http(destination.port()), new Calls(Duration.ofMillis(500), 1, false)))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 1));
      Outcome late = new Outcome.RetryLater(Duration.ZERO, "no answer within the time limit");
      assertEquals(late, exporter.export(batches));
      assertEquals(late, exporter.export(batches));
      Outcome outcome = exporter.export(batches);
      for (int i = 0; i < 20 && outcome instanceof Outcome.RetryLater; i++) {
        outcome = exporter.export(batches); // under load a good one may be late, too
      }
      assertEquals(Outcome.ACCEPTED, outcome);
      assertTrue(destination.connections.get() >= 3);
    }
  }

  @Test
  void waitsThroughInterimAnswers() {
    Step slow =
        socket -> {
          HttpDestination.write(socket, head(100) + "\r\n" + head(103, "Link: <a>") + "\r\n");
          OK.run(socket);
        };
    try (HttpDestination destination = new HttpDestination(slow);
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 1))));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(2, 1))));
      assertEquals(1, destination.connections.get());
      assertFalse(destination.requests.getFirst().headers().containsKey("expect"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Connection: close", "X: 1"})
  void usesNoConnectionThatIsSaidToEnd(String header) {
    try (HttpDestination destination = new HttpDestination(answer(200, header));
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      exporter.export(List.of(Given.batch(1, 1)));
      exporter.export(List.of(Given.batch(2, 1)));
      assertEquals(header.equals("X: 1") ? 1 : 2, destination.connections.get());
    }
  }

  @Test
  void takesNoAnswerThatNobodyAskedFor() {
    Step twice =
        socket -> {
          HttpDestination.write(
              socket,
              head(200, "Content-Length: 0") + "\r\n" + head(503, "Content-Length: 0") + "\r\n");
        };
    try (HttpDestination destination = new HttpDestination(twice);
        OtlpExporter exporter = Given.exporter(Given.http(destination.port()))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 1))));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(2, 1))));
    }
  }

  @Test
  void endsSoonWhenItIsInterrupted() throws InterruptedException {
    try (HttpDestination destination = new HttpDestination(socket -> {});
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.http(destination.port()), new Calls(Duration.ofHours(1), 1, false)))) {
      Outcome outcome = Given.interrupted(exporter, destination.requests);
      assertEquals(new Outcome.RetryLater(Duration.ZERO, "interrupted"), outcome);
    }
  }

  // Scenario: the destination takes spans or not, and answers well, badly, late or never.
  // Guarantee: each span that was accepted has arrived at least once, and nothing hangs.
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  @Tag("F6")
  void losesNothingWhateverItsDestinationDoes(int inFlightMax) {
    List<Step> deeds = new ArrayList<>(rudeEnds());
    deeds.addAll(
        List.of(answer(503), answer(429, "Retry-After: 1"), answer(302), raw("gibberish")));
    deeds.addAll(List.of(answer(502, "Connection: close"), raw("HTTP/1.1 2"), OK, OK, OK, OK));
    Random random = new Random(5);
    Step any =
        socket -> {
          Step step;
          synchronized (random) {
            step = deeds.get(random.nextInt(deeds.size()));
          }
          step.run(socket);
        };
    Set<String> accepted = new HashSet<>();
    try (HttpDestination destination = new HttpDestination().then(any);
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.http(destination.port()),
                    new Calls(Duration.ofMillis(75), inFlightMax, false)))) {
      CleanBatch large = Given.batch(1_000, 1, 2_000_000);
      for (int id = 1; id <= 40; id++) {
        List<CleanBatch> batches = List.of(Given.batch(id, 1), large, large);
        for (int tries = 0; tries < 5; tries++) {
          Outcome outcome = exporter.export(batches);
          if (outcome.equals(Outcome.ACCEPTED)) {
            accepted.add(Given.id(id));
          }
          if (!(outcome instanceof Outcome.RetryLater)) {
            break;
          }
        }
      }
      assertTrue(accepted.size() > 5, () -> "accepted " + accepted.size());
      accepted.removeAll(destination.spanIds());
      assertEquals(Set.of(), accepted);
    }
  }

  @Test
  void leavesNoThread() throws InterruptedException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (OtlpExporter exporter = Given.exporter(Given.http(1))) {
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(Given.batch(1, 1))));
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!before.contains(thread)) {
        assertTrue(thread.join(Duration.ofSeconds(20)), thread.getName());
      }
    }
  }

  private static byte[] joined(List<CleanBatch> batches) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (CleanBatch batch : batches) {
      byte[] bytes = batch.bytes();
      out.writeBytes(Arrays.copyOfRange(bytes, batch.offset(), batch.offset() + batch.byteSize()));
    }
    return out.toByteArray();
  }
}
