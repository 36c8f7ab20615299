package dev.tollspan.benchmarks.crash;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;

/** Where one life of the pipeline listens, on 127.0.0.1. */
record Ports(int grpc, int http, int health) {
  private static final int FIRST = 20_000; // below those that the system gives to clients
  private static final int COUNT = 12_000;

  /** Ports that nobody listens on now. */
  static Ports free(Random random) {
    return new Ports(next(random), next(random), next(random));
  }

  /** One of them. */
  static int next(Random random) {
    while (true) {
      int port = FIRST + random.nextInt(COUNT);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException _) {
        // Somebody has it; another one will do.
      }
    }
  }
}
