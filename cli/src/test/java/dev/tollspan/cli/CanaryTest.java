package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Matrix;
import dev.tollspan.canary.Store;
import dev.tollspan.canary.Transport;
import dev.tollspan.cli.CanaryProof.Finding;
import dev.tollspan.cli.CanaryProof.Result;
import dev.tollspan.cli.CanaryProof.Sight;
import dev.tollspan.cli.CanaryProof.Verdict;
import dev.tollspan.cli.CanaryReport.Control;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Reading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario: a pipeline with every exporter, as a process of its own, and marks in all places.
 * Guarantee: none comes out, and the rehearsal says so only if it could have seen one.
 */
@Timeout(300)
class CanaryTest {
  /** The continuous build sends more: see .ci/run. */
  private static final int MARKS = Integer.getInteger("tollspan.canary.marks", 700);

  private static final String EVERY_EXPORTER =
      """
      receivers: {otlp: {protocols: {grpc: }}}
      processors: {estimate_cost: , drop_content: {allow: [%s]}}
      exporters:
        ndjson:
        parquet:
        otlp_grpc: {endpoint: "https://tempo.example:4317", headers: {authorization: secret}}
      extensions: {health_check: }
      service:
        extensions: [health_check]
        pipelines:
          traces:
            receivers: [otlp]
            processors: [estimate_cost, drop_content]
            exporters: [ndjson, parquet, otlp_grpc]
      """;

  private static final String ALLOWED =
      "note, gen_ai.prompt, gen_ai.completion, gen_ai.input.messages, gen_ai.output.messages,"
          + " gen_ai.tool.definitions, input.value, output.value, db.query.text, url.full,"
          + " message.content, exception.message, exception.stacktrace, llm.prompts, hidden_params,"
          + " process.command_line, response_data, traceloop.entity.input, ai.prompt.messages";

  @TempDir private Path directory;

  @AfterEach
  void leavesNoProcess() {
    assertEquals(0, ProcessHandle.current().children().filter(ProcessHandle::isAlive).count());
  }

  @Test
  void noMarkPassesTheStrictGate() throws Exception {
    CanaryReport report = rehearse(EVERY_EXPORTER.formatted(""), Matrix.of(MARKS, 1));
    assertEquals(List.of(), report.result().findings(), report.table());
    assertEquals(List.of(), report.failures());
    for (Sight sight : report.control().sights()) {
      assertTrue(sight.seen() > 0 && sight.sees(), sight.toString());
    }
    assertTrue(report.tally().all().accepted() > MARKS * 3L / 4, report.table());
    assertFailedAsTheyShould(report);
    assertWasSearched("otlp_grpc/requests.binpb");
    assertWasSearched("health.json");
    assertWasSearched("pipeline.log");
    assertTrue(Files.readString(directory.resolve("pipeline.log")).contains(" FINE "));
    assertFalse(Files.readString(directory.resolve("tollspan.yaml")).contains("secret"));
  }

  /** By each way in the same, or the marks in what fails were in nothing that fails. */
  private void assertFailedAsTheyShould(CanaryReport report) throws Exception {
    for (String kind : List.of("another token", "another scheme")) {
      assertEquals(
          new CanaryTally.Count(0, 0, Transport.values().length),
          report.tally().ofKind("around: login with " + kind));
    }
    String answers = Files.readString(directory.resolve("answers.txt"));
    for (String answer :
        List.of(
            "UNAUTHENTICATED",
            "UNIMPLEMENTED",
            "INVALID_ARGUMENT",
            "RESOURCE_EXHAUSTED",
            " 400 ",
            " 401 ",
            " 404 ",
            " 413 ",
            " 415 ",
            " 431 ",
            "\"rejectedSpans\":\"1\"",
            "boolValue must be")) {
      assertTrue(answers.contains(answer), answer);
    }
    assertFalse(answers.contains("no answer"), answers);
    for (Transport transport : Transport.values()) {
      CanaryTally.Count count = report.tally().ofTransport(transport.label());
      assertTrue(count.accepted() > MARKS / 5, report.table());
      assertTrue(count.rejected() > 0 && count.refused() > 0, report.table());
    }
  }

  private void assertWasSearched(String file) throws Exception {
    assertTrue(Files.size(directory.resolve(file)) > 0, file);
  }

  /** A word under a key that the operator allows passes, as told, and is found in each output. */
  @Test
  void seesAWordThatPasses() throws Exception {
    List<Mark> words =
        Matrix.of(4_000, 1).stream()
            .filter(mark -> mark.encoding().equals("word_only"))
            .filter(mark -> mark.place().contains("attributes.value.string_value"))
            .toList();
    CanaryReport report = rehearseOnce(EVERY_EXPORTER.formatted(ALLOWED), words);
    assertEquals(Set.of("otlp_grpc", "ndjson", "parquet"), directories(report, Verdict.FOUND));
    assertTrue(report.failures().getFirst().contains("marks were found"), report.table());
    JsonNode json = JsonMapper.builder().build().readTree(report.json());
    assertEquals(report.result().findings().size(), json.get("findings").size());
    assertEquals(report.tally().sent(), json.get("spans_sent").asLong());
  }

