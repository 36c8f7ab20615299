package dev.tollspan.pipelineconfig;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanConsumer;
import dev.tollspan.spans.SpanBatch;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands behind a receiver. Once closed it lets nothing in any more and tells each sender to come
 * again, while the receiver still listens: so whoever sends during a drain gets an answer with a
 * delay instead of a closed port. For many callers at once; whoever ends the pipeline closes it.
 */
final class Turnstile implements SpanConsumer {
  private static final Outcome STOPPING =
      new Outcome.RetryLater(Duration.ofSeconds(1), "the pipeline is stopping");

  private final SpanConsumer next;
  private final AtomicInteger inside = new AtomicInteger(1); // the turnstile itself is one
  private final CountDownLatch empty = new CountDownLatch(1);
  private volatile boolean closed; // set once, by the closing thread

  Turnstile(SpanConsumer next) {
    this.next = next;
  }

  @Override
  public Outcome accept(SpanBatch batch) {
    if (!enter()) {
      batch.release();
      return STOPPING;
    }
    try {
      return next.accept(batch);
    } finally {
      leave();
    }
  }

  private boolean enter() {
    return !closed && inside.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
  }

  private void leave() {
    if (inside.decrementAndGet() == 0) {
      empty.countDown();
    }
  }

  /** Lets nothing in from now on. To be called once. */
  void close() {
    closed = true;
    leave();
  }

  /**
   * Once closed, waits until those inside have their outcome. An interrupt ends the wait.
   *
   * @return false if they have not in time: what they bring may come after the last delivery
   */
  boolean awaitEmpty(Duration limit) {
    try {
      return empty.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
