package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline in a process of its own, and the signal that a terminal sends when it hangs up. */
@Timeout(120)
class ReloadTest {
  private static final String ROWS =
      """
      model\ttoken_class\tprice\tunit
      default\tinput\t1\tUSD per 1M tokens
      default\toutput\t1\tUSD per 1M tokens
      acme-chat\tinput\t1\tUSD per 1M tokens
      """;

  @TempDir private Path directory;

  @Test
  void aHangUpReloadsThePricesAndAWrongFileChangesNothing() throws Exception {
    Path prices =
        Files.writeString(directory.resolve("p.tsv"), "# source=ours version=v1\n" + ROWS);
    Path log = directory.resolve("log");
    List<String> run = List.of("run", "--config=yaml:" + config(prices));
    try (Child child = Child.start("pipeline", log, run)) {
      int port = child.awaitPort();
      Files.writeString(prices, "# source=ours version=v2\n" + ROWS);
      hangUp();
      String good = " INFO tollspan reloaded its prices: 2 models of ours v2+";
      awaitLine(log, good);
      Files.writeString(prices, "# version=v3\n" + ROWS.replace("\t1\t", "\tcheap\t"));
      hangUp();
      awaitLine(log, " WARNING tollspan prices: nothing was reloaded, the prices in use stay");
      DemoTest.sendOneCall(port);
      child.stop(ExitCode.OK); // which a hang-up is not
    }
    List<String> said = Files.readAllLines(log);
    String problem = " WARNING tollspan prices: " + prices + ":";
    for (int row = 3; row <= 5; row++) {
      String at = problem + row + ":";
      assertEquals(1, said.stream().filter(line -> line.contains(at)).count(), at + said);
    }
    assertTrue(spans().contains("v2+"), "priced by the last good book");
  }

  private String config(Path prices) {
    return """
        receivers:
          otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0", max_recv_msg_size_mib: 1}}}
        processors:
          estimate_cost: {prices: ["%s"], default_price: true}
          drop_content:
        exporters:
          ndjson: {path: "%s"}
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [ndjson]
        """
        .formatted(prices, directory.resolve("ndjson"));
  }

  /** The only child of this process is the pipeline. */
  private static void hangUp() throws IOException, InterruptedException {
    List<ProcessHandle> children = ProcessHandle.current().children().toList();
    assertEquals(1, children.size());
    String pid = Long.toString(children.getFirst().pid());
    assertEquals(0, new ProcessBuilder("kill", "-HUP", pid).start().waitFor());
  }

  private static void awaitLine(Path log, String part) throws IOException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!Files.readString(log).contains(part)) {
      assertTrue(System.nanoTime() - end < 0, () -> "no line with: " + part);
    }
  }

  private String spans() throws IOException {
    StringBuilder spans = new StringBuilder();
    try (Stream<Path> files = Files.list(directory.resolve("ndjson"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".ndjson")).toList()) {
        spans.append(Files.readString(file));
      }
    }
    return spans.toString();
  }
}
