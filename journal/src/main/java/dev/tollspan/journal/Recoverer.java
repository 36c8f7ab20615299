package dev.tollspan.journal;

import dev.tollspan.journal.Layout.SegmentHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a journal together from the files of its folder. Nothing that is found there ends a start:
 * what cannot be read, written or renamed is left as it is.
 *
 * <p>Owned by one thread, and good for one run.
 */
final class Recoverer {
  private static final String NEWER = ".newer";
  private static final String ASIDE = ".aside";
  private static final long BEYOND_NEWER = 1L << 32;
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final Parts parts;
  private final Set<String> readers;
  private final List<SegmentCheck> checks = new ArrayList<>();
  private final Map<String, Cursor> cursors = new LinkedHashMap<>();
  private final Map<String, Reader.Start> starts = new LinkedHashMap<>();
  private final List<String> setAside = new ArrayList<>();
  private final Shelf shelf = new Shelf();
  private long epoch;
  private long newerBase;
  private long durable;
  private long lostRecords;
  private long lostSpans;
  private long tornRecords;

  /** A journal as it was found. */
  record Found(
      Shelf shelf,
      long epoch,
      long nextSequence,
      Recovery recovery,
      Map<String, Reader.Begun> begun) {
    Reader.Begun cursor(String reader) {
      Reader.Begun found = begun.get(reader);
      if (found == null) {
        throw new NoSuchElementException(reader);
      }
      return found;
    }
  }

  Recoverer(Parts parts, Set<String> readers) {
    this.parts = parts;
    this.readers = readers;
  }

  Found run() throws IOException {
    long startNanos = parts.pace().nanos();
    List<String> names = new ArrayList<>(parts.disk().names());
    names.sort(null);
    names.stream().filter(n -> n.endsWith(".tmp")).forEach(this::delete);
    readCursors(names);
    openSegments(names);
    epoch = chooseEpoch();
    dropForeignCursors();
    checkSegments();
    SegmentCheck newest = newest();
    if (newest != null && !newest.marked) {
      newest.cutTorn(durable);
    }
    count();
    Quarantine quarantine = new Quarantine(parts.disk(), names);
    keepDamage(quarantine);
    if (newest != null && !newest.marked && newest.lastIntact > 0) {
      settle(newest);
    }
    fillShelf(quarantine);
    findSpare(names);
    Recovery recovery = report(startNanos, quarantine.bytes());
    parts.points().reach("recovery.done");
    return new Found(shelf, epoch, nextSequence(), recovery, begin());
  }

  private void readCursors(List<String> names) {
    List<String> known = readers.stream().map(Cursor::file).toList();
    for (String name : names) {
      if (name.endsWith(Cursor.SUFFIX) && !known.contains(name)) {
        setAside(name, ASIDE);
      }
    }
    for (String reader : readers) {
      starts.put(reader, Reader.Start.FRESH);
      if (names.contains(Cursor.file(reader))) {
        starts.put(reader, Reader.Start.RESET);
        try {
          Cursor cursor = Cursor.read(parts.disk(), reader);
          if (cursor != null) {
            cursors.put(reader, cursor);
          }
        } catch (IOException e) {
          // As one that is damaged: records come again.
        }
      }
    }
  }

  private void openSegments(List<String> names) {
    for (String name : names) {
      long base = Segment.base(name);
      if (base > 0) {
        try {
          open(name, base);
        } catch (IOException e) {
          setAside.add(name); // it stays where it is
        }
      }
    }
  }

  private void open(String name, long base) throws IOException {
    byte[] bytes = new byte[Layout.SEGMENT_HEADER];
    boolean whole;
    boolean unreadable;
    try (Disk.Opened file = parts.disk().read(name)) {
      Window window = new Window(file, bytes.length, true);
      whole = window.copy(0, bytes, bytes.length, file.size());
      unreadable = window.faulty();
    }
    SegmentHeader header = whole && Layout.isSegment(bytes) ? Layout.segment(bytes) : null;
    if (header != null && header.version() > Layout.VERSION) {
      setAside(name, NEWER);
      newerBase = base;
      return;
    }
    boolean ours = header != null && header.base() == base;
    SegmentCheck check = new SegmentCheck(base, ours ? header : null);
    check.unreadable = unreadable;
    checks.add(check);
  }

