package dev.tollspan.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Three exporters over one journal with fsync, and the third destination answers in one window and
 * in the next it takes calls and never answers. What that costs the other two, in turns in one run;
 * that they get all spans and none twice is asserted.
 *
 * <p>Arguments: rounds, seconds of each window, seconds of warm-up, a folder for the journal, then
 * how to start a server.
 */
final class Blackhole {
  private static final int SPANS = 512;
  private static final double THROUGHPUT_MIN = 0.95;
  private static final double P99_MAX = 1.1;

  private final Windows windows;

  private Blackhole(String[] args) {
    windows = Windows.of(args);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Blackhole bench = new Blackhole(args);
    boolean passed = bench.run();
    System.exit(passed ? 0 : 1);
  }

  private boolean run() throws IOException, InterruptedException {
    windows.sayDisk();
    try (Side side = new Side("three", windows.server(), 3, "fsync", windows.folder("hole"))) {
      speed(side, windows.warmUpMillis());
      double[] ratios = new double[windows.rounds()];
      double[] well = new double[windows.rounds()];
      double[] holed = new double[windows.rounds()];
      for (int i = 0; i < windows.rounds(); i++) {
        double wellSpeed = speed(side, windows.millis());
        well[i] = p99Millis(side);
        side.openHole();
        double holedSpeed = speed(side, windows.millis());
        holed[i] = p99Millis(side);
        side.closeHole();
        ratios[i] = holedSpeed / wellSpeed;
        System.out.printf(
            Locale.ROOT,
            "  spans a second delivered to each: all well %,9.0f  one a hole %,9.0f  ratio %.2f;"
                + "  p99 at 5,000 a second: %.2f ms  %.2f ms%n",
            wellSpeed,
            holedSpeed,
            ratios[i],
            well[i],
            holed[i]);
      }
      return verdict(EndToEnd.median(ratios), EndToEnd.median(holed) / EndToEnd.median(well));
    }
  }

  /** Spans a second, from the first request until both that are well have all. */
  private static double speed(Side side, long millis) throws IOException, InterruptedException {
    List<byte[]> requests = new Shape(SPANS, 0).requests(Windows.DISTINCT);
    try (Load load = Load.grpc(side.port(), requests, SPANS)) {
      return side.measure(load, millis).spansPerSecond();
    }
  }

  private double p99Millis(Side side) throws IOException, InterruptedException {
    List<byte[]> requests = new Shape(Windows.PACED_SPANS, 0).requests(Windows.DISTINCT);
    try (Load load = Load.grpc(side.port(), requests, Windows.PACED_SPANS)) {
      var _ = side.measure(load, each -> each.run(windows.millis(), Windows.PACED_REQUESTS));
      return load.latencies().millis(0.99);
    }
  }

  private static boolean verdict(double throughput, double p99) {
    boolean fast = throughput >= THROUGHPUT_MIN;
    boolean soon = p99 <= P99_MAX;
    System.out.printf(
        Locale.ROOT,
        "gate: beside a black hole the others keep %.2f of their throughput (>= %.2f): %s%n",
        throughput,
        THROUGHPUT_MIN,
        fast ? "pass" : "FAIL");
    System.out.printf(
        Locale.ROOT,
        "gate: and the p99 of an acknowledgement is %.2f of what it was (<= %.2f): %s%n",
        p99,
        P99_MAX,
        soon ? "pass" : "FAIL");
    return fast && soon;
  }
}
