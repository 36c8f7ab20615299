package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.receiver.OtlpReceiverConfig.Grpc;
import dev.tollspan.receiver.OtlpReceiverConfig.Http;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class OtlpReceiverConfigTest {
  private static final Listen FREE = new Listen("127.0.0.1", 0);

  @Test
  @Tag("A8")
  @Tag("B7")
  void listensOnLoopbackWithTheLimitsThatOtlpRecommends() {
    OtlpReceiverConfig config = OtlpReceiverConfig.defaults();
    Grpc grpc = Objects.requireNonNull(config.grpc());
    Http http = Objects.requireNonNull(config.http());
    assertEquals(new Listen("127.0.0.1", 4317), grpc.listen());
    assertEquals(new Listen("127.0.0.1", 4318), http.listen());
    assertEquals(64 << 20, grpc.requestBytesMax());
    assertEquals(64 << 20, http.requestBytesMax());
    assertEquals("/v1/traces", http.path());
  }

  @Test
  void namesTheKeyThatIsOutOfRange() {
    assertRefused("endpoint", () -> new Listen("", 4317));
    assertRefused("endpoint", () -> new Listen("h", -1));
    assertRefused("endpoint", () -> new Listen("h", 65_536));
    assertRefused("max_recv_msg_size_mib", () -> Station.grpc(FREE, 0));
    assertRefused("max_recv_msg_size_mib", () -> Station.grpc(FREE, Integer.MAX_VALUE));
    assertRefused("max_request_body_size", () -> Station.http(FREE, 0));
    assertRefused("max_in_flight_size_mib", () -> Station.config(1 << 20, 0));
    assertRefused("max_in_flight_size_mib", () -> Station.config(1 << 20, Long.MAX_VALUE));
    assertRefused("max_connections", () -> Station.config(1 << 20, 1 << 20, 0));
    assertRefused("traces_url_path", () -> http("traces", Map.of(), Cors.OFF));
    assertRefused("traces_url_path", () -> http("/a b", Map.of(), Cors.OFF));
    assertRefused("response_headers", () -> http("/", Map.of("a", "b\r\nc: d"), Cors.OFF));
    assertRefused("response_headers", () -> http("/", Map.of("Connection", "x"), Cors.OFF));
    assertRefused("allowed_origins", () -> cors("https://a\r\n"));
    assertRefused("allowed_origins", () -> cors("https://*.a.*"));
  }

  private static Cors cors(String origin) {
    return new Cors(List.of(origin), List.of(), Duration.ZERO);
  }

  private static Http http(String path, Map<String, String> fields, Cors cors) {
    Duration second = Duration.ofSeconds(1);
    return new Http(FREE, 1 << 20, path, true, true, cors, fields, second, second, second);
  }

  private static void assertRefused(String key, Executable made) {
    String told = assertThrows(IllegalArgumentException.class, made).getMessage();
    assertTrue(told.startsWith(key + ": "), told);
  }
}
