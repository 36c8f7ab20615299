package dev.tollspan.benchmarks;

import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A closed loop: so many requests are under way at once, and each answer starts the next one. */
final class Load implements AutoCloseable {
  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 4;

  private final List<ManagedChannel> channels = new ArrayList<>();
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
      channels.add(
          NettyChannelBuilder.forAddress("127.0.0.1", port)
              .usePlaintext()
              .directExecutor()
              .build());
    }
  }

  /** Sends for so long, then waits for what is under way. */
  void run(long millis) throws InterruptedException {
    Semaphore underWay = new Semaphore(CONNECTIONS * IN_FLIGHT);
    running = true;
    for (int i = 0; i < CONNECTIONS * IN_FLIGHT; i++) {
      underWay.acquire();
      send(channels.get(i % CONNECTIONS), underWay);
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
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private void send(ManagedChannel channel, Semaphore underWay) {
    ClientCall<byte[], byte[]> call = channel.newCall(Raw.EXPORT, Raw.OPTIONS);
    call.start(
        new ClientCall.Listener<byte[]>() {
          @Override
          public void onClose(Status status, @Nullable Metadata trailers) {
            (status.isOk() ? acknowledged : failed).add(status.isOk() ? spansPerRequest : 1);
            if (running) {
              send(channel, underWay);
            } else {
              underWay.release();
            }
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(requests.get(Math.floorMod(turn.getAndIncrement(), requests.size())));
    call.halfClose();
  }
}
