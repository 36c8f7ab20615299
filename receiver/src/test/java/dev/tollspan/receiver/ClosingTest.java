package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that are under way when the time for closing is over: a sender must come again. */
@Timeout(60)
class ClosingTest {
  private static final Patience HASTY =
      Station.patience(Duration.ofSeconds(1), Duration.ofMillis(100), System::nanoTime);

  @Test
  void asksToComeAgainWhereAConsumerHeedsNoInterrupt() throws Exception {
    Semaphore inside = new Semaphore(0);
    CountDownLatch mayGo = new CountDownLatch(1);
    Function<byte[], Outcome> stubborn =
        message -> {
          inside.release();
          awaitWhateverComes(mayGo);
          return Outcome.ACCEPTED;
        };
    Station station = new Station(Station.CONFIG, HASTY, stubborn);
    List<CompletableFuture<RawClient.Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      replies.add(station.client.send(Requests.message(2).toByteArray()));
    }
    inside.acquire(8);
    Thread closing = Thread.ofPlatform().start(station.receiver::close);
    replies.forEach(ClosingTest::assertComeAgain);
    mayGo.countDown();
    closing.join();
    station.close();
    assertEquals(16, station.ledger.accepted(), "what was done all the same is in the books");
  }

  @Test
  void asksToComeAgainWhereAConsumerFailsBecauseOfTheInterrupt() throws Exception {
    Semaphore inside = new Semaphore(0);
    Function<byte[], Outcome> fragile =
        message -> {
          inside.release();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
          }
          return Outcome.ACCEPTED;
        };
    Station station = new Station(Station.CONFIG, HASTY, fragile);
    CompletableFuture<RawClient.Reply> reply =
        station.client.send(Requests.message(2).toByteArray());
    inside.acquire();
    station.receiver.close();
    assertComeAgain(reply);
    station.close();
  }

  @Test
  void asksToComeAgainWhereTheMessageIsNotAllThere() throws Exception {
    Station station = new Station(Station.CONFIG, HASTY, message -> Outcome.ACCEPTED);
    List<CompletableFuture<RawClient.Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      CompletableFuture<RawClient.Reply> reply = new CompletableFuture<>();
      station.client.open(reply);
      replies.add(reply);
    }
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (station.receiver.inFlightBytes() < 8 * (4 << 10)) {
      assertTrue(System.nanoTime() < end, "the calls are not there");
      Thread.onSpinWait();
    }
    station.receiver.close();
    replies.forEach(ClosingTest::assertComeAgain);
    station.close();
    assertEquals(8, station.ledger.refusedRequests());
  }

  /**
   * Calls begin all the time; each is answered by one who took it, or told to come again. Not more
   * than a connection takes: what grpc-java's client queues itself it may end as INTERNAL.
   */
  @Test
  void answersNothingElseThoughCallsBeginWhileItCloses() throws Exception {
    Station station = new Station();
    byte[] message = Requests.message(2).toByteArray();
    Thread closing = Thread.ofPlatform().unstarted(station.receiver::close);
    Semaphore mayBegin = new Semaphore(50);
    List<CompletableFuture<RawClient.Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      mayBegin.acquire();
      replies.add(station.client.send(message));
      replies.getLast().thenRun(mayBegin::release);
      if (i == 200) {
        closing.start();
      }
    }
    int taken = 0;
    for (CompletableFuture<RawClient.Reply> reply : replies) {
      Status status = RawClient.await(reply).status();
      boolean ok = status.isOk();
      assertTrue(ok || status.getCode() == Status.Code.UNAVAILABLE, status.toString());
      taken += ok ? 1 : 0;
    }
    closing.join();
    assertTrue(taken >= 100, taken + " were taken before it closed");
    assertEquals(2 * taken, station.ledger.accepted());
    station.close();
  }

  private static void assertComeAgain(CompletableFuture<RawClient.Reply> reply) {
    RawClient.Reply answer = RawClient.await(reply);
    assertEquals(Status.Code.UNAVAILABLE, answer.code(), answer.status().toString());
    assertTrue(answer.hasDetails(), "when to come again");
  }

  private static void awaitWhateverComes(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException e) {
        done = latch.getCount() == 0;
      }
    }
  }
}
