package dev.tollspan.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One kept HTTP/1.1 connection, with one request under way at a time. */
public final class HttpSender implements Sender {
  private static final String LENGTH = "content-length: ";
  private static final String RETRY = "retry-after: ";

  private final String type;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

  /**
   * What came back.
   *
   * @param delayed whether it says how long to wait before the next try
   */
  public record Reply(int status, boolean delayed) {}

  public HttpSender(int port, String type) {
    this.type = type;
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
      out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public CompletionStage<Boolean> send(byte[] request) {
    return ask(request).thenApply(reply -> reply.status() == 200);
  }

  /** As {@link #send}, with more of the answer. */
  public CompletionStage<Reply> ask(byte[] request) {
    return CompletableFuture.supplyAsync(() -> exchange(request), thread);
  }

  private Reply exchange(byte[] request) {
    try {
      String head =
          String.join(
              "\r\n",
              "POST /v1/traces HTTP/1.1",
              "Host: localhost",
              "Content-Type: " + type,
              "Content-Length: " + request.length,
              "",
              "");
      out.write(head.getBytes(ISO_8859_1));
      out.write(request);
      out.flush();
      int status = Integer.parseInt(line().split(" ", 3)[1]);
      int bytes = 0;
      boolean delayed = false;
      for (String field = line(); !field.isEmpty(); field = line()) {
        String lower = field.toLowerCase(Locale.ROOT);
        delayed |= lower.startsWith(RETRY);
        if (lower.startsWith(LENGTH)) {
          bytes = Integer.parseInt(field.substring(LENGTH.length()));
        }
      }
      in.skipNBytes(bytes);
      return new Reply(status, delayed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("the connection ended within an answer");
      }
      line.append((char) b);
    }
    return line.substring(0, line.length() - 1);
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
