package dev.tollspan.benchmarks;

import java.io.IOException;
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

  public static void main(String[] args) throws IOException, InterruptedException {
    EndToEnd bench = new EndToEnd(args);
    boolean passed = bench.compare("437-byte spans", new Shape(SPANS, 0), true);
    bench.compare("4 KB prompts", new Shape(SPANS, 4096), false);
    System.exit(passed ? 0 : 1);
  }

  private boolean compare(String name, Shape shape, boolean gated)
      throws IOException, InterruptedException {
    List<byte[]> requests = shape.requests(DISTINCT);
    System.out.printf(
        Locale.ROOT,
        "%s: %d bytes a span on the wire, %d spans a request%n",
        name,
        requests.get(0).length / SPANS,
        SPANS);
    try (Side ours = new Side("ours", server);
        Side generated = new Side("generated", server);
        Load toOurs = Load.grpc(ours.port(), requests, SPANS);
        Load toGenerated = Load.grpc(generated.port(), requests, SPANS)) {
      ours.measure(toOurs, warmUpMillis);
      generated.measure(toGenerated, warmUpMillis);
      double[] ratios = new double[rounds];
      double[] bytes = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        Side.Window a = ours.measure(toOurs, windowMillis);
        Side.Window b = generated.measure(toGenerated, windowMillis);
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

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
