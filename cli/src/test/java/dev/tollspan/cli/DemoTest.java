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
    assertTrue(text.contains("; 0 marks found in "), text);
    assertTrue(text.contains("control: the same search finds all 48 marks"), text);
    assertTrue(text.contains("59 spans sent, each found once in NDJSON and once in Parquet"), text);

    // What the demo found to be so must be able to fail: now it is not so any more.
    MarkSearch search = new MarkSearch(CALLS.stream().map(DemoCall::marks).toList());
    DemoProof proof = new DemoProof(files, search);
    List<SpanRow> written = SpanRow.read(files.ndjsonFiles());
    assertThrows(
        FailedException.class, () -> proof.countSpans(written.subList(1, written.size()), written));
    Path log = files.logs().resolve("pipeline.log");
    assertThrows(FailedException.class, () -> proof.searchMarks(written, log, ""), "blind search");
    Path sent = Files.writeString(directory.resolve("sent"), CALLS.toString());
    String report = "the report quotes " + CALLS.getFirst().marks().phone();
    assertThrows(FailedException.class, () -> proof.searchMarks(written, sent, report));
    Files.writeString(log, CALLS.getLast().prompt());
    assertThrows(FailedException.class, () -> proof.searchMarks(written, sent, ""));
  }

  @AfterEach
  void leavesNoProcess() {
    assertEquals(0, ProcessHandle.current().children().filter(ProcessHandle::isAlive).count());
  }

  @Test
  void saysWhyAChildDidNotStart() throws IOException {
    Path log = directory.resolve("log");
    try (Child child = Child.start("pipeline", log, List.of("run", "--config", "no-such-file"))) {
      FailedException failure = assertThrows(FailedException.class, child::awaitPort);
      assertEquals(
          "the pipeline did not start: tollspan: the configuration file no-such-file cannot be read",
          failure.getMessage());
    }
  }
}
