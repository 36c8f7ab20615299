package dev.tollspan.exporters.otlp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/** An OTLP back end over HTTP, by hand on plain sockets, so that it can misbehave in any way. */
final class HttpDestination implements AutoCloseable {
  /** A request as it came; names of headers in lower case, the body unpacked. */
  record Request(String line, Map<String, String> headers, byte[] body) {}

  /** Answers one request, or does something worse. */
  @FunctionalInterface
  interface Step {
    void run(Socket socket) throws IOException;

    /** Whether it runs once the head is read, and not the body. */
    default boolean isEarly() {
      return false;
    }
  }

  static final Step OK = answer(200, new byte[0], "Content-Type: application/x-protobuf");

  final List<Request> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Queue<Step> script = new ConcurrentLinkedQueue<>();
  private final ServerSocket server;
  private volatile Step then = OK;

  HttpDestination(Step... steps) {
    this(listen(), steps);
  }

  HttpDestination(ServerSocket server, Step... steps) {
    this.server = server;
    script.addAll(List.of(steps));
    Thread.ofPlatform().daemon().name("http-destination").start(this::accept);
  }

  static ServerSocket listen() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it does once the script is at its end; success if nothing else is said. */
  HttpDestination then(Step step) {
    then = step;
    return this;
  }

  static Step answer(int status, String... headers) {
    return answer(status, new byte[0], headers);
  }

  static Step answer(int status, byte[] body, String... headers) {
    return socket -> {
      write(socket, head(status, headers) + "Content-Length: " + body.length + "\r\n\r\n");
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
    };
  }

  /** The same before the body of the request is read, and then the end of the connection. */
  static Step early(Step step) {
    return new Step() {
      @Override
      public void run(Socket socket) throws IOException {
        step.run(socket);
        socket.close();
      }

      @Override
      public boolean isEarly() {
        return true;
      }
    };
  }

  /** Bytes as they are, and nothing more. */
  static Step raw(String text) {
    return socket -> write(socket, text);
  }

  static String head(int status, String... headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Told\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.toString();
  }

  static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  int port() {
    return server.getLocalPort();
  }

  /** The ids of all spans that came, in order. */
  List<String> spanIds() {
    List<String> ids = new ArrayList<>();
    requests.forEach(request -> ids.addAll(Destination.spanIds(request.body())));
    return ids;
  }

  /** How many connections are open now. */
  int openConnections() {
    return open.size();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofPlatform().daemon().name("http-destination-call").start(() -> serve(socket));
      } catch (IOException e) {
        // A connection that failed, or the end.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        Map<String, String> headers = new TreeMap<>();
        for (String each = line(in); !each.isEmpty(); each = line(in)) {
          int colon = each.indexOf(':');
          headers.put(
              each.substring(0, colon).toLowerCase(Locale.ROOT), each.substring(colon + 1).strip());
        }
        Step scripted = script.poll();
        Step step = scripted == null ? then : scripted;
        if (step.isEarly()) {
          requests.add(new Request(line, headers, new byte[0]));
        } else {
          byte[] body = in.readNBytes(Integer.parseInt(headers.get("content-length")));
          requests.add(new Request(line, headers, unpacked(headers, body)));
        }
        step.run(socket);
      }
    } catch (IOException e) {
      // The other side has gone, or the step ended the connection.
    } finally {
      open.remove(socket);
    }
  }

  private static byte[] unpacked(Map<String, String> headers, byte[] body) throws IOException {
    InputStream in = new ByteArrayInputStream(body);
    return switch (headers.getOrDefault("content-encoding", "")) {
      case "" -> body;
      case "gzip" -> new GZIPInputStream(in).readAllBytes();
      case "zstd" -> new ZstdInputStream(in).readAllBytes();
      default -> throw new AssertionError("an encoding that nobody asked for");
    };
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /** Writes zeros until the other side has had enough; returns how many went. */
  static long flood(Socket socket) throws IOException {
    byte[] zeros = new byte[1 << 16];
    long written = 0;
    try {
      OutputStream out = socket.getOutputStream();
      for (; written < 1L << 28; written += zeros.length) {
        out.write(zeros);
      }
    } catch (IOException e) {
      return written;
    }
    throw new AssertionError("256 MiB of an answer were read");
  }
}
