package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LifecycleTest {
  private static OtlpReceiver receiver(String host, int port) {
    OtlpReceiverConfig.Listen free = new OtlpReceiverConfig.Listen("127.0.0.1", 0);
    OtlpReceiverConfig config =
        new OtlpReceiverConfig(
            OtlpReceiverConfig.Grpc.at(free),
            OtlpReceiverConfig.Http.at(new OtlpReceiverConfig.Listen(host, port)),
            4 << 20,
            10,
            10);
    return new OtlpReceiver(config, Batches.keys(), new BatchPool(1 << 20), new Ledger(), () -> 0);
  }

  @Test
  void saysWhereAndWhyItCannotListen() throws Exception {
    try (Station station = new Station()) {
      int port = station.receiver.grpcPort();
      OtlpReceiver second = receiver("127.0.0.1", port);
      IOException e = assertThrows(IOException.class, () -> second.start(batch -> null));
      assertEquals(
          "cannot listen on 127.0.0.1:" + port + ": Address already in use", e.getMessage());
      OtlpReceiver nowhere = receiver("no.such.host.invalid", 4317);
      e = assertThrows(IOException.class, () -> nowhere.start(batch -> null));
      assertEquals(
          "cannot listen on no.such.host.invalid:4317: the host is unknown", e.getMessage());
    }
    assertEquals(List.of(), threads());
  }

  @Test
  void answersWhatIsInFlightBeforeItCloses() throws Exception {
    Semaphore inside = new Semaphore(0);
    CountDownLatch mayGo = new CountDownLatch(1);
    Station station =
        new Station(
            message -> {
              inside.release();
              OtlpReceiverTest.await(mayGo);
              return Outcome.ACCEPTED;
            });
    int port = station.receiver.grpcPort();
    List<CompletableFuture<RawClient.Reply>> inFlight = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      inFlight.add(station.client.send(Requests.message(2).toByteArray()));
    }
    inside.acquire(8);
    assertFalse(threads().isEmpty());
    Thread closing = Thread.ofPlatform().start(station.receiver::close);
    awaitRefusal(port);
    mayGo.countDown();
    for (CompletableFuture<RawClient.Reply> reply : inFlight) {
      assertEquals(Status.Code.OK, RawClient.await(reply).code());
    }
    closing.join();
    assertEquals(List.of(), threads());
    station.close();
    assertEquals(16, station.ledger.accepted());
  }

  @Test
  void interruptsAConsumerThatHoldsUpTheEnd() throws Exception {
    Semaphore inside = new Semaphore(0);
    AtomicBoolean interrupted = new AtomicBoolean();
    Patience patience =
        Station.patience(Duration.ofSeconds(1), Duration.ofMillis(50), System::nanoTime);
    Station station =
        new Station(
            Station.CONFIG,
            patience,
            message -> {
              inside.release();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
              return new Outcome.RetryLater(Duration.ZERO, "closing");
            });
    CompletableFuture<RawClient.Reply> reply =
        station.client.send(Requests.message(2).toByteArray());
    inside.acquire();
    station.receiver.close();
    assertTrue(interrupted.get());
    assertEquals(List.of(), threads());
    assertEquals(Status.Code.UNAVAILABLE, RawClient.await(reply).code());
    station.close();
  }

  @Test
  void closesTwiceAndBeforeItsStart() throws Exception {
    receiver("127.0.0.1", 0).close();
    Station station = new Station();
    station.receiver.close();
    station.close();
  }

  /** Waits until nobody listens there any more. */
  private static void awaitRefusal(int port) throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < end) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        assertTrue(socket.isConnected());
      } catch (ConnectException e) {
        return;
      }
    }
    throw new AssertionError("it still listens");
  }

  private static List<String> threads() {
    List<String> names = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith(Transport.THREAD_NAME)) {
        names.add(thread.getName());
      }
    }
    return names;
  }
}
