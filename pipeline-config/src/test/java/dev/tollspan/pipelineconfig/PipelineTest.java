package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.Given.number;
import static dev.tollspan.pipelineconfig.Given.real;
import static dev.tollspan.pipelineconfig.Given.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario: the whole house in one process, on real sockets and files, fed by a bare gRPC client.
 *
 * <p>Guarantee: what was accepted is in every destination once, priced and without content, the
 * books balance, and nothing of it is left running.
 */
@Timeout(120)
class PipelineTest {
  static final String CANARY = "canary-3f9a7e51";
  private static final int REQUESTS = 3;
  static final int SPANS = 20;
  private static final long INPUT_TOKENS = 1_000;
  private static final long OUTPUT_TOKENS = 500;

  /** 1000 tokens at 0.15 and 500 at 0.6 dollars a million, in billionths. */
  private static final long COST_NANO_USD = 450_000;

  @TempDir private Path directory;

  @Test
  void spansArriveOncePricedAndClean() throws Exception {
    Pipeline pipeline = start(Configs.files(directory));
    try (pipeline;
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      for (int request = 0; request < REQUESTS; request++) {
        assertEquals(Status.Code.OK, sender.export(request(request)).code());
      }
    }
    assertBooks(pipeline.ledger(), "ndjson", "parquet");
    List<String> lines = lines(directory.resolve("ndjson"));
    assertEquals(REQUESTS * SPANS, lines.size());
    Set<String> ids = new HashSet<>();
    for (String line : lines) {
      assertTrue(line.contains("\"estimated_cost_nanousd\":" + COST_NANO_USD), line);
      assertTrue(line.contains("\"input_tokens\":" + INPUT_TOKENS), line);
      ids.add(line.replaceAll(".*\"span_id\":\"([0-9a-f]{16})\".*", "$1"));
    }
    assertEquals(REQUESTS * SPANS, ids.size());
    assertEquals(
        "60 60 27000000 0",
        query(
            "select count(*) || ' ' || count(distinct span_id) || ' ' ||"
                + " sum(estimated_cost_nanousd) || ' ' || count(*) filter (cost_role <> 'billable')"
                + " from read_parquet('"
                + directory.resolve("lake")
                + "/**/*.parquet')"));
    assertNoContent();
    assertFalse(pipeline.healthJson().contains(CANARY));
  }

  @Test
  void forwardsToAnotherPipelineOnce() throws Exception {
    Path far = directory.resolve("far");
    Pipeline second = start(Configs.files(far));
    try (second) {
      Pipeline first = start(forward("http://127.0.0.1:" + second.grpcPort()));
      try (first;
          RawClient sender = new RawClient(first.grpcPort())) {
        assertEquals(Status.Code.OK, sender.export(request(0)).code());
      }
      assertBooks(first.ledger(), "otlp_grpc/far");
    }
    assertBooks(second.ledger(), "ndjson", "parquet");
    assertEquals(SPANS, lines(far.resolve("ndjson")).size());
    assertNoContent();
  }

