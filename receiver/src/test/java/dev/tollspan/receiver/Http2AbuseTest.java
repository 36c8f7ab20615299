package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.io.IOException;
import java.net.SocketException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that abuse HTTP/2 itself: their connection ends, and others notice nothing. */
@Timeout(60)
class Http2AbuseTest {
  /** Whether the connection ends, with GOAWAY or at once, before so many of these are sent. */
  private static void assertEnded(IntFunction<byte[]> frames, int max) throws Exception {
    try (Station station = new Station()) {
      assertTrue(isEnded(station.receiver.grpcPort(), frames, max));
      byte[] good = Requests.message(2).toByteArray();
      assertEquals(Status.Code.OK, station.client.export(good).code());
    }
  }

  private static boolean isEnded(int port, IntFunction<byte[]> frames, int max) throws IOException {
    try (RawHttp2 wire = RawHttp2.open(port, RawHttp2.NONE)) {
      for (int i = 0; i < max; i++) {
        wire.send(frames.apply(i));
      }
      return wire.isEnded();
    } catch (SocketException _) {
      return true; // cut off
    }
  }

  @Test
  void endsConnectionsThatResetTheirCallsAllTheTime() throws Exception {
    byte[] post = RawHttp2.post();
    byte[] cancel = {0, 0, 0, 8};
    assertEnded(
        i ->
            Requests.join(
                RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2 * i + 1, post),
                RawHttp2.frame(RawHttp2.RST_STREAM, 0, 2 * i + 1, cancel)),
        400);
  }

  @Test
  void endsConnectionsThatPingAllTheTime() throws Exception {
    assertEnded(i -> RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]), 100);
  }

  @Test
  void endsConnectionsWhoseHeadersDoNotEnd() throws Exception {
    assertEnded(
        i ->
            i == 0
                ? RawHttp2.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.post())
                : RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0]),
        5_000);
  }
}
