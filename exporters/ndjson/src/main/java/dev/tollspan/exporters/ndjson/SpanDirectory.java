package dev.tollspan.exporters.ndjson;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one exporter, and the names in it.
 *
 * <pre>
 *  .spans-20260822T071530Z-0000.ndjson.part   being written, locked by its writer
 *   spans-20260822T071530Z-0000.ndjson        whole, never touched again
 * </pre>
 *
 * <p>Names sort in the order of writing and hold nothing that came from outside. Several processes
 * may share a directory. One thread.
 */
final class SpanDirectory {
  private static final String PREFIX = ".spans-";
  private static final String SUFFIX = ".ndjson";
  private static final String PART = ".part";
  private static final int TAIL_BYTES = 64 << 10;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** How files are opened: {@link FileChannel#open}, or a test's way to make that fail. */
  @FunctionalInterface
  interface Opener {
    FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException;
  }

  private final Path path;
  private final Opener opener;
  private String stamp = ""; // owned by the exporter's thread, as are the next two
  private int next;
  private boolean renamed;

  private SpanDirectory(Path path, Opener opener) {
    this.path = path;
    this.opener = opener;
  }

  /**
   * Makes the directory if need be and publishes what a process that is no more left in it.
   *
   * @throws IOException with one sentence for the operator
   */
  static SpanDirectory open(Path path, Opener opener) throws IOException {
    SpanDirectory directory = new SpanDirectory(path, opener);
    try {
      Files.createDirectories(path, OWNER_ONLY_DIRECTORY);
      directory.recover();
    } catch (IOException e) {
      throw new IOException(directory.problem(e), e);
    }
    if (!Files.isWritable(path)) {
      throw new IOException("cannot write to " + path + ": permission denied");
    }
    return directory;
  }

  /** What to tell the operator about a failure. */
  String problem(IOException e) {
    String message = e.getMessage();
    String kind = e.getClass().getSimpleName();
    return "cannot write to " + path + ": " + (message == null ? kind : kind + " " + message);
  }

  /** Starts a file that nobody else has. */
  SpanFile create(Instant now) throws IOException {
    String second = STAMP.format(now);
    if (!second.equals(stamp)) {
      stamp = second;
      next = 0;
    }
    while (true) {
      String name = "%s%s-%04d%s".formatted(PREFIX, stamp, next++, SUFFIX);
      Path part = path.resolve(name + PART);
      FileChannel channel;
      try {
        channel = opener.open(part, Set.of(WRITE, CREATE_NEW, NOFOLLOW_LINKS), OWNER_ONLY);
      } catch (FileAlreadyExistsException e) {
        continue;
      } catch (NoSuchFileException e) {
        Files.createDirectories(
            path, OWNER_ONLY_DIRECTORY); // somebody took it away; a second failure is one
        channel = opener.open(part, Set.of(WRITE, CREATE_NEW, NOFOLLOW_LINKS), OWNER_ONLY);
      }
      // The visible name is looked at after the hidden one is ours: who owns one owns both.
      if (lock(channel) && !exists(visible(part, 0))) {
        return new SpanFile(this, part, channel);
      }
      delete(part);
      closeQuietly(channel);
    }
  }

  /** Opens a file of ours again and cuts it off behind {@code length} bytes. */
  FileChannel reopen(Path part, long length) throws IOException {
    FileChannel channel = opener.open(part, Set.of(WRITE, NOFOLLOW_LINKS));
    boolean good = false;
    try {
      channel.truncate(length);
      good = lock(channel);
    } finally {
      if (!good) {
        closeQuietly(channel);
      }
    }
    if (!good) {
      throw new IOException("another process holds " + part.getFileName());
    }
    return channel;
  }

  /** Gives a whole file its visible name. */
  void publish(Path part) throws IOException {
    int copy = 0;
    while (exists(visible(part, copy))) {
      copy++;
    }
    Files.move(part, visible(part, copy), StandardCopyOption.ATOMIC_MOVE);
    renamed = true;
  }

  void delete(Path part) throws IOException {
    Files.deleteIfExists(part);
  }

  /** Makes new names durable. */
  void sync() throws IOException {
    if (renamed) {
      try (FileChannel channel = FileChannel.open(path, READ)) {
        channel.force(true);
      }
      renamed = false;
    }
  }

  static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // What had to be durable was forced before.
      }
    }
  }

  private void recover() throws IOException {
    List<Path> parts = new ArrayList<>();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(path, PREFIX + "*" + SUFFIX + PART)) {
      found.forEach(parts::add);
    }
    parts.sort(null);
    for (Path part : parts) {
      if (Files.isRegularFile(part, NOFOLLOW_LINKS)) {
        recover(part);
      }
    }
    sync();
  }

  private void recover(Path part) throws IOException {
    try (FileChannel channel = opener.open(part, Set.of(READ, WRITE, NOFOLLOW_LINKS))) {
      if (!lock(channel)) {
        return; // somebody is writing it
      }
      long whole = wholeLines(channel);
      if (whole == 0) {
        delete(part);
      } else {
        channel.truncate(whole);
        channel.force(true);
        publish(part);
      }
    } catch (NoSuchFileException e) {
      // Its writer was faster and has finished it.
    }
  }

  /** How many bytes there are up to and with the last line end. */
  private static long wholeLines(FileChannel channel) throws IOException {
    ByteBuffer tail = ByteBuffer.allocate(TAIL_BYTES);
    for (long end = channel.size(); end > 0; ) {
      long from = Math.max(0, end - TAIL_BYTES);
      tail.clear().limit((int) (end - from));
      while (tail.hasRemaining()) {
        if (channel.read(tail, from + tail.position()) < 0) {
          throw new IOException("a leftover file shrank while it was read");
        }
      }
      for (int i = tail.limit() - 1; i >= 0; i--) {
        if (tail.get(i) == '\n') {
          return from + i + 1;
        }
      }
      end = from;
    }
    return 0;
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another exporter of this process
    }
  }

  /** The visible name of a hidden file; the zeroth copy is the one that is wanted. */
  private Path visible(Path part, int copy) {
    String name = part.getFileName().toString();
    String plain = name.substring(1, name.length() - SUFFIX.length() - PART.length());
    return path.resolve(plain + (copy == 0 ? "" : "-" + copy) + SUFFIX);
  }

  private static boolean exists(Path file) {
    return Files.exists(file, NOFOLLOW_LINKS);
  }
}
