package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over HTTP/1.1, on one connection to the loopback interface for as long as it is kept.
 * Written by hand, because clients refuse to send what is no HTTP. One thread.
 */
public final class HttpSender implements Sender {
  private static final int ANSWER_MILLIS = 30_000;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: ([0-9]+)\r\n");
  private static final Pattern CLOSE = Pattern.compile("(?i)\r\nconnection: close\r\n");

  private record Connection(Socket socket, InputStream in) {}

  private final int port;
  private final String path;
  private final Transport transport;
  private @Nullable Connection connection; // of the one thread

  /**
   * Connects to this port with the first request.
   *
   * @param path of requests for traces
   */
  public HttpSender(int port, String path, Transport transport) {
    this.port = port;
    this.path = path;
    this.transport = transport;
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public String exportMethod() {
    return path;
  }

  @Override
  public Answer send(Request request) {
    try {
      Connection open = connection == null ? connect() : connection;
      connection = open;
      OutputStream out = open.socket.getOutputStream();
      out.write(head(request));
      out.write(request.body());
      return answer(open.in);
    } catch (IOException e) {
      close();
      return new Answer(false, 0, "no answer: " + e);
    }
  }

  private Connection connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(ANSWER_MILLIS);
    socket.setTcpNoDelay(true);
    return new Connection(socket, new BufferedInputStream(socket.getInputStream()));
  }

  private byte[] head(Request request) {
    StringBuilder head = new StringBuilder();
    head.append("POST ").append(request.method()).append(" HTTP/1.1\r\nhost: localhost\r\n");
    if (!request.headers().containsKey("content-type")) {
      head.append("content-type: ").append(transport.contentType()).append("\r\n");
    }
    if (!request.packing().isEmpty()) {
      head.append("content-encoding: ").append(request.packing()).append("\r\n");
    }
    request.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("content-length: ").append(request.body().length).append("\r\n\r\n");
    return head.toString().getBytes(ISO_8859_1);
  }

  private Answer answer(InputStream in) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (!read.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the answer ends within its head");
      }
      read.write(next);
    }
    String head = read.toString(ISO_8859_1);
    Matcher length = LENGTH.matcher(head);
    byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
    if (CLOSE.matcher(head).find()) {
      close();
    }
    Matcher status = STATUS.matcher(head);
    boolean ok = status.lookingAt() && status.group(1).equals("200");
    return new Answer(
        ok, ok ? transport.rejectedSpans(body) : 0, head + new String(body, ISO_8859_1));
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.socket.close();
      } catch (IOException _) {
        // It is of no use any more, either way.
      }
      connection = null;
    }
  }
}
