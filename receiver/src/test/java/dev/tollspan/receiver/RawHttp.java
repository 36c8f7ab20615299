package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One connection that sends just the bytes it is given, whatever they are. For one thread. */
final class RawHttp implements AutoCloseable {
  private static final int WAIT_MILLIS_MAX = 20_000;

  private final Socket socket;
  private final InputStream in;

  /** What came back. */
  record Answer(int status, List<String> fields, byte[] body) {
    /** The value of a field that stands there once; empty without one. */
    String field(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ": ";
      List<String> found =
          fields.stream().filter(f -> f.toLowerCase(Locale.ROOT).startsWith(start)).toList();
      if (found.size() > 1) {
        throw new AssertionError("more than one: " + found);
      }
      return found.isEmpty() ? "" : found.getFirst().substring(start.length());
    }

    String text() {
      return new String(body, ISO_8859_1);
    }
  }

  RawHttp(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  RawHttp(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(WAIT_MILLIS_MAX);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  RawHttp send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** A request with this body, and these further fields, each with its line end. */
  RawHttp post(String type, byte[] body, String... fields) throws IOException {
    return send(
        Requests.join(
            ("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                    + type
                    + "\r\n"
                    + String.join("", fields)
                    + "Content-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(ISO_8859_1),
            body));
  }

  /** The next answer, which must have a Content-Length, or none and no body. */
  Answer answer() throws IOException {
    return answer(true);
  }

  /** The same to a request that is answered without a body. */
  Answer head() throws IOException {
    return answer(false);
  }

  private Answer answer(boolean hasBody) throws IOException {
    String first = line();
    if (!first.startsWith("HTTP/1.1 ")) {
      throw new AssertionError("no answer: " + first);
    }
    int status = Integer.parseInt(first.substring(9, 12));
    List<String> fields = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      fields.add(line);
    }
    Answer head = new Answer(status, fields, new byte[0]);
    String length = head.field("Content-Length");
    byte[] body =
        hasBody && !length.isEmpty() ? in.readNBytes(Integer.parseInt(length)) : new byte[0];
    return new Answer(status, fields, body);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    while (b != '\r') {
      if (b < 0 || b == '\n') {
        throw new AssertionError("the answer ends after: " + line);
      }
      line.write(b);
      b = in.read();
    }
    if (in.read() != '\n') {
      throw new AssertionError("a bare CR after: " + line);
    }
    return line.toString(ISO_8859_1);
  }

  /** Whether something comes in so many milliseconds; nothing of it is taken. */
  boolean hears(int millisMax) throws IOException {
    socket.setSoTimeout(millisMax);
    in.mark(1);
    try {
      in.read();
      in.reset();
      return true;
    } catch (SocketTimeoutException _) {
      return false;
    } finally {
      socket.setSoTimeout(WAIT_MILLIS_MAX);
    }
  }

  /** Waits for the end of the connection; false if there is another byte. */
  boolean isEnded() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException _) {
      return true; // reset
    }
  }

  /** Says that nothing more will be sent. */
  RawHttp end() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Says that nothing more will be sent, and reads to the end, whatever comes. */
  void drain() throws IOException {
    try {
      socket.shutdownOutput();
      in.skipNBytes(Long.MAX_VALUE);
    } catch (SocketException | EOFException _) {
      socket.close(); // cut off, or ended as it should be
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
