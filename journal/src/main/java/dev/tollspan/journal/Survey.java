package dev.tollspan.journal;

import dev.tollspan.journal.Layout.SegmentHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Checks the segments of a journal, some of them side by side: a disk that is asked one thing at a
 * time gives a quarter of what it could, and a checksum is work for a processor.
 *
 * <p>Belongs to the one thread that made it. The threads {@code tollspan-journal-check} end before
 * {@link #runKnown} returns; each check is run by one of them.
 */
final class Survey {
  private static final int THREADS_MAX = 4;

  private final Disk disk;
  private final List<SegmentCheck> checks;
  private final AtomicInteger taken = new AtomicInteger();

  /** In the order of the journal. */
  Survey(Disk disk, List<SegmentCheck> checks) {
    this.disk = disk;
    this.checks = checks;
  }

  /** Runs the checks of all segments whose header is whole: they need to know of no other. */
  void runKnown() {
    List<FutureTask<Void>> others = new ArrayList<>();
    for (int i = 1; i < Math.min(THREADS_MAX, checks.size()); i++) {
      FutureTask<Void> other = new FutureTask<>(this::takeTurns, null);
      Thread.ofPlatform().daemon().name("tollspan-journal-check").start(other);
      others.add(other);
    }
    try {
      takeTurns();
    } finally {
      others.forEach(Survey::await);
    }
  }

  private void takeTurns() {
    for (int i = taken.getAndIncrement(); i < checks.size(); i = taken.getAndIncrement()) {
      if (checks.get(i).header != null) {
        run(i);
      }
    }
  }

  private static void await(FutureTask<Void> task) {
    boolean interrupted = false;
    while (true) {
      try {
        task.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw new IllegalStateException("a check of the journal failed", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs this check; the next segment says where it should end. */
  void run(int i) {
    SegmentCheck check = checks.get(i);
    SegmentCheck next = i + 1 < checks.size() ? checks.get(i + 1) : null;
    SegmentHeader known = next == null ? null : next.header;
    long limit = next == null ? Long.MAX_VALUE : next.base - 1;
    try {
      check.run(disk, known == null ? limit : known.previous(), known != null);
    } catch (IOException e) {
      check.unreadable = true;
    }
  }
}
