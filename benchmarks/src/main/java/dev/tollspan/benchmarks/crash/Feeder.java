package dev.tollspan.benchmarks.crash;

import dev.tollspan.benchmarks.HttpSender;
import dev.tollspan.benchmarks.Sender;
import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends spans during one life of the pipeline, over gRPC and HTTP, and notes what it acknowledges.
 * What it does not is not sent again: nobody owes it, and it may be there once.
 */
final class Feeder {
  private static final int GRPC_SENDERS = 4;
  private static final int HTTP_SENDERS = 2;
  private static final int PAUSE_MILLIS_MAX = 20;
  private static final long ANSWER_SECONDS_MAX = 20;

  private final long seed;
  private final int spansMax;
  private final Obligations obligations;
  private final AtomicLong lastAnswerNanos = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over; // set by the thread that stops it

  /** One connection over gRPC. */
  private record GrpcSender(RawClient client) implements Sender {
    @Override
    public CompletionStage<Boolean> send(byte[] request) {
      return client.send(request).thenApply(reply -> reply.code() == Status.Code.OK);
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /**
   * Starts to send.
   *
   * @param spansMax in one request
   */
  Feeder(long seed, Random random, Ports ports, int spansMax, Obligations obligations) {
    this.seed = seed;
    this.spansMax = spansMax;
    this.obligations = obligations;
    for (int i = 0; i < GRPC_SENDERS + HTTP_SENDERS; i++) {
      boolean grpc = i < GRPC_SENDERS;
      Random own = new Random(random.nextLong());
      threads.add(Thread.ofPlatform().daemon().start(() -> run(grpc, ports, own)));
    }
  }

  /** When the pipeline last acknowledged something; 0 if it never did. */
  long lastAnswerNanos() {
    return lastAnswerNanos.get();
  }

  private void run(boolean grpc, Ports ports, Random random) {
    while (!over) {
      try (Sender sender =
          grpc
              ? new GrpcSender(new RawClient(ports.grpc()))
              : new HttpSender(ports.http(), "application/x-protobuf")) {
        while (!over) {
          send(sender, random);
          Thread.sleep(random.nextInt(PAUSE_MILLIS_MAX));
        }
      } catch (ExecutionException | TimeoutException | UncheckedIOException _) {
        pause();
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private void send(Sender sender, Random random)
      throws InterruptedException, ExecutionException, TimeoutException {
    int count = 1 + random.nextInt(spansMax);
    int first = obligations.send(count);
    Future<Boolean> answer =
        sender.send(Specimen.request(seed, first, count)).toCompletableFuture();
    if (answer.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
      obligations.acknowledged(first, count);
      lastAnswerNanos.set(System.nanoTime());
    } else {
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS_MAX);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends nothing more, and hears the answers that are under way: call it after the death. */
  void stop() throws InterruptedException {
    over = true;
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(ANSWER_SECONDS_MAX));
    }
  }
}
