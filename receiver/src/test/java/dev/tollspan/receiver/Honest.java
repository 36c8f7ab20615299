package dev.tollspan.receiver;

import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that sends small requests all the time, at a fixed rate whatever the answers do: over
 * gRPC on one connection, and over HTTP on a new connection each time, from an address of its own.
 * What counts is the time from when a request was due until its answer.
 */
final class Honest implements AutoCloseable {
  private static final int EACH_MILLIS = 20;
  private static final byte[] REQUEST = Requests.message(10).toByteArray();

  private final int port;
  private final RawClient grpc;
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
  private final AtomicReference<Sample> sample = new AtomicReference<>(new Sample());

  /** What it met since somebody looked last. */
  static final class Sample {
    private static final int MAX = 1 << 16;

    final LongAdder accepted = new LongAdder();
    final LongAdder sentAway = new LongAdder();
    final AtomicReference<String> trouble = new AtomicReference<>("");
    private final long[] nanos = new long[MAX];
    private int count; // guarded by this

    private synchronized void add(long taken) {
      nanos[count++ % MAX] = taken;
    }

    private synchronized int count() {
      return count;
    }

    /** All but one of so many hundredths were answered within this time. */
    synchronized Duration percentile(double hundredths) {
      int size = Math.min(count, MAX);
      if (size == 0) {
        return Duration.ZERO;
      }
      long[] sorted = Arrays.copyOf(nanos, size);
      Arrays.sort(sorted);
      return Duration.ofNanos(sorted[(int) Math.min(size - 1, size * hundredths / 100)]);
    }

    @Override
    public String toString() {
      return "p50 %d ms, p99 %d ms, max %d ms; %d accepted, %d told to come again %s"
          .formatted(
              percentile(50).toMillis(),
              percentile(99).toMillis(),
              percentile(100).toMillis(),
              accepted.sum(),
              sentAway.sum(),
              trouble.get());
    }
  }

  Honest(int port) {
    this.port = port;
    grpc = new RawClient(port);
    // Grown warm: what is asked about is the attacks, not the first class loading.
    for (int i = 0; i < 200; i++) {
      RawClient.await(grpc.send(REQUEST));
      http();
    }
    long start = System.nanoTime();
    int[] calls = {0, 0};
    clock.scheduleAtFixedRate(
        () -> {
          long due = start + calls[0]++ * EACH_MILLIS * 1_000_000L;
          Sample now = sample.get();
          CompletableFuture<RawClient.Reply> reply = grpc.send(REQUEST);
          var _ = reply.thenAccept(each -> book(now, due, verdict(each)));
        },
        0,
        EACH_MILLIS,
        TimeUnit.MILLISECONDS);
    clock.scheduleAtFixedRate(
        () -> {
          long due = start + calls[1]++ * EACH_MILLIS * 1_000_000L;
          Sample now = sample.get();
          book(now, due, http());
        },
        0,
        EACH_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private static void book(Sample sample, long due, String verdict) {
    sample.add(System.nanoTime() - due);
    switch (verdict) {
      case "accepted" -> sample.accepted.increment();
      case "come again" -> sample.sentAway.increment();
      default -> sample.trouble.set(verdict);
    }
  }

  private static String verdict(RawClient.Reply reply) {
    return reply.code() == Status.Code.OK
        ? "accepted"
        : reply.code() == Status.Code.UNAVAILABLE && reply.hasDetails()
            ? "come again"
            : reply.status().toString();
  }

  private String http() {
    try (RawHttp http =
        new RawHttp(
            new Socket(
                InetAddress.getLoopbackAddress(), port, InetAddress.getByName("127.0.0.2"), 0))) {
      RawHttp.Answer answer = http.post("application/x-protobuf", REQUEST).answer();
      return answer.status() == 200
          ? "accepted"
          : answer.status() == 503 && !answer.field("Retry-After").isEmpty()
              ? "come again"
              : "status " + answer.status();
    } catch (IOException | AssertionError e) {
      return String.valueOf(e);
    }
  }

  /** How many answers it got since somebody looked last. */
  int count() {
    return sample.get().count();
  }

  /** Waits until what an earlier attack kept from it is made up for; then begins anew. */
  void settle() {
    long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    do {
      take();
      while (count() < 20 && System.nanoTime() < end) {
        LockSupport.parkNanos(10_000_000);
      }
    } while (sample.get().percentile(100).toMillis() > 200 && System.nanoTime() < end);
    take();
  }

  /** What it met since the last time, and begins anew. */
  Sample take() {
    return sample.getAndSet(new Sample());
  }

  @Override
  public void close() {
    clock.shutdownNow();
    try {
      clock.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    grpc.close();
  }
}
