package dev.tollspan.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What a span costs over gRPC, HTTP with protobuf and HTTP with JSON: one server, the three in
 * turns. Only protobuf over HTTP has a gate; JSON is larger and has to be read.
 *
 * <p>Arguments: rounds, seconds of each window, seconds of warm-up, then how to start a server.
 */
final class Transports {
  private static final int DISTINCT = 32;
  private static final double HTTP_MAX = 1.3;

  private final int rounds;
  private final long windowMillis;
  private final long warmUpMillis;
  private final List<String> server;

  private Transports(String[] args) {
    rounds = Integer.parseInt(args[0]);
    windowMillis = Long.parseLong(args[1]) * 1000;
    warmUpMillis = Long.parseLong(args[2]) * 1000;
    server = List.of(args).subList(3, args.length);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Transports bench = new Transports(args);
    boolean large = bench.compare(512);
    boolean small = bench.compare(20);
    System.exit(large && small ? 0 : 1);
  }

  private boolean compare(int spans) throws IOException, InterruptedException {
    List<byte[]> requests = new Shape(spans, 0).requests(DISTINCT);
    List<byte[]> json = json(requests);
    try (Side side = new Side("ours", server)) {
      int port = side.port();
      List<Supplier<Load>> ways =
          List.of(
              () -> Load.grpc(port, requests, spans),
              () -> Load.http(port, "application/x-protobuf", requests, spans),
              () -> Load.http(port, "application/json", json, spans));
      for (Supplier<Load> way : ways) {
        window(side, way, warmUpMillis);
      }
      System.out.printf(Locale.ROOT, "%d spans a request, spans per server CPU-second:%n", spans);
      double[] ratios = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        double a = window(side, ways.get(0), windowMillis);
        double b = window(side, ways.get(1), windowMillis);
        double c = window(side, ways.get(2), windowMillis);
        ratios[i] = a / b;
        System.out.printf(
            Locale.ROOT,
            "  gRPC %,9.0f  HTTP %,9.0f (%.2f of the CPU)  HTTP with JSON %,9.0f (%.2f)%n",
            a,
            b,
            a / b,
            c,
            a / c);
      }
      return verdict(spans, EndToEnd.median(ratios));
    }
  }

  /** On connections of its own, because the server ends those that rest. */
  private static double window(Side side, Supplier<Load> way, long millis)
      throws IOException, InterruptedException {
    try (Load load = way.get()) {
      return side.measure(load, millis).spansPerCpuSecond();
    }
  }

  private static boolean verdict(int spans, double ratio) {
    boolean passed = ratio <= HTTP_MAX;
    System.out.printf(
        Locale.ROOT,
        "gate: HTTP costs %.2f of gRPC's CPU with %d spans a request (<= %.1f): %s%n",
        ratio,
        spans,
        HTTP_MAX,
        passed ? "pass" : "FAIL");
    return passed;
  }

  private static List<byte[]> json(List<byte[]> requests) throws InvalidProtocolBufferException {
    List<byte[]> json = new ArrayList<>();
    for (byte[] request : requests) {
      json.add(JsonShape.of(TracesData.parseFrom(request)));
    }
    return json;
  }
}
