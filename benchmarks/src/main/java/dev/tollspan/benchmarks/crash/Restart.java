package dev.tollspan.benchmarks.crash;

import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * How long a pipeline takes from the start of its process to being ready, with so much in its
 * journal that nobody has taken. Each life before was killed. Exit code 0: never longer than the
 * limit.
 *
 * <p>Arguments: MiB, a folder, then the command that starts Tollspan.
 */
final class Restart {
  private static final long READY_NANOS_MAX = 3_000_000_000L;
  private static final int STARTS = 5;
  private static final int SPANS = 2_000;
  private static final int IN_FLIGHT = 4;
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

  private final Path folder;
  private final List<String> command;
  private final Ports ports;
  private final int nobody;

  private Restart(Path folder, List<String> command) {
    this.folder = folder;
    this.command = command;
    Random random = new Random();
    this.ports = Ports.free(random);
    this.nobody = Ports.next(random);
  }

  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    List<String> command = List.of(args).subList(2, args.length);
    Restart restart = new Restart(Path.of(args[1]), command);
    restart.fill(Long.parseLong(args[0]) << 20);
    boolean good = restart.measure("files in memory (warm)", false);
    if (Files.isWritable(DROP_CACHES)) {
      good &= restart.measure("nothing in memory (cold)", true);
    } else {
      System.out.println("SKIPPED cold: only root may empty the system's caches");
    }
    System.out.println(good ? "pass" : "FAIL");
    System.exit(good ? 0 : 1);
  }

  private Victim start() throws IOException {
    String config =
        """
        receivers:
          otlp:
            protocols: {grpc: {endpoint: "127.0.0.1:%d"}}
        processors: {estimate_cost: {}, drop_content: {profile: strict}}
        exporters:
          otlp_grpc: {endpoint: "http://127.0.0.1:%d"}
        extensions:
          health_check: {endpoint: "127.0.0.1:%d"}
          journal: {directory: %s/journal}
        service:
          extensions: [health_check, journal]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [otlp_grpc]
        """
            .formatted(ports.grpc(), nobody, ports.health(), folder);
    return new Victim(command, folder, config, ports);
  }

  private void fill(long bytes) throws IOException, InterruptedException, ExecutionException {
    Victim victim = start();
    byte[] request = Specimen.request(1, 0, SPANS);
    try (RawClient client = new RawClient(ports.grpc())) {
      victim.awaitReady();
      List<CompletableFuture<RawClient.Reply>> replies = new ArrayList<>();
      while (stored() < bytes) {
        for (int i = 0; i < IN_FLIGHT; i++) {
          replies.add(client.send(request));
        }
        for (CompletableFuture<RawClient.Reply> reply : replies) {
          if (reply.get().code() != Status.Code.OK) {
            throw new IOException("a request was not taken: " + reply.get().status());
          }
        }
        replies.clear();
      }
    } finally {
      victim.kill();
      victim.awaitEnd(10);
    }
  }

  private long stored() throws IOException {
    return Health.ask(ports.health()).number("otlp_grpc", "pending_bytes");
  }

  private boolean measure(String how, boolean cold) throws IOException, InterruptedException {
    List<Long> nanos = new ArrayList<>();
    List<Long> cpuNanos = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      if (cold) {
        Command.run("sync");
        Files.writeString(DROP_CACHES, "3\n");
      }
      Victim victim = start();
      try {
        nanos.add(victim.awaitReady());
        cpuNanos.add(victim.cpuNanos());
        if (i == 0) {
          System.out.printf(Locale.ROOT, "%,d bytes in the journal%n", stored());
        }
      } finally {
        victim.kill();
        victim.awaitEnd(10);
      }
    }
    Times times = Times.of(nanos);
    System.out.println("ready after the start of the process, " + how + ": " + times);
    System.out.println("  of processors until then: " + Times.of(cpuNanos));
    return times.nanosMax() <= READY_NANOS_MAX;
  }
}
