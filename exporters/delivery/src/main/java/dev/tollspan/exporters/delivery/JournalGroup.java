package dev.tollspan.exporters.delivery;

import dev.tollspan.journal.Appended;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.Pending;
import dev.tollspan.pipeline.CleanConsumer;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

/**
 * The journals of the pipelines behind one receiver: accepted means that each has stored the batch
 * as its pipeline lets it through. They commit side by side.
 *
 * <p>If one has no room, a second of waiting for it if all are in memory, nobody gets anything, so
 * a retry doubles nothing. If the disk of one fails while the others write, these have the batch
 * twice after the retry: two journals cannot be written as one.
 *
 * <p>For many callers at once, virtual threads among them. It has no state of its own.
 */
public final class JournalGroup implements CleanConsumer {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Outcome FULL =
      new Outcome.RetryLater(RETRY_AFTER, "the journal of a pipeline has reached max_size");

  /** A journal in memory is full now and then, and not for long if its readers are well. */
  private static final int PAUSES = 500;

  private static final long PAUSE_NANOS = 2_000_000;

  private final List<Journal> journals;
  private final Lock joining;
  private final int patience;

  /**
   * The journals in the order of the batches that will come.
   *
   * @param joining one for all groups that have a journal in common
   */
  public JournalGroup(List<Journal> journals, Lock joining) {
    this.journals = List.copyOf(journals);
    this.joining = joining;
    boolean small =
        this.journals.stream().allMatch(j -> j.status().durability() == Durability.MEMORY);
    patience = small ? PAUSES : 0;
  }

  @Override
  public Outcome accept(List<CleanBatch> batches) {
    try {
      Outcome outcome = offer(batches);
      for (int i = 0; i < patience && outcome instanceof Outcome.RetryLater; i++) {
        LockSupport.parkNanos(PAUSE_NANOS);
        outcome = offer(batches);
      }
      return outcome;
    } finally {
      batches.forEach(CleanBatch::release);
    }
  }

  private Outcome offer(List<CleanBatch> batches) {
    List<Pending> joined = new ArrayList<>(batches.size());
    try {
      if (journals.size() == 1) {
        joined.add(join(0, batches));
      } else if (!joinAll(batches, joined)) {
        return FULL;
      }
    } finally {
      joined.forEach(Pending::await); // until then the bytes are lent
    }
    Outcome outcome = Outcome.ACCEPTED;
    for (Pending each : joined) {
      outcome = worse(outcome, each.await());
    }
    return outcome;
  }

  private boolean joinAll(List<CleanBatch> batches, List<Pending> joined) {
    joining.lock();
    try {
      for (int i = 0; i < journals.size(); i++) {
        if (!journals.get(i).hasRoom(batches.get(i).byteSize())) {
          return false;
        }
      }
      for (int i = 0; i < journals.size(); i++) {
        joined.add(join(i, batches));
      }
      return true;
    } finally {
      joining.unlock();
    }
  }

  private Pending join(int i, List<CleanBatch> batches) {
    CleanBatch batch = batches.get(i);
    return journals.get(i).join(batch.bytes(), batch.offset(), batch.byteSize(), batch.spanCount());
  }

  private static Outcome worse(Outcome outcome, Appended answer) {
    return switch (answer) {
      case Appended.Stored _ -> outcome;
      case Appended.Full(String reason) -> new Outcome.RetryLater(RETRY_AFTER, reason);
      case Appended.Failing(String reason) -> new Outcome.RetryLater(RETRY_AFTER, reason);
    };
  }
}
