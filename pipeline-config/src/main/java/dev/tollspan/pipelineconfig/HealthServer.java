package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /} and {@code GET /health} with a small JSON: 200 while the pipeline runs, 503
 * while it starts or stops; and {@code GET /metrics} with the books for Prometheus.
 *
 * <p>Each request has a virtual thread, so that a client that stalls delays nobody. It has two
 * seconds to ask and to read, and at most 64 connections are open at once.
 */
final class HealthServer {
  private static final int CONNECTIONS_MAX = 64;

  private final HttpServer server;

  private HealthServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Listens and answers with what the report says.
   *
   * @throws IOException with one sentence for the operator, if it cannot listen
   */
  static HealthServer start(Endpoint endpoint, HealthReport report) throws IOException {
    limit("sun.net.httpserver.maxReqTime", "2");
    limit("sun.net.httpserver.maxRspTime", "2");
    limit("sun.net.httpserver.idleInterval", "2"); // for those that ask nothing at all
    limit("jdk.httpserver.maxConnections", Integer.toString(CONNECTIONS_MAX));
    InetSocketAddress address = new InetSocketAddress(endpoint.host(), endpoint.port());
    if (address.isUnresolved()) {
      throw new IOException(cannotListen(endpoint, "the host is unknown"));
    }
    HttpServer server;
    try {
      server = HttpServer.create(address, CONNECTIONS_MAX);
    } catch (IOException e) {
      throw new IOException(cannotListen(endpoint, e.getMessage()), e);
    }
    server.setExecutor(Thread::startVirtualThread);
    server.createContext("/", exchange -> answer(exchange, report));
    server.start();
    return new HealthServer(server);
  }

  int port() {
    return server.getAddress().getPort();
  }

  void close() {
    server.stop(0);
  }

  /** The JDK's server takes its limits from system properties, once; the operator's win. */
  private static void limit(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static String cannotListen(Endpoint endpoint, @Nullable String why) {
    return "health_check cannot listen on " + endpoint + ": " + why;
  }

  private static void answer(HttpExchange exchange, HealthReport report) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Connection", "close");
      String path = exchange.getRequestURI().getPath();
      boolean metrics = "/metrics".equals(path);
      if (!"/".equals(path) && !"/health".equals(path) && !metrics) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        exchange.sendResponseHeaders(405, -1);
      } else if (metrics) {
        answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", report.metrics());
      } else {
        answer(exchange, report.running() ? 200 : 503, "application/json", report.json());
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