  @Test
  void forwardsOverHttp() throws Exception {
    Path arrived = directory.resolve("arrived");
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/base/v1/traces",
        exchange -> {
          Files.write(arrived, exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    Pipeline pipeline =
        start(
            forward("http://127.0.0.1:" + server.getAddress().getPort() + "/base")
                .replace("otlp_grpc", "otlp_http")
                .replace("zstd", "none"));
    try (pipeline;
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      assertEquals(Status.Code.OK, sender.export(request(0)).code());
    } finally {
      server.stop(0);
    }
    assertBooks(pipeline.ledger(), "otlp_http/far");
    ExportTraceServiceRequest request =
        ExportTraceServiceRequest.parseFrom(Files.readAllBytes(arrived));
    assertEquals(
        SPANS,
        request.getResourceSpansList().stream()
            .flatMap(resource -> resource.getScopeSpansList().stream())
            .mapToInt(scope -> scope.getSpansCount())
            .sum());
    assertNoContent();
  }

  /** Ten times as much as before the kill comes after it; nothing of it may be missing or twice. */
  @Test
  void killingADestinationInMidRunChangesNothingInTheFiles() throws Exception {
    Pipeline pipeline;
    try (FakeTempo tempo = new FakeTempo(0)) {
      pipeline = start(filesAndForward("http://127.0.0.1:" + tempo.port()));
      try (pipeline;
          RawClient sender = new RawClient(pipeline.grpcPort())) {
        for (int request = 0; request < 110; request++) {
          if (request == 10) {
            tempo.kill();
          }
          assertEquals(Status.Code.OK, sender.export(request(request)).code());
        }
      }
    }
    int spans = 110 * SPANS;
    Set<String> ids = new HashSet<>();
    for (String line : lines(directory.resolve("ndjson"))) {
      assertTrue(ids.add(line.replaceAll(".*\"span_id\":\"([0-9a-f]{16})\".*", "$1")), line);
    }
    assertEquals(spans, ids.size());
    assertEquals(
        spans + " " + spans,
        query(
            "select count(*) || ' ' || count(distinct span_id) from read_parquet('"
                + directory.resolve("lake")
                + "/**/*.parquet')"));
    assertEquals("", pipeline.ledger().unbalanced());
    assertEquals(spans, pipeline.ledger().accounts().get("ndjson").delivered());
    assertEquals(spans, pipeline.ledger().accounts().get("parquet").delivered());
    Ledger.Account tempo = pipeline.ledger().accounts().get("otlp_grpc/tempo");
    assertTrue(tempo.droppedByReason().get("shutdown") > 0, "the kill must have hurt");
    assertEquals(spans, tempo.delivered() + tempo.dropped());
  }

  @Test
  void whatCannotBeDeliveredIsDroppedAndCountedAtTheEnd() throws Exception {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      nobody = free.getLocalPort();
    }
    Pipeline pipeline = start(forward("http://127.0.0.1:" + nobody));
    try (pipeline;
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      assertEquals(Status.Code.OK, sender.export(request(0)).code());
    }
    Ledger.Account account = pipeline.ledger().accounts().get("otlp_grpc/far");
    assertEquals(Map.of("shutdown", (long) SPANS), account.droppedByReason());
    assertEquals(0, account.pending());
    assertEquals("", pipeline.ledger().unbalanced());
  }

  @Test
  void healthShowsTheBooksWhileItRuns() throws Exception {
    try (Pipeline pipeline = start(Configs.files(directory));
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      assertEquals(Status.Code.OK, sender.export(request(0)).code());
      String answer = HealthServerTest.ask(pipeline.healthPort(), "GET /health HTTP/1.1");
      assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
      String json = answer.substring(answer.indexOf("\r\n\r\n") + 4);
      String shape =
          json.replaceAll(
              "\"(delivered|pending(_bytes)?|bytes|max_bytes|segments|uptime_seconds"
                  + "|in_flight_bytes|removed_values|removed_prompt_bytes|removed_other_bytes)"
                  + "\":[0-9]+",
              "\"$1\":N");
      String account =
          "{\"state\":\"ok\",\"delivered\":N,\"pending\":N,"
              + "\"pending_bytes\":N,\"dropped\":{}}";
      assertEquals(
          "{\"status\":\"running\",\"uptime_seconds\":N,"
              + "\"durability\":\"memory\",\"durability_note\":\"there is no journal on disk:"
              + " a kill of the process loses what is pending, and, although it counts as"
              + " delivered, what stands in a Parquet file that is not finished\","
              + "\"in_flight_bytes\":N,"
              + "\"received\":20,\"rejected\":{},\"accepted\":20,\"odd\":0,\"refused_requests\":0,"
              + "\"refused_requests_by_reason\":{},"
              + "\"connections\":{\"open\":1,\"refused\":0,\"grpc\":1,\"http\":0,"
              + "\"failed_handshakes\":0,\"other_protocol\":0},"
              + "\"drop_content\":{\"removed_values\":N,\"removed_prompt_bytes\":N,"
              + "\"removed_completion_bytes\":0,\"removed_system_bytes\":0,"
              + "\"removed_tool_bytes\":0,\"removed_retrieval_bytes\":0,"
              + "\"removed_person_bytes\":0,\"removed_other_bytes\":N,"
              + "\"hashed_values\":0,\"failures\":0},"
              + "\"estimate_cost\":{\"reported_cost_mismatches\":0},"
              + "\"pipelines\":{\"traces\":{\"profile\":\"strict\",\"accepted\":20,"
              + "\"journal\":{\"state\":\"ok\",\"bytes\":N,\"max_bytes\":N,\"segments\":N},"
              + "\"exporters\":{\"ndjson\":"
              + account
              + ",\"parquet\":"
              + account
              + "}}},"
              + "\"balance\":B}\n",
          shape.replaceAll("\"balance\":\"(ok|unchecked)\"", "\"balance\":B"));
    }
  }

  /** One span in each request reports what we say, the other a hundred times as much. */
  @Test
  void healthShowsHowManyReportedCostsDifferFromOurs() throws Exception {
    try (Pipeline pipeline = start(Configs.files(directory));
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      for (int request = 0; request < 3; request++) {
        TracesData.Builder costs = TracesData.parseFrom(request(request)).toBuilder();
        ScopeSpans.Builder spans = costs.getResourceSpansBuilder(0).getScopeSpansBuilder(0);
        spans.getSpansBuilder(0).addAttributes(real("gen_ai.usage.cost", COST_NANO_USD * 1e-9));
        spans.getSpansBuilder(1).addAttributes(real("gen_ai.usage.cost", COST_NANO_USD * 1e-7));
        assertEquals(Status.Code.OK, sender.export(costs.build().toByteArray()).code());
      }
      String answer = HealthServerTest.ask(pipeline.healthPort(), "GET /health HTTP/1.1");
      String figures = "\"estimate_cost\":{\"reported_cost_mismatches\":3},";
      assertTrue(answer.contains(figures), answer);
    }
  }

  @Test
  void healthShowsWhichDestinationDoesNotAnswer() throws Exception {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      nobody = free.getLocalPort();
    }
    PipelineConfig config = Configs.valid(filesAndForward("http://127.0.0.1:" + nobody));
    try (Pipeline pipeline = Pipeline.start(config);
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      assertEquals(
          List.of(
              "ndjson: NDJSON files in " + directory.resolve("ndjson"),
              "parquet: Parquet files in " + directory.resolve("lake"),
              "otlp_grpc/tempo: OTLP/gRPC to 127.0.0.1:" + nobody),
          StartReport.of(config, pipeline).destinations());
      assertEquals(Status.Code.OK, sender.export(request(0)).code());
      String json = pipeline.healthJson();
      for (long end = System.nanoTime() + 20_000_000_000L; System.nanoTime() - end < 0; ) {
        json = HealthServerTest.ask(pipeline.healthPort(), "GET / HTTP/1.1");
        if (json.contains("retrying_seconds")) {
          break;
        }
      }
      String shape =
          "(?s).*\"otlp_grpc/tempo\":\\{\"state\":\"retrying\",\"retrying_seconds\":[0-9]+,"
              + "\"reason\":\"127.0.0.1:[^\"]+\","
              + "\"delivered\":0,\"pending\":20,"
              + "\"pending_bytes\":[1-9][0-9]+,.*"
              + "\"parquet\":\\{\"state\":\"ok\",.*";
      assertTrue(json.matches(shape), json);
    }
  }

