package dev.tollspan.exporters.delivery;

import dev.tollspan.journal.Appended;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.Pending;
import dev.tollspan.pipeline.CleanConsumer;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The journals of the pipelines behind one receiver: accepted means that each has stored the batch
 * as its pipeline lets it through. They commit side by side.
 *
 * <p>If one has no room or its disk fails, the sender is asked to come again, and those that had
 * stored the batch get it twice then: two journals cannot be written as one.
 *
 * <p>For many callers at once, virtual threads among them. It has no state of its own.
 */
public final class JournalGroup implements CleanConsumer {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final List<Journal> journals;

  /** The journals in the order of the batches that will come. */
  public JournalGroup(List<Journal> journals) {
    this.journals = List.copyOf(journals);
  }

  @Override
  public Outcome accept(List<CleanBatch> batches) {
    List<Pending> joined = new ArrayList<>(batches.size());
    try {
      for (int i = 0; i < batches.size(); i++) {
        joined.add(join(journals.get(i), batches.get(i)));
      }
    } finally {
      joined.forEach(Pending::await); // until then the bytes are lent
      batches.forEach(CleanBatch::release);
    }
    Outcome outcome = Outcome.ACCEPTED;
    for (Pending each : joined) {
      outcome = worse(outcome, each.await());
    }
    return outcome;
  }

  private static Pending join(Journal journal, CleanBatch batch) {
    return journal.join(batch.bytes(), batch.offset(), batch.byteSize(), batch.spanCount());
  }

  private static Outcome worse(Outcome outcome, Appended answer) {
    return switch (answer) {
      case Appended.Stored stored -> outcome;
      case Appended.Full(String reason) -> new Outcome.RetryLater(RETRY_AFTER, reason);
      case Appended.Failing(String reason) -> new Outcome.RetryLater(RETRY_AFTER, reason);
    };
  }
}
