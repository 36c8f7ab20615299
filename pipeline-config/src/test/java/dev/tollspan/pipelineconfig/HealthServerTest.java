package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipelineconfig.HealthServer.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthServerTest {
  private static final Endpoint ANY_PORT = new Endpoint("127.0.0.1", 0);

  private volatile Health health = new Health(false, "{\"status\":\"starting\"}");

  @Test
  void answers503UntilThePipelineRuns() throws IOException {
    HealthServer server = HealthServer.start(ANY_PORT, () -> health);
    try {
      String starting = ask(server.port(), "GET / HTTP/1.1");
      assertTrue(starting.startsWith("HTTP/1.1 503 "), starting);
      assertTrue(starting.endsWith("{\"status\":\"starting\"}"), starting);
      health = new Health(true, "{}");
      for (String path : new String[] {"/", "/health", "/health?x=y"}) {
        String answer = ask(server.port(), "GET " + path + " HTTP/1.1");
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.contains("Content-type: application/json\r\n"), answer);
        assertTrue(answer.endsWith("\r\n\r\n{}"), answer);
      }
    } finally {
      server.close();
    }
  }

  @Test
  void answersNothingElse() throws IOException {
    HealthServer server = HealthServer.start(ANY_PORT, () -> health);
    try {
      String elsewhere = ask(server.port(), "GET /healthy HTTP/1.1");
      assertTrue(elsewhere.startsWith("HTTP/1.1 404 "), elsewhere);
      String post = ask(server.port(), "POST / HTTP/1.1");
      assertTrue(post.startsWith("HTTP/1.1 405 "), post);
    } finally {
      server.close();
    }
  }

  @Test
  void aClientThatNeverFinishesItsRequestDelaysOthersForSecondsOnly() throws IOException {
    HealthServer server = HealthServer.start(ANY_PORT, () -> health);
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      slow.getOutputStream().write("GET / HTTP/1.1\r\nHost:".getBytes(UTF_8));
      slow.getOutputStream().flush();
      String answer = ask(server.port(), "GET / HTTP/1.1");
      assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
    } finally {
      server.close();
    }
  }

  @Test
  void saysInOneSentenceWhyItCannotListen() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = new Endpoint("127.0.0.1", taken.getLocalPort());
      IOException refused =
          assertThrows(IOException.class, () -> HealthServer.start(endpoint, () -> health));
      assertEquals(
          "health_check cannot listen on " + endpoint + ": Address already in use",
          refused.getMessage());
    }
    IOException unknown =
        assertThrows(
            IOException.class,
            () -> HealthServer.start(new Endpoint("nowhere.invalid", 0), () -> health));
    assertEquals(
        "health_check cannot listen on nowhere.invalid:0: the host is unknown",
        unknown.getMessage());
  }

  static String ask(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) Duration.ofSeconds(15).toMillis());
      String head = request + "\r\nHost: h\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
