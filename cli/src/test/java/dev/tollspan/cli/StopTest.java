package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scenario: signals, and destinations that are dead; the pipeline is a process of its own. */
@Timeout(120)
class StopTest {
  /** The limit of the drain, and some time for a machine that is busy. */
  private static final long STOP_NANOS_MAX = TimeUnit.SECONDS.toNanos(14);

  private static final long AT_ONCE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  @TempDir private Path directory;

  /** One destination refuses connections, the other takes them and answers nothing. */
  @Test
  void endsWithZeroThoughDestinationsAreDeadAndDeliversAfterTheRestart() throws Exception {
    Path log = directory.resolve("log");
    try (ServerSocket mute = mute()) {
      List<String> run = run(closedPort(), mute.getLocalPort());
      try (Child child = Child.start("pipeline", log, run)) {
        int port = child.awaitPort();
        assertEquals("200", send(port));
        long start = System.nanoTime();
        terminate();
        awaitStopping(log);
        assertEquals("503 after 1", send(port));
        awaitEnd();
        assertTrue(System.nanoTime() - start < STOP_NANOS_MAX);
        child.stop(ExitCode.OK);
      }
    }
    assertTrue(Files.readString(log).contains("otlp_http/mute: delivered 0, dropped {}, in the"));
    AtomicInteger closed = new AtomicInteger();
    AtomicInteger muted = new AtomicInteger();
    HttpServer one = taking(closed);
    HttpServer other = taking(muted);
    try (Child child = Child.start("pipeline", directory.resolve("again"), run(one, other))) {
      child.awaitPort();
      await(() -> closed.get() > 0 && muted.get() > 0);
      child.stop(ExitCode.OK);
    } finally {
      one.stop(0);
      other.stop(0);
    }
    assertEquals(1, closed.get());
    assertEquals(1, muted.get());
  }

  @Test
  void aSecondSignalEndsADrainAtOnceAndSaysWhatIsLeft() throws Exception {
    Path log = directory.resolve("log");
    try (ServerSocket mute = mute();
        Child child = Child.start("pipeline", log, run(closedPort(), mute.getLocalPort()))) {
      assertEquals("200", send(child.awaitPort()));
      terminate();
      awaitStopping(log);
      long start = System.nanoTime();
      FailedException failure = assertThrows(FailedException.class, () -> child.stop(ExitCode.OK));
      assertTrue(System.nanoTime() - start < AT_ONCE_NANOS_MAX);
      assertEquals("the pipeline ended with code 1", failure.getMessage());
    }
    List<String> lines = Files.readAllLines(log);
    assertTrue(
        lines
            .getLast()
            .endsWith(
                "ended by a second signal; spans not yet delivered:"
                    + " otlp_http/closed 1, otlp_http/mute 1"),
        lines.toString());
  }

  private List<String> run(HttpServer closed, HttpServer mute) {
    return run(closed.getAddress().getPort(), mute.getAddress().getPort());
  }

  private List<String> run(int closed, int mute) {
    String text =
        """
        receivers:
          otlp: {protocols: {http: {endpoint: "127.0.0.1:0", max_request_body_size: 1MiB}}}
        processors:
          drop_content:
        exporters:
          otlp_http/closed: {endpoint: "http://127.0.0.1:%d"}
          otlp_http/mute: {endpoint: "http://127.0.0.1:%d", timeout: 1m}
        extensions:
          journal: {directory: "%s"}
        service:
          extensions: [journal]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [drop_content]
              exporters: [otlp_http/closed, otlp_http/mute]
        """
            .formatted(closed, mute, directory.resolve("journal"));
    return List.of("run", "--config=yaml:" + text);
  }

  private static ServerSocket mute() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = mute()) {
      return socket.getLocalPort();
    }
  }

  private static HttpServer taking(AtomicInteger requests) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          requests.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** Sends one span; the status, and how long to wait if the answer says that. */
  private static String send(int port) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/v1/traces");
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    try (OutputStream out = connection.getOutputStream()) {
      out.write(
          """
          {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "a", "kind": 3,
            "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331",
            "startTimeUnixNano": "1", "endTimeUnixNano": "2"}]}]}]}
          """
              .getBytes(UTF_8));
    }
    String after = connection.getHeaderField("Retry-After");
    return connection.getResponseCode() + (after == null ? "" : " after " + after);
  }

  /** The only child of this process is the pipeline. */
  private static void terminate() {
    List<ProcessHandle> children = ProcessHandle.current().children().toList();
    assertEquals(1, children.size());
    children.getFirst().destroy();
  }

  private static void awaitEnd() {
    ProcessHandle.current().children().forEach(child -> child.onExit().join());
  }

  private static void awaitStopping(Path log) throws Exception {
    await(() -> Files.readString(log).contains("INFO tollspan stopping: up to 10 s for 2 spans"));
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws IOException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.holds()) {
      assertTrue(System.nanoTime() - end < 0, "it never came to that");
      Thread.onSpinWait();
    }
  }
}
