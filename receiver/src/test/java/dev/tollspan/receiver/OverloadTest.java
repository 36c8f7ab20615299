package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A receiver whose consumer takes a fixed number of spans a second is offered three and ten times
 * as many, over both protocols and by senders that heed no delay. What it cannot take it sends away
 * with a delay that grows; what it can it takes, and its memory stays where it was.
 *
 * <p>{@link HostileTest} says how to run it at full size: with requests of 1 MiB, the whole budget
 * of the heap and half a minute for each load.
 */
@Timeout(300)
class OverloadTest {
  private static final boolean FULL = StationProcess.FULL;
  private static final int SPANS = 100;
  private static final int REQUESTS_PER_SECOND = 40;
  private static final int REQUEST_BYTES = FULL ? 1 << 20 : 64 << 10;
  private static final long IN_FLIGHT_BYTES = FULL ? 0 : 4 << 20;
  private static final Duration LENGTH = Duration.ofMillis(FULL ? 30_000 : 2_000);

  /** Requests of 1 MiB come and go in direct memory, so there its bound is what can be said. */
  private static final long RESIDENT_MARGIN = FULL ? StationProcess.RESIDENT_MAX : 24 << 20;

  private static final int GRPC_CONNECTIONS = 8;
  private static final int SENDERS_MAX = 600;

  @TempDir private Path directory;

  /** What became of one load. */
  private static final class Met {
    final LongAdder offered = new LongAdder();
    final LongAdder accepted = new LongAdder();
    final LongAdder sentAway = new LongAdder();
    final LongAdder notOffered = new LongAdder();
    final Queue<Duration> delays = new ConcurrentLinkedQueue<>();
    final AtomicReference<String> trouble = new AtomicReference<>("");
    final List<Long> resident = new ArrayList<>();
    double acceptedPerSecond;

    Duration medianDelay() {
      List<Duration> sorted = new ArrayList<>(delays);
      Collections.sort(sorted);
      return sorted.isEmpty() ? Duration.ZERO : sorted.get(sorted.size() / 2);
    }

    long residentMax(int from, int to) {
      return resident.subList(from, to).stream().mapToLong(Long::longValue).max().orElse(0);
    }

    @Override
    public String toString() {
      int half = resident.size() / 2;
      return ("%d requests offered (%d not, for want of senders), "
              + "%d taken (%.1f a second), %d sent away, median delay %d ms, "
              + "at most %d and %d MiB resident in the halves %s")
          .formatted(
              offered.sum(),
              notOffered.sum(),
              accepted.sum(),
              acceptedPerSecond,
              sentAway.sum(),
              medianDelay().toMillis(),
              residentMax(0, half) >> 20,
              residentMax(half, resident.size()) >> 20,
              trouble.get());
    }
  }

  @Test
  void takesWhatItCanAndSendsAwayTheRest() throws Exception {
    long rate = (long) SPANS * REQUESTS_PER_SECOND;
    Path log = directory.resolve("log");
    try (StationProcess process = new StationProcess(log, IN_FLIGHT_BYTES, rate);
        Senders senders = new Senders(process)) {
      senders.offer(10 * REQUESTS_PER_SECOND); // until memory and compiler have settled
      Met peak = senders.offer(REQUESTS_PER_SECOND);
      Met three = senders.offer(3 * REQUESTS_PER_SECOND);
      Met ten = senders.offer(10 * REQUESTS_PER_SECOND);
      System.out.println("as much as it takes: " + peak);
      System.out.println("three times as much: " + three);
      System.out.println("ten times as much:   " + ten);
      for (Met met : List.of(three, ten)) {
        assertEquals("", met.trouble.get());
        assertTrue(met.sentAway.sum() > met.accepted.sum() / 2, met::toString);
        assertTrue(met.acceptedPerSecond >= 0.8 * peak.acceptedPerSecond, met::toString);
        int half = met.resident.size() / 2;
        long first = met.residentMax(0, half);
        assertTrue(met.residentMax(half, 2 * half) <= first + RESIDENT_MARGIN, met::toString);
        assertTrue(met.residentMax(0, 2 * half) <= StationProcess.RESIDENT_MAX, met::toString);
      }
      assertTrue(three.medianDelay().compareTo(ten.medianDelay()) < 0, "it grows with the load");
      StationProcess.Figures figures = process.settledFigures();
      System.out.println(figures);
      assertEquals(0, figures.inFlightBytes());
      assertFalse(figures.unbalanced());
      assertEquals(0, figures.refusedConnections());
      assertFalse(process.log().contains("OutOfMemory"));
    }
  }