  @Test
  void nothingOfItRunsOnceItIsClosed() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Pipeline pipeline = start(Configs.files(directory));
    int port = pipeline.grpcPort();
    try (RawClient sender = new RawClient(port)) {
      assertEquals(Status.Code.OK, sender.export(request(0)).code());
    }
    pipeline.close();
    pipeline.close();
    assertNoMoreThreadsThan(before);
    new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
    assertTrue(pipeline.healthJson().startsWith("{\"status\":\"stopping\""));
  }

  @Test
  void aPortInUseIsOneSentenceAndLeavesNothingOpen() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String text =
          Configs.files(directory).replace("'127.0.0.1:0'", "127.0.0.1:" + taken.getLocalPort());
      assertEquals(
          "cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use",
          refusal(
              text.replace(
                  "health_check: {endpoint: 127.0.0.1:" + taken.getLocalPort() + "}",
                  "health_check: {endpoint: '127.0.0.1:0'}")));
      assertEquals(
          "health_check cannot listen on 127.0.0.1:"
              + taken.getLocalPort()
              + ": Address already in use",
          refusal(text));
    }
    assertNoMoreThreadsThan(before);
    start(Configs.files(directory)).close();
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsOneSentence() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Path file = Files.writeString(directory.resolve("file"), "x");
    for (String exporter : new String[] {"ndjson", "lake"}) {
      String text = Configs.files(directory);
      String message =
          refusal(text.replace(directory.resolve(exporter).toString(), file + "/" + exporter));
      String id = exporter.replace("lake", "parquet");
      assertEquals(
          id + ": cannot write to " + file + "/" + exporter + ": not a directory", message);
    }
    assertNoMoreThreadsThan(before);
  }

  @Test
  void aPriceFileThatIsMissingIsSaid() {
    String text =
        Configs.files(directory).replace("[builtin]", "[" + directory.resolve("none.tsv") + "]");
    String message = refusal(text);
    assertTrue(message.contains("none.tsv"), message);
  }

  private static Pipeline start(String text) throws IOException {
    return Pipeline.start(Configs.valid(text));
  }

  private static String refusal(String text) {
    return assertThrows(IOException.class, () -> start(text)).getMessage();
  }

  /** What fails is tried once more at the end, and not until then. */
  private String filesAndForward(String endpoint) {
    String late = "retry_on_failure: {initial_interval: 1h, max_interval: 1h}";
    String exporter =
        "  otlp_grpc/tempo: {endpoint: '" + endpoint + "', timeout: 1s, " + late + "}\n";
    return Configs.files(directory)
        .replace("extensions:\n  health_check", exporter + "extensions:\n  health_check")
        .replace("[ndjson, parquet]", "[ndjson, parquet, otlp_grpc/tempo]");
  }

  static String forward(String endpoint) {
    return """
        receivers:
          otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0', max_recv_msg_size_mib: 4}}}
        processors: {estimate_cost: , drop_content: }
        exporters:
          otlp_grpc/far:
            endpoint: '%s'
            compression: zstd
            timeout: 1s
            retry_on_failure: {initial_interval: 1h, max_interval: 1h}
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [otlp_grpc/far]
        """
        .formatted(endpoint);
  }

  static byte[] request(int number) {
    long now = Instant.now().getEpochSecond() * 1_000_000_000L;
    ScopeSpans.Builder spans = ScopeSpans.newBuilder();
    for (int i = 0; i < SPANS; i++) {
      long id = number * 1_000L + i + 1;
      spans.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16).putLong(8, id)))
              .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, id)))
              .setName("llm.chat")
              .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
              .setStartTimeUnixNano(now)
              .setEndTimeUnixNano(now + 1_000_000)
              .addAttributes(text("gen_ai.operation.name", "chat"))
              .addAttributes(text("gen_ai.request.model", "gpt-4o-mini"))
              .addAttributes(number("gen_ai.usage.input_tokens", INPUT_TOKENS))
              .addAttributes(number("gen_ai.usage.output_tokens", OUTPUT_TOKENS))
              .addAttributes(text("gen_ai.prompt", "tell me of " + CANARY))
              .addAttributes(text(CANARY, "a key can hold content too")));
    }
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(spans))
        .build()
        .toByteArray();
  }

  private static void assertBooks(Ledger ledger, String... exporters) {
    assertEquals("", ledger.unbalanced());
    assertEquals(Map.of(), ledger.rejectedByReason());
    assertEquals(Set.of(exporters), ledger.accounts().keySet());
    assertEquals(ledger.received(), ledger.accepted());
    for (Ledger.Account account : ledger.accounts().values()) {
      assertEquals(ledger.accepted(), account.delivered());
      assertEquals(0, account.pending());
    }
  }

  private void assertNoContent() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String bytes = new String(Files.readAllBytes(file), ISO_8859_1);
        assertFalse(bytes.contains(CANARY), file.toString());
        assertFalse(file.toString().contains(CANARY), file.toString());
      }
    }
  }

  private static void assertNoMoreThreadsThan(Set<Thread> before) throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      // What carries virtual threads belongs to the JDK and stays.
      boolean jdkOwn = thread.getClass().getName().startsWith("jdk.internal.misc.");
      if (!before.contains(thread) && !jdkOwn) {
        assertTrue(thread.join(Duration.ofSeconds(10)), "still runs: " + thread.getName());
      }
    }
  }

  /** Of all NDJSON files below a directory. */
  static List<String> lines(Path directory) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".ndjson")).toList()) {
        lines.addAll(Files.readAllLines(file, UTF_8));
      }
    }
    return lines;
  }

  static String query(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertTrue(rows.next());
      return rows.getString(1);
    }
  }
}
