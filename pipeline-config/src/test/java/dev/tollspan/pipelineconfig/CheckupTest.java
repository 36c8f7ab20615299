package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.Journal;
import dev.tollspan.journal.JournalConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking at what pipelines left. */
class CheckupTest {
  private static final String EPOCH = "0001a2b3c4d5e6f7";
  private static final String HOUR = "lake/spans/date=2026-11-22/hour=08/";

  @TempDir private Path data;

  @Test
  void findsJournalsAndFilesAtAnyDepthAndNothingWrongWithThem() throws IOException {
    Path folder = data.resolve("journal/traces");
    try (Journal journal = open(folder)) {
      journal.append(new byte[10], 0, 10, 5);
    }
    lines("out/spans-" + EPOCH + "-000000000001-000000000009.ndjson", "{}\n");
    lines("out/spans-" + EPOCH + "-000000000010-000000000010.ndjson", "{}\n");
    lines("out/.spans-" + EPOCH + "-000000000011.ndjson.part", "{");
    lines(HOUR + "node-" + EPOCH + "-000000000001-000000000009-1of2.parquet", "PAR1....PAR1");
    lines(HOUR + "node-" + EPOCH + "-000000000001-000000000009-2of2.parquet", "PAR1....PAR1");
    lines(HOUR + ".node-" + EPOCH + "-000000000010-000000000011-1of1.parquet.tmp", "PAR1");
    lines("out/README", "no file of spans");
    lines("journal/dead-letters/traces/otlp/0001-1-1-1-1-refused_spans-0.binpb", "letter");
    Checkup found = look();
    assertEquals(List.of(), found.findings());
    assertEquals(Set.of(folder), found.journals().keySet());
    assertEquals(5, found.journals().get(folder).readers().get("ndjson").pendingSpans());
    Map<String, SpanFiles> files = found.files();
    assertEquals(
        Set.of(
            "NDJSON in " + data.resolve("out"),
            "Parquet in " + data.resolve("lake"),
            "dead letters in " + data.resolve("journal/dead-letters/traces/otlp")),
        files.keySet());
    SpanFiles ndjson = files.get("NDJSON in " + data.resolve("out"));
    assertEquals(2, ndjson.count());
    assertEquals(6, ndjson.bytes());
    assertEquals(1, ndjson.unfinished());
    assertEquals(1, files.get("Parquet in " + data.resolve("lake")).unfinished());
  }

  @Test
  void namesFilesThatAreNotWhole() throws IOException {
    lines("spans-" + EPOCH + "-000000000001-000000000009.ndjson", "{}\n{");
    lines("spans-" + EPOCH + "-000000000010-000000000011.ndjson", "");
    lines(HOUR + "node-" + EPOCH + "-000000000001-000000000009-1of2.parquet", "PAR1....PAR");
    lines(HOUR + "node-" + EPOCH + "-000000000001-000000000009-2of2.parquet", "PAR1");
    List<String> findings = look().findings();
    assertEquals(4, findings.size(), findings.toString());
    assertTrue(
        findings.stream().allMatch(f -> f.endsWith(" is not whole, or cannot be read")),
        findings.toString());
  }

  @Test
  void namesFilesThatHoldTheSameSpans() throws IOException {
    lines("a/spans-" + EPOCH + "-000000000001-000000000090.ndjson", "{}\n");
    lines("a/spans-" + EPOCH + "-000000000002-000000000003.ndjson", "{}\n");
    lines("a/spans-" + EPOCH + "-000000000050-000000000060.ndjson", "{}\n");
    lines("a/spans-" + EPOCH + "-000000000091-000000000099.ndjson", "{}\n");
    lines("a/spans-" + EPOCH + "-000000000091-000000000099-1.ndjson", "{}\n");
    lines("a/spans-0001a2b3c4d5e6f8-000000000001-000000000090.ndjson", "{}\n");
    lines("a/spans-0001a2b3c4d5e6f8-000000000091-rest.ndjson", "{}\n");
    lines("b/spans-" + EPOCH + "-000000000001-000000000090.ndjson", "{}\n");
    lines(HOUR + "node-" + EPOCH + "-000000000001-000000000009-1of1.parquet", "PAR1....PAR1");
    lines(HOUR + "node-" + EPOCH + "-000000000009-000000000010-1of1.parquet", "PAR1....PAR1");
    List<String> findings = look().findings();
    assertEquals(4, findings.size(), findings.toString());
    assertTrue(findings.stream().allMatch(f -> f.endsWith(" hold the same spans")));
  }

  @Test
  void namesPlacesAndTalliesThatCannotBeRead() throws IOException {
    Path folder = data.resolve("traces");
    try (Journal journal = open(folder)) {
      journal.append(new byte[10], 0, 10, 5);
      journal.tally(() -> Map.of("odd otlp", 4L));
    }
    for (String name : List.of("ndjson.cursor", "tallies")) {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      Files.write(folder.resolve(name), new byte[bytes.length]);
    }
    assertEquals(
        List.of(
            "the place of ndjson in "
                + folder
                + " cannot be read: a start begins again with the oldest record, so spans may come"
                + " again, and its books begin anew",
            "the tallies in "
                + folder
                + " cannot be read: a start counts rejected and odd spans from 0 on"),
        look().findings());
    try (Journal journal = open(folder)) {
      journal.tally(() -> Map.of("odd otlp", 1L));
      assertEquals(5, journal.reader("ndjson").status().pendingSpans());
      assertEquals(List.of(), look().findings(), "a process has it open");
    }
    assertEquals(List.of(), look().findings(), "the start wrote a new place");
  }

  @Test
  void passesOverNamesThatNoJournalCountsUpTo() throws IOException {
    String far = "-" + "9".repeat(19);
    lines("a/spans-" + EPOCH + far + far + ".ndjson", "{}\n");
    lines(HOUR + "node-" + EPOCH + far + far + "-1of1.parquet", "PAR1....PAR1");
    assertEquals(Map.of(), look().files());
  }

  private static Journal open(Path folder) throws IOException {
    return Journal.open(
        folder,
        JournalConfig.defaults(),
        Set.of("ndjson"),
        System::nanoTime,
        InstantSource.system());
  }

  private Checkup look() throws IOException {
    return Checkup.of(data, InstantSource.system());
  }

  private void lines(String name, String content) throws IOException {
    Path file = data.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content.getBytes(US_ASCII));
  }
}