  /** Half of them speak gRPC, half HTTP, each of these on a connection that it keeps if it may. */
  private static final class Senders implements AutoCloseable {
    private final StationProcess process;
    private final byte[] request =
        Requests.message(
                Collections.nCopies(
                    SPANS,
                    Requests.span(1)
                        .addAttributes(Requests.attribute("p", "x".repeat(REQUEST_BYTES / SPANS)))
                        .build()))
            .toByteArray();
    private final List<RawClient> clients = new ArrayList<>();
    private final Queue<RawHttp> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Semaphore free = new Semaphore(SENDERS_MAX);
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Senders(StationProcess process) {
      this.process = process;
      for (int i = 0; i < GRPC_CONNECTIONS; i++) {
        clients.add(new RawClient(process.port));
      }
    }

    /** So many requests a second, whatever the answers are; waits for all of these. */
    Met offer(int requestsPerSecond) throws Exception {
      Met met = new Met();
      long start = System.nanoTime();
      int[] count = {0};
      var ticks =
          clock.scheduleAtFixedRate(
              () -> send(met, count[0]++),
              0,
              1_000_000_000L / requestsPerSecond,
              TimeUnit.NANOSECONDS);
      long end = start + LENGTH.toNanos();
      while (System.nanoTime() < end) {
        met.resident.add(process.residentBytes());
        LockSupport.parkNanos(20_000_000);
      }
      ticks.cancel(false);
      met.acceptedPerSecond = met.accepted.sum() * 1e9 / (System.nanoTime() - start);
      assertTrue(
          free.tryAcquire(SENDERS_MAX, 30, TimeUnit.SECONDS),
          () -> (SENDERS_MAX - free.availablePermits()) + " are not answered; " + met);
      free.release(SENDERS_MAX);
      return met;
    }

    private void send(Met met, int number) {
      if (!free.tryAcquire()) {
        met.notOffered.increment();
        return;
      }
      met.offered.increment();
      if (number % 2 == 0) {
        var _ =
            clients
                .get(number / 2 % GRPC_CONNECTIONS)
                .send(request)
                .thenAccept(reply -> book(met, reply))
                .whenComplete(
                    (_, thrown) -> {
                      if (thrown != null) {
                        met.trouble.set(thrown.toString());
                      }
                      free.release();
                    });
      } else {
        threads.execute(
            () -> {
              try {
                post(met);
              } finally {
                free.release();
              }
            });
      }
    }

    private static void book(Met met, RawClient.Reply reply) {
      try {
        if (reply.code() == Status.Code.OK) {
          met.accepted.increment();
        } else if (reply.code() == Status.Code.UNAVAILABLE && reply.hasDetails()) {
          met.delays.add(reply.retryDelay());
          met.sentAway.increment();
        } else {
          met.trouble.set(reply.status().toString());
        }
      } catch (IOException e) {
        met.trouble.set(e.toString());
      }
    }

    private void post(Met met) {
      RawHttp kept = idle.poll();
      try {
        RawHttp http = kept == null ? connect() : kept;
        RawHttp.Answer answer = http.post("application/x-protobuf", request).answer();
        if (answer.status() == 200) {
          met.accepted.increment();
        } else if (answer.status() == 503 && !answer.field("Retry-After").isEmpty()) {
          met.sentAway.increment();
        } else {
          met.trouble.set("status " + answer.status());
        }
        if (answer.field("Connection").equals("close")) {
          http.close();
        } else {
          idle.add(http);
        }
      } catch (IOException | AssertionError e) {
        met.trouble.set(e.toString());
      }
    }

    private RawHttp connect() throws IOException {
      int number = numbers.getAndIncrement();
      InetAddress from = InetAddress.getByName("127.0.1." + (1 + number % 16));
      return new RawHttp(new Socket(InetAddress.getLoopbackAddress(), process.port, from, 0));
    }

    @Override
    public void close() throws IOException {
      clock.shutdownNow();
      threads.shutdownNow();
      clients.forEach(RawClient::close);
      for (RawHttp each : idle) {
        each.close();
      }
    }
  }
}
