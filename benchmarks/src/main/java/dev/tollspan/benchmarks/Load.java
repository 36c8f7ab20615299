package dev.tollspan.benchmarks;

import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** A closed loop: so many requests are under way at once, and each answer starts the next one. */
final class Load implements AutoCloseable {
  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 4;

  private final List<RawClient> clients = new ArrayList<>();
  private final List<byte[]> requests;
  private final int spansPerRequest;
  private final AtomicInteger turn = new AtomicInteger();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private volatile boolean running; // written by the thread that measures

  Load(int port, List<byte[]> requests, int spansPerRequest) {
    this.requests = requests;
    this.spansPerRequest = spansPerRequest;
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(new RawClient(port));
    }
  }

  /** Sends for so long, then waits for what is under way. */
  void run(long millis) throws InterruptedException {
    Semaphore underWay = new Semaphore(CONNECTIONS * IN_FLIGHT);
    running = true;
    for (int i = 0; i < CONNECTIONS * IN_FLIGHT; i++) {
      underWay.acquire();
      send(clients.get(i % CONNECTIONS), underWay);
    }
    Thread.sleep(millis);
    running = false;
    underWay.acquire(CONNECTIONS * IN_FLIGHT);
  }

  long acknowledgedSpans() {
    return acknowledged.sum();
  }

  long failedRequests() {
    return failed.sum();
  }

  @Override
  public void close() {
    clients.forEach(RawClient::close);
  }

  private void send(RawClient client, Semaphore underWay) {
    byte[] request = requests.get(Math.floorMod(turn.getAndIncrement(), requests.size()));
    var _ =
        client
            .send(request)
            .thenAccept(
                reply -> {
                  boolean ok = reply.code() == Status.Code.OK;
                  (ok ? acknowledged : failed).add(ok ? spansPerRequest : 1);
                  if (running) {
                    send(client, underWay);
                  } else {
                    underWay.release();
                  }
                });
  }
}