  /** What ships as an example: strict files, a balanced forwarder, and a sink for prompts. */
  @Test
  void theExampleOfThreePipelinesKeepsEachPromise() throws Exception {
    Path example = Path.of(System.getProperty("tollspan.root"), "examples/pipelines.yaml");
    CanaryReport report = rehearse(Files.readString(example, UTF_8), few());
    assertEquals(List.of(), report.failures(), report.table());
    assertEquals(0, report.result().count(Verdict.FOUND), report.table());
    assertEquals(Set.of("otlp_grpc-tempo"), directories(report, Verdict.ALLOWED));
    assertEquals(Set.of("ndjson-evaluation"), directories(report, Verdict.KEPT));
    for (Sight sight : report.control().sights()) {
      assertTrue(sight.seen() > 0, sight.toString());
    }
  }

  /** A family of content that the operator opens is a breach of what balanced promises. */
  @Test
  void seesWhatAnOperatorAllowsInProfileBalanced() throws Exception {
    String open = EVERY_EXPORTER.formatted(ALLOWED).replace("allow:", "profile: balanced, allow:");
    List<Mark> words =
        Matrix.of(4_000, 1).stream()
            .filter(mark -> mark.encoding().equals("word_only") && !mark.shortText())
            .toList();
    CanaryReport report = rehearseOnce(open, words);
    assertEquals(Set.of("otlp_grpc", "ndjson", "parquet"), directories(report, Verdict.FOUND));
    assertTrue(report.failures().getFirst().contains("marks were found"), report.table());
  }

  /** Each gets all marks, and each exporter owes what its own receivers took. */
  @Test
  void twoReceiversFeedWhomTheyFeed() throws Exception {
    String two =
        """
        receivers:
          otlp/a: {protocols: {grpc: }}
          otlp/b: {protocols: {grpc: }}
        processors: {drop_content: , drop_content/open: {profile: passthrough}}
        exporters:
          ndjson: {path: a}
          ndjson/both: {path: both}
          ndjson/b: {path: b, retention: 1h}
        service:
          pipelines:
            traces/b: {receivers: [otlp/b], processors: [drop_content/open], exporters: [ndjson/b]}
            traces: {receivers: [otlp/a], processors: [drop_content], exporters: [ndjson]}
            traces/c:
              receivers: [otlp/a, otlp/b]
              processors: [drop_content]
              exporters: [ndjson/both]
        """;
    List<Mark> marks = few();
    CanaryReport report = rehearse(two, marks);
    assertEquals(List.of(), report.failures(), report.table());
    assertEquals(0, report.tally().sent() % 2);
    assertTrue(report.tally().sent() > 2L * marks.size(), report.table());
    assertEquals(Set.of("ndjson-b"), directories(report, Verdict.KEPT));
    String log = Files.readString(directory.resolve("pipeline.log"));
    long accepted = report.tally().all().accepted();
    assertTrue(log.contains("; ndjson/both: delivered " + accepted + ","), report.table());
    assertTrue(log.contains("; ndjson: delivered " + accepted / 2 + ","), report.table());
  }

  @Test
  void keepsWhatWasSearchedOnlyIfAsked() throws Exception {
    Shell shell = new Shell();
    Path kept = directory.resolve("kept");
    int code = shell.tollspan("canary", "--marks=1", "--output=json", "--keep=" + kept);
    assertEquals(ExitCode.OK, code, shell.err());
    assertTrue(Files.exists(kept.resolve("pipeline.log")));
    JsonNode json = JsonMapper.builder().build().readTree(shell.out());
    assertEquals(0, json.get("found").asInt(), shell.out());
    assertEquals(ExitCode.FAILED, shell.tollspan("canary", "--keep=" + kept));
    assertTrue(shell.err().contains("is not empty"), shell.err());
  }

  @Test
  void saysWhatIsWrongWithItsArguments() throws Exception {
    assertEquals(ExitCode.USAGE, new Shell().tollspan("canary", "--marks=0"));
    Path wrong = Files.writeString(directory.resolve("wrong.yaml"), "receivers: 1", UTF_8);
    assertEquals(ExitCode.INVALID, new Shell().tollspan("canary", "--config=" + wrong));
  }

  /** Of each kind of place one, and words that may pass where a pipeline forwards. */
  private static List<Mark> few() {
    List<Mark> all = Matrix.of(4_000, 1);
    List<Mark> few = new ArrayList<>(all.subList(0, 220));
    all.subList(220, all.size()).stream()
        .filter(mark -> mark.stores().contains(Store.FORWARDED))
        .forEach(few::add);
    return few;
  }

  /** The first part of the names of files with marks of this verdict. */
  private static Set<String> directories(CanaryReport report, Verdict verdict) {
    Set<String> directories = new TreeSet<>();
    for (Finding finding : report.result().findings()) {
      if (finding.verdict() == verdict) {
        directories.add(finding.file().replaceFirst("/.*", ""));
      }
    }
    return directories;
  }

  private CanaryReport rehearse(String text, List<Mark> marks) throws Exception {
    return CanaryRun.of(config(text), directory, marks, 1, _ -> {});
  }

  /** The same where marks are found: it needs no control to show that the search sees. */
  private CanaryReport rehearseOnce(String text, List<Mark> marks) throws Exception {
    Canary canary = Canary.of(config(text), directory);
    CanaryTally tally = canary.run(marks, 1);
    List<Mark> all = new ArrayList<>(marks);
    all.addAll(canary.around());
    Result result = new CanaryProof(all).search(directory, canary.ends());
    Control none = new Control(new Result(all, List.of(), 0), List.of(), List.of());
    return new CanaryReport(result, tally, none, List.of());
  }

  private static PipelineConfig config(String text) {
    return assertInstanceOf(Reading.Valid.class, PipelineConfig.parse("test", text, name -> null))
        .config();
  }
}
