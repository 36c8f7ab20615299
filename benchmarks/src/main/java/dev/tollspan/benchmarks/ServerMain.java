package dev.tollspan.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.tollspan.pipelineconfig.Pipeline;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Reading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * One side of the comparison in a process of its own: {@code generated}, or by any other name ours,
 * in front of the ports of sinks; then, if the journal shall be on disk, what it promises and its
 * folder. Prints its port; answers each line of its input with processor time and allocated bytes
 * since its start, both of the whole process.
 */
final class ServerMain {
  private ServerMain() {}

  public static void main(String[] args) throws IOException {
    List<String> sinks = List.of(args[1].split(",", -1));
    if (args[0].equals("generated")) {
      try (GeneratedPipeline pipeline = new GeneratedPipeline(Integer.parseInt(args[1]))) {
        answer(pipeline.port());
      }
    } else {
      String durability = args.length > 2 ? args[2] : "memory";
      String folder = args.length > 2 ? args[3] : "nowhere";
      try (Pipeline pipeline = Pipeline.start(config(sinks, durability, folder))) {
        answer(pipeline.grpcPort());
      }
    }
  }

  /** Everything that a span meets: all keys, all price books, the strict gate. */
  private static PipelineConfig config(List<String> sinks, String durability, String folder) {
    StringBuilder exporters = new StringBuilder();
    List<String> names = new ArrayList<>();
    for (String sink : sinks) {
      String name = "otlp_grpc/" + sink;
      names.add(name);
      exporters.append(
          """
          %s: {endpoint: "http://127.0.0.1:%s", compression: none, tls: {insecure: true},
            retry_on_failure: {initial_interval: 1s, max_interval: 2s}},
          """
              .formatted(name, sink));
    }
    String yaml =
        """
        receivers:
          otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0"}, http: {endpoint: "127.0.0.1:0"}}}
        processors: {estimate_cost: {}, drop_content: {profile: strict}}
        extensions: {journal: {durability: %s, directory: "%s"}}
        exporters: {%s}
        service:
          extensions: [journal]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [%s]
        """
            .formatted(durability, folder, exporters, String.join(", ", names));
    return switch (PipelineConfig.parse("benchmark", yaml, name -> null)) {
      case Reading.Valid valid -> valid.config();
      case Reading.Invalid invalid ->
          throw new IllegalStateException(invalid.problems().toString());
    };
  }

  private static void answer(int port) throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    System.out.println(port);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    while (lines.readLine() != null) {
      System.out.println(system.getProcessCpuTime() + " " + threads.getTotalThreadAllocatedBytes());
    }
  }
}
