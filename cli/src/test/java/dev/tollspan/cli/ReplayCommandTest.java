package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipelineconfig.Pipeline;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that forwards over gRPC and HTTP to another one, which asks for a login. */
@Timeout(120)
class ReplayCommandTest {
  @TempDir private Path directory;

  private final Shell shell = new Shell();

  @Test
  void sendsWhatWasRefusedOverBothProtocolsWhileThePipelineRuns() throws Exception {
    try (Pipeline guarded = Pipeline.start(destination("guarded", true));
        Pipeline open = Pipeline.start(destination("open", false))) {
      Path config = source(guarded);
      try (Pipeline near = Pipeline.start(read(Files.readString(config)))) {
        DemoTest.sendOneCall(near.grpcPort());
        awaitSettled(near.ledger());
        long spans = near.ledger().accepted();
        assertTrue(spans > 0);
        assertEquals(
            Map.of("dead_letter", spans),
            near.ledger().accounts().get("otlp_grpc/far").droppedByReason());
        assertListed(config, "otlp_grpc/far", "otlp_http/far");
        assertEquals(ExitCode.FAILED, replay(config));
        assertTrue(
            shell.err().contains("tollspan: otlp_grpc/far: ")
                && shell.err().contains(" stay: the call ended with UNAUTHENTICATED")
                && shell.err().contains(" stay: the call ended with HTTP 401"),
            shell.err());
        assertListed(config, "otlp_grpc/far", "otlp_http/far");

        String grpc = "http://127.0.0.1:" + open.grpcPort();
        assertEquals(ExitCode.OK, replay(config, "--exporter", "otlp_grpc/far", "--to", grpc));
        assertTrue(shell.out().startsWith(spans + " spans of "), shell.out());
        assertTrue(shell.out().endsWith("; 0 letters stay\n"), shell.out());
        assertListed(config, "otlp_http/far");
        String http = "http://127.0.0.1:" + open.httpPort();
        assertEquals(ExitCode.OK, replay(config, "--to", http));
        assertListed(config);
        assertEquals(2 * spans, open.ledger().accepted());
      }
    }
  }

  @Test
  void saysOfEachLetterThatCannotBeReadThatItStays() throws Exception {
    try (Pipeline open = Pipeline.start(destination("open", false))) {
      Path config = source(open);
      Path folder = directory.resolve("journal/dead-letters/traces/otlp_grpc-far");
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("notes.binpb"), "mine");
      assertEquals(ExitCode.FAILED, replay(config));
      assertTrue(
          shell
              .err()
              .contains(
                  "tollspan: otlp_grpc/far: notes.binpb stays: its name is not that of a dead"
                      + " letter"),
          shell.err());
      assertEquals("0 spans of 0 dead letters were accepted; 1 letters stay\n", shell.out());
      Path gone = folder.resolveSibling("otlp_grpc-gone");
      Files.move(folder, gone);
      assertEquals(ExitCode.FAILED, replay(config, "--exporter", "otlp_grpc-gone"));
      assertTrue(shell.err().contains("say where to send with --to"), shell.err());
      shell.clearOut();
      assertEquals(ExitCode.OK, replay(config, "--list", "--exporter", "otlp_grpc-gone"));
      assertTrue(shell.out().contains(gone + "/notes.binpb"), shell.out());
    }
  }

  @Test
  void refusesWhatCannotBe() throws Exception {
    try (Pipeline open = Pipeline.start(destination("open", false))) {
      Path config = source(open);
      assertUsage("--exporter: ndjson writes files, which refuse nothing", "--exporter", "ndjson");
      assertUsage("--exporter: no exporter is called otlp", "--exporter", "otlp");
      Path folder = directory.resolve("journal/dead-letters/traces/otlp_http-far");
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("notes.binpb"), "mine");
      assertUsage("--to: endpoint must have the scheme http or https", "--to", "ftp://there");
      Files.writeString(config, "exporters: {}");
      assertEquals(ExitCode.INVALID, replay(config));
    }
  }

  private void assertUsage(String sentence, String... options) {
    shell.clearErr();
    assertEquals(ExitCode.USAGE, replay(directory.resolve("pipeline.yaml"), options));
    assertTrue(shell.err().startsWith("tollspan: " + sentence), shell.err());
  }

  private int replay(Path config, String... options) {
    shell.clearOut();
    return shell.tollspan(
        Stream.concat(Stream.of("replay", "--config", config.toString()), Stream.of(options))
            .toArray(String[]::new));
  }

  /** Each of these exporters has letters, and no other. */
  private void assertListed(Path config, String... exporters) {
    shell.clearErr();
    assertEquals(ExitCode.OK, replay(config, "--list"));
    List<String> lines = shell.out().lines().toList();
    if (exporters.length == 0) {
      assertEquals(List.of(), lines);
      assertEquals("there are no dead letters\n", shell.err());
      return;
    }
    assertTrue(lines.getFirst().matches("pipeline +exporter +spans +bytes +age +why +file"));
    List<String> rows = lines.subList(1, lines.size());
    assertEquals(
        List.of(exporters), rows.stream().map(row -> row.split(" +")[1]).distinct().toList());
    assertTrue(rows.stream().allMatch(row -> row.contains(" refused_sender ")), shell.out());
  }

  private static void awaitSettled(Ledger ledger) {
    long end = System.nanoTime() + 60_000_000_000L;
    for (String exporter : List.of("otlp_grpc/far", "otlp_http/far")) {
      while (ledger.accounts().get(exporter).pending() > 0) {
        assertTrue(System.nanoTime() - end < 0, "the spans do not get out");
        Thread.onSpinWait();
      }
    }
  }

  private Path source(Pipeline far) throws IOException {
    return Files.writeString(
        directory.resolve("pipeline.yaml"),
        """
        receivers:
          otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0", max_recv_msg_size_mib: 1}}}
        processors:
          drop_content:
        exporters:
          ndjson: {path: "%s/near"}
          otlp_grpc/far: {endpoint: "http://127.0.0.1:%d"}
          otlp_http/far: {endpoint: "http://127.0.0.1:%d"}
        extensions:
          journal: {directory: "%s/journal", max_size: 64MiB}
        service:
          extensions: [journal]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [drop_content]
              exporters: [ndjson, otlp_grpc/far, otlp_http/far]
        """
            .formatted(directory, far.grpcPort(), far.httpPort(), directory));
  }

  private PipelineConfig destination(String name, boolean guarded) {
    String auth = guarded ? ", auth: {authenticator: bearertokenauth}" : "";
    String extension = guarded ? "bearertokenauth" : "";
    return read(
        """
        receivers:
          otlp:
            protocols:
              grpc: {endpoint: "127.0.0.1:0", max_recv_msg_size_mib: 1%s}
              http: {endpoint: "127.0.0.1:0", max_request_body_size: 1MiB%s}
        processors:
          drop_content:
        exporters:
          ndjson: {path: "%s/%s"}
        extensions:
          bearertokenauth: {token: secret}
        service:
          extensions: [%s]
          pipelines:
            traces: {receivers: [otlp], processors: [drop_content], exporters: [ndjson]}
        """
            .formatted(auth, auth, directory, name, extension));
  }

  private static PipelineConfig read(String text) {
    return switch (PipelineConfig.parse("test", text, _ -> null)) {
      case Reading.Valid valid -> valid.config();
      case Reading.Invalid invalid -> throw new AssertionError(invalid.problems().toString());
    };
  }
}
