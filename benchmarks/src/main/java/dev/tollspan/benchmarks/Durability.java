package dev.tollspan.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an acknowledgement costs with each of the promises that the journal can make: three servers
 * in turns, in one run, forwarding to a sink each.
 *
 * <p>Arguments: rounds, seconds of each window, seconds of warm-up, a folder for the journals, then
 * how to start a server.
 */
final class Durability {
  private static final List<String> PROMISES = List.of("fsync", "interval", "memory");
  private static final double FSYNC_P99_MILLIS_MAX = 25;
  private static final double FSYNC_CPU_MAX = 2;

  private final Windows windows;

  /** What one server showed in one round. */
  private record Row(double spansPerCpuSecond, double p50Millis, double p99Millis) {}

  private Durability(String[] args) {
    windows = Windows.of(args);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Durability bench = new Durability(args);
    boolean passed = bench.run();
    System.exit(passed ? 0 : 1);
  }

  private boolean run() throws IOException, InterruptedException {
    windows.sayDisk();
    List<Side> sides = new ArrayList<>();
    try {
      for (String promise : PROMISES) {
        sides.add(new Side(promise, windows.server(), 1, promise, windows.folder(promise)));
      }
      for (Side side : sides) {
        window(side, 512, load -> load.run(windows.warmUpMillis()));
      }
      List<List<Row>> large = rows("512 spans a request", sides, 512, this::atFullSpeed);
      rows("20 spans a request", sides, 20, this::atFullSpeed);
      List<List<Row>> paced =
          rows(
              "20 spans a request, 5,000 spans a second",
              sides,
              Windows.PACED_SPANS,
              load -> load.run(windows.millis(), Windows.PACED_REQUESTS));
      return verdict(paced.getFirst(), large);
    } finally {
      for (Side side : sides) {
        side.close();
      }
    }
  }

  private void atFullSpeed(Load load) throws InterruptedException {
    load.run(windows.millis());
  }

  /** By promise, then by round. */
  private List<List<Row>> rows(String what, List<Side> sides, int spans, Side.Drive drive)
      throws IOException, InterruptedException {
    System.out.printf("%s: spans per server CPU-second, p50 and p99 in ms%n", what);
    List<List<Row>> rows = new ArrayList<>();
    sides.forEach(side -> rows.add(new ArrayList<>()));
    for (int round = 0; round < windows.rounds(); round++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < sides.size(); i++) {
        Row row = window(sides.get(i), spans, drive);
        rows.get(i).add(row);
        line.append(
            String.format(
                Locale.ROOT,
                "  %-8s %,9.0f %7.2f %7.2f",
                PROMISES.get(i),
                row.spansPerCpuSecond,
                row.p50Millis,
                row.p99Millis));
      }
      System.out.println(line);
    }
    return rows;
  }

  /** On connections of its own, because the server ends those that rest. */
  private static Row window(Side side, int spans, Side.Drive drive)
      throws IOException, InterruptedException {
    List<byte[]> requests = new Shape(spans, 0).requests(Windows.DISTINCT);
    try (Load load = Load.grpc(side.port(), requests, spans)) {
      Side.Window window = side.measure(load, drive);
      Latencies latencies = load.latencies();
      return new Row(window.spansPerCpuSecond(), latencies.millis(0.5), latencies.millis(0.99));
    }
  }

  private static boolean verdict(List<Row> fsync, List<List<Row>> large) {
    double p99 = EndToEnd.median(fsync.stream().mapToDouble(Row::p99Millis).toArray());
    List<Row> durable = large.getFirst();
    List<Row> memory = large.getLast();
    double[] ratios = new double[durable.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = memory.get(i).spansPerCpuSecond / durable.get(i).spansPerCpuSecond;
    }
    double ratio = EndToEnd.median(ratios);
    boolean soon = p99 <= FSYNC_P99_MILLIS_MAX;
    boolean cheap = ratio <= FSYNC_CPU_MAX;
    System.out.printf(
        Locale.ROOT,
        "gate: acknowledged with fsync in %.2f ms at p99, 5,000 spans a second (<= %.0f): %s%n",
        p99,
        FSYNC_P99_MILLIS_MAX,
        soon ? "pass" : "FAIL");
    System.out.printf(
        Locale.ROOT,
        "gate: fsync costs %.2f times the CPU of memory (<= %.1f): %s%n",
        ratio,
        FSYNC_CPU_MAX,
        cheap ? "pass" : "FAIL");
    return soon && cheap;
  }
}
