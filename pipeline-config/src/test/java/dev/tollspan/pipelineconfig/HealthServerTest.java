package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalStatus;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Ledger.Standing;
import dev.tollspan.pipelineconfig.Destination.State;
import dev.tollspan.pipelineconfig.Destination.Trouble;
import dev.tollspan.pipelineconfig.HealthReport.Phase;
import dev.tollspan.pipelineconfig.HealthReport.Shown;
import dev.tollspan.pipelineconfig.HealthReport.Watched;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthServerTest {
  private static final Endpoint ANY_PORT = new Endpoint("127.0.0.1", 0);

  private final HealthReport report = new HealthReport(new Ledger(), () -> 0, System::nanoTime);

  @Test
  void answers503UntilThePipelineRuns() throws IOException {
    HealthServer server = HealthServer.start(ANY_PORT, report);
    try {
      String starting = ask(server.port(), "GET / HTTP/1.1");
      assertTrue(starting.startsWith("HTTP/1.1 503 "), starting);
      assertTrue(starting.contains("{\"status\":\"starting\","), starting);
      report.phase(Phase.RUNNING);
      for (String path : new String[] {"/", "/health", "/health?x=y"}) {
        String answer = ask(server.port(), "GET " + path + " HTTP/1.1");
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.contains("Content-type: application/json\r\n"), answer);
        assertTrue(answer.contains("\r\n\r\n{\"status\":\"running\","), answer);
      }
    } finally {
      server.close();
    }
  }

  @Test
  void tellsThatAJournalIsFull() {
    Ledger ledger = new Ledger();
    ledger.open("otlp", List.of(ledger), () -> new Standing(0, 0, Map.of()));
    HealthReport books = new HealthReport(ledger, () -> 0, System::nanoTime);
    books.pipeline("traces", new HealthReport.Shown("strict", false, List.of("otlp")));
    JournalStatus full = new JournalStatus(Durability.FSYNC, null, 7, 9, 1, 8_192, 8_192, true);
    books.journals("fsync", () -> Map.of("traces", full));
    String journal = "\"journal\":{\"state\":\"full\",\"bytes\":8192,\"max_bytes\":8192,";
    assertTrue(books.json().contains(journal), books.json());
  }

  @Test
  void tellsTheBooksAsMetrics() throws IOException {
    Ledger ledger = new Ledger();
    ledger.receive(10, 0);
    ledger.reject(1, "invalid_span");
    ledger.accept(9);
    ledger.refuseRequest("too_large");
    ledger.open(
        "otlp_grpc/\"a\"", List.of(ledger), () -> new Standing(5, 2, Map.of("file_lost", 2L)));
    HealthReport books = new HealthReport(ledger, () -> 0, System::nanoTime);
    JournalStatus journal =
        new JournalStatus(Durability.FSYNC, "disk full", 7, 9, 1, 4_096, 8_192, true);
    books.journals("fsync", () -> Map.of("traces", journal));
    books.watch(
        "otlp_grpc/\"a\"",
        new HealthReport.Watched(
            () -> new Destination.Trouble(Destination.State.REFUSING, 3, "why"),
            () -> 0,
            List.of(
                new HealthReport.Figure("dead_letters", () -> 3),
                new HealthReport.Figure("dead_letter_spans", () -> 31))));
    books.watch("ndjson", new HealthReport.Watched(() -> null, () -> 0, List.of()));
    HealthServer server = HealthServer.start(ANY_PORT, books);
    try {
      String answer = ask(server.port(), "GET /metrics HTTP/1.1");
      assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
      assertTrue(answer.contains("Content-type: text/plain; version=0.0.4;"), answer);
      String exporter = "exporter=\"otlp_grpc/\\\"a\\\"\"";
      for (String line :
          List.of(
              "# TYPE tollspan_received_spans_total counter",
              "tollspan_received_spans_total 10",
              "tollspan_rejected_spans_total{reason=\"invalid_span\"} 1",
              "tollspan_accepted_spans_total 9",
              "tollspan_refused_requests_total{reason=\"too_large\"} 1",
              "tollspan_exporter_accepted_spans_total{" + exporter + "} 9",
              "tollspan_delivered_spans_total{" + exporter + "} 5",
              "# TYPE tollspan_pending_spans gauge",
              "tollspan_pending_spans{" + exporter + "} 2",
              "tollspan_dropped_spans_total{" + exporter + ",reason=\"file_lost\"} 2",
              "tollspan_exporter_failing{" + exporter + ",state=\"retrying\"} 0",
              "tollspan_exporter_failing{" + exporter + ",state=\"refusing\"} 1",
              "tollspan_exporter_failing{exporter=\"ndjson\",state=\"refusing\"} 0",
              "tollspan_dead_letters{" + exporter + "} 3",
              "tollspan_dead_letter_spans{" + exporter + "} 31",
              "tollspan_journal_bytes{pipeline=\"traces\"} 4096",
              "tollspan_journal_max_bytes{pipeline=\"traces\"} 8192",
              "tollspan_journal_full{pipeline=\"traces\"} 1",
              "tollspan_journal_failing{pipeline=\"traces\"} 1")) {
        assertTrue(answer.contains("\n" + line + "\n"), line + " in " + answer);
      }
      assertFalse(answer.contains("tollspan_dead_letters{exporter=\"ndjson\""), answer);
    } finally {
      server.close();
    }
  }

  @Test
  void answersNothingElse() throws IOException {
    HealthServer server = HealthServer.start(ANY_PORT, report);
    try {
      String elsewhere = ask(server.port(), "GET /healthy HTTP/1.1");
      assertTrue(elsewhere.startsWith("HTTP/1.1 404 "), elsewhere);
      String post = ask(server.port(), "POST / HTTP/1.1");
      assertTrue(post.startsWith("HTTP/1.1 405 "), post);
    } finally {
      server.close();
    }
  }

  /** Far fewer than the connections allowed; one after the other they would take half a minute. */
  @Test
  void clientsThatNeverFinishTheirRequestsDelayNobody() throws IOException {
    HealthServer server = HealthServer.start(ANY_PORT, report);
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        slow.add(socket);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost:".getBytes(UTF_8));
      }
      String answer = ask(server.port(), "GET / HTTP/1.1");
      assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
      for (Socket socket : slow) {
        socket.setSoTimeout((int) Duration.ofSeconds(15).toMillis());
        assertEquals(-1, socket.getInputStream().read(), "cut off after its two seconds");
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
      server.close();
    }
  }

  @Test
  void saysInOneSentenceWhyItCannotListen() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = new Endpoint("127.0.0.1", taken.getLocalPort());
      IOException refused =
          assertThrows(IOException.class, () -> HealthServer.start(endpoint, report));
      assertEquals(
          "health_check cannot listen on " + endpoint + ": Address already in use",
          refused.getMessage());
    }
    IOException unknown =
        assertThrows(
            IOException.class,
            () -> HealthServer.start(new Endpoint("nowhere.invalid", 0), report));
    assertEquals(
        "health_check cannot listen on nowhere.invalid:0: the host is unknown",
        unknown.getMessage());
  }

  @Test
  void saysWhetherTheBooksWereCheckedAndBalance() {
    Ledger ledger = new Ledger();
    ledger.receive(3, 1);
    AtomicLong shutdown = new AtomicLong();
    ledger.open(
        "ndjson", List.of(ledger), () -> new Standing(0, 0, Map.of("shutdown", shutdown.get())));
    AtomicLong inFlight = new AtomicLong(1);
    HealthReport report = new HealthReport(ledger, inFlight::get, () -> 0);
    report.pipeline("traces", new Shown("strict", false, List.of("ndjson")));
    assertTrue(report.json().endsWith(",\"balance\":\"unchecked\"}\n"), report.json());
    inFlight.set(0);
    String wrong =
        "\"balance\":\"broken\",\"unbalanced\":\"received 3 != rejected 0 + accepted 0\"";
    assertTrue(report.json().contains(wrong), report.json());
    ledger.reject(1, "invalid_span");
    ledger.accept(2);
    shutdown.set(2);
    assertTrue(report.json().endsWith(",\"balance\":\"ok\"}\n"), report.json());
    assertTrue(report.json().contains("\"rejected\":{\"invalid_span\":1}"), report.json());
    assertTrue(report.json().contains("\"dropped\":{\"shutdown\":2}"), report.json());
  }

  @Test
  void saysSinceWhenAnExporterRetriesAndWhatWaitsForIt() {
    Ledger ledger = new Ledger();
    ledger.open("otlp_grpc/tempo", List.of(ledger), () -> new Standing(0, 5, Map.of()));
    AtomicReference<Trouble> trouble = new AtomicReference<>();
    HealthReport report = new HealthReport(ledger, () -> 0, () -> 0);
    report.pipeline("traces", new Shown("strict", false, List.of("otlp_grpc/tempo")));
    report.watch("otlp_grpc/tempo", new Watched(trouble::get, () -> 1_234, List.of()));
    String figures = "\"delivered\":0,\"pending\":5,\"pending_bytes\":1234," + "\"dropped\":{}}";
    String well = "\"otlp_grpc/tempo\":{\"state\":\"ok\"," + figures;
    assertTrue(report.json().contains(well), report.json());
    trouble.set(new Trouble(State.RETRYING, 12, "cannot write \\ \"x\""));
    String ill =
        "{\"state\":\"retrying\",\"retrying_seconds\":12,"
            + "\"reason\":\"cannot write \\\\ \\\"x\\\"\","
            + figures;
    assertTrue(report.json().contains(ill), report.json());
    trouble.set(new Trouble(State.REFUSING, 3, "h:1: the call ended with HTTP 401"));
    String refusing =
        "{\"state\":\"refusing\",\"refusing_seconds\":3,"
            + "\"reason\":\"h:1: the call ended with HTTP 401\","
            + figures;
    assertTrue(report.json().contains(refusing), report.json());
  }

  /** The whole answer; the server closes the connection behind it. */
  static String ask(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) Duration.ofSeconds(15).toMillis());
      String head = request + "\r\nHost: h\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
