package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.canary.Search;
import dev.tollspan.sampleinferenceservice.InferenceServer;
import dev.tollspan.sampleinferenceservice.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario: the demo as a user runs it, its two processes included. Guarantee: all that it prints
 * is computed from the files, and it fails where the files do not hold what it claims.
 */
@Timeout(60)
class DemoTest {
  private static final List<DemoCall> CALLS = DemoCall.make(12, 1);

  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Console console =
      new Console(new PrintStream(out, true, UTF_8), new PrintStream(out, true, UTF_8));

  @AfterEach
  void leavesNoProcess() {
    assertEquals(0, ProcessHandle.current().children().filter(ProcessHandle::isAlive).count());
  }

  @Test
  void showsWhatWasLearnedAndKeepsNoPrompt() throws Exception {
    DemoFiles files = DemoFiles.in(directory.resolve("demo"));
    new Demo(files, CALLS, false, console).run();
    String text = out.toString(UTF_8);
    for (String phase : List.of("queue", "tokenize", "prefill", "decode")) {
      assertTrue(text.contains("\n    " + phase + " "), text);
    }
    DemoCall.TENANTS.forEach(tenant -> assertTrue(text.contains("\n  " + tenant + " "), text));
    assertTrue(text.contains("1 unpriced: unknown_model"), text);
    assertTrue(text.contains("12 prompts, "), text);
    assertTrue(text.matches("(?s).*; 0 marks found in \\d+ output files.*"), text);
    assertTrue(text.contains("control: the same search finds all 48 marks"), text);
    assertTrue(
        text.contains(
            "59 spans sent by the service, each found once in NDJSON and once in Parquet"),
        text);
    String log = Files.readString(files.logs().resolve("pipeline.log"));
    assertTrue(log.contains("59 spans received, 59 accepted"), log);
    assertIsItsOwnersAlone(files);
    assertAnswersTheQuery(files, text);
    assertCanFail(files);
  }

  private static void assertIsItsOwnersAlone(DemoFiles files) throws IOException {
    try (Stream<Path> all = Files.walk(files.directory())) {
      for (Path path : all.toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        assertEquals(Files.isDirectory(path) ? "rwx------" : "rw-------", mode, path.toString());
      }
    }
  }

