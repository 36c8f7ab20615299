package dev.tollspan.exporters.delivery;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread and one bounded memory in front of one exporter, so that no destination delays
 * another.
 *
 * <p>Batches that wait are merged into one export call. "Retry later" is retried with the same
 * batches after a wait that grows, with jitter, or after what the destination asked for if that is
 * longer. Every span that was taken ends as delivered or dropped in the account, with one of these
 * reasons: {@code rejected_by_destination}, {@code refused_by_destination}, {@code exporter_failed}
 * (it threw: a bug), {@code max_elapsed_time}, {@code destination_down_and_memory_full}, {@code
 * file_lost} (accepted into a file that could not be finished), {@code shutdown}.
 *
 * <p>Threads: the thread {@code delivery-ID}, started by the constructor, is the only one that
 * calls the exporter, from the first export to the close; it owns {@code said}, {@code saidNanos}
 * and {@code lost}. Callers and closers meet it only in the {@link BatchQueue}, which has the only
 * lock; {@code deadlineNanos} is written before the queue is closed and read after; {@code givenUp}
 * is only ever set, by either side, once there is no time left. The thread is interrupted once at
 * most: when the time for closing is over.
 */
public final class Delivery implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Delivery.class.getName());
  static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final Duration INTERRUPTED_LIMIT = Duration.ofSeconds(2);
  private static final long FLUSH_NANOS = 1_000_000_000L;
  private static final long SAY_NANOS = 1_000_000_000L;
  private static final Duration AFTER_MAX = Duration.ofDays(1);
  private static final long AFTER_NANOS = AFTER_MAX.toNanos();
  private static final String SHUTDOWN = "shutdown";
  private static final String WELL = "well";

  private final String id;
  private final SpanExporter exporter;
  private final DeliveryConfig config;
  private final Ledger.Account account;
  private final Pace pace;
  private final BatchQueue queue;
  private final Thread thread;
  private volatile long deadlineNanos;
  private volatile boolean givenUp;
  private String said = WELL;
  private long saidNanos;
  private long lost;

  /** Time as this class sees it: a seam for tests. */
  interface Pace {
    /** The monotonic clock. */
    long nanos();

    /** As {@link BatchQueue#awaitClosing}. */
    void await(BatchQueue queue, boolean closingKnown, long nanos) throws InterruptedException;
  }

  private record RealPace(LongSupplier ticker) implements Pace {
    @Override
    public long nanos() {
      return ticker.getAsLong();
    }

    @Override
    public void await(BatchQueue queue, boolean closingKnown, long nanos)
        throws InterruptedException {
      queue.awaitClosing(closingKnown, nanos);
    }
  }

  /**
   * Takes the exporter over, which it closes, and starts the thread.
   *
   * @param id the exporter's name in the configuration
   * @param nanoTicker a monotonic clock, such as {@code System::nanoTime}
   */
  public Delivery(
      String id,
      SpanExporter exporter,
      DeliveryConfig config,
      Ledger.Account account,
      LongSupplier nanoTicker) {
    this(id, exporter, config, account, new RealPace(nanoTicker));
  }

  Delivery(
      String id, SpanExporter exporter, DeliveryConfig config, Ledger.Account account, Pace pace) {
    this.id = id;
    this.exporter = exporter;
    this.config = config;
    this.account = account;
    this.pace = pace;
    this.queue = new BatchQueue(config.memoryBytesMax());
    this.saidNanos = pace.nanos() - SAY_NANOS;
    this.thread = Thread.ofPlatform().daemon().name("delivery-" + id).unstarted(this::run);
    thread.start();
  }

  /** The exporter's name in the configuration. */
  public String id() {
    return id;
  }

  /** Whether the last answer was "retry later". */
  public boolean failing() {
    return queue.failing();
  }

  /** How many batches wait or are being exported. */
  public int pendingBatches() {
    return queue.count();
  }

  /** How much memory the spans hold that wait or are being exported. */
  public long memoryBytes() {
    return queue.bytes();
  }

  /** As {@link #close(Duration)} with ten seconds. */
  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  /**
   * Takes nothing more and goes on exporting until all is out or the time is over; what is left
   * then is dropped as {@code shutdown}. Closes the exporter in any case and returns once the
   * thread has ended.
   *
   * <p>A wait between two tries is cut short for one more try, unless the destination asked for it;
   * no try begins that cannot begin within the limit. An export that is under way at the limit is
   * interrupted; should it not heed that for two seconds, the thread is left behind, with a log
   * line.
   */
  public void close(Duration limit) {
    stopTaking(limit);
    awaitEnd();
  }

  void stopTaking(Duration limit) {
    if (!queue.closing()) {
      deadlineNanos = pace.nanos() + limit.toNanos();
      queue.close();
    }
  }

  void awaitEnd() {
    boolean interrupted = false;
    boolean ended = false;
    try {
      ended = thread.join(Duration.ofNanos(Math.max(0, deadlineNanos - pace.nanos())));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (!ended) {
      givenUp = true;
      queue.interrupt(thread);
      try {
        ended = thread.join(INTERRUPTED_LIMIT);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (!ended) {
      LOG.log(Level.ERROR, "delivery " + id + ": the exporter does not stop");
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  BatchQueue.Room reserve(int size) {
    return queue.reserve(size);
  }

  long awaitRoom(int size, long nanos) throws InterruptedException {
    return queue.awaitRoom(size, nanos);
  }

  void cancel(int size) {
    queue.free(size);
  }

  /** Takes over one hold on a batch whose room was reserved. */
  void take(CleanBatch batch) {
    account.owe(batch.spanCount());
    if (!queue.add(batch)) {
      drop(batch);
    }
  }

  /** A batch that others took passes this delivery by. */
  void miss(CleanBatch batch) {
    account.owe(batch.spanCount());
    account.drop(batch.spanCount(), "destination_down_and_memory_full");
  }

  private void run() {
    List<CleanBatch> taken = new ArrayList<>();
    List<CleanBatch> shown = Collections.unmodifiableList(taken);
    try {
      while (!givenUp && queue.take(taken, config.exportBytesMax(), FLUSH_NANOS)) {
        if (taken.isEmpty()) {
          flush();
        } else {
          deliver(shown);
          taken.clear();
        }
      }
    } catch (InterruptedException e) {
      say("gave up waiting");
    } finally {
      finish();
    }
  }

  private void finish() {
    for (CleanBatch batch : queue.end()) {
      drop(batch);
    }
    // Nobody interrupts from here on; an interrupt still pending would break the last writes.
    Thread.interrupted();
    flush();
    try {
      exporter.close();
    } catch (IOException | RuntimeException | Error e) {
      say("closing failed with " + e.getClass().getName());
    }
    bookLost();
  }

  private void deliver(List<CleanBatch> batches) {
    long spans = 0;
    long memory = 0;
    for (CleanBatch batch : batches) {
      spans += batch.spanCount();
      memory += batch.memoryBytes();
    }
    export(batches, spans);
    for (CleanBatch batch : batches) {
      batch.release();
    }
    queue.free(memory);
  }

  /** Tries until there is an answer to stay with, and books it. */
  private void export(List<CleanBatch> batches, long spans) {
    BackOff backOff = new BackOff(config, ThreadLocalRandom.current());
    long startNanos = pace.nanos();
    while (true) {
      boolean closing = queue.closing(); // before, so that one try follows
      Outcome outcome = tryExport(batches);
      queue.failing(outcome instanceof Outcome.RetryLater);
      if (outcome == null) {
        account.drop(spans, "exporter_failed");
        return;
      }
      switch (outcome) {
        case Outcome.Accepted accepted -> {
          if (flush()) {
            say(WELL);
          }
          account.deliver(spans);
          return;
        }
        case Outcome.PartlyAccepted partly -> {
          say("rejected spans: " + partly.reason());
          long rejected = Math.clamp(partly.rejectedSpans(), 0, spans);
          flush();
          account.deliver(spans - rejected);
          account.drop(rejected, "rejected_by_destination");
          return;
        }
        case Outcome.Refused refused -> {
          say("refused: " + refused.reason());
          account.drop(spans, "refused_by_destination");
          return;
        }
        case Outcome.RetryLater later -> {
          say("retrying: " + later.reason());
          String end = awaitRetry(later.after(), backOff, startNanos, closing);
          if (end != null) {
            account.drop(spans, end);
            return;
          }
        }
      }
    }
  }

  private @Nullable Outcome tryExport(List<CleanBatch> batches) {
    try {
      return exporter.export(batches);
    } catch (RuntimeException | Error e) {
      say("the exporter threw " + e.getClass().getName());
      return null;
    } finally {
      bookLost(); // now: the next flush may be far away
    }
  }

  /** Waits until it is time for the next try; else the reason to give the spans up. */
  private @Nullable String awaitRetry(
      Duration after, BackOff backOff, long startNanos, boolean closing) {
    long askedNanos = after.compareTo(AFTER_MAX) < 0 ? Math.max(0, after.toNanos()) : AFTER_NANOS;
    long now = pace.nanos();
    long until = now + backOff.nextNanos(askedNanos);
    long elapsedNanosMax = config.maxElapsed().toNanos();
    if (elapsedNanosMax > 0 && until - startNanos > elapsedNanosMax) {
      return "max_elapsed_time";
    }
    if (!awaitTime(until, now + askedNanos, closing)) {
      givenUp = true;
      return SHUTDOWN;
    }
    return null;
  }

  /**
   * Waits until the time; if closing begins in between, only as long as the destination asked for.
   *
   * @return false if the time for closing is over before
   */
  private boolean awaitTime(long until, long asked, boolean closing) {
    boolean known = closing;
    long end = until;
    while (!givenUp) {
      if (!known && queue.closing()) {
        known = true;
        end = asked;
      }
      if (known && end - deadlineNanos >= 0) {
        return false;
      }
      long left = end - pace.nanos();
      if (left <= 0) {
        return true;
      }
      try {
        pace.await(queue, known, left);
      } catch (InterruptedException e) {
        return false;
      }
    }
    return false;
  }

  private boolean flush() {
    try {
      exporter.flush();
      return true;
    } catch (IOException | RuntimeException | Error e) {
      say("flushing failed with " + e.getClass().getName());
      return false;
    } finally {
      bookLost();
    }
  }

  /** Books what the exporter had accepted and could not keep. */
  private void bookLost() {
    long now = exporter.lostSpans();
    if (now > lost) {
      account.lose(now - lost, "file_lost");
      lost = now;
    }
  }

  private void drop(CleanBatch batch) {
    account.drop(batch.spanCount(), SHUTDOWN);
    queue.free(batch.memoryBytes());
    batch.release();
  }

  /** Logs a change of state, at most once a second. What others wrote never gets here. */
  private void say(String state) {
    long now = pace.nanos();
    if (!state.equals(said) && now - saidNanos >= SAY_NANOS) {
      said = state;
      saidNanos = now;
      LOG.log(state.equals(WELL) ? Level.INFO : Level.WARNING, "delivery " + id + ": " + state);
    }
  }
}
