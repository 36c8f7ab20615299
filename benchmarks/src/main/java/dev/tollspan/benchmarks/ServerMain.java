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

/**
 * One side of the comparison in a process of its own: {@code ours} or {@code generated}, in front
 * of a sink's port. Prints its port; answers each line of its input with processor time and
 * allocated bytes since its start, both of the whole process.
 */
final class ServerMain {
  private ServerMain() {}

  public static void main(String[] args) throws IOException {
    int sink = Integer.parseInt(args[1]);
    if (args[0].equals("ours")) {
      try (Pipeline pipeline = Pipeline.start(config(sink))) {
        answer(pipeline.grpcPort());
      }
    } else {
      try (GeneratedPipeline pipeline = new GeneratedPipeline(sink)) {
        answer(pipeline.port());
      }
    }
  }

  /** Everything that a span meets: all keys, all price books, the strict gate. */
  private static PipelineConfig config(int sink) {
    String yaml =
        """
        receivers:
          otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0"}, http: {endpoint: "127.0.0.1:0"}}}
        processors: {estimate_cost: {}, drop_content: {profile: strict}}
        exporters:
          otlp_grpc:
            endpoint: http://127.0.0.1:%d
            compression: none
            tls: {insecure: true}
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [otlp_grpc]
        """
            .formatted(sink);
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
