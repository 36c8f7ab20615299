package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Decoded;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What senders meet behind a receiver once the pipeline stops. */
@Timeout(30)
class TurnstileTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void refusesWithADelayOnceClosed() {
    Turnstile turnstile = new Turnstile(TurnstileTest::take);
    assertEquals(Outcome.ACCEPTED, turnstile.accept(batch()));
    turnstile.close();
    assertTrue(turnstile.awaitEmpty(Duration.ZERO));
    Outcome.RetryLater told = assertInstanceOf(Outcome.RetryLater.class, turnstile.accept(batch()));
    assertEquals(Duration.ofSeconds(1), told.after());
  }

  @Test
  void waitsForThoseInside() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Turnstile turnstile =
        new Turnstile(
            batch -> {
              inside.countDown();
              await(goOn);
              return take(batch);
            });
    FutureTask<Outcome> first = new FutureTask<>(() -> turnstile.accept(batch()));
    Thread.ofVirtual().start(first);
    inside.await();
    turnstile.close();
    assertFalse(turnstile.awaitEmpty(Duration.ofMillis(1)));
    assertInstanceOf(Outcome.RetryLater.class, turnstile.accept(batch()));
    goOn.countDown();
    assertTrue(turnstile.awaitEmpty(LONG));
    assertEquals(Outcome.ACCEPTED, first.get());
  }

  /** A failure behind it is no way to stay inside. */
  @Test
  void letsOutWhoeverFails() {
    Turnstile turnstile =
        new Turnstile(
            batch -> {
              batch.release();
              throw new IllegalStateException("a defect");
            });
    assertThrows(IllegalStateException.class, () -> turnstile.accept(batch()));
    turnstile.close();
    assertTrue(turnstile.awaitEmpty(Duration.ZERO));
  }

  private static Outcome take(SpanBatch batch) {
    batch.release();
    return Outcome.ACCEPTED;
  }

  private static SpanBatch batch() {
    byte[] request = PipelineTest.request(0);
    Decoded decoded =
        SpanBatch.decode(new BatchPool(1 << 20), KeyTable.of(List.of()), request, request.length);
    return assertInstanceOf(Decoded.Whole.class, decoded).batch();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
