package dev.tollspan.journal;

import dev.tollspan.journal.JournalConfig.Durability;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a journal does when nobody waits for it: syncs by interval, saves the places of readers,
 * drops what is beyond a limit, deletes or recycles what all have passed, keeps a spare segment
 * ready, and tries again after trouble.
 *
 * <p>Deleting has an order: the place of a reader is durable first, then the file goes. The reverse
 * would lose count of what was dropped.
 *
 * <p>Owned by one thread, but for {@code trouble}, which others read, and {@code ended}, which is
 * guarded by the lock of the {@link Shelf}.
 */
final class Upkeep {
  static final String BALLAST = "ballast";
  static final String AGE = "journal_age";
  static final String SIZE = "journal_full";
  private static final String TEMP = "upkeep.tmp";
  private static final long SECOND = 1_000_000_000L;
  private static final byte[] ZEROS = new byte[256 << 10];

  private final Parts parts;
  private final Shelf shelf;
  private final Tail tail;
  private final List<Reader> readers;
  private final Tallies tallies;
  private final Alone alone;
  private final Notices notices;
  private long syncedNanos;
  private long savedNanos;
  private long preparedNanos;
  private boolean ballast;
  private volatile @Nullable Trouble trouble;
  private boolean ended;

  /** What is saved beside the records. */
  record Kept(List<Reader> readers, Tallies tallies) {}

  /** Runs a step while no group is being committed. */
  interface Alone {
    void run(Journal.Step step);
  }

  Upkeep(Parts parts, Shelf shelf, Tail tail, Kept kept, Alone alone) {
    this.parts = parts;
    this.shelf = shelf;
    this.tail = tail;
    this.readers = kept.readers();
    this.tallies = kept.tallies();
    this.alone = alone;
    this.notices = new Notices(parts);
    long now = parts.pace().nanos();
    this.syncedNanos = now;
    this.savedNanos = now - parts.config().cursorInterval().toNanos();
    this.preparedNanos = now - SECOND;
  }

  /** What keeps the places of readers from being saved; null if nothing does. */
  @Nullable Trouble trouble() {
    return trouble;
  }

  /** Until {@link #end}: a round, then a wait until there may be something to do. */
  void loop() {
    try {
      while (rest()) {
        run();
      }
    } catch (InterruptedException e) {
      // Nobody interrupts but who ends the process.
    }
    save(true);
    notices.sayTaken(parts.pace().nanos());
  }

  void end() {
    shelf.locked(
        () -> {
          ended = true;
          shelf.work.signal();
        });
  }

  private boolean rest() throws InterruptedException {
    shelf.lock.lock();
    try {
      long until = parts.pace().nanos() + restNanos();
      long left = until - parts.pace().nanos();
      if (!ended && left > 0) {
        parts.pace().await(shelf.work, left);
      }
      return !ended;
    } finally {
      shelf.lock.unlock();
    }
  }

  private long restNanos() {
    long now = parts.pace().nanos();
    long nanos = SECOND;
    if (parts.config().durability() == Durability.INTERVAL) {
      nanos = Math.min(nanos, parts.config().syncInterval().toNanos() - (now - syncedNanos));
    }
    for (Reader reader : readers) {
      if (reader.dirty()) {
        long sinceNanos = now - savedNanos;
        nanos = Math.min(nanos, parts.config().cursorInterval().toNanos() - sinceNanos);
      }
    }
    return trouble == null ? nanos : SECOND / 10;
  }

  /** One round. */
  void run() {
    long now = parts.pace().nanos();
    if (parts.config().durability() == Durability.INTERVAL
        && now - syncedNanos >= parts.config().syncInterval().toNanos()) {
      alone.run(tail::syncOrFail);
      syncedNanos = now;
    }
    boolean aged = dropByAge(now);
    boolean grown = dropBySize();
    save(aged || grown || now - savedNanos >= parts.config().cursorInterval().toNanos());
    removePassed();
    if (prepare(now) && tail.trouble() != null) {
      alone.run(tail::probe);
    }
    say(now);
  }

  private void save(boolean due) {
    if (!due) {
      return;
    }
    savedNanos = parts.pace().nanos();
    Trouble found = null;
    for (Reader reader : readers) {
      if (dirty(reader)) {
        try {
          saveOrMakeRoom(reader);
        } catch (IOException e) {
          found = Trouble.of(e);
        }
      }
    }
    try {
      tallies.save();
    } catch (IOException e) {
      found = Trouble.of(e);
    }
    trouble = found;
  }

  private void saveOrMakeRoom(Reader reader) throws IOException {
    try {
      reader.save();
    } catch (IOException e) {
      if (!Trouble.of(e).full()) {
        throw e;
      }
      parts.disk().delete(BALLAST);
      ballast = false;
      parts.points().reach("ballast.given_up");
      preparedNanos = parts.pace().nanos();
      reader.save();
    }
  }

  private boolean dirty(Reader reader) {
    return shelf.look(() -> reader.dirty());
  }

  private boolean dropByAge(long now) {
    long maxNanos = parts.config().maxAge().toNanos();
    if (maxNanos == 0) {
      return false;
    }
    boolean dropped = false;
    while (true) {
      Segment oldest = oldest();
      if (oldest == null || oldest.isEmpty() || now - oldest.newestNanos <= maxNanos) {
        return dropped;
      }
      if (isWritten(oldest)) {
        alone.run(tail::seal);
      }
      drop(oldest, AGE);
      dropped = true;
    }
  }

