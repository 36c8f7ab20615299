package dev.tollspan.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures our pipeline and the one on generated classes over real gRPC, in turns, in one run: the
 * servers on one core, load and sink (this process) on another. Asserts that what was sent arrived.
 *
 * <p>Arguments: rounds, seconds of each window, seconds of warm-up, then how to start a server.
 */
final class EndToEnd {
  private static final int SPANS = 512;
  private static final int DISTINCT = 32;
  private static final double RATIO_MIN = 4;
  private static final double BYTES_PER_SPAN_MAX = 48;

  private final int rounds;
  private final long windowMillis;
  private final long warmUpMillis;
  private final List<String> server;

  private EndToEnd(String[] args) {
    rounds = Integer.parseInt(args[0]);
    windowMillis = Long.parseLong(args[1]) * 1000;
    warmUpMillis = Long.parseLong(args[2]) * 1000;
    server = List.of(args).subList(3, args.length);
  }

  /** What one window showed. */
  private record Window(double spansPerCpuSecond, double bytesPerSpan) {}

  public static void main(String[] args) throws IOException, InterruptedException {
    EndToEnd bench = new EndToEnd(args);
    boolean passed = bench.compare("437-byte spans", new Shape(SPANS, 0), true);
    bench.compare("4 KB prompts", new Shape(SPANS, 4096), false);
    System.exit(passed ? 0 : 1);
  }

  private boolean compare(String name, Shape shape, boolean gated)
      throws IOException, InterruptedException {
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < DISTINCT; i++) {
      requests.add(shape.request(i));
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %d bytes a span on the wire, %d spans a request%n",
        name,
        requests.get(0).length / SPANS,
        SPANS);
    try (Side ours = new Side("ours", requests);
        Side generated = new Side("generated", requests)) {
      ours.warmUp(warmUpMillis);
      generated.warmUp(warmUpMillis);
      double[] ratios = new double[rounds];
      double[] bytes = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        Window a = ours.measure(windowMillis);
        Window b = generated.measure(windowMillis);
        ratios[i] = a.spansPerCpuSecond() / b.spansPerCpuSecond();
        bytes[i] = a.bytesPerSpan();
        System.out.printf(
            Locale.ROOT,
            "  spans per server CPU-second: ours %,9.0f  generated %,9.0f  ratio %.2f;"
                + "  bytes allocated a span: ours %.1f  generated %.0f%n",
            a.spansPerCpuSecond(),
            b.spansPerCpuSecond(),
            ratios[i],
            a.bytesPerSpan(),
            b.bytesPerSpan());
      }
      return !gated || verdict(median(ratios), median(bytes));
    }
  }

  private static boolean verdict(double ratio, double bytes) {
    boolean fast = ratio >= RATIO_MIN;
    boolean lean = bytes <= BYTES_PER_SPAN_MAX;
    System.out.printf(
        Locale.ROOT,
        "gate: %.2f times less CPU than generated classes (>= %.0f): %s%n",
        ratio,
        RATIO_MIN,
        fast ? "pass" : "FAIL");
    System.out.printf(
        Locale.ROOT,
        "gate: %.1f bytes allocated a span (<= %.0f): %s%n",
        bytes,
        BYTES_PER_SPAN_MAX,
        lean ? "pass" : "FAIL");
    return fast && lean;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** One server process with its own sink and load. */
  private final class Side implements AutoCloseable {
    private final String name;
    private final Sink sink = new Sink();
    private final Process process;
    private final BufferedReader said;
    private final PrintWriter ask;
    private final Load load;

    Side(String name, List<byte[]> requests) throws IOException {
      this.name = name;
      List<String> command = new ArrayList<>(server);
      command.addAll(List.of(name, Integer.toString(sink.port())));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      said = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      ask = new PrintWriter(process.getOutputStream(), true, UTF_8);
      load = new Load(Integer.parseInt(said.readLine()), requests, SPANS);
    }

    void warmUp(long millis) throws InterruptedException {
      load.run(millis);
      awaitDelivery();
    }

    Window measure(long millis) throws IOException, InterruptedException {
      long spans = load.acknowledgedSpans();
      long[] before = stats();
      load.run(millis);
      awaitDelivery();
      long[] after = stats();
      long sent = load.acknowledgedSpans() - spans;
      return new Window(
          sent / ((after[0] - before[0]) / 1e9), (double) (after[1] - before[1]) / sent);
    }

    /** What was acknowledged must arrive, all of it and nothing more. */
    private void awaitDelivery() throws InterruptedException {
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (sink.spans() < load.acknowledgedSpans() && System.nanoTime() < deadline) {
        Thread.sleep(5);
      }
      if (sink.spans() != load.acknowledgedSpans() || load.failedRequests() > 0) {
        throw new IllegalStateException(
            name
                + ": acknowledged "
                + load.acknowledgedSpans()
                + " spans, delivered "
                + sink.spans()
                + "; failed requests "
                + load.failedRequests());
      }
    }

    private long[] stats() throws IOException {
      ask.println("stats");
      String[] figures = said.readLine().split(" ", -1);
      return new long[] {Long.parseLong(figures[0]), Long.parseLong(figures[1])};
    }

    @Override
    public void close() throws IOException {
      load.close();
      ask.close();
      process.destroy();
      sink.close();
    }
  }
}
