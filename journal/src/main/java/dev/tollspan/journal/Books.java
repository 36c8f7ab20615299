package dev.tollspan.journal;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far one reader has committed, and what became of the spans up to there.
 *
 * <p>Guarded by the lock of the {@link Shelf}: whoever calls holds it.
 */
final class Books {
  private final long epoch;
  private final long origin;
  private final TreeMap<String, Long> dropped;
  private final ArrayDeque<Gap> gaps = new ArrayDeque<>();
  private long sequence;
  private long spans;
  private long delivered;
  private @Nullable Segment segment;
  private long offset;

  /** Spans up to this sequence that cannot be read, and that are not committed yet. */
  private record Gap(long upTo, long spans) {}

  Books(Cursor cursor) {
    this.epoch = cursor.epoch();
    this.origin = cursor.origin();
    this.sequence = cursor.sequence();
    this.spans = cursor.spans();
    this.delivered = cursor.delivered();
    this.dropped = new TreeMap<>(cursor.dropped());
  }

  /** Refuses what cannot stand in a file of books. */
  static void checkReason(String reason) {
    if (!reason.matches("[a-z][a-z_]{0,63}")) {
      throw new IllegalArgumentException("a reason is a word of lower case and underscores");
    }
  }

  /** All up to here is committed. */
  long sequence() {
    return sequence;
  }

  /** All spans of the journal up to there. */
  long spans() {
    return spans;
  }

  long delivered() {
    return delivered;
  }

  Map<String, Long> dropped() {
    return new TreeMap<>(dropped);
  }

  long dropped(String reason) {
    return dropped.getOrDefault(reason, 0L);
  }

  /** What stands in the reader's file if it is saved now. */
  Cursor cursor() {
    return new Cursor(epoch, sequence, spans, origin, delivered, dropped());
  }

  /** Bytes that are stored and not committed; at most, where the place in the file is not known. */
  long pendingBytes(Shelf shelf) {
    return shelf.bytesBehind(sequence, segment, offset);
  }

  /** Commits up to where this walk stands. */
  void commit(Walk to, Map<String, Long> droppedSpans) {
    long lost = takeGaps(to.sequence());
    for (Map.Entry<String, Long> each : droppedSpans.entrySet()) {
      count(each.getKey(), each.getValue());
      lost += each.getValue();
    }
    delivered += to.spans() - spans - lost;
    sequence = to.sequence();
    spans = to.spans();
    segment = to.segment();
    offset = to.offset();
  }

  /** A limit takes a segment; whether that changed anything. */
  boolean drop(Segment taken, String reason) {
    if (sequence >= taken.last) {
      return false;
    }
    count(reason, taken.spansAfter - spans - takeGaps(taken.last));
    sequence = taken.last;
    spans = taken.spansAfter;
    segment = null;
    return true;
  }

  /** Of what counts as delivered, so many spans are lost. */
  void lose(long count, String reason) {
    delivered -= count;
    count(reason, count);
  }

  /** All that is stored is dropped. */
  void abandon(Shelf shelf, String reason) {
    if (shelf.last > sequence) {
      count(reason, shelf.spans - spans - takeGaps(shelf.last));
      sequence = shelf.last;
      spans = shelf.spans;
      segment = null;
    }
  }

  /** Spans up to this sequence cannot be read. */
  void miss(long upTo, long count) {
    if (upTo > sequence && (gaps.isEmpty() || gaps.getLast().upTo < upTo)) {
      gaps.add(new Gap(upTo, count));
    }
  }

  /** What could not be read will be met again. */
  void forgetMissing() {
    gaps.clear();
  }

  private long takeGaps(long upTo) {
    long damaged = 0;
    while (!gaps.isEmpty() && gaps.getFirst().upTo <= upTo) {
      damaged += gaps.removeFirst().spans;
    }
    count(Reader.DAMAGED, damaged);
    return damaged;
  }

  private void count(String reason, long more) {
    if (more > 0) {
      dropped.merge(reason, more, Long::sum);
    }
  }
}
