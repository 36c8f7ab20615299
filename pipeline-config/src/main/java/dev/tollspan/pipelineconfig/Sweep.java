package dev.tollspan.pipelineconfig;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the finished files of one directory once they were last written to longer ago than its
 * retention, and the partition directories that this empties. Nothing else is touched: no file with
 * a name that is not ours, none that is being written, no link and nothing behind one.
 *
 * <p>What cannot be deleted is logged when that begins, counted, and tried again by the next sweep.
 *
 * <p>Threads: {@link #runIfDue} belongs to the one thread that exports; the figures are for all.
 */
final class Sweep {
  private static final System.Logger LOG = System.getLogger(Sweep.class.getName());
  private static final Duration PERIOD = Duration.ofMinutes(1);

  private final String id;
  private final Path root;
  private final Pattern names;
  private final Duration retention;
  private final InstantSource clock;
  private final Deleter deleter;
  private @Nullable Instant last; // owned by the one thread that exports
  private final LongAdder deleted = new LongAdder();
  private volatile long overdue; // written by that thread alone

  /** The finished files of an exporter: those whose path below the root matches. */
  record Finished(Path root, Pattern names) {}

  /** How files are deleted: {@link Files#delete}, or a test's way to make that fail. */
  @FunctionalInterface
  interface Deleter {
    void delete(Path file) throws IOException;
  }

  /**
   * A sweep that has not run yet.
   *
   * @param id the exporter's name in the configuration
   * @param finished which files
   */
  Sweep(String id, Finished finished, Duration retention, InstantSource clock) {
    this(id, finished, retention, clock, Files::delete);
  }

  Sweep(String id, Finished finished, Duration retention, InstantSource clock, Deleter deleter) {
    this.id = id;
    root = finished.root();
    names = finished.names();
    this.retention = retention;
    this.clock = clock;
    this.deleter = deleter;
  }

  /** How many files it has deleted. */
  long deleted() {
    return deleted.sum();
  }

  /** How many files the last run should have deleted, and could not. */
  long overdue() {
    return overdue;
  }

  /** Sweeps if it has not in the last minute. A clock that was set back makes it due. */
  void runIfDue() {
    Instant now = clock.instant();
    Instant before = last;
    if (before == null || Duration.between(before, now).abs().compareTo(PERIOD) >= 0) {
      last = now;
      run(now.minus(retention));
    }
  }

  private void run(Instant oldest) {
    long overdueBefore = overdue;
    Visit visit = new Visit(oldest);
    try {
      visit.walk();
    } catch (IOException failure) {
      visit.fail(failure);
    }
    overdue = visit.overdue;
    IOException failure = visit.failure;
    if (failure != null && overdueBefore == 0) {
      LOG.log(
          Level.WARNING,
          "{0}: {1} files past their retention are not deleted: {2}",
          id,
          visit.overdue,
          CannotWrite.sentence(root, failure));
    }
  }

  /**
   * One walk. What cannot be looked into counts as one file. The root alone may be a link, because
   * exporters follow it, too.
   */
  private final class Visit extends SimpleFileVisitor<Path> {
    private final Instant oldest;
    private Path top = root; // owned by the walking thread, as the next two
    private long overdue;
    private @Nullable IOException failure;

    Visit(Instant oldest) {
      this.oldest = oldest;
    }

    void walk() throws IOException {
      if (Files.notExists(root)) {
        return;
      }
      top = root.toRealPath();
      if (!Files.isDirectory(top)) {
        throw new NotDirectoryException(top.toString());
      }
      Files.walkFileTree(top, this);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return mayHoldOurs(directory) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()
          && attributes.lastModifiedTime().toInstant().isBefore(oldest)
          && names.matcher(top.relativize(file).toString()).matches()) {
        try {
          deleter.delete(file);
          deleted.increment();
          deleteEmpty(file.getParent());
        } catch (NoSuchFileException e) {
          // Somebody else who shares the directory was faster.
        } catch (IOException e) {
          fail(e);
        }
      }
      if (attributes.isSymbolicLink() && mayHoldOurs(file) && Files.isDirectory(file)) {
        fail(new NotDirectoryException(file.toString())); // an exporter may write behind it
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      if (mayHoldOurs(file) && !(e instanceof NoSuchFileException)) {
        fail(e);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
      if (e != null) {
        fail(e);
      }
      return FileVisitResult.CONTINUE;
    }

    /** Whether a path of ours could begin like this; only the matcher knows that. */
    @SuppressWarnings("JdkObsolete")
    private boolean mayHoldOurs(Path directory) {
      Matcher path = names.matcher(top.relativize(directory).toString());
      return directory.equals(top) || path.matches() || path.hitEnd();
    }

    /** A partition is {@code key=value}; the directory of the exporter itself is none. */
    private void deleteEmpty(@Nullable Path directory) throws IOException {
      Path at = directory;
      while (at != null && !at.equals(top) && at.getFileName().toString().contains("=")) {
        try {
          Files.delete(at);
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
          return;
        }
        at = at.getParent();
      }
    }

    private void fail(IOException e) {
      overdue++;
      failure = e;
    }
  }
}
