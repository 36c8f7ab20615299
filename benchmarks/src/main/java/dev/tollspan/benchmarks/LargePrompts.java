package dev.tollspan.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Sends 10,000 spans with 100 KB of prompt each to a pipeline in a process of its own, NDJSON and
 * Parquet behind it, and says how far its resident memory moved. Linux only: reads /proc.
 *
 * <p>Arguments: a folder for its files, then the command that starts Tollspan.
 */
final class LargePrompts {
  private static final int PORT = 24317;
  private static final int SPANS = 10;
  private static final int REQUESTS = 1_000;
  private static final int PROMPT_BYTES = 100_000;
  private static final long WARM_UP_MILLIS = 15_000;

  /** A quarter of the heap of 256 MiB: the budget of requests under way. */
  private static final long MOVED_KIB_MAX = 64 << 10;

  private LargePrompts() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]);
    Path config = Files.writeString(folder.resolve("memory.yaml"), config(folder));
    List<String> command = new ArrayList<>(List.of(args).subList(1, args.length));
    command.addAll(List.of("run", "--config", config.toString()));
    Process server =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("server.log").toFile())
            .start();
    boolean passed;
    try {
      awaitPort(server);
      passed = measure(server.pid());
    } finally {
      server.destroy();
      server.waitFor();
    }
    System.exit(passed ? 0 : 1);
  }

  private static boolean measure(long pid) throws IOException, InterruptedException {
    try (Load small = Load.grpc(PORT, new Shape(512, 0).requests(16), 512)) {
      small.run(WARM_UP_MILLIS);
    }
    long before = kib(pid, "VmRSS");
    Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5"); // forgets the peak so far
    try (Load large = Load.grpc(PORT, new Shape(SPANS, PROMPT_BYTES).requests(8), SPANS)) {
      while (large.acknowledgedSpans() < (long) REQUESTS * SPANS) {
        large.run(100);
      }
      long moved = kib(pid, "VmHWM") - before;
      boolean passed = moved <= MOVED_KIB_MAX && large.failedRequests() == 0;
      System.out.printf(
          Locale.ROOT,
          "%,d spans with %d KB prompts: resident %d MiB before, at most %d MiB after; moved %d MiB"
              + " (<= %d): %s%n",
          large.acknowledgedSpans(),
          PROMPT_BYTES / 1000,
          before >> 10,
          (before + moved) >> 10,
          moved >> 10,
          MOVED_KIB_MAX >> 10,
          passed ? "pass" : "FAIL");
      return passed;
    }
  }

  private static void awaitPort(Process server) throws IOException, InterruptedException {
    for (int i = 0; i < 300 && server.isAlive(); i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 100);
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new IOException("the pipeline does not listen; see server.log in the folder");
  }

  private static long kib(long pid, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no " + field);
  }

  private static String config(Path folder) {
    return """
        receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:%d"}}}}
        processors: {estimate_cost: {}, drop_content: {profile: strict}}
        exporters:
          ndjson: {path: %s/ndjson}
          parquet: {path: %s/lake}
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [ndjson, parquet]
        """
        .formatted(PORT, folder, folder);
  }
}
