package dev.tollspan.journal;

import dev.tollspan.journal.JournalConfig.Durability;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log of bytes that is durable before it answers, and that any number of readers
 * follow at places of their own.
 *
 * <p>Appends of many threads at once share one write and one sync: the first of them leads, waits a
 * little for as many as came the last time, and does the work for all. Whole segments are deleted
 * once every reader's durable place has passed them. A disk that is full or fails is an answer,
 * never an exception, and the journal goes on by itself once the disk does.
 *
 * <p>Safe for many threads, platform and virtual. The thread {@code tollspan-journal-upkeep} is
 * started by {@link #open} and ended by {@link #close}; a group is led by one of those who wait for
 * it, or by a virtual thread if none does. Fields that change are guarded by the lock of the {@link
 * Shelf}.
 */
public final class Journal implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Journal.class.getName());
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int EPOCH_RANDOM_BITS = 20;
  private static final Appended CLOSED = new Appended.Failing("the journal is closed");
  private static final Appended BROKEN = new Appended.Failing("the journal failed");
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final Parts parts;
  private final Shelf shelf;
  private final Tail tail;
  private final Recovery recovery;
  private final Map<String, Reader> readers;
  private final Tallies tallies;
  private final Map<String, Long> found;
  private final Upkeep upkeep;
  private final Condition filled;
  private final ArrayDeque<Pending> queue = new ArrayDeque<>();
  private long queuedBytes;
  private long unansweredBytes;
  private long queuedNanos;
  private int lastCount = 1;
  private boolean committing;
  private boolean closing;
  private @Nullable Thread thread;

  /** Work of one thread, of which only one may be done at a time. */
  interface Step {
    void run();
  }

  /**
   * Opens the journal in a folder, which is created if need be, and repairs what it finds there;
   * damage never keeps it from starting.
   *
   * @param readers the names of all that follow; only these hold segments back
   * @param nanoTicker a monotonic clock, such as {@code System::nanoTime}
   * @param clock the wall clock, for the ages of records that outlive the process
   * @throws IOException if the folder cannot be used at all, or is in use by another process
   */
  public static Journal open(
      Path folder,
      JournalConfig config,
      Set<String> readers,
      LongSupplier nanoTicker,
      InstantSource clock)
      throws IOException {
    Disk disk =
        config.durability() == Durability.MEMORY
            ? new HeapDisk(config.maxBytes() + (1 << 20))
            : new RealDisk(folder);
    Pace pace = new Pace.RealPace(nanoTicker, clock);
    boolean lasts = config.durability() != Durability.MEMORY;
    String name = String.valueOf(folder.getFileName());
    Parts parts = new Parts(disk, config, pace, FailPoint.NONE, () -> newEpoch(clock, lasts), name);
    try {
      Journal journal = new Journal(parts, readers);
      journal.start();
      return journal;
    } catch (IOException e) {
      disk.close();
      throw e;
    }
  }

  private static long newEpoch(InstantSource clock, boolean lasts) {
    long epoch = clock.millis() << EPOCH_RANDOM_BITS | RANDOM.nextInt(1 << EPOCH_RANDOM_BITS);
    return lasts ? epoch & Long.MAX_VALUE : epoch | Long.MIN_VALUE;
  }

  /** A journal without its thread: whoever made it calls {@link Upkeep#run}. */
  Journal(Parts parts, Set<String> names) throws IOException {
    this.parts = parts;
    Recoverer.Found start = new Recoverer(parts, names).run();
    this.shelf = start.shelf();
    this.recovery = start.recovery();
    this.tail = new Tail(parts, shelf, start.epoch(), start.nextSequence());
    this.filled = shelf.lock.newCondition();
    this.readers = new LinkedHashMap<>();
    for (String name : names) {
      readers.put(name, new Reader(parts, shelf, name, start.cursor(name)));
    }
    this.tallies = new Tallies(parts);
    this.found = tallies.load();
    List<Reader> all = List.copyOf(readers.values());
    this.upkeep = new Upkeep(parts, shelf, tail, new Upkeep.Kept(all, tallies), this::alone);
  }

  private void start() {
    Thread started =
        Thread.ofPlatform().daemon().name("tollspan-journal-upkeep").unstarted(upkeep::loop);
    thread = started;
    started.start();
  }

  /** What the start found. */
  public Recovery recovery() {
    return recovery;
  }

  /**
   * Names the life of this folder; sequences of different epochs have nothing in common. A later
   * one is larger; it is negative for a journal in memory, of which nothing is read in a later
   * life.
   */
  public long epoch() {
    return tail.epoch();
  }

  /** What was counted beside this journal in an earlier life, as {@link #tally} told it. */
  public Map<String, Long> tallied() {
    return found;
  }

  /** Keeps these numbers, whose names have no line end, for a later life; asked now and then. */
  public void tally(Supplier<Map<String, Long>> counted) {
    tallies.keep(counted);
  }

  /**
   * The reader of this name.
   *
   * @throws IllegalArgumentException if the journal was opened without it
   */
  public Reader reader(String name) {
    Reader reader = readers.get(name);
    if (reader == null) {
      throw new IllegalArgumentException("the journal has no reader " + name);
    }
    return reader;
  }

  /** As {@link #join} and {@link Pending#await} at once. */
  public Appended append(byte[] bytes, int offset, int length, int spans) {
    return await(queue(new Pending(this, bytes, offset, length, spans)));
  }

  /**
   * Lends bytes to the group that commits next, whether the caller waits for it or not. Whoever
   * needs several journals joins them all before the first {@link Pending#await}, so that they
   * commit side by side.
   */
  public Pending join(byte[] bytes, int offset, int length, int spans) {
    Pending pending = queue(new Pending(this, bytes, offset, length, spans));
    if (thread != null) {
      Thread.startVirtualThread(this::leadIfNobodyDoes);
    }
    return pending;
  }

  /**
   * Whether a record of this length, if it joined now, would be stored for sure, as far as limits
   * go. Whoever writes to several journals asks them all first, so that none has what another
   * refuses; meanwhile nobody else may join.
   */
  public boolean hasRoom(int length) {
    long size = Layout.size(length);
    return shelf.look(() -> shelf.hasRoom(unansweredBytes, size, parts.config()));
  }

  private Pending queue(Pending pending) {
    shelf.lock.lock();
    try {
      if (closing) {
        pending.answer(CLOSED);
        return pending;
      }
      if (queue.isEmpty()) {
        queuedNanos = parts.pace().nanos();
      }
      queue.add(pending);
      queuedBytes += pending.size();
      unansweredBytes += pending.size();
      if (isFilled()) {
        filled.signal();
      }
      return pending;
    } finally {
      shelf.lock.unlock();
    }
  }

  private void leadIfNobodyDoes() {
    shelf.locked(
        () -> {
          while (!queue.isEmpty() && !committing) {
            lead();
          }
        });
  }

  Appended await(Pending pending) {
    shelf.lock.lock();
    try {
      while (true) {
        Appended answer = pending.answer();
        if (answer != null) {
          return answer;
        }
        if (committing) {
          shelf.answered.awaitUninterruptibly();
        } else {
          lead();
        }
      }
    } finally {
      shelf.lock.unlock();
    }
  }

  /** Commits the group at the head of the queue; the caller holds the lock. */
  private void lead() {
    committing = true;
    boolean interrupted = awaitOthers();
    List<Pending> group = take();
    Appended answer = BROKEN;
    shelf.lock.unlock();
    try {
      answer = tail.commit(group);
    } finally {
      shelf.lock.lock();
      long stored = answer instanceof Appended.Stored first ? first.sequence() : 0;
      for (Pending each : group) {
        unansweredBytes -= each.size();
        each.answer(stored > 0 ? new Appended.Stored(stored++) : answer);
      }
      committing = false;
      shelf.answered.signalAll();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** As many as last time, or as much as a group may hold. */
  private boolean isFilled() {
    return queue.size() >= lastCount || queuedBytes >= parts.config().groupBytesMax();
  }

  /** Waits until the group is old or large enough; whether an interrupt came meanwhile. */
  private boolean awaitOthers() {
    long until = queuedNanos + parts.config().groupDelay().toNanos();
    long left = until - parts.pace().nanos();
    while (left > 0 && !isFilled() && !closing) {
      try {
        parts.pace().await(filled, left);
      } catch (InterruptedException e) {
        return true;
      }
      left = until - parts.pace().nanos();
    }
    return false;
  }

  private List<Pending> take() {
    List<Pending> group = new ArrayList<>();
    long bytes = 0;
    while (!queue.isEmpty() && bytes < parts.config().groupBytesMax()) {
      Pending next = queue.remove();
      bytes += next.size();
      group.add(next);
    }
    queuedBytes -= bytes;
    lastCount = group.size();
    return group;
  }

  /** Runs what only one thread at a time may do to the tail. */
  private void alone(Step step) {
    shelf.lock.lock();
    try {
      while (committing) {
        shelf.answered.awaitUninterruptibly();
      }
      committing = true;
    } finally {
      shelf.lock.unlock();
    }
    try {
      step.run();
    } finally {
      shelf.lock.lock();
      try {
        committing = false;
        shelf.answered.signalAll();
      } finally {
        shelf.lock.unlock();
      }
    }
  }

  /** How the journal is now. */
  public JournalStatus status() {
    Trouble trouble = tail.trouble() != null ? tail.trouble() : upkeep.trouble();
    return shelf.look(
        () ->
            new JournalStatus(
                parts.config().durability(),
                trouble == null ? null : trouble.words(),
                shelf.last,
                shelf.spans,
                shelf.segments().size(),
                shelf.fileBytes(),
                parts.config().maxBytes(),
                shelf.full(parts.config())));
  }

  Upkeep upkeep() {
    return upkeep;
  }

  /**
   * Takes nothing more, finishes what has joined, makes the places of readers durable and gives the
   * folder free. Readers must not be used afterwards.
   */
  @Override
  public void close() {
    shelf.lock.lock();
    try {
      if (closing) {
        return;
      }
      closing = true;
      filled.signal();
      while (committing || !queue.isEmpty()) {
        if (committing) {
          shelf.answered.awaitUninterruptibly();
        } else {
          lead();
        }
      }
    } finally {
      shelf.lock.unlock();
    }
    upkeep.end();
    Thread started = thread;
    if (started == null) {
      upkeep.loop();
    } else {
      boolean ended = false;
      try {
        ended = started.join(CLOSE_LIMIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!ended) {
        LOG.log(Level.ERROR, "journal: the disk does not answer");
        return; // the folder stays locked as long as somebody is in it
      }
    }
    alone(tail::close);
    for (Reader reader : readers.values()) {
      reader.close();
    }
    try {
      parts.disk().close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "journal: closing failed with " + e.getClass().getName());
    }
  }
}
