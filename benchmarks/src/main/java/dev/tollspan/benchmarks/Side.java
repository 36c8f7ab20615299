package dev.tollspan.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A server in a process of its own, with sinks in this one. What was acknowledged must arrive in
 * each of them, but for a black hole, and once.
 */
final class Side implements AutoCloseable {
  private static final long DELIVERY_NANOS_MAX = 60_000_000_000L;

  private final String name;
  private final List<Sink> sinks = new ArrayList<>();
  private final Process process;
  private final BufferedReader said;
  private final PrintWriter ask;
  private final int port;
  private long acknowledged; // owned by the measuring thread

  /**
   * What one window showed.
   *
   * @param spansPerSecond from its begin until all had arrived
   */
  record Window(double spansPerCpuSecond, double bytesPerSpan, double spansPerSecond) {}

  /** What a load does for one window. */
  interface Drive {
    void run(Load load) throws InterruptedException;
  }

  /** Starts it with one sink, and its journal in memory. */
  Side(String name, List<String> server) throws IOException {
    this(name, server, 1);
  }

  /**
   * Starts it with this command and more arguments.
   *
   * @param more as {@link ServerMain} takes it behind the ports of the sinks
   */
  Side(String name, List<String> server, int sinkCount, String... more) throws IOException {
    this.name = name;
    for (int i = 0; i < sinkCount; i++) {
      sinks.add(new Sink());
    }
    String ports =
        sinks.stream().map(each -> Integer.toString(each.port())).collect(Collectors.joining(","));
    List<String> command = new ArrayList<>(server);
    command.addAll(List.of(name, ports));
    command.addAll(List.of(more));
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
    return measure(load, each -> each.run(millis));
  }

  /** Lets the load do this, and waits until all of it has arrived. */
  Window measure(Load load, Drive drive) throws IOException, InterruptedException {
    long spans = load.acknowledgedSpans();
    long[] before = stats();
    long startNanos = System.nanoTime();
    drive.run(load);
    long sent = load.acknowledgedSpans() - spans;
    acknowledged += sent;
    awaitDelivery(load);
    long nanos = System.nanoTime() - startNanos;
    long[] after = stats();
    return new Window(
        sent / ((after[0] - before[0]) / 1e9),
        (double) (after[1] - before[1]) / sent,
        sent / (nanos / 1e9));
  }

  /** What was acknowledged must arrive, all of it and nothing more. */
  private void awaitDelivery(Load load) throws InterruptedException {
    for (Sink sink : sinks) {
      if (!sink.hangs()) {
        await(sink);
        if (sink.spans() != acknowledged || load.failedRequests() > 0) {
          throw new IllegalStateException(
              "%s: acknowledged %d spans, delivered %d; failed requests %d"
                  .formatted(name, acknowledged, sink.spans(), load.failedRequests()));
        }
      }
    }
  }

  private void await(Sink sink) throws InterruptedException {
    long deadline = System.nanoTime() + DELIVERY_NANOS_MAX;
    while (sink.spans() < acknowledged && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
  }

  /** The last of its sinks becomes a black hole. */
  void openHole() {
    sinks.getLast().hang();
  }

  /** It answers again, and gets what it has missed. */
  void closeHole() throws InterruptedException {
    sinks.getLast().goOn();
    await(sinks.getLast());
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
    sinks.forEach(Sink::close);
  }
}
