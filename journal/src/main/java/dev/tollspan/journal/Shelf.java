package dev.tollspan.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which segments there are and how far they are durable: where writer, readers and upkeep meet.
 *
 * <p>Everything is guarded by {@code lock}, the only one of a journal; no disk is touched under it.
 */
final class Shelf {
  final ReentrantLock lock = new ReentrantLock();

  /** Signalled when a group is answered or the writer becomes free. */
  final Condition answered = lock.newCondition();

  /** Signalled when there is more to read. */
  final Condition arrived = lock.newCondition();

  /** Signalled when upkeep has something to do. */
  final Condition work = lock.newCondition();

  private final List<Segment> segments = new ArrayList<>();

  /** The segment at the end that is being written. */
  @Nullable Segment writing;

  /** Size of the spare file, zero if there is none. */
  long spareBytes;

  /** Room that a record wanted and did not get; upkeep makes it if the policy lets it. */
  long wantedBytes;

  /** Room that a record did not get since the last that did; zero if each got it. */
  private long refusedBytes;

  /** How many records did not get any. */
  long refusals;

  /** The last durable sequence and all spans up to it. */
  long last;

  long spans;

  /** Does this while nobody else looks or writes. */
  void locked(Runnable step) {
    lock.lock();
    try {
      step.run();
    } finally {
      lock.unlock();
    }
  }

  /** What this finds while nobody writes. */
  <T> T look(Supplier<T> step) {
    lock.lock();
    try {
      return step.get();
    } finally {
      lock.unlock();
    }
  }

  void add(Segment segment) {
    segments.add(segment);
  }

  void remove(Segment segment) {
    segments.remove(segment);
  }

  List<Segment> segments() {
    return List.copyOf(segments);
  }

  /** What segments and the spare file take. */
  long fileBytes() {
    long bytes = spareBytes;
    for (Segment segment : segments) {
      bytes += segment.fileBytes;
    }
    return bytes;
  }

  /**
   * Whether a record fits for sure behind others that are not written yet, wherever segments end.
   * If not, upkeep is told.
   */
  boolean hasRoom(long before, long size, JournalConfig config) {
    if (fits(before, size, config)) {
      return true;
    }
    wantedBytes = Math.max(wantedBytes, size);
    refuse(size);
    return false;
  }

  private boolean fits(long before, long size, JournalConfig config) {
    Segment open = writing;
    if (open != null && open.end + before + size <= open.fileBytes) {
      return true;
    }
    long free = config.maxBytes() - (fileBytes() - spareBytes);
    return 2 * (before + size) <= free / config.segmentBytes() * config.segmentBytes();
  }

  /** A record of this size finds no room. */
  void refuse(long size) {
    refusals++;
    refusedBytes = Math.max(refusedBytes, size);
    work.signal();
  }

  /** A record found room. */
  void stored() {
    refusedBytes = 0;
  }

  /** Whether a record was refused, none was stored since, and it would be refused again. */
  boolean full(JournalConfig config) {
    return refusedBytes > 0 && !fits(0, refusedBytes, config);
  }

  /** The segment that holds the first durable record behind this sequence. */
  @Nullable Segment holding(long sequence) {
    int low = 0;
    int high = segments.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (segments.get(middle).last > sequence) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low < segments.size() ? segments.get(low) : null;
  }

  /** Bytes of durable records behind a sequence, a part of a segment counted from this offset. */
  long bytesBehind(long sequence, @Nullable Segment in, long offset) {
    long bytes = 0;
    for (Segment segment : segments) {
      if (segment.last > sequence) {
        bytes += segment.end - (segment == in ? offset : Layout.SEGMENT_HEADER);
      }
    }
    return bytes;
  }
}
