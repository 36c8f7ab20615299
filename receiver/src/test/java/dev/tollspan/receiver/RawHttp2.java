package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** One connection of HTTP/2 whose frames are written by hand. For one thread. */
final class RawHttp2 implements AutoCloseable {
  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  /** The names of two settings. */
  static final int CALLS_MAX = 3;

  static final int WINDOW_BYTES = 4;
  static final byte[] NONE = {};

  /** Of a client that has acknowledged no other (RFC 9113, section 6.9.2). */
  static final int STREAM_WINDOW_BYTES = 65_535;

  static final int WAIT_MILLIS_MAX = 20_000;

  private static final Frame END = new Frame(-1, 0, 0, null);

  private final Socket socket;
  private final InputStream in;

  /** One frame that came; {@code payload} is null for the end of the connection. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean isEnd() {
      return payload == null;
    }
  }

  /** A connection that has said nothing yet. */
  RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(WAIT_MILLIS_MAX);
    socket.setTcpNoDelay(true); // else the system holds small frames back, 40 ms each
    in = socket.getInputStream();
  }

  /** A connection to this port, with preface and these settings. */
  static RawHttp2 open(int port, byte[] settings) throws IOException {
    RawHttp2 wire = new RawHttp2(new Socket(InetAddress.getLoopbackAddress(), port));
    wire.send(PREFACE.getBytes(US_ASCII), frame(SETTINGS, 0, 0, settings));
    return wire;
  }

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    int size = payload.length;
    byte[] head = {
      (byte) (size >> 16),
      (byte) (size >> 8),
      (byte) size,
      (byte) type,
      (byte) flags,
      (byte) (stream >> 24),
      (byte) (stream >> 16),
      (byte) (stream >> 8),
      (byte) stream
    };
    return Requests.join(head, payload);
  }

  /** The same frame so many times, in one piece. */
  static byte[] times(int count, byte[] frame) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(count * frame.length);
    for (int i = 0; i < count; i++) {
      all.writeBytes(frame);
    }
    return all.toByteArray();
  }

  static byte[] setting(int id, int value) {
    return new byte[] {
      (byte) (id >> 8),
      (byte) id,
      (byte) (value >> 24),
      (byte) (value >> 16),
      (byte) (value >> 8),
      (byte) value
    };
  }

  /** POST to the trace service, as RFC 7541 writes it without any table. */
  static byte[] post() {
    return post("/" + RawClient.TRACES);
  }

  static byte[] post(String path) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST
    block.write(0x86); // :scheme http
    field(block, ":path", path);
    field(block, ":authority", "h");
    field(block, "content-type", "application/grpc");
    field(block, "te", "trailers");
    return block.toByteArray();
  }

  static void field(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  /** Without Huffman; a length of 127 and more goes on in further bytes. */
  static void text(ByteArrayOutputStream block, String text) {
    int length = text.length();
    block.write(Math.min(length, 127));
    if (length >= 127) {
      int rest = length - 127;
      while (rest > 127) {
        block.write(rest & 127 | 128);
        rest >>= 7;
      }
      block.write(rest);
    }
    block.writeBytes(text.getBytes(US_ASCII));
  }

  /** A call with all of its message. */
  static byte[] call(int stream, byte[] message) {
    int size = message.length;
    byte[] head = {0, (byte) (size >> 24), (byte) (size >> 16), (byte) (size >> 8), (byte) size};
    return Requests.join(
        frame(HEADERS, END_HEADERS, stream, post()),
        frame(DATA, END_STREAM, stream, Requests.join(head, message)));
  }

  void send(byte[]... parts) throws IOException {
    socket.getOutputStream().write(Requests.join(parts));
  }

  /** The next frame, or the end. */
  Frame next() throws IOException {
    try {
      byte[] head = in.readNBytes(9);
      if (head.length < 9) {
        return END;
      }
      int size = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
      int stream = (head[5] & 0x7f) << 24 | (head[6] & 0xff) << 16;
      stream |= (head[7] & 0xff) << 8 | head[8] & 0xff;
      return new Frame(head[3], head[4], stream, in.readNBytes(size));
    } catch (SocketException | EOFException _) {
      return END; // cut off
    }
  }

  /** The next frame of this type, or the end. */
  Frame next(int type) throws IOException {
    Frame frame = next();
    while (!frame.isEnd() && frame.type() != type) {
      frame = next();
    }
    return frame;
  }

  /** Whether the connection ends, whatever comes before; false if it goes on for too long. */
  boolean isEnded() throws IOException {
    try {
      return end().isEnd();
    } catch (SocketTimeoutException _) {
      return false;
    }
  }

  /** Waits for the end of the connection, whatever comes before it. */
  Frame end() throws IOException {
    try {
      in.skipNBytes(Long.MAX_VALUE);
    } catch (SocketException | EOFException _) {
      socket.close();
    }
    return END;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