  private boolean dropBySize() {
    boolean dropped = false;
    while (true) {
      Segment oldest = oldest();
      if (oldest == null || isWritten(oldest) || !mayDrop(oldest) || !roomIsMissing()) {
        return dropped;
      }
      drop(oldest, SIZE);
      dropped = true;
    }
  }

  private boolean mayDrop(Segment segment) {
    shelf.lock.lock();
    try {
      return switch (parts.config().whenFull()) {
        case REFUSE -> false;
        case DROP_OLDEST -> true;
        case DROP_FOR_DOWN ->
            readers.stream().anyMatch(r -> r.hasPassed(segment))
                && readers.stream().allMatch(r -> r.hasPassed(segment) || r.isDown());
      };
    } finally {
      shelf.lock.unlock();
    }
  }

  private boolean roomIsMissing() {
    shelf.lock.lock();
    try {
      long needed = Math.max(shelf.wantedBytes, parts.config().segmentBytes());
      if (needed <= shelf.spareBytes) {
        return false;
      }
      long bytes = shelf.spareBytes;
      for (Segment segment : shelf.segments()) {
        bytes += segment.gone ? 0 : segment.fileBytes;
      }
      return bytes + needed > parts.config().maxBytes();
    } finally {
      shelf.lock.unlock();
    }
  }

  private @Nullable Segment oldest() {
    shelf.lock.lock();
    try {
      for (Segment segment : shelf.segments()) {
        if (!segment.gone) {
          return segment;
        }
      }
      return null;
    } finally {
      shelf.lock.unlock();
    }
  }

  private boolean isWritten(Segment segment) {
    return shelf.look(() -> segment == shelf.writing);
  }

  private void drop(Segment segment, String reason) {
    shelf.locked(
        () -> {
          for (Reader reader : readers) {
            notices.took(reader.name(), reason, reader.drop(segment, reason));
          }
          segment.gone = true;
        });
  }

  private void removePassed() {
    for (Segment segment : passed()) {
      parts.points().reach("segment.passed");
      try {
        remove(segment);
      } catch (IOException e) {
        return; // it stays on the shelf, and the next round tries again
      }
    }
  }

  private List<Segment> passed() {
    shelf.lock.lock();
    try {
      long passed = Long.MAX_VALUE;
      for (Reader reader : readers) {
        passed = Math.min(passed, reader.savedSequence());
      }
      long all = passed;
      boolean begun = readers.stream().allMatch(Reader::hasBegun);
      return shelf.segments().stream()
          .filter(s -> s != shelf.writing && (s.isEmpty() || s.last <= all) && (s.gone || begun))
          .toList();
    } finally {
      shelf.lock.unlock();
    }
  }

  /** A file that failed, or that readers may still be in, is not written again. */
  private void remove(Segment segment) throws IOException {
    boolean recycled;
    shelf.lock.lock();
    try {
      recycled =
          !segment.gone
              && !segment.dead
              && shelf.spareBytes == 0
              && segment.fileBytes == parts.config().segmentBytes()
              && parts.config().durability() != Durability.MEMORY;
    } finally {
      shelf.lock.unlock();
    }
    if (recycled) {
      parts.disk().rename(segment.name(), Tail.SPARE);
      parts.disk().sync(); // before a new header may stand in a file of the old name
    } else {
      parts.disk().delete(segment.name());
    }
    parts.points().reach("segment.removed");
    shelf.lock.lock();
    try {
      segment.gone = true;
      shelf.remove(segment);
      shelf.spareBytes = recycled ? segment.fileBytes : shelf.spareBytes;
    } finally {
      shelf.lock.unlock();
    }
  }

  /** Makes the spare segment and the ballast if they are missing; whether the disk let it. */
  private boolean prepare(long now) {
    if (parts.config().durability() == Durability.MEMORY) {
      return true;
    }
    if (now - preparedNanos < SECOND) {
      return false;
    }
    try {
      if (spareIsMissing()) {
        long size = parts.config().segmentBytes();
        writeZeros(Tail.SPARE, size);
        parts.points().reach("spare.made");
        shelf.lock.lock();
        try {
          shelf.spareBytes = size;
        } finally {
          shelf.lock.unlock();
        }
      }
      if (tail.trouble() == null && !ballast) {
        writeZeros(BALLAST, parts.config().ballastBytes());
        ballast = true;
      }
      return true;
    } catch (IOException e) {
      preparedNanos = parts.pace().nanos();
      return false;
    }
  }

  private boolean spareIsMissing() {
    return shelf.look(
        () ->
            shelf.spareBytes == 0
                && shelf.fileBytes() + parts.config().segmentBytes() <= parts.config().maxBytes());
  }

  /** Zeros that take their place on the disk: writing over them later needs no new blocks. */
  private void writeZeros(String name, long size) throws IOException {
    try (Disk.Opened file = parts.disk().create(TEMP)) {
      for (long at = 0; at < size; at += ZEROS.length) {
        file.write(at, ZEROS, 0, (int) Math.min(ZEROS.length, size - at));
      }
      file.sync();
    } catch (IOException e) {
      parts.disk().delete(TEMP);
      throw e;
    }
    parts.disk().rename(TEMP, name);
  }

  private void say(long now) {
    boolean full = shelf.look(() -> shelf.full(parts.config()));
    long refused = shelf.look(() -> shelf.refusals);
    notices.say(tail.trouble() != null ? tail.trouble() : trouble, full, refused, now);
  }
}