  /** The newest segment knows it; if all are deleted, the reader that came farthest does. */
  private long chooseEpoch() {
    for (SegmentCheck check : checks.reversed()) {
      if (check.header != null) {
        return check.header.epoch();
      }
    }
    Cursor farthest = null;
    for (Cursor cursor : cursors.values()) {
      if (farthest == null || cursor.sequence() > farthest.sequence()) {
        farthest = cursor;
      }
    }
    return farthest == null ? parts.random().getAsLong() : farthest.epoch();
  }

  private void dropForeignCursors() {
    cursors.values().removeIf(cursor -> cursor.epoch() != epoch);
    for (Map.Entry<String, Cursor> each : cursors.entrySet()) {
      starts.put(each.getKey(), Reader.Start.RESUMED);
      durable = Math.max(durable, each.getValue().sequence());
    }
  }

  private void checkSegments() {
    Survey survey = new Survey(parts.disk(), checks);
    survey.runKnown();
    SegmentCheck before = null;
    for (int i = 0; i < checks.size(); i++) {
      SegmentCheck check = checks.get(i);
      if (before == null) {
        followCursor(check);
      } else if (check.header != null) {
        before.miss(check.header.previous(), check.header.spansBefore());
      } else {
        check.follow(before.last, before.spansAfter);
      }
      if (check.header == null) {
        survey.run(i);
      }
      durable = Math.max(durable, check.settled);
      before = check;
    }
  }

  private void followCursor(SegmentCheck check) {
    Cursor hindmost = hindmost();
    if (hindmost != null) {
      check.follow(hindmost.sequence(), hindmost.spans());
    }
  }

  private @Nullable Cursor hindmost() {
    Cursor hindmost = null;
    for (Cursor cursor : cursors.values()) {
      if (hindmost == null || cursor.sequence() < hindmost.sequence()) {
        hindmost = cursor;
      }
    }
    return hindmost;
  }

  /**
   * The last group may have been written and never synced, or synced in vain. It is written once
   * more and settled with a mark, before anybody reads it. If the disk does not let us, it is kept
   * as it is: perhaps it was promised.
   */
  private void settle(SegmentCheck newest) {
    try (Disk.Opened file = parts.disk().edit(newest.name())) {
      byte[] bytes = new byte[Math.clamp(newest.end - newest.unsettledFrom, 0, 1 << 20)];
      for (long at = newest.unsettledFrom; at < newest.end; at += bytes.length) {
        int length = (int) Math.min(bytes.length, newest.end - at);
        file.write(at, bytes, 0, file.read(at, bytes, 0, length));
      }
      parts.points().reach("recovery.tail_written");
      Tail.writeMark(file, newest.base, newest.end, newest.last, newest.spansAfter);
      file.sync();
      parts.points().reach("recovery.tail_settled");
    } catch (IOException e) {
      return;
    }
    newest.end += Layout.RECORD_HEADER;
  }

  private @Nullable SegmentCheck newest() {
    for (SegmentCheck check : checks.reversed()) {
      if (check.records > 0 || !check.gaps.isEmpty()) {
        return check;
      }
    }
    return null;
  }

  /**
   * What every reader has passed is lost to nobody: a deleted file may come back and another not.
   */
  private void count() {
    Cursor hindmost = cursors.size() < readers.size() ? null : hindmost();
    long passed = hindmost == null ? 0 : hindmost.sequence();
    for (SegmentCheck check : checks) {
      for (SegmentCheck.Gap gap : check.gaps) {
        if (gap.upTo() <= passed) {
          continue;
        }
        if (gap.upTo() <= durable) {
          lostRecords += gap.records();
          lostSpans += gap.spans();
        } else {
          tornRecords += gap.records();
        }
      }
    }
  }

  private void keepDamage(Quarantine quarantine) {
    for (SegmentCheck check : checks) {
      if (!check.damage.isEmpty() && check.records > 0) {
        try (Disk.Opened file = parts.disk().read(check.name())) {
          for (SegmentCheck.Range range : check.damage) {
            quarantine.copy(check.name(), file, range);
          }
        } catch (IOException e) {
          // Readers meet it again, and say so.
        }
      }
    }
  }

