package dev.tollspan.benchmarks;

import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Sends in a closed loop, where 16 requests are under way and each answer starts the next one; or
 * at a pace, whatever the answers do.
 */
final class Load implements AutoCloseable {
  private static final int IN_FLIGHT = 16;
  private static final int GRPC_CONNECTIONS = 4; // each carries four; one of HTTP/1.1 only one
  private static final int IN_FLIGHT_MAX = 1_000;

  private final List<Sender> senders = new ArrayList<>();
  private final List<byte[]> requests;
  private final int spansPerRequest;
  private final AtomicInteger turn = new AtomicInteger();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Latencies latencies = new Latencies();
  private volatile boolean running; // written by the thread that measures

  private Load(
      int connections, Supplier<Sender> sender, List<byte[]> requests, int spansPerRequest) {
    this.requests = requests;
    this.spansPerRequest = spansPerRequest;
    for (int i = 0; i < connections; i++) {
      senders.add(sender.get());
    }
  }

  static Load grpc(int port, List<byte[]> requests, int spansPerRequest) {
    return new Load(GRPC_CONNECTIONS, () -> new GrpcSender(port), requests, spansPerRequest);
  }

  static Load http(int port, String type, List<byte[]> requests, int spansPerRequest) {
    return new Load(IN_FLIGHT, () -> new HttpSender(port, type), requests, spansPerRequest);
  }

  /** Sends for so long, then waits for what is under way. */
  void run(long millis) throws InterruptedException {
    Semaphore underWay = new Semaphore(IN_FLIGHT);
    running = true;
    for (int i = 0; i < IN_FLIGHT; i++) {
      underWay.acquire();
      send(senders.get(i % senders.size()), underWay, System.nanoTime());
    }
    Thread.sleep(millis);
    running = false;
    underWay.acquire(IN_FLIGHT);
  }

  /**
   * Sends so many requests a second for so long, then waits for what is under way. Latency counts
   * from when a request was due.
   */
  void run(long millis, int requestsPerSecond) throws InterruptedException {
    Semaphore underWay = new Semaphore(IN_FLIGHT_MAX);
    long startNanos = System.nanoTime();
    for (int i = 0; i < millis * requestsPerSecond / 1000; i++) {
      long dueNanos = startNanos + i * 1_000_000_000L / requestsPerSecond;
      for (long left = dueNanos - System.nanoTime(); left > 0; ) {
        LockSupport.parkNanos(left);
        left = dueNanos - System.nanoTime();
      }
      underWay.acquire();
      send(senders.get(i % senders.size()), underWay, dueNanos);
    }
    underWay.acquire(IN_FLIGHT_MAX);
  }

  /** How long all answers took so far. */
  Latencies latencies() {
    return latencies;
  }

  long acknowledgedSpans() {
    return acknowledged.sum();
  }

  long failedRequests() {
    return failed.sum();
  }

  @Override
  public void close() {
    senders.forEach(Sender::close);
  }

  private void send(Sender sender, Semaphore underWay, long fromNanos) {
    byte[] request = requests.get(Math.floorMod(turn.getAndIncrement(), requests.size()));
    var _ =
        sender
            .send(request)
            .whenComplete(
                (taken, thrown) -> {
                  boolean ok = thrown == null && taken;
                  latencies.add(System.nanoTime() - fromNanos);
                  (ok ? acknowledged : failed).add(ok ? spansPerRequest : 1);
                  if (running) {
                    send(sender, underWay, System.nanoTime());
                  } else {
                    underWay.release();
                  }
                });
  }

  private record GrpcSender(RawClient client) implements Sender {
    GrpcSender(int port) {
      this(new RawClient(port));
    }

    @Override
    public CompletionStage<Boolean> send(byte[] request) {
      return client.send(request).thenApply(reply -> reply.code() == Status.Code.OK);
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
