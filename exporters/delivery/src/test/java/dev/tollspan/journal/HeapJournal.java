package dev.tollspan.journal;

import java.io.IOException;
import java.util.Set;

/**
 * A journal on a disk in the heap that outlives it, without a thread of its own: whoever made it
 * does the upkeep.
 */
public final class HeapJournal {
  private static final int BESIDE_BYTES = 1 << 20; // places, ballast, what a file has to spare

  private final HeapDisk disk;
  private final JournalConfig config;
  private final Turns turns;
  private final Set<String> readers;
  private final Journal journal;

  private HeapJournal(HeapDisk disk, JournalConfig config, Turns turns, Set<String> readers)
      throws IOException {
    this.disk = disk;
    this.config = config;
    this.turns = turns;
    this.readers = readers;
    this.journal = new Journal(new Parts(disk, config, turns, FailPoint.NONE, () -> 77L), readers);
  }

  /** A new one. */
  public static HeapJournal open(JournalConfig config, Turns turns, Set<String> readers)
      throws IOException {
    return new HeapJournal(new HeapDisk(bytes(config)), config, turns, readers);
  }

  private static long bytes(JournalConfig config) {
    return 4 * config.maxBytes() + BESIDE_BYTES;
  }

  public Journal journal() {
    return journal;
  }

  public void upkeep() {
    journal.upkeep().run();
  }

  /** What the next process finds after this one was closed. */
  public HeapJournal next(Turns later) throws IOException {
    later.pass(turns.nanos() - later.nanos());
    return new HeapJournal(disk, config, later, readers);
  }

  /** What the next process finds if this one is killed now. */
  public HeapJournal afterKill(Turns later) throws IOException {
    HeapDisk left = new HeapDisk(bytes(config));
    for (String name : disk.names()) {
      try (Disk.Opened from = disk.read(name);
          Disk.Opened to = left.create(name)) {
        byte[] bytes = new byte[Math.toIntExact(from.size())];
        to.write(0, bytes, 0, from.read(0, bytes, 0, bytes.length));
      }
    }
    later.pass(turns.nanos() - later.nanos());
    return new HeapJournal(left, config, later, readers);
  }
}