  private void fillShelf(Quarantine quarantine) {
    long now = parts.pace().nanos();
    for (SegmentCheck check : checks) {
      if (check.records > 0) {
        long age = Math.max(0, parts.pace().millis() - check.appendedMillis);
        long came = now - Math.min(age, Long.MAX_VALUE / 2 / NANOS_PER_MILLI) * NANOS_PER_MILLI;
        Segment segment = new Segment(check.base, check.size, check.last, check.spansAfter);
        segment.end = check.end;
        segment.newestNanos = came;
        shelf.add(segment);
      } else if (check.unreadable) {
        setAside.add(check.name()); // it stays where it is: the next start may read it
      } else if (check.damage.isEmpty()) {
        delete(check.name());
      } else {
        quarantine.move(check.name(), check.size);
      }
      shelf.last = Math.max(shelf.last, check.last);
      shelf.spans = Math.max(shelf.spans, check.spansAfter);
    }
    for (Cursor cursor : cursors.values()) {
      shelf.last = Math.max(shelf.last, cursor.sequence());
      shelf.spans = Math.max(shelf.spans, cursor.spans());
    }
  }

  /**
   * Where the end is not marked, damage may have taken records that readers had seen. Their
   * sequences must not name others, so as many are left out as the segment could have held; and
   * more where a file of a newer version was set aside.
   */
  private long nextSequence() {
    long next = Math.max(shelf.last + 1, newerBase == 0 ? 0 : newerBase + BEYOND_NEWER);
    if (!checks.isEmpty() && !checks.getLast().marked) {
      SegmentCheck newest = checks.getLast();
      long bytes = Math.max(newest.size, parts.config().segmentBytes());
      next = Math.max(next, newest.base) + bytes / Layout.RECORD_HEADER;
    }
    return next;
  }

  private void findSpare(List<String> names) {
    if (names.contains(Tail.SPARE)) {
      try (Disk.Opened file = parts.disk().read(Tail.SPARE)) {
        long size = file.size();
        shelf.spareBytes = size == parts.config().segmentBytes() ? size : 0;
      } catch (IOException e) {
        shelf.spareBytes = 0;
      }
      if (shelf.spareBytes == 0) {
        delete(Tail.SPARE);
      }
    }
  }

  private Recovery report(long startNanos, long quarantined) {
    long records = 0;
    long spans = 0;
    long damaged = 0;
    for (SegmentCheck check : checks) {
      records += check.records;
      spans += check.spans;
      for (SegmentCheck.Range range : check.damage) {
        damaged += range.to() - range.from();
      }
    }
    return new Recovery(
        records,
        spans,
        lostRecords,
        lostSpans,
        tornRecords,
        damaged,
        quarantined,
        List.copyOf(setAside),
        parts.pace().nanos() - startNanos);
  }

  /** A reader without a place begins at the oldest record: what was before is none of its books. */
  private Map<String, Reader.Begun> begin() {
    Map<String, Reader.Begun> begun = new LinkedHashMap<>();
    long oldestSequence = shelf.last;
    long oldestSpans = shelf.spans;
    for (SegmentCheck check : checks) {
      if (check.records > 0) {
        oldestSequence = check.base - 1;
        oldestSpans = check.spansAfter - check.spans;
        for (SegmentCheck.Gap gap : check.gaps) {
          oldestSpans -= gap.spans();
        }
        break;
      }
    }
    for (String reader : readers) {
      Cursor cursor = cursors.get(reader);
      if (cursor == null) {
        cursor = new Cursor(epoch, oldestSequence, oldestSpans, oldestSpans, 0, Map.of());
      }
      Reader.Start start = starts.getOrDefault(reader, Reader.Start.FRESH);
      begun.put(reader, new Reader.Begun(start, cursor));
    }
    return begun;
  }

  private void setAside(String name, String suffix) {
    setAside.add(name);
    try {
      parts.disk().rename(name, name + suffix);
    } catch (IOException e) {
      // It is not used either way.
    }
  }

  private void delete(String name) {
    try {
      parts.disk().delete(name);
    } catch (IOException e) {
      // The next start tries again.
    }
  }
}