  /** The line that is printed for DuckDB says what the table says. */
  private static void assertAnswersTheQuery(DemoFiles files, String text) throws SQLException {
    String query = Demo.query(files.lake());
    assertTrue(text.contains("duckdb -c \"" + query + "\"\n"), text);
    int tenants = 0;
    long allUnpriced = 0;
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        tenants++;
        String cost = Figures.usd(Math.round(rows.getDouble("usd") * 1e9)).replace("$", "\\$");
        String line = "(?s).*\n  %s +%d +[^\n]* %s";
        long unpriced = rows.getLong("unpriced");
        line += unpriced == 0 ? "\n.*" : "  " + unpriced + " unpriced: .*";
        line = line.formatted(rows.getString("tenant_id"), rows.getLong("calls"), cost);
        assertTrue(text.matches(line), line + "\n" + text);
        allUnpriced += unpriced;
      }
    }
    assertEquals(1, allUnpriced);
    assertEquals(DemoCall.TENANTS.size(), tenants);
  }

  /** What was found to be so is not so any more once a span or a mark is in the wrong place. */
  private void assertCanFail(DemoFiles files) throws Exception {
    Search search = Marks.search(CALLS);
    DemoProof proof = new DemoProof(files, search);
    List<SpanRow> rows = SpanRow.read(files.ndjsonFiles());
    List<SpanRow> fewer = rows.subList(1, rows.size());
    assertThrows(FailedException.class, () -> proof.countSpans(fewer, rows, false));
    assertTrue(proof.countSpans(fewer, rows, true).contains("58 spans sent by the service and 1"));
    assertThrows(FailedException.class, () -> proof.countSpans(rows, fewer, true));
    Path log = files.logs().resolve("pipeline.log");
    assertThrows(FailedException.class, () -> proof.searchMarks(rows, log, ""), "blind search");
    Path sent = Files.writeString(directory.resolve("sent"), CALLS.toString());
    String report = "the report quotes " + CALLS.getFirst().marks().phone();
    assertThrows(FailedException.class, () -> proof.searchMarks(rows, sent, report));
    Files.writeString(log, CALLS.getLast().prompt());
    assertThrows(FailedException.class, () -> proof.searchMarks(rows, sent, ""));
  }

  @Test
  void saysWhyAChildDidNotStart() throws IOException {
    Path log = directory.resolve("log");
    try (Child child = Child.start("pipeline", log, List.of("run", "--config", "no-such-file"))) {
      FailedException failure = assertThrows(FailedException.class, child::awaitPort);
      assertEquals(
          "the pipeline did not start: "
              + "tollspan: the configuration file no-such-file cannot be read: no such file",
          failure.getMessage());
    }
  }

  @Test
  void drainsOnSigtermAndSaysWhatItDid() throws Exception {
    DemoFiles files = DemoFiles.in(directory.resolve("run"));
    Path log = directory.resolve("log");
    try (Child child = Child.start("pipeline", log, List.of("run", "--config=" + files.config()))) {
      assertTrue(child.awaitPort() > 0);
      child.stop(ExitCode.OK);
    }
    List<String> lines = Files.readAllLines(log);
    String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO ";
    lines.forEach(line -> assertTrue(line.matches(time + "tollspan .*"), line));
    List<String> said = lines.stream().map(line -> line.replaceFirst(time, "")).toList();
    assertTrue(said.getFirst().endsWith("; profile strict; durability fsync"), lines.toString());
    assertEquals(
        List.of(
            "tollspan writes to ndjson: NDJSON files in " + files.ndjson(),
            "tollspan writes to parquet: Parquet files in " + files.lake()),
        said.subList(1, 3));
    assertTrue(said.get(3).startsWith("tollspan stopped: 0 spans received"), lines.toString());
    assertEquals(4, said.size(), lines.toString());
  }

  /** The child's heap is 128 MiB, of which a quarter is less than the default request. */
  @Test
  void saysWhichDefaultASmallHeapLowered() throws Exception {
    Path log = directory.resolve("log");
    try (Child child = Child.start("check", log, List.of("validate"))) {
      assertThrows(FailedException.class, child::awaitPort);
    }
    String text = Files.readString(log);
    assertTrue(
        text.matches(
            "warning: defaults:\\S+ receivers\\.otlp\\.protocols\\.grpc\\.max_recv_msg_size_mib:"
                + " 64 MiB exceed the 2\\d MiB that one connection may hold"
                + ".*: taken as 2\\d\n"
                + "warning: defaults:\\S+ receivers\\.otlp\\.protocols\\.http"
                + "\\.max_request_body_size: 64 MiB exceed .*: taken as 2\\d MiB\n.*\n"),
        text);
  }

  /** Nobody listens there, and the next try would come after the drain. */
  @Test
  void saysWhichSpansWereGivenUpForWhom() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    Path log = directory.resolve("log");
    String text =
        """
        receivers:
          otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0", max_recv_msg_size_mib: 1}}}
        processors:
          drop_content:
        exporters:
          otlp_grpc:
            endpoint: "http://127.0.0.1:%d"
            timeout: 1s
            retry_on_failure: {initial_interval: 60s, max_interval: 60s}
        service:
          pipelines:
            traces: {receivers: [otlp], processors: [drop_content], exporters: [otlp_grpc]}
        """
            .formatted(closed);
    try (Child child = Child.start("pipeline", log, List.of("run", "--config=yaml:" + text))) {
      sendOneCall(child.awaitPort());
      FailedException failure = assertThrows(FailedException.class, () -> child.stop(ExitCode.OK));
      assertEquals("the pipeline ended with code 1", failure.getMessage());
    }
    String lines = Files.readString(log);
    String place = "127.0.0.1:" + closed;
    assertTrue(
        lines.contains(
            "WARNING delivery otlp_grpc: retrying: "
                + place
                + ": the call ended with UNAVAILABLE (connection refused or host unreachable?)"),
        lines);
    assertTrue(
        lines.contains(
            "WARNING tollspan gave up what was not delivered in time:"
                + " 5 spans for otlp_grpc: OTLP/gRPC to "
                + place
                + "\n"),
        lines);
  }

  static void sendOneCall(int otlpPort) throws Exception {
    Settings.Telemetry telemetry =
        Settings.Telemetry.defaults()
            .withOtlp(Settings.OtlpTarget.grpc(URI.create("http://127.0.0.1:" + otlpPort)));
    Settings settings = new Settings("127.0.0.1", 0, new Settings.Simulation(1, 0, 1L), telemetry);
    try (InferenceServer server = InferenceServer.start(settings)) {
      DemoLoad.send(CALLS.subList(0, 1), server.port());
    }
  }

  @Test
  void keepsRunningUntilASignalAndReportsThen() throws Exception {
    Path log = directory.resolve("log");
    String data = "--data=" + directory.resolve("demo");
    List<String> demo = List.of("demo", "--keep-running", "--requests=12", data);
    try (Child child = Child.start("demo", log, demo)) {
      assertTrue(child.awaitPort() > 0);
      child.stop(ExitCode.TERMINATED);
    }
    String text = Files.readString(log);
    assertTrue(text.contains("59 spans sent by the service, each found once"), text);
    assertTrue(text.matches("(?s).*; 0 marks found in \\d+ output files.*"), text);
  }
}
