package dev.tollspan.exporters.delivery;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers as a test tells it to, and notes what it was given. */
final class ScriptedExporter implements SpanExporter {
  static final Outcome RETRY = new Outcome.RetryLater(Duration.ZERO, "down");

  /** What to do in one call. */
  interface Step {
    Outcome run(List<CleanBatch> batches) throws InterruptedException;
  }

  /** The span counts of the batches, call by call. */
  final List<List<Integer>> calls = new CopyOnWriteArrayList<>();

  final AtomicInteger flushes = new AtomicInteger();
  final AtomicInteger closes = new AtomicInteger();
  volatile boolean overlapped;
  volatile boolean interruptedAtClose;
  private final AtomicInteger inside = new AtomicInteger();
  private final ConcurrentLinkedQueue<Step> script = new ConcurrentLinkedQueue<>();
  private volatile Step then = batches -> Outcome.ACCEPTED;

  static ScriptedExporter answering(Outcome... outcomes) {
    ScriptedExporter exporter = new ScriptedExporter();
    for (Outcome outcome : outcomes) {
      exporter.script.add(batches -> outcome);
    }
    return exporter;
  }

  /** What it does once the script is at its end. */
  ScriptedExporter then(Step step) {
    then = step;
    return this;
  }

  ScriptedExporter next(Step step) {
    script.add(step);
    return this;
  }

  /** Waits in a call until the latch is open or it is interrupted, and accepts. */
  static Step waitFor(CountDownLatch entered, CountDownLatch open) {
    return batches -> {
      entered.countDown();
      open.await();
      return Outcome.ACCEPTED;
    };
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    overlapped |= inside.getAndIncrement() != 0;
    calls.add(batches.stream().map(CleanBatch::spanCount).toList());
    try {
      Step step = script.poll();
      return (step == null ? then : step).run(batches);
    } catch (InterruptedException e) {
      return RETRY;
    } finally {
      inside.decrementAndGet();
    }
  }

  @Override
  public void flush() throws IOException {
    flushes.incrementAndGet();
  }

  @Override
  public void close() {
    interruptedAtClose = Thread.currentThread().isInterrupted();
    closes.incrementAndGet();
  }
}
