package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
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
    assertTrue(text.contains("; 0 marks found in 5 output files"), text);
    assertTrue(text.contains("control: the same search finds all 48 marks"), text);
    assertTrue(
        text.contains(
            "59 spans sent by the service, each found once in NDJSON and once in Parquet"),
        text);
    String log = Files.readString(files.logs().resolve("pipeline.log"));
    assertTrue(log.contains("59 spans received, 59 accepted"), log);
    assertAnswersTheQuery(files, text);
    assertCanFail(files);
  }

  /** The line that is printed for DuckDB says what the table says. */
  private static void assertAnswersTheQuery(DemoFiles files, String text) throws SQLException {
    String query = Demo.query(files.lake());
    assertTrue(text.contains("duckdb -c \"" + query + "\"\n"), text);
    int tenants = 0;
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        tenants++;
        String cost = Figures.usd(Math.round(rows.getDouble("usd") * 1e9)).replace("$", "\\$");
        String line = "(?s).*\n  %s +%d +.* %s.*";
        line = line.formatted(rows.getString("tenant_id"), rows.getLong("calls"), cost);
        assertTrue(text.matches(line), line + "\n" + text);
      }
    }
    assertEquals(DemoCall.TENANTS.size(), tenants);
  }

  /** What was found to be so is not so any more once a span or a mark is in the wrong place. */
  private void assertCanFail(DemoFiles files) throws Exception {
    MarkSearch search = new MarkSearch(CALLS.stream().map(DemoCall::marks).toList());
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
              + "tollspan: the configuration file no-such-file cannot be read",
          failure.getMessage());
    }
  }

  @Test
  void drainsOnSigtermAndSaysWhatItDid() throws Exception {
    DemoFiles files = DemoFiles.in(directory.resolve("run"));
    Path log = directory.resolve("log");
    try (Child child = Child.start("pipeline", log, List.of("run", "--config=" + files.config()))) {
      assertTrue(child.awaitPort() > 0);
      child.stop(); // fails unless the code is 143
    }
    List<String> lines = Files.readAllLines(log);
    assertEquals(2, lines.size(), lines.toString());
    assertTrue(lines.getFirst().contains("profile strict; durability memory"), lines.toString());
    assertTrue(lines.getFirst().endsWith(files.ndjson() + ", " + files.lake()), lines.toString());
    assertTrue(lines.getLast().startsWith("tollspan stopped: 0 spans received"), lines.toString());
  }

  @Test
  void keepsRunningUntilASignalAndReportsThen() throws Exception {
    Path log = directory.resolve("log");
    String data = "--data=" + directory.resolve("demo");
    List<String> demo = List.of("demo", "--keep-running", "--requests=12", data);
    try (Child child = Child.start("demo", log, demo)) {
      assertTrue(child.awaitPort() > 0);
      child.stop();
    }
    String text = Files.readString(log);
    assertTrue(text.contains("59 spans sent by the service, each found once"), text);
    assertTrue(text.contains("; 0 marks found in 5 output files"), text);
  }
}
