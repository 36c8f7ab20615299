package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.TextFormat;
import dev.tollspan.receiver.RawClient;
import dev.tollspan.spans.JsonTraces;
import dev.tollspan.spans.RandomTraces;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario: what real libraries sent, and random spans, by each way in, through a strict gate and
 * through none, into files. Guarantee: the same spans are the same rows, whichever way they came.
 */
@Timeout(300)
class SameRowsTest {
  private static final int RANDOM_REQUESTS = 40;
  private static final long SEED = 20_260_821;
  private static final String HASH_KEY = "c2l4dGVlbiBhbmQgc2l4dGVlbiBhcmUgMzIgYnl0ZXM";

  private static final String CONFIG =
      """
      receivers:
        otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0', max_recv_msg_size_mib: 8},
                           http: {endpoint: '127.0.0.1:0', max_request_body_size: 8MiB}}}
      processors:
        estimate_cost: {prices: [builtin]}
        drop_content: {hash_key_file: %1$s/key}
        drop_content/open: {profile: passthrough}
      exporters:
        ndjson: {path: %1$s/strict/lines}
        parquet: {path: %1$s/strict/lake}
        ndjson/open: {path: %1$s/open/lines, retention: 1d}
        parquet/open: {path: %1$s/open/lake, retention: 1d}
      service:
        pipelines:
          traces:
            receivers: [otlp]
            processors: [estimate_cost, drop_content]
            exporters: [ndjson, parquet]
          traces/open:
            receivers: [otlp]
            processors: [estimate_cost, drop_content/open]
            exporters: [ndjson/open, parquet/open]
      """;

  private enum Way {
    GRPC,
    HTTP_PROTOBUF,
    HTTP_JSON
  }

  @TempDir private Path directory;

  @Test
  @Tag("G5")
  void everyWayInStoresTheSameRowsAndColumns() throws Exception {
    List<byte[]> messages = messages();
    List<String> expected = rows(Way.GRPC, messages);
    assertTrue(expected.size() > 4 * 300, expected.size() + " rows");
    for (Way way : Way.values()) {
      if (way != Way.GRPC) {
        List<String> rows = rows(way, messages);
        for (int i = 0; i < expected.size(); i++) {
          assertEquals(expected.get(i), rows.get(i), way.toString());
        }
        assertEquals(expected.size(), rows.size(), way.toString());
      }
    }
  }

  /** Nobody looks for what came before: a client that sends again what was taken has it twice. */
  @Test
  @Tag("D15")
  void aRequestThatIsSentTwiceCountsTwice() throws Exception {
    byte[] message = messages().getFirst();
    List<String> once = rows(Way.GRPC, List.of(message));
    List<String> expected = new ArrayList<>(once);
    expected.addAll(once);
    Collections.sort(expected);
    assertEquals(expected, rows(Way.HTTP_JSON, List.of(message, message)));
  }

  /** NaN can be said in JSON, but not with what protobuf can hide in its bits. */
  private static byte[] withoutNan(TracesData data) throws TextFormat.ParseException {
    String text = TextFormat.printer().printToString(data);
    TracesData.Builder plain = TracesData.newBuilder();
    TextFormat.merge(text.replace("double_value: nan", "double_value: 0.5"), plain);
    return plain.build().toByteArray();
  }

  private static List<byte[]> messages() throws TextFormat.ParseException {
    List<byte[]> messages = new ArrayList<>();
    Recorded.messages().values().forEach(messages::addAll);
    RandomTraces random = new RandomTraces(new SplittableRandom(SEED));
    for (int i = 0; i < RANDOM_REQUESTS; i++) {
      messages.add(withoutNan(random.traces()));
    }
    return messages;
  }

  /** What a pipeline of its own stored of these, in lines and in Parquet, but for when it did. */
  private List<String> rows(Way way, List<byte[]> messages) throws Exception {
    Path below = Files.createTempDirectory(directory, "way");
    Files.writeString(below.resolve("key"), HASH_KEY);
    Files.setPosixFilePermissions(
        below.resolve("key"), PosixFilePermissions.fromString("rw-------"));
    PipelineConfig config = Configs.valid(CONFIG.formatted(below));
    long spans = 0;
    try (Pipeline pipeline = Pipeline.start(config);
        RawClient grpc = new RawClient(pipeline.grpcPort());
        HttpClient http = HttpClient.newHttpClient()) {
      for (byte[] message : messages) {
        TracesData data = TracesData.parseFrom(message);
        switch (way) {
          case GRPC -> assertEquals(Status.Code.OK, grpc.export(message).code());
          case HTTP_PROTOBUF -> post(http, pipeline.httpPort(), "x-protobuf", message);
          // As packed as requests are, and to the port that the other protocol has, too.
          case HTTP_JSON -> post(http, pipeline.grpcPort(), "json", gzip(JsonTraces.inOrder(data)));
        }
        spans += spans(data);
      }
      assertEquals(spans, pipeline.ledger().accepted());
    }
    List<String> rows = new ArrayList<>();
    for (String gate : List.of("strict", "open")) {
      List<String> lines = PipelineTest.lines(below.resolve(gate));
      List<String> records = query(below.resolve(gate));
      assertEquals(spans, lines.size(), way + " " + gate);
      assertEquals(spans, records.size(), way + " " + gate);
      rows.addAll(lines);
      rows.addAll(records);
    }
    Collections.sort(rows);
    return rows;
  }

  private static long spans(TracesData data) {
    return data.getResourceSpansList().stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .mapToLong(scope -> scope.getSpansCount())
        .sum();
  }

  private static void post(HttpClient client, int port, String type, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
            .timeout(Duration.ofSeconds(20))
            .version(HttpClient.Version.HTTP_1_1)
            .header("Content-Type", "application/" + type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (body.length > 1 && body[0] == 0x1f && body[1] == (byte) 0x8b) {
      request.header("Content-Encoding", "gzip");
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  private static List<String> query(Path lake) throws SQLException {
    List<String> rows = new ArrayList<>();
    String sql =
        "select t::varchar from (select * exclude (ingest_time)"
            + " from read_parquet('%s/**/*.parquet', hive_partitioning = false)) t";
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql.formatted(lake))) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }
}
