package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.Given.number;
import static dev.tollspan.pipelineconfig.Given.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same spans by every way in, through the gate into files. */
@Timeout(60)
class WaysInTest {
  private static final String TOKEN = "t0ken-" + PipelineTest.CANARY;
  private static final String SPAN =
      """
      {"traceId":"0102030405060708090A0b0c0d0e0f10","spanId":"000000000000000%d",
       "name":"chat","kind":3,"startTimeUnixNano":"1000000000","endTimeUnixNano":"2000000000",
       "attributes":[
         {"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o-mini"}},
         {"key":"gen_ai.usage.input_tokens","value":{"intValue":"1000"}},
         {"key":"gen_ai.usage.output_tokens","value":{"intValue":500}},
         {"key":"gen_ai.prompt","value":{"stringValue":"%s"}}]}\
      """;

  @TempDir private Path directory;

  private static byte[] json() {
    String spans =
        SPAN.formatted(1, PipelineTest.CANARY) + "," + SPAN.formatted(2, PipelineTest.CANARY);
    return ("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans + "]}]}]}").getBytes(UTF_8);
  }

  private static byte[] protobuf() {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int number = 1; number <= 2; number++) {
      byte[] traceId = new byte[16];
      for (int i = 0; i < traceId.length; i++) {
        traceId[i] = (byte) (i + 1);
      }
      scope
          .addSpansBuilder()
          .setTraceId(ByteString.copyFrom(traceId))
          .setSpanId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) number}))
          .setName("chat")
          .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
          .setStartTimeUnixNano(1_000_000_000)
          .setEndTimeUnixNano(2_000_000_000)
          .addAttributes(text("gen_ai.request.model", "gpt-4o-mini"))
          .addAttributes(number("gen_ai.usage.input_tokens", 1_000))
          .addAttributes(number("gen_ai.usage.output_tokens", 500))
          .addAttributes(text("gen_ai.prompt", PipelineTest.CANARY));
    }
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build()
        .toByteArray();
  }

  private static int post(int port, String type, byte[] body, String login) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
              .timeout(Duration.ofSeconds(20))
              .header("Content-Type", type)
              .POST(HttpRequest.BodyPublishers.ofByteArray(body));
      if (!login.isEmpty()) {
        request.header("Authorization", login);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  @Test
  @Tag("G5")
  void everyWayInStoresTheSameRows() throws Exception {
    String both =
        "protocols: {http: {endpoint: '127.0.0.1:0'}, grpc: {endpoint: '127.0.0.1:0',"
            + " max_recv_msg_size_mib: 4}}";
    String text =
        Configs.files(directory)
            .replaceFirst("protocols: \\{grpc: \\{[^}]*}}", both)
            .replaceFirst("  parquet: [^\n]*\n", "")
            .replace(", parquet]", "]");
    Map<String, Integer> rows = new HashMap<>();
    try (Pipeline pipeline = Pipeline.start(Configs.valid(text))) {
      try (RawClient grpc = new RawClient(pipeline.grpcPort())) {
        assertEquals(Status.Code.OK, grpc.export(protobuf()).code());
      }
      for (int port : new int[] {pipeline.httpPort(), pipeline.grpcPort()}) {
        assertEquals(200, post(port, "application/x-protobuf", protobuf(), ""));
        assertEquals(200, post(port, "application/json", json(), ""));
      }
      assertFalse(pipeline.healthJson().contains(PipelineTest.CANARY));
      assertTrue(pipeline.healthJson().contains("\"grpc\":1,\"http\":4,"), pipeline.healthJson());
    }
    for (String line : PipelineTest.lines(directory.resolve("ndjson"))) {
      assertFalse(line.contains(PipelineTest.CANARY), line);
      rows.merge(line, 1, Integer::sum);
    }
    assertEquals(2, rows.size(), rows.keySet().toString());
    assertEquals(List.of(5, 5), List.copyOf(rows.values()));
  }

  @Test
  void aPortThatNamesALoginLetsInNobodyWithoutIt() throws Exception {
    Path users = directory.resolve("users");
    Files.writeString(users, "ann:pw\n");
    String text =
        Configs.files(directory)
            .replaceFirst(
                "protocols: \\{grpc: \\{[^}]*}}",
                "protocols: {http: {endpoint: '127.0.0.1:0', auth: {authenticator: basicauth}},"
                    + " grpc: {endpoint: '127.0.0.1:0', max_recv_msg_size_mib: 4,"
                    + " auth: {authenticator: bearertokenauth/x}}}")
            .replace(
                "extensions:\n",
                "extensions:\n  bearertokenauth/x: {token: '${env:T}'}\n"
                    + "  basicauth: {htpasswd: {file: '"
                    + users
                    + "'}}\n")
            .replace("[health_check]", "[health_check, bearertokenauth/x, basicauth]");
    PipelineConfig config = Configs.valid(text, Map.of("T", TOKEN));
    assertFalse(config.toString().contains(TOKEN));
    try (Pipeline pipeline = Pipeline.start(config);
        RawClient nobody = new RawClient(pipeline.grpcPort())) {
      assertEquals(Status.Code.UNAUTHENTICATED, nobody.export(protobuf()).code());
      HashSet<Integer> denied = new HashSet<>();
      String type = "application/x-protobuf";
      denied.add(post(pipeline.httpPort(), type, protobuf(), ""));
      denied.add(post(pipeline.httpPort(), type, protobuf(), "Bearer " + TOKEN));
      denied.add(post(pipeline.grpcPort(), type, protobuf(), "Basic YW5uOnB3"));
      assertEquals(java.util.Set.of(401), denied);
      assertEquals(200, post(pipeline.httpPort(), type, protobuf(), "Basic YW5uOnB3"));
      assertEquals(200, post(pipeline.grpcPort(), type, protobuf(), "Bearer " + TOKEN));
      assertEquals(4, pipeline.ledger().accepted());
      assertEquals(Map.of("no_login", 4L), pipeline.ledger().refusedRequestsByReason());
      String health = pipeline.healthJson();
      assertTrue(health.contains("\"refused_requests_by_reason\":{\"no_login\":4}"), health);
      assertFalse(pipeline.healthJson().contains(TOKEN));
    }
  }
}
