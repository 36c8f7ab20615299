package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import dev.tollspan.pipelineconfig.Pipeline;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Reading;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario: what others wrote sends to a pipeline on real sockets: the exporters of OpenTelemetry's
 * SDK for Java, and plain requests. Guarantee: they are told that all is well, and it is.
 */
@Tag("G2")
@Timeout(60)
class SdkTest {
  private static final String CONFIG =
      """
      receivers:
        otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0', max_recv_msg_size_mib: 4},
                           http: {endpoint: '127.0.0.1:0', max_request_body_size: 4MiB}}}
      processors: {estimate_cost: {prices: [builtin]}, drop_content: }
      exporters: {ndjson: {path: "%s"}}
      service:
        pipelines:
          traces:
            receivers: [otlp]
            processors: [estimate_cost, drop_content]
            exporters: [ndjson]
      """;

  /** Shaped as the example in the repository of the protocol is, with words of our own. */
  private static final String EXAMPLE =
      """
      {
        "resourceSpans": [
          {
            "resource": {
              "attributes": [
                {"key": "service.name", "value": {"stringValue": "toll-gate"}}
              ]
            },
            "scopeSpans": [
              {
                "scope": {
                  "name": "gate.library",
                  "version": "2.1.0",
                  "attributes": [
                    {"key": "gate.lane", "value": {"stringValue": "the left one"}}
                  ]
                },
                "spans": [
                  {
                    "traceId": "0AF7651916CD43DD8448EB211C80319C",
                    "spanId": "B7AD6B7169203331",
                    "parentSpanId": "B7AD6B7169203330",
                    "name": "a span of a server",
                    "startTimeUnixNano": "1767225600000000000",
                    "endTimeUnixNano": "1767225601000000000",
                    "kind": 2,
                    "attributes": [
                      {"key": "gate.toll", "value": {"stringValue": "paid in full"}}
                    ]
                  }
                ]
              }
            ]
          }
        ]
      }
      """;

  @TempDir private Path directory;

  /** Hands on, and keeps what the exporter said of it. */
  private record Heard(SpanExporter exporter, List<Boolean> answers) implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      CompletableResultCode result = exporter.export(spans).join(20, TimeUnit.SECONDS);
      answers.add(result.isSuccess());
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return exporter.shutdown();
    }
  }

  @Test
  void theExportersOfTheSdkForJavaAreTaken() throws Exception {
    List<Boolean> answers = new ArrayList<>();
    try (Pipeline pipeline = pipeline()) {
      String grpc = "http://127.0.0.1:" + pipeline.grpcPort();
      String http = "http://127.0.0.1:" + pipeline.httpPort() + "/v1/traces";
      for (String compression : List.of("none", "gzip")) {
        send(
            "grpc-" + compression,
            OtlpGrpcSpanExporter.builder().setEndpoint(grpc).setCompression(compression).build(),
            answers);
        send(
            "http-" + compression,
            OtlpHttpSpanExporter.builder().setEndpoint(http).setCompression(compression).build(),
            answers);
      }
      assertEquals(4, pipeline.ledger().accepted());
    }
    assertEquals(List.of(true, true, true, true), answers);
    Map<String, JsonNode> rows = rows("gen_ai.response.id");
    assertEquals("[grpc-gzip, grpc-none, http-gzip, http-none]", rows.keySet().toString());
    for (JsonNode row : rows.values()) {
      JsonNode attributes = row.get("attributes");
      assertEquals("gpt-4o-mini", attributes.get("gen_ai.request.model").asText());
      assertEquals(450_000, attributes.get("estimated_cost_nanousd").asLong());
      assertEquals("Client", row.get("kind").asText());
      assertEquals("chat gpt-4o-mini", row.get("name").asText());
    }
  }

  private static void send(String id, SpanExporter exporter, List<Boolean> answers) {
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(new Heard(exporter, answers)))
            .build()) {
      Tracer tracer = provider.get("sdk-test");
      tracer
          .spanBuilder("chat gpt-4o-mini")
          .setSpanKind(SpanKind.CLIENT)
          .setAttribute("gen_ai.response.id", id)
          .setAttribute("gen_ai.provider.name", "openai")
          .setAttribute("gen_ai.operation.name", "chat")
          .setAttribute("gen_ai.request.model", "gpt-4o-mini")
          .setAttribute("gen_ai.usage.input_tokens", 1_000)
          .setAttribute("gen_ai.usage.output_tokens", 500)
          .setAttribute("gen_ai.input.messages", "not for anybody")
          .startSpan()
          .end();
    }
  }

  @Test
  void plainProtobufIsTaken() throws Exception {
    byte[] body =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .addScopeSpans(
                        ScopeSpans.newBuilder()
                            .addSpans(
                                Span.newBuilder()
                                    .setTraceId(ByteString.copyFromUtf8("sixteen-bytes-id"))
                                    .setSpanId(ByteString.copyFromUtf8("eightids"))
                                    .setName("chat"))))
            .build()
            .toByteArray();
    try (Pipeline pipeline = pipeline()) {
      assertEquals("", post(pipeline.httpPort(), "application/x-protobuf", body));
      assertEquals(1, pipeline.ledger().accepted());
    }
    assertEquals(List.of("chat"), List.copyOf(rows("name").keySet()));
  }

  @Test
  void theExampleOfTheProtocolIsTaken() throws Exception {
    try (Pipeline pipeline = pipeline()) {
      String answer = post(pipeline.httpPort(), "application/json", EXAMPLE.getBytes(UTF_8));
      assertEquals("{}", answer);
      assertEquals(1, pipeline.ledger().accepted());
    }
    JsonNode row = rows("span_id").get("b7ad6b7169203331");
    assertEquals("0af7651916cd43dd8448eb211c80319c", row.get("trace_id").asText());
    assertEquals("b7ad6b7169203330", row.get("parent_span_id").asText());
    assertEquals("Server", row.get("kind").asText());
    assertTrue(row.toString().contains("toll-gate"), row.toString());
  }

  private Pipeline pipeline() throws IOException {
    Reading reading = PipelineConfig.parse("test", CONFIG.formatted(directory), name -> null);
    return Pipeline.start(
        assertInstanceOf(Reading.Valid.class, reading, reading::toString).config());
  }

  private static String post(int port, String type, byte[] body)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
              .timeout(Duration.ofSeconds(20))
              .header("Content-Type", type)
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals(type, answer.headers().firstValue("Content-Type").orElse(""));
      return answer.body();
    }
  }

  /** What was stored, by one of its members or attributes. */
  private Map<String, JsonNode> rows(String member) throws IOException {
    Map<String, JsonNode> rows = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".ndjson")).toList()) {
        for (String line : Files.readAllLines(file, UTF_8)) {
          JsonNode row = JsonMapper.builder().build().readTree(line);
          JsonNode value = row.has(member) ? row.get(member) : row.get("attributes").get(member);
          rows.put(value.asText(), row);
        }
      }
    }
    return rows;
  }
}
