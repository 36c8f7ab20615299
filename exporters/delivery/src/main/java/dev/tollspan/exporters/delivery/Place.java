package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.Delivery.Source;
import dev.tollspan.journal.History;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalRecord;
import dev.tollspan.journal.Reader;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far one exporter has come in its journal. All fields that change are owned by the thread of
 * the delivery, but for the reader's figures.
 */
final class Place {
  private final SpanExporter exporter;
  private final Reader reader;
  private final Buffers buffers;
  private final DeadLetters letters;
  private final long epoch;
  private final @Nullable Fresh fresh;
  private final boolean early;
  private final Unsettled unsettled;
  private long reach; // up to here the exporter has what was read before
  private long held; // as the exporter said last
  private long done; // up to here the exporter has said what becomes of the spans
  private long committed;
  private long read;

  private record Buffers(BatchRestorer restorer) implements Reader.Buffers {
    @Override
    public byte[] acquire(int bytesMin) {
      return restorer.acquire(bytesMin);
    }

    @Override
    public void release(byte[] array, int used) {
      restorer.release(array, used);
    }

    CleanBatch batch(JournalRecord record) {
      return restorer.restore(
          record.bytes(),
          record.length(),
          record.spans(),
          record.sequence(),
          record.appendedMillis());
    }
  }

  /**
   * Where the exporter was in an earlier life, if it had one.
   *
   * @throws IOException if it cannot find that out
   */
  Place(String id, SpanExporter exporter, Source source) throws IOException {
    this.exporter = exporter;
    this.reader = source.journal().reader(id);
    this.buffers = new Buffers(source.restorer());
    this.early = source.journal().status().durability() == Durability.MEMORY;
    this.committed = reader.status().committed();
    this.done = committed;
    this.read = committed;
    this.unsettled = new Unsettled(early, committed);
    this.letters = source.letters();
    this.epoch = source.journal().epoch();
    this.fresh = source.seenMax() == 0 ? null : new Fresh(source.seenMax(), source.restorer());
    this.reach = exporter.resume(epoch, committed);
    this.held = reach;
    letters.begin(epoch, committed);
    if (fresh != null) {
      recall(fresh, source.seenMax());
    }
  }

  /** What was delivered before, and is still there, is known again. */
  private void recall(Fresh fresh, int spansMax) {
    try {
      History.read(
          reader,
          spansMax,
          buffers,
          record -> {
            CleanBatch batch = buffers.batch(record);
            fresh.remember(batch);
            batch.release();
          });
    } catch (IOException e) {
      // What cannot be read now would at worst be delivered twice.
    }
  }

  ReaderStatus status() {
    return reader.status();
  }

  /** Ends the wait of {@link #next}. */
  void wake() {
    reader.wake();
  }

  /** Says whether the destination answers. */
  void down(boolean now) {
    reader.down(now);
  }

  /**
   * What comes next, without what stands in files of an earlier life.
   *
   * @return false if nothing came
   */
  boolean next(List<CleanBatch> into, long bytesMax, Duration wait)
      throws IOException, InterruptedException {
    List<JournalRecord> records = reader.next(buffers, bytesMax, wait);
    for (JournalRecord record : records) {
      CleanBatch batch = fresh(record);
      if (batch != null && record.sequence() > reach) {
        into.add(batch);
      } else if (batch != null) {
        batch.release();
      }
      read = record.sequence();
    }
    return !records.isEmpty();
  }

  /** The batch without what came before, which is counted unless it was already. */
  private @Nullable CleanBatch fresh(JournalRecord record) {
    CleanBatch stored = buffers.batch(record);
    if (fresh == null) {
      return stored;
    }
    CleanBatch batch = fresh.of(stored);
    int left = batch == null ? 0 : batch.spanCount();
    unsettled.repeat(record.sequence(), record.spans() - left);
    return batch;
  }

  /** The exporter answered that it has what was read; a flush that fails then loses it again. */
  void hold() {
    held = Math.max(held, exporter.held());
  }

  /** Letters of what was refused of the batches at hand, not written yet. */
  DeadLetters.Post post(List<CleanBatch> batches, List<RefusedSpans> refused) {
    return letters.post(epoch, batches, refused);
  }

  /** What was read is taken, but for the spans that were dropped, by reason. */
  void take(List<CleanBatch> batches, Map<String, Long> lost) {
    unsettled.take(batches, lost, read);
    done = read;
  }

  /** Whether more than this much waits for files that are not finished. */
  boolean waitsForFiles(long bytesMax) {
    return !early
        && exporter.settled() < exporter.held()
        && reader.status().pendingBytes() > bytesMax;
  }

  /** What {@link #commit} came to. */
  enum Step {
    /** Nothing new is settled. */
    NONE,
    /** The place is further than before. */
    FURTHER,
    /** The exporter lost what it held: the batches at hand, and those before, come again. */
    BACK
  }

  /**
   * Commits as far as nothing has to come again.
   *
   * @throws IOException if the journal cannot be read now; a later call catches up
   */
  Step commit() throws IOException {
    boolean fell = exporter.held() < held;
    held = exporter.held();
    if (fell && !early) {
      readAgain(held);
      reach = held;
      return Step.BACK;
    }
    boolean all = early || exporter.settled() == held;
    long upTo = all ? done : Math.min(done, exporter.settled());
    boolean further = upTo > committed;
    if (further) {
      reader.commit(upTo, unsettled.dropped(reader.status().committed(), upTo));
      unsettled.forget(upTo);
      committed = upTo;
    }
    if (fell) {
      reader.lose(unsettled.lost(held), "file_lost");
    }
    unsettled.keep(exporter.settled());
    return further ? Step.FURTHER : Step.NONE;
  }

  /** Reads again behind what is committed, without what was taken. */
  void rewind() {
    reach = Math.max(reach, done);
    readAgain(done);
  }

  /** From behind what is committed; what became of spans up to this sequence is known. */
  private void readAgain(long known) {
    reader.rewind();
    unsettled.fallTo(known);
    committed = reader.status().committed();
    done = committed;
    read = committed;
  }

  /** The process ends: what is left in a journal that ends with it is lost. */
  void end() {
    if (early) {
      reader.abandon("shutdown");
    }
  }
}
