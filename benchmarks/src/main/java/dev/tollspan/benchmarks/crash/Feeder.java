package dev.tollspan.benchmarks.crash;

import dev.tollspan.benchmarks.HttpSender;
import dev.tollspan.receiver.RawClient;
import io.grpc.Metadata;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

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
  private final Queue<Silence> silences = new ConcurrentLinkedQueue<>();
  private final AtomicInteger odd = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over; // set by the thread that stops it

  /** No answer. */
  record Silence(long nanos, String why) {}

  /** What a sender is told. */
  private enum Answer {
    TAKEN,
    /** To come again, after a delay. */
    LATER,
    /** Nothing by the pipeline: the connection broke, or there is none. */
    NONE,
    /** Anything else. */
    ODD
  }

  /** One connection. */
  private interface Line extends AutoCloseable {
    CompletionStage<Answer> send(byte[] request);

    @Override
    void close();
  }

  /** One over gRPC. */
  private record GrpcLine(RawClient client) implements Line {
    private static final Metadata.Key<byte[]> DETAILS =
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    @Override
    public CompletionStage<Answer> send(byte[] request) {
      return client.send(request).thenApply(GrpcLine::answer);
    }

    private static Answer answer(RawClient.Reply reply) {
      return switch (reply.code()) {
        case OK -> Answer.TAKEN;
        case UNAVAILABLE -> reply.trailers().containsKey(DETAILS) ? Answer.LATER : Answer.NONE;
        default -> Answer.ODD;
      };
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** One over HTTP. */
  private record HttpLine(HttpSender sender) implements Line {
    @Override
    public CompletionStage<Answer> send(byte[] request) {
      return sender.ask(request).thenApply(HttpLine::answer);
    }

    private static Answer answer(HttpSender.Reply reply) {
      return switch (reply.status()) {
        case 200 -> Answer.TAKEN;
        case 503 -> reply.delayed() ? Answer.LATER : Answer.ODD;
        default -> Answer.ODD;
      };
    }

    @Override
    public void close() {
      sender.close();
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

  /** Answers that say neither yes nor when to come again. */
  int odd() {
    return odd.get();
  }

  /** What is no answer is looked at from now on. */
  void listen() {
    silences.clear();
  }

  /** The first time since then that there was no answer; null if there was one each time. */
  @Nullable Silence firstSilence() {
    return silences.peek();
  }

  private void run(boolean grpc, Ports ports, Random random) {
    while (!over) {
      try (Line line = open(grpc, ports)) {
        while (!over) {
          send(line, random);
          Thread.sleep(random.nextInt(PAUSE_MILLIS_MAX));
        }
      } catch (ExecutionException | TimeoutException | UncheckedIOException failure) {
        silence(failure.toString());
        pause();
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private static Line open(boolean grpc, Ports ports) {
    return grpc
        ? new GrpcLine(new RawClient(ports.grpc()))
        : new HttpLine(new HttpSender(ports.http(), "application/x-protobuf"));
  }

  private void send(Line line, Random random)
      throws InterruptedException, ExecutionException, TimeoutException {
    int count = 1 + random.nextInt(spansMax);
    int first = obligations.send(count);
    Future<Answer> answer = line.send(Specimen.request(seed, first, count)).toCompletableFuture();
    switch (answer.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
      case TAKEN -> {
        obligations.acknowledged(first, count);
        lastAnswerNanos.set(System.nanoTime());
      }
      case LATER -> pause();
      case NONE -> {
        silence("UNAVAILABLE without a delay");
        pause();
      }
      case ODD -> {
        odd.incrementAndGet();
        pause();
      }
    }
  }

  private void silence(String why) {
    silences.add(new Silence(System.nanoTime(), why));
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
