package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Spans over real sockets, and the service without anybody to take them. */
class OtlpExportTest {
  private static final String CALL = "{\"prompt\":\"Hello world\"}";

  @ParameterizedTest
  @EnumSource
  void sendsTheLastSpansBeforeItCloses(Settings.Protocol protocol) throws Exception {
    try (FakeCollector collector = FakeCollector.start()) {
      URI endpoint =
          protocol == Settings.Protocol.GRPC ? collector.grpcEndpoint() : collector.httpEndpoint();
      String traceId;
      try (TestService service = TestService.start(to(endpoint, protocol))) {
        traceId = service.completeJson(CALL).path("trace_id").textValue();
        assertEquals(List.of(), service.notices);
      }

      ByteString expected = ByteString.copyFrom(HexFormat.of().parseHex(traceId));
      assertEquals(5, collector.spans().size());
      for (Span span : collector.spans()) {
        assertEquals(expected, span.getTraceId());
      }
      assertTrue(
          collector.spans().stream().anyMatch(s -> s.getKind() == Span.SpanKind.SPAN_KIND_SERVER));
      assertEquals(List.of("s3cret"), collector.keys);
    }
  }

  @ParameterizedTest
  @EnumSource
  void worksOnWithoutACollectorAndSaysSoOnce(Settings.Protocol protocol) throws Exception {
    URI endpoint = URI.create("http://127.0.0.1:" + unusedPort());
    TestService service = TestService.start(to(endpoint, protocol));
    try (service) {
      // More spans than a batch holds, so that more than one export fails.
      for (int call = 0; call < 110; call++) {
        assertEquals(200, service.complete(CALL).statusCode());
      }
    }

    assertEquals(
        List.of(
            "no collector takes spans at 127.0.0.1:"
                + endpoint.getPort()
                + "; the service works on without it"),
        service.notices);
  }

  @Test
  void answersWhileACollectorHangs() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      URI endpoint = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      TestService service = TestService.start(to(endpoint, Settings.Protocol.GRPC));
      try (service) {
        for (int call = 0; call < 110; call++) {
          assertEquals(200, service.complete(CALL).statusCode());
        }
      }

      assertEquals(1, service.notices.size());
    }
  }

  @Test
  void worksWithoutTracingAndSaysSoOnce() throws Exception {
    Settings.Telemetry off = new Settings.Telemetry(false, null, null, true, true, true, Map.of());
    try (TestService service = TestService.start(off)) {
      String traceId = service.completeJson(CALL).path("trace_id").textValue();
      service.complete(CALL);

      assertEquals("0".repeat(32), traceId);
      assertEquals(List.of("tracing is off; the service works without it"), service.notices);
      assertEquals(0, service.console.size());
      assertTrue(service.exported.getFinishedSpanItems().isEmpty());
    }
  }

  @Test
  void saysWhenSpansGoNowhere() throws Exception {
    try (TestService service = TestService.start()) {
      assertEquals(
          List.of("no collector, traces file or console is set, so spans go nowhere"),
          service.notices);
    }
  }

  private static Settings.Telemetry to(URI endpoint, Settings.Protocol protocol) {
    return Settings.Telemetry.defaults()
        .withOtlp(
            new Settings.OtlpTarget(
                endpoint, protocol, Map.of("api-key", "s3cret"), Duration.ofSeconds(1)));
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
