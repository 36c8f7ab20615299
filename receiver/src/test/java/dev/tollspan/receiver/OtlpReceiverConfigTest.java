package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OtlpReceiverConfigTest {
  @Test
  void listensOnLoopbackWithTheLimitThatOtlpRecommends() {
    OtlpReceiverConfig config = OtlpReceiverConfig.defaults();
    assertEquals("127.0.0.1", config.host());
    assertEquals(4317, config.port());
    assertEquals(64 << 20, config.requestBytesMax());
  }

  @Test
  void namesTheKeyThatIsOutOfRange() {
    assertRefused("endpoint", "", 4317, 1 << 20, 1 << 20);
    assertRefused("endpoint", "h", -1, 1 << 20, 1 << 20);
    assertRefused("endpoint", "h", 65_536, 1 << 20, 1 << 20);
    assertRefused("max_recv_msg_size_mib", "h", 0, 0, 1 << 20);
    assertRefused("max_recv_msg_size_mib", "h", 0, Integer.MAX_VALUE, 1 << 20);
    assertRefused("max_in_flight_size_mib", "h", 0, 1 << 20, 0);
    assertRefused("max_in_flight_size_mib", "h", 0, 1 << 20, Long.MAX_VALUE);
  }

  private static void assertRefused(String key, String host, int port, int request, long all) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new OtlpReceiverConfig(host, port, request, all));
    assertTrue(e.getMessage().startsWith(key + ": "), e.getMessage());
  }
}
