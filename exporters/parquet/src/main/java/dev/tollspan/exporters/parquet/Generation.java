package dev.tollspan.exporters.parquet;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All files that are open together. They hold the spans of one range of sequences, and either all
 * of them are shown or none: first each is made whole, durable and ready, and only then the first
 * is shown. Whoever finds all of them ready, or one of them shown, after a crash knows that the
 * others may be shown too. One thread.
 */
final class Generation {
  private final Lake lake;
  private final List<SpanFile> files = new ArrayList<>(); // in the order of opening
  private Instant openedAt = Instant.EPOCH; // owned by the exporting thread, as are all below
  private long first;
  private long last;
  private long bytes;
  private State state = State.OPEN;

  private enum State {
    OPEN,
    /** Some files may be ready, but not all: the generation has to be discarded. */
    BROKEN,
    /** All files are ready and durable, some may be shown: it cannot be discarded any more. */
    READY
  }

  Generation(Lake lake) {
    this.lake = lake;
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  boolean isBroken() {
    return state == State.BROKEN;
  }

  boolean isReady() {
    return state == State.READY;
  }

  /** How many files there are. */
  int size() {
    return files.size();
  }

  /** The sequence of the first batch that has a row here. */
  long first() {
    return first;
  }

  /** The file of the partition of this hour, if there is one. */
  @Nullable SpanFile file(long hour) {
    for (int i = files.size() - 1; i >= 0; i--) {
      if (files.get(i).hour() == hour) {
        return files.get(i);
      }
    }
    return null;
  }

  /** Adds a file for the partition of this hour. */
  SpanFile open(long hour, long sequence, Instant now) throws IOException {
    SpanFile file = lake.open(hour);
    if (files.isEmpty()) {
      first = sequence;
      openedAt = now;
    }
    files.add(file);
    return file;
  }

  /** All spans of the batch with this sequence are here, or will never be. */
  void take(long sequence) {
    last = sequence;
  }

  /** Whether a file has reached its size. */
  boolean isFull(ParquetConfig config) {
    boolean full = false;
    bytes = 0;
    for (SpanFile file : files) {
      long size = file.bytes();
      bytes += size;
      full |= size >= config.maxBytes() || file.rows() >= config.maxRows();
    }
    return full;
  }

  boolean isDue(Instant now, Duration ageMax) {
    Duration age = Duration.between(openedAt, now);
    return !isEmpty() && (age.isNegative() || age.compareTo(ageMax) >= 0);
  }

  /** How large all files were, together, when {@link #isFull} looked. */
  long bytes() {
    return bytes;
  }

  /** Makes all files ready. If that fails, the generation is broken. */
  void end(long epoch) throws IOException {
    state = State.BROKEN;
    for (int i = 0; i < files.size(); i++) {
      files.get(i).end(lake.name(epoch, first, last, i + 1, files.size()));
    }
    lake.syncUpToRoot(directories());
    state = State.READY;
  }

  /** Shows all files. If that fails, it may be called again and goes on where it was. */
  void show() throws IOException {
    boolean any = false;
    for (SpanFile file : files) {
      any |= file.show();
    }
    if (!any) {
      state = State.BROKEN;
      throw new IOException("somebody took files away that were to be shown");
    }
    lake.sync(directories());
    close();
  }

  /**
   * Takes all files away; may be called again if that fails. It need not be durable: before the
   * same rows are shown by another generation, the directory of at least one of them is synced, and
   * then these files are not complete any more.
   */
  void discard() throws IOException {
    state = State.BROKEN;
    for (SpanFile file : files) {
      file.discard();
    }
  }

  /** Lets go of all files as they are. */
  void close() {
    files.forEach(SpanFile::close);
  }

  private Set<Path> directories() {
    Set<Path> directories = new LinkedHashSet<>();
    for (SpanFile file : files) {
      directories.add(file.directory());
    }
    return directories;
  }
}
