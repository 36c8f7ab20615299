package dev.tollspan.exporters.parquet;

import dev.tollspan.exporters.parquet.SpanFile.Place;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.parquet.schema.MessageType;

/**
 * The directories and names of the lake: {@code spans/date=2026-08-22/hour=07/node-000001-uuid}.
 * One thread.
 */
final class Lake implements AutoCloseable {
  private static final int DEPTH = 3; // date, hour, file
  private static final long SECONDS_PER_HOUR = 3_600;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("HH", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Path spans;
  private final String node = nodeName();
  private final UUID run = UUID.randomUUID();
  private final MessageType schema = SpanLayout.parquet();
  private final SpanFile.Opener opener;
  private final SpanRows rows;
  private final RowSink rehearsal = new RowSink(new Nowhere());
  private final ZstdPages pages = new ZstdPages();
  private int files; // owned by the exporting thread

  /**
   * Makes the directory if need be, tries to write to it, and deletes what a process that is no
   * more left unfinished.
   */
  Lake(Path root, KeyTable keys, SpanFile.Opener opener) throws IOException {
    this.opener = opener;
    rows = new SpanRows(keys);
    spans = root.resolve("spans");
    try {
      createDirectories(spans);
      Files.delete(Files.createTempFile(spans, ".probe-", ".tmp"));
      deleteLeftovers();
    } catch (IOException | UncheckedIOException e) {
      pages.close();
      throw new IOException("parquet: cannot write to the directory " + root + ": " + e, e);
    }
  }

  /** Begins a file of the partition of this hour, counted from the epoch. */
  SpanFile open(long hour, Instant now) throws IOException {
    Instant start = Instant.ofEpochSecond(hour * SECONDS_PER_HOUR);
    Path directory =
        spans.resolve("date=" + DATE.format(start)).resolve("hour=" + HOUR.format(start));
    createDirectories(directory);
    files++;
    String name = String.format(Locale.ROOT, "%s-%06d-%s", node, files, run);
    return new SpanFile(
        new Place(directory, name, files, hour, now),
        new SpanWriteSupport(schema, rows),
        pages,
        opener);
  }

  /** Fails unless the disk says that it has room for so many bytes. */
  void checkRoom(long bytes) throws IOException {
    createDirectories(spans); // somebody may have taken it away
    if (opener.usableBytes(spans) < bytes) {
      throw new IOException("no room on the disk for a file like the one that failed");
    }
  }

  /** Makes a renamed file's entry durable, and those of the directories that it may have needed. */
  void sync(Place place) throws IOException {
    Path end = spans.getParent();
    for (Path at = place.directory(); at != null && !at.equals(end); at = at.getParent()) {
      try (FileChannel directory = FileChannel.open(at, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
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

  private void deleteLeftovers() throws IOException {
    List<Path> leftovers;
    try (Stream<Path> all = Files.walk(spans, DEPTH)) {
      leftovers = all.filter(Lake::isTemporary).toList();
    }
    for (Path leftover : leftovers) {
      // A living process holds a lock on the file that it writes.
      try (FileChannel channel = FileChannel.open(leftover, StandardOpenOption.WRITE)) {
        if (channel.tryLock() != null) {
          Files.delete(leftover);
        }
      } catch (OverlappingFileLockException e) {
        // Another exporter of this process is writing it.
      }
    }
  }

  private static boolean isTemporary(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.startsWith(SpanFile.TEMPORARY_PREFIX) && name.endsWith(SpanFile.TEMPORARY_SUFFIX);
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
