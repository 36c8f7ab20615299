package dev.tollspan.exporters.delivery;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.RefusedSpans;
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
  final AtomicInteger finishes = new AtomicInteger();

  /** The sequences of the batches of all calls, as often as they came. */
  final List<Long> sequences = new CopyOnWriteArrayList<>();

  /** Whether it keeps what it takes in a file until that ends. */
  volatile boolean file;

  /** What becomes of the file with the next flush. */
  volatile Ending ending = Ending.NONE;

  volatile Ending atClose = Ending.FINISHED;

  /** Whether it cannot say what it was asked: a bug. */
  volatile boolean defect;

  volatile long epoch;
  volatile long reach;
  volatile List<RefusedSpans> refused = List.of();
  volatile GivenUp givenUp;
  volatile boolean overlapped;
  volatile boolean interruptedAtClose;
  private final AtomicInteger inside = new AtomicInteger();
  private final ConcurrentLinkedQueue<Step> script = new ConcurrentLinkedQueue<>();
  private volatile long held;
  private volatile long settled;
  private volatile Step then = batches -> Outcome.ACCEPTED;

  /** What becomes of a file. */
  enum Ending {
    NONE,
    FINISHED,
    LOST
  }

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
      batches.forEach(batch -> sequences.add(batch.sequence()));
      Step step = script.poll();
      Outcome outcome = (step == null ? then : step).run(batches);
      if (!(outcome instanceof Outcome.RetryLater)) {
        held = batches.getLast().sequence();
        settled = file ? settled : held;
      }
      return outcome;
    } catch (InterruptedException e) {
      return RETRY;
    } finally {
      inside.decrementAndGet();
    }
  }

  @Override
  public GivenUp giveUp(long spans) {
    GivenUp end = givenUp;
    return end == null ? SpanExporter.super.giveUp(spans) : end;
  }

  @Override
  public List<RefusedSpans> refused() {
    failIfDefect();
    return refused;
  }

  @Override
  public long resume(long epoch, long sequence) {
    this.epoch = epoch;
    held = Math.max(sequence, reach);
    settled = held;
    return held;
  }

  @Override
  public long held() {
    return held;
  }

  @Override
  public long settled() {
    failIfDefect();
    return settled;
  }

  @Override
  public void flush() throws IOException {
    flushes.incrementAndGet();
    end(ending);
  }

  @Override
  public void finish() throws IOException {
    finishes.incrementAndGet();
    end(Ending.FINISHED);
  }

  @Override
  public void close() throws IOException {
    interruptedAtClose = Thread.currentThread().isInterrupted();
    closes.incrementAndGet();
    end(atClose);
  }

  /** The file is lost in a call. */
  void fail() {
    held = settled;
  }

  /** A file that was finished before others that are open. */
  void settle(long upTo) {
    settled = upTo;
  }

  private void failIfDefect() {
    if (defect) {
      throw new IllegalStateException("canary-of-a-prompt");
    }
  }

  private void end(Ending how) throws IOException {
    switch (how) {
      case NONE -> {}
      case FINISHED -> settled = held;
      case LOST -> {
        ending = Ending.NONE;
        held = settled;
        throw new IOException("no space");
      }
    }
  }
}
