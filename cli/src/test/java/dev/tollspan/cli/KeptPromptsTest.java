package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that keeps prompts says so, or does not start. */
@Timeout(60)
class KeptPromptsTest {
  @TempDir private Path directory;

  @Test
  void aPipelineThatKeepsPromptsIsNamedAtTheStart() throws Exception {
    Path log = directory.resolve("log");
    List<String> run = List.of("run", "--config=yaml:" + config("retention: 7d"));
    try (Child child = Child.start("pipeline", log, run)) {
      String listening = child.awaitListening();
      assertTrue(listening.contains("; profile passthrough; "), listening);
      child.stop(ExitCode.OK);
    }
    String line = " WARNING tollspan: the pipeline traces keeps prompts, in the files of ndjson";
    List<String> said = Files.readAllLines(log);
    assertEquals(1, said.stream().filter(l -> l.endsWith(line)).count(), said.toString());
    assertTrue(said.stream().anyMatch(l -> l.endsWith("/data, each deleted after 7d")));
  }

  @Test
  void validateAndRunRefuseFilesThatStayOrThatOthersCanRead() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-x---"));
    for (String command : List.of("validate", "run")) {
      Shell shell = new Shell();
      int code = shell.tollspan(command, "--config=yaml:" + config("retention: 0"));
      assertEquals(ExitCode.INVALID, code);
      String stay = "yaml:12:19: service.pipelines.traces.exporters: must name a retention";
      assertTrue(shell.err().startsWith(stay), shell.err());
      shell.clearErr();
      assertEquals(
          ExitCode.INVALID, shell.tollspan(command, "--config=yaml:" + config("retention: 7d")));
      String read = "yaml:6:18: exporters.ndjson.path: prompts are kept here, so only the owner";
      assertTrue(shell.err().startsWith(read), shell.err());
      assertTrue(shell.err().contains("chmod 700 " + data), shell.err());
    }
  }

  private String config(String retention) {
    return """
        receivers:
          otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0", max_recv_msg_size_mib: 1}}}
        processors:
          drop_content: {profile: passthrough}
        exporters:
          ndjson: {path: "%s", %s}
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [drop_content]
              exporters: [ndjson]
        """
        .formatted(directory.resolve("data"), retention);
  }
}
