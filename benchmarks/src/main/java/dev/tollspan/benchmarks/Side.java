package dev.tollspan.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A server in a process of its own, with a sink in this one. What was acknowledged must arrive in
 * the sink.
 */
final class Side implements AutoCloseable {
  private final String name;
  private final Sink sink = new Sink();
  private final Process process;
  private final BufferedReader said;
  private final PrintWriter ask;
  private final int port;
  private long acknowledged; // owned by the measuring thread

  /** What one window showed. */
  record Window(double spansPerCpuSecond, double bytesPerSpan) {}

  /** Starts it with this command and two more arguments: its name, and the sink's port. */
  Side(String name, List<String> server) throws IOException {
    this.name = name;
    List<String> command = new ArrayList<>(server);
    command.addAll(List.of(name, Integer.toString(sink.port())));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    said = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    ask = new PrintWriter(process.getOutputStream(), true, UTF_8);
    port = Integer.parseInt(said.readLine());
  }

  int port() {
    return port;
  }

  /** Runs the load for so long, and waits until all of it has arrived. */
  Window measure(Load load, long millis) throws IOException, InterruptedException {
    long spans = load.acknowledgedSpans();
    long[] before = stats();
    load.run(millis);
    long sent = load.acknowledgedSpans() - spans;
    acknowledged += sent;
    awaitDelivery(load);
    long[] after = stats();
    return new Window(
        sent / ((after[0] - before[0]) / 1e9), (double) (after[1] - before[1]) / sent);
  }

  /** What was acknowledged must arrive, all of it and nothing more. */
  private void awaitDelivery(Load load) throws InterruptedException {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (sink.spans() < acknowledged && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    if (sink.spans() != acknowledged || load.failedRequests() > 0) {
      throw new IllegalStateException(
          "%s: acknowledged %d spans, delivered %d; failed requests %d"
              .formatted(name, acknowledged, sink.spans(), load.failedRequests()));
    }
  }

  private long[] stats() throws IOException {
    ask.println("stats");
    String[] figures = said.readLine().split(" ", -1);
    return new long[] {Long.parseLong(figures[0]), Long.parseLong(figures[1])};
  }

  @Override
  public void close() throws IOException {
    ask.close();
    process.destroy();
    sink.close();
  }
}
