package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Spans over real sockets, and the service without anybody to take them. */
class OtlpExportTest {
  /** For a collector that answers nobody. */
  private static final Duration IN_VAIN = Duration.ofMillis(300);

  private static final String CALL = "{\"prompt\":\"Hello world\"}";

  @ParameterizedTest
  @EnumSource
  void sendsTheLastSpansBeforeItCloses(Settings.Protocol protocol) throws Exception {
    try (FakeCollector collector = FakeCollector.start()) {
      URI endpoint =
          protocol == Settings.Protocol.GRPC
              ? collector.grpcEndpoint()
              : collector.tracesEndpoint();
      String traceId;
      try (TestService service = TestService.start(to(endpoint, protocol, Duration.ofSeconds(1)))) {
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
    TestService service = TestService.start(to(endpoint, protocol, IN_VAIN));
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
      TestService service = TestService.start(to(endpoint, Settings.Protocol.GRPC, IN_VAIN));
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

  /** The variables alone, up to what arrives. */
  @ParameterizedTest
  @CsvSource({
    "grpc,ENDPOINT,none",
    "grpc,TRACES_ENDPOINT,gzip",
    "http/protobuf,ENDPOINT,gzip",
    "http/protobuf,TRACES_ENDPOINT,none"
  })
  @Tag("G4")
  void honoursTheVariablesOfOpenTelemetry(String protocol, String name, String compression)
      throws Exception {
    try (FakeCollector collector = FakeCollector.start()) {
      URI base = protocol.equals("grpc") ? collector.grpcEndpoint() : collector.httpEndpoint();
      boolean whole = name.startsWith("TRACES") && !protocol.equals("grpc");
      Map<String, String> variables =
          Map.of(
              "OTEL_EXPORTER_OTLP_" + name,
              (whole ? collector.tracesEndpoint() : base).toString(),
              "OTEL_EXPORTER_OTLP_PROTOCOL",
              protocol,
              "OTEL_EXPORTER_OTLP_COMPRESSION",
              compression,
              "OTEL_EXPORTER_OTLP_HEADERS",
              "api-key=s3cret%3D",
              "OTEL_SERVICE_NAME",
              "mine",
              "OTEL_RESOURCE_ATTRIBUTES",
              "service.name=other,team=a");
      try (TestService service = TestService.start(telemetry(variables))) {
        service.complete(CALL);
      }
      assertEquals(5, collector.spans().size());
      assertEquals(List.of("s3cret="), collector.keys);
      assertEquals(List.of(compression), collector.compressions);
      Map<String, String> resource = new HashMap<>();
      for (KeyValue each :
          collector.requests.getFirst().getResourceSpans(0).getResource().getAttributesList()) {
        resource.put(each.getKey(), each.getValue().getStringValue());
      }
      assertEquals("mine", resource.get("service.name"));
      assertEquals("a", resource.get("team"));
    }
  }

  @Test
  @Tag("G4")
  void sendsNothingWhereTheVariableSaysSo() throws Exception {
    try (FakeCollector collector = FakeCollector.start()) {
      String endpoint = collector.grpcEndpoint().toString();
      Map<String, String> variables =
          Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, "OTEL_SDK_DISABLED", "true");
      try (TestService service = TestService.start(telemetry(variables))) {
        assertEquals(200, service.complete(CALL).statusCode());
      }
      assertEquals(List.of(), collector.requests);
    }
  }

  private static Settings.Telemetry telemetry(Map<String, String> variables) throws UsageException {
    return Arguments.parse(List.of(), variables).orElseThrow().telemetry();
  }

  private static Settings.Telemetry to(URI endpoint, Settings.Protocol protocol, Duration timeout) {
    return Settings.Telemetry.defaults()
        .withOtlp(
            new Settings.OtlpTarget(
                endpoint, protocol, Map.of("api-key", "s3cret"), timeout, false));
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
