package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.Delivery.Source;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalRecord;
import dev.tollspan.journal.Reader;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far one exporter has come in its journal. All fields that change are owned by the thread of
 * the delivery, but for the reader's figures.
 */
final class Place {
  private final SpanExporter exporter;
  private final Reader reader;
  private final Buffers buffers;
  private final boolean early;
  private final ArrayDeque<Dropped> dropped = new ArrayDeque<>(); // not committed yet
  private final ArrayDeque<Held> open = new ArrayDeque<>(); // counts as delivered, and may be lost
  private long reach; // up to here the exporter has what was read before
  private long held; // as the exporter said last
  private long done; // up to here the exporter has said what becomes of the spans
  private long committed;
  private long read;

  /** So many spans of one batch were not taken. */
  private record Dropped(long sequence, long spans, String reason) {}

  /** So many spans of one batch stand in a file that is not finished. */
  private record Held(long sequence, long spans) {}

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
    this.reach = exporter.resume(source.journal().epoch(), committed);
    this.held = reach;
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
      if (record.sequence() > reach) {
        into.add(buffers.batch(record));
      } else {
        buffers.release(record.bytes(), record.length());
      }
      read = record.sequence();
    }
    return !records.isEmpty();
  }

  /** The exporter answered that it has what was read; a flush that fails then loses it again. */
  void hold() {
    held = Math.max(held, exporter.held());
  }

  /** What was read is taken, but for so many spans: the last ones, for nobody says which. */
  void take(List<CleanBatch> batches, long rejected, String reason) {
    long left = -rejected;
    for (CleanBatch batch : batches) {
      left += batch.spanCount();
    }
    for (CleanBatch batch : batches) {
      long taken = Math.min(left, batch.spanCount());
      left -= taken;
      if (taken < batch.spanCount()) {
        dropped.add(new Dropped(batch.sequence(), batch.spanCount() - taken, reason));
      }
      if (early && taken > 0) {
        open.add(new Held(batch.sequence(), taken));
      }
    }
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
      reader.rewind();
      while (!dropped.isEmpty() && dropped.getLast().sequence > held) {
        dropped.removeLast();
      }
      committed = reader.status().committed();
      done = committed;
      read = committed;
      reach = Math.max(reach, held);
      return Step.BACK;
    }
    long upTo = early || exporter.settled() == held ? done : exporter.settled();
    boolean further = upTo > committed;
    if (further) {
      reader.commit(upTo, droppedUpTo(upTo));
      while (!dropped.isEmpty() && dropped.getFirst().sequence <= upTo) {
        dropped.removeFirst();
      }
      committed = upTo;
    }
    if (fell) {
      reader.lose(lost(), "file_lost");
    }
    while (!open.isEmpty() && open.getFirst().sequence <= exporter.settled()) {
      open.removeFirst();
    }
    return further ? Step.FURTHER : Step.NONE;
  }

  /** By reason, without what a limit of the journal has taken and counted meanwhile. */
  private Map<String, Long> droppedUpTo(long upTo) {
    long taken = reader.status().committed();
    Map<String, Long> spans = new HashMap<>();
    for (Dropped each : dropped) {
      if (each.sequence > upTo) {
        break;
      }
      if (each.sequence > taken) {
        spans.merge(each.reason, each.spans, Long::sum);
      }
    }
    return spans;
  }

  /** What the exporter held and does not any more. */
  private long lost() {
    long spans = 0;
    while (!open.isEmpty() && open.getLast().sequence > held) {
      spans += open.removeLast().spans;
    }
    return spans;
  }

  /** The process ends: what is left in a journal that ends with it is lost. */
  void end() {
    if (early) {
      reader.abandon("shutdown");
    }
  }
}
