package dev.tollspan.journal;

import dev.tollspan.journal.Layout.RecordHeader;
import dev.tollspan.journal.Layout.SegmentHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment from front to back after a start and says what is in it and what is not.
 *
 * <p>Owned by one thread.
 */
final class SegmentCheck {
  private static final int WINDOW = 1 << 20;

  final long base;
  final @Nullable SegmentHeader header;

  /** Stretches of the file that hold no intact record though they should. */
  final List<Range> damage = new ArrayList<>();

  /** Records that are missing, in order. */
  final List<Gap> gaps = new ArrayList<>();

  long size;
  long records;
  long spans;

  /** Behind the last intact record, or the mark. */
  long end = Layout.SEGMENT_HEADER;

  /** The last sequence that is known of, whether its record is intact or not. */
  long last;

  /** All spans up to that one; -1 if nobody knows. */
  long spansAfter;

  /** The last sequence that is intact; zero if none is. */
  long lastIntact;

  long appendedMillis;

  /** The last sequence that is known to have been durable. */
  long settled;

  /** Where the records begin that were written when that was known. */
  long unsettledFrom = Layout.SEGMENT_HEADER;

  /** Whether it ends with a mark: all was settled when it was closed. */
  boolean marked;

  /** Whether the disk refused to read a part of it: it may come back. */
  boolean unreadable;

  private boolean seen;

  record Range(long from, long to) {}

  /** Records up to this sequence that are missing. */
  record Gap(long upTo, long records, long spans) {}

  SegmentCheck(long base, @Nullable SegmentHeader header) {
    this.base = base;
    this.header = header;
    this.last = header == null ? base - 1 : header.previous();
    this.spansAfter = header == null ? -1 : header.spansBefore();
    this.settled = header == null ? 0 : header.previous();
  }

  String name() {
    return Segment.name(base);
  }

  /** Says what came before, where the header does not. */
  void follow(long sequence, long spansUpTo) {
    if (header == null) {
      last = sequence;
      spansAfter = spansUpTo;
    }
  }

  /**
   * Goes over the records.
   *
   * @param limit the last sequence that may be in here: what follows is of a group that failed
   * @param exact whether the limit is also known to have been stored
   */
  void run(Disk disk, long limit, boolean exact) throws IOException {
    try (Disk.Opened file = disk.read(name())) {
      size = file.size();
      if (header == null) {
        damage.add(new Range(0, Math.min(size, Layout.SEGMENT_HEADER)));
      }
      Window window = new Window(file, Math.clamp(size, 4096, WINDOW), true);
      RecordScan scan = new RecordScan(window, base, end);
      RecordHeader found = last < limit ? scan.next(size) : null;
      while (found != null && found.sequence() <= limit) {
        if (found.offset() > scan.skippedFrom()) {
          damage.add(new Range(scan.skippedFrom(), found.offset()));
        }
        take(found, scan);
        found = marked || last >= limit ? null : scan.next(size);
      }
      unreadable |= window.faulty();
      if (exact && last < limit) {
        damage.add(new Range(Math.min(scan.position(), size), size));
      }
    }
  }

  private void take(RecordHeader found, RecordScan scan) throws IOException {
    if (!seen) {
      begin(found);
    }
    if (found.settled() > settled) {
      settled = found.settled();
      unsettledFrom = found.offset();
    }
    if (found.type() == Layout.MARK) {
      miss(found.sequence(), found.spansBefore());
      settled = Math.max(settled, found.sequence());
      marked = true;
      end = scan.position();
    } else if (found.type() == Layout.BATCH && found.sequence() > last) {
      miss(found.sequence() - 1, found.spansBefore());
      last = found.sequence();
      spansAfter = found.spansBefore() + found.spans();
      if (scan.intact(found, size)) {
        records++;
        spans += found.spans();
        lastIntact = last;
        end = scan.position();
        appendedMillis = found.appendedMillis();
      } else {
        damage.add(new Range(found.offset(), scan.position()));
        gaps.add(new Gap(last, 1, found.spans()));
      }
    }
  }

  /** Without a header, only a difference in spans tells that records before the first are lost. */
  private void begin(RecordHeader first) {
    seen = true;
    long before = first.type() == Layout.MARK ? first.sequence() : first.sequence() - 1;
    boolean known = spansAfter >= 0;
    if (header == null && known && (before <= last || first.spansBefore() == spansAfter)) {
      last = before;
    }
    if (!known || before <= last) {
      spansAfter = first.spansBefore();
    }
  }

  /** Records up to this one should be in here and are not. */
  void miss(long upTo, long spansUpTo) {
    if (upTo >= base - 1 && header != null) {
      last = Math.max(last, base - 1); // what lies between was never given
    }
    if (upTo > last) {
      long lost = spansAfter < 0 ? 0 : Math.max(0, spansUpTo - spansAfter);
      gaps.add(new Gap(upTo, upTo - last, lost));
      last = upTo;
      spansAfter = spansUpTo;
    }
  }

  /** Cuts what is behind the last intact record, unless it was durable once. */
  void cutTorn(long durable) {
    long kept = Math.max(lastIntact, durable);
    boolean cut = false;
    while (!gaps.isEmpty() && gaps.getLast().upTo() > kept) {
      Gap torn = gaps.removeLast();
      last = torn.upTo() - torn.records();
      spansAfter -= torn.spans();
      cut = true;
    }
    if (header != null && gaps.isEmpty() && lastIntact == 0) {
      last = header.previous(); // the first of its own sequences was never stored
    }
    if (cut) {
      damage.removeIf(range -> range.from() >= end);
    }
  }
}
