package dev.tollspan.exporters.parquet;

import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.apache.parquet.schema.MessageType;

/**
 * The directories and names of the lake: {@code spans/date=2026-08-22/hour=07/NAME}, see {@link
 * FileName}. One thread.
 */
final class Lake implements AutoCloseable {
  private static final long SECONDS_PER_HOUR = 3_600;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("HH", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Path spans;
  private final String node = nodeName();
  private final UUID run = UUID.randomUUID();
  private final MessageType schema = SpanLayout.parquet();
  private final Storage storage;
  private final SpanRows rows;
  private final RowSink rehearsal = new RowSink(new Nowhere());
  private final ZstdPages pages = new ZstdPages();
  private final Leftovers leftovers;
  private int files; // owned by the exporting thread

  /**
   * Makes the directory if need be, tries to write to it, and finishes or deletes what a process
   * that is no more left.
   */
  Lake(Path root, KeyTable keys, Storage storage) throws IOException {
    this.storage = storage;
    rows = new SpanRows(keys);
    spans = root.resolve("spans");
    try {
      createDirectories(spans);
      Files.delete(Files.createTempFile(spans, ".probe-", ".tmp"));
      leftovers = new Leftovers(spans, storage);
    } catch (IOException | UncheckedIOException e) {
      pages.close();
      throw new IOException("parquet: cannot write to the directory " + root + ": " + e, e);
    }
  }

  /**
   * The largest sequence of this epoch that stood in whole files when the lake was opened, or 0.
   *
   * @throws IOException if another process was about to add some
   */
  long last(long epoch) throws IOException {
    return leftovers.last(epoch);
  }

  /** Begins a file of the partition of this hour, counted from the epoch. */
  SpanFile open(long hour) throws IOException {
    Instant start = Instant.ofEpochSecond(hour * SECONDS_PER_HOUR);
    Path directory =
        spans.resolve("date=" + DATE.format(start)).resolve("hour=" + HOUR.format(start));
    createDirectories(directory);
    files++;
    String name = String.format(Locale.ROOT, "%s-%06d-%s", node, files, run);
    return new SpanFile(
        directory,
        name,
        hour,
        new SpanWriteSupport(schema, rows),
        new SpanFile.Shared(storage, pages));
  }

  /** The name of a file that this host wrote. */
  FileName name(long epoch, long first, long last, int number, int count) {
    return new FileName(node, epoch, first, last, number, count);
  }

  /** Fails unless the disk says that it has room for so many bytes. */
  void checkRoom(long bytes) throws IOException {
    createDirectories(spans); // somebody may have taken it away
    if (storage.usableBytes(spans) < bytes) {
      throw new IOException("no room on the disk for files like those that failed");
    }
  }

  /** Makes the entries of partitions durable, and those of the directories that they are in. */
  void syncUpToRoot(Set<Path> partitions) throws IOException {
    storage.syncAll(withParents(partitions, spans));
  }

  /** Makes the entries of partitions durable. */
  void sync(Set<Path> partitions) throws IOException {
    storage.syncAll(partitions);
  }

  /** These directories, and those above them up to the one that {@code spans} is in. */
  static Set<Path> withParents(Set<Path> directories, Path spans) {
    Set<Path> all = new LinkedHashSet<>(directories);
    for (Path directory : directories) {
      Path at = directory;
      while (at.startsWith(spans) && at.getParent() != null) {
        at = at.getParent();
        all.add(at);
      }
    }
    return all;
  }

  /** Whether a span makes a row, found out without a file that could be broken by it. */
  boolean makesRow(SpanView view, int span) {
    try {
      rows.write(rehearsal, view.moveTo(span), 0);
      return true;
    } catch (RuntimeException e) {
      rows.forget(); // a resource could be known by half
      return false;
    }
  }

  /** Lets go of the last batch. */
  void forgetBatch() {
    rows.forget();
  }

  @Override
  public void close() {
    pages.close();
  }

  private static void createDirectories(Path directory) throws IOException {
    FileAttribute<?> ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(directory, ownerOnly);
  }

  /** The host, so that files of several sidecars in one place can be told apart. */
  private static String nodeName() {
    String name = System.getenv("HOSTNAME");
    try {
      if (name == null || name.isBlank()) {
        name = InetAddress.getLocalHost().getHostName();
      }
    } catch (UnknownHostException e) {
      name = "node";
    }
    return name.replaceAll("[^A-Za-z0-9.]", "_");
  }
}
