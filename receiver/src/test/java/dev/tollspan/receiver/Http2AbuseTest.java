package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that abuse HTTP/2 itself: their connection ends, and others notice nothing. */
@Timeout(60)
class Http2AbuseTest {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 4;

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
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

  /** POST to the trace service, as RFC 7541 writes it without any table. */
  private static byte[] post() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST
    block.write(0x86); // :scheme http
    field(block, ":path", "/" + RawClient.TRACES);
    field(block, ":authority", "h");
    field(block, "content-type", "application/grpc");
    field(block, "te", "trailers");
    return block.toByteArray();
  }

  private static void field(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    block.write(name.length());
    block.writeBytes(name.getBytes(US_ASCII));
    block.write(value.length());
    block.writeBytes(value.getBytes(US_ASCII));
  }

  /** Whether the connection ends, with GOAWAY or at once, before so many of these are sent. */
  private static void assertEnded(IntFunction<byte[]> frames, int max) throws Exception {
    try (Station station = new Station()) {
      assertTrue(isEnded(station.receiver.grpcPort(), frames, max));
      byte[] good = Requests.message(2).toByteArray();
      assertEquals(Status.Code.OK, station.client.export(good).code());
    }
  }

  private static boolean isEnded(int port, IntFunction<byte[]> frames, int max) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(PREFACE.getBytes(US_ASCII));
      socket.getOutputStream().write(frame(SETTINGS, 0, 0, new byte[0]));
      for (int i = 0; i < max; i++) {
        socket.getOutputStream().write(frames.apply(i));
      }
      InputStream in = socket.getInputStream();
      for (byte[] head = in.readNBytes(9); head.length == 9; head = in.readNBytes(9)) {
        int size = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
        in.readNBytes(size);
        if (head[3] == GOAWAY) {
          return true;
        }
      }
      return true;
    } catch (SocketException _) {
      return true; // cut off
    }
  }

  @Test
  void endsConnectionsThatResetTheirCallsAllTheTime() throws Exception {
    byte[] post = post();
    byte[] cancel = {0, 0, 0, 8};
    assertEnded(
        i ->
            Requests.join(
                frame(HEADERS, END_HEADERS, 2 * i + 1, post),
                frame(RST_STREAM, 0, 2 * i + 1, cancel)),
        400);
  }

  @Test
  void endsConnectionsThatPingAllTheTime() throws Exception {
    assertEnded(i -> frame(PING, 0, 0, new byte[8]), 100);
  }

  @Test
  void endsConnectionsWhoseHeadersDoNotEnd() throws Exception {
    assertEnded(
        i -> i == 0 ? frame(HEADERS, 0, 1, post()) : frame(CONTINUATION, 0, 1, new byte[0]), 5_000);
  }
}
