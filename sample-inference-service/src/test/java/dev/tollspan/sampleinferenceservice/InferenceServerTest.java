package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command and the life of a service. */
@Timeout(60)
class InferenceServerTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void answersWhatIsInFlightBeforeItCloses() throws Exception {
    FakeClock clock = FakeClock.holding();
    TestService service =
        TestService.start(Settings.Simulation.defaults(), Settings.Telemetry.defaults(), clock);
    try (service;
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> answer =
          threads.submit(() -> service.complete("{\"prompt\":\"Hello\"}"));
      assertTrue(clock.asleep.await(20, TimeUnit.SECONDS));
      int port = service.server.port();
      Future<?> closing = threads.submit(service.server::close);
      awaitRefusal(port);
      assertFalse(closing.isDone());
      clock.release();

      assertEquals(200, answer.get(20, TimeUnit.SECONDS).statusCode());
      closing.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void closesTwiceWithoutHarm() throws Exception {
    TestService service = TestService.start();
    service.server.close();
    service.close();
  }

  @Test
  void printsHelp() {
    assertEquals(0, run("--port", "x", "--help"));
    assertTrue(out.toString().startsWith("usage: "), out.toString());
    assertEquals("", err.toString());
  }

  @Test
  void endsWithTwoOnWrongUsage() {
    assertEquals(2, run("--prot", "1"));
    assertEquals("there is no option --prot; --help lists the options\n", err.toString());
  }

  @Test
  void endsWithOneSentenceWhenThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());

      assertEquals(1, run("--port", port));
      assertTrue(
          err.toString().startsWith("cannot listen on 127.0.0.1:" + port + ": "), err.toString());
      assertEquals(1, err.toString().lines().count());
    }
  }

  @Test
  void endsWithOneSentenceWhenTheHostIsUnknown() {
    assertEquals(1, run("--port", "0", "--host", "no such host"));
    assertEquals("cannot listen on no such host:0: the host is unknown\n", err.toString());
  }

  @Test
  void endsWithOneSentenceWhenTheTracesFileCannotBeOpened(@TempDir Path folder) {
    Path file = folder.resolve("missing").resolve("spans.ndjson");

    assertEquals(1, run("--port", "0", "--traces-file", file.toString()));
    assertEquals("cannot open the traces file " + file + "\n", err.toString());
  }

  @Test
  void aSignalEndsTheCommandAfterTheLastSpansAreWritten(@TempDir Path folder) throws Exception {
    Path spans = folder.resolve("spans.ndjson");
    Path errors = folder.resolve("errors");
    Process command = start(spans, errors);
    try (BufferedReader output = command.inputReader()) {
      String line = output.readLine();
      assertTrue(line.matches("inference service listening on 127.0.0.1:[0-9]+"), line);
      assertEquals(200, complete(Integer.parseInt(line.substring(line.lastIndexOf(':') + 1))));

      command.destroy();

      assertTrue(command.waitFor(30, TimeUnit.SECONDS));
      assertEquals(143, command.exitValue());
      assertEquals(5, Files.readAllLines(spans).size());
      assertFalse(Files.readString(errors).contains("\tat "), Files.readString(errors));
    } finally {
      command.destroyForcibly();
    }
  }

  private static Process start(Path spans, Path errors) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            InferenceServer.class.getName(),
            "--port=0",
            "--time-scale=0",
            "--traces-file=" + spans);
    builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_"));
    return builder.redirectError(errors.toFile()).start();
  }

  private static int complete(int port) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/completions"))
              .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"Hello\"}"))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  private static void awaitRefusal(int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    while (!Thread.currentThread().isInterrupted()) {
      try (Socket socket = new Socket()) {
        socket.connect(address, 250);
        socket.setSoTimeout(20); // nothing comes: this paces the loop
        assertEquals(-1, socket.getInputStream().read());
      } catch (SocketTimeoutException again) {
        continue;
      } catch (SocketException expected) {
        return; // the service has stopped to listen
      }
    }
    throw new AssertionError("the service listens on");
  }

  private int run(String... arguments) {
    return InferenceServer.run(
        List.of(arguments), Map.of(), new PrintStream(out, true), new PrintStream(err, true));
  }
}
