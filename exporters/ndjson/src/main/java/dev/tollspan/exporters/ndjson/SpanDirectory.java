package dev.tollspan.exporters.ndjson;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one exporter, and the names in it.
 *
 * <pre>
 *  .spans-0001a2b3c4d5e6f7-000000000017.ndjson.part       being written, locked by its writer
 *   spans-0001a2b3c4d5e6f7-000000000017-000000000042.ndjson   whole, never touched again
 * </pre>
 *
 * <p>In a name stand the epoch of the journal that the lines come from and their first and last
 * sequence in it: whoever reads that journal again can tell what is written. Names sort in the
 * order of writing and hold nothing that came from outside. Several processes may share a
 * directory. One thread.
 */
final class SpanDirectory {
  private static final String PREFIX = ".spans-";
  private static final String SUFFIX = ".ndjson";
  private static final String PART = ".part";
  private static final Pattern HIDDEN =
      Pattern.compile("\\.spans-([0-9a-f]{16})-[0-9]{12,18}\\.ndjson\\.part");
  private static final Pattern WHOLE =
      Pattern.compile("spans-([0-9a-f]{16})-[0-9]{12,18}-([0-9]{12,18})(-[0-9]{1,9})?\\.ndjson");
  private static final String REST = "rest"; // the last sequence is known to nobody any more
  private static final int TAIL_BYTES = 64 << 10;
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
  private boolean renamed; // owned by the exporter's thread

  private SpanDirectory(Path path, Opener opener) {
    this.path = path;
    this.opener = opener;
  }

  /**
   * Makes the directory if need be.
   *
   * @throws IOException with one sentence for the operator
   */
  static SpanDirectory open(Path path, Opener opener) throws IOException {
    SpanDirectory directory = new SpanDirectory(path, opener);
    try {
      Files.createDirectories(path, OWNER_ONLY_DIRECTORY);
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

  /** Starts the file of the lines of this epoch from this sequence on. */
  SpanFile create(long epoch, long first) throws IOException {
    Path part = path.resolve("%s%016x-%012d%s".formatted(PREFIX, epoch, first, SUFFIX + PART));
    FileChannel channel;
    try {
      channel = createNew(part);
    } catch (NoSuchFileException e) {
      // Somebody took the directory away; a second failure is one.
      Files.createDirectories(path, OWNER_ONLY_DIRECTORY);
      channel = createNew(part);
    } catch (FileAlreadyExistsException e) {
      recover(part, true); // ours, which could not be deleted before
      channel = createNew(part);
    }
    if (!lock(channel)) {
      closeQuietly(channel);
      throw heldByAnother(part);
    }
    return new SpanFile(this, part, channel);
  }

  private FileChannel createNew(Path part) throws IOException {
    return opener.open(part, Set.of(WRITE, CREATE_NEW, NOFOLLOW_LINKS), OWNER_ONLY);
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
      throw heldByAnother(part);
    }
    return channel;
  }

  private static IOException heldByAnother(Path part) {
    return new IOException("another process holds " + part.getFileName());
  }

  /** Gives a whole file its visible name: its lines end with this sequence. */
  void publish(Path part, long last) throws IOException {
    publish(part, "%012d".formatted(last));
  }

  private void publish(Path part, String last) throws IOException {
    String name = part.getFileName().toString();
    String start = name.substring(1, name.length() - SUFFIX.length() - PART.length()) + "-" + last;
    Path visible = path.resolve(start + SUFFIX);
    for (int copy = 1; Files.exists(visible, NOFOLLOW_LINKS); copy++) {
      visible = path.resolve(start + "-" + copy + SUFFIX);
    }
    Files.move(part, visible, StandardCopyOption.ATOMIC_MOVE);
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

  /**
   * Sees to what an earlier process left. Its unfinished file of this epoch goes: those lines come
   * again. One of a journal that ended with its process is shown, for they do not. One of another
   * journal is that one's.
   *
   * @return the last sequence of this epoch that stands in a whole file; 0 if there is none
   */
  long recover(long epoch) throws IOException {
    String ours = "%016x".formatted(epoch);
    long last = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(path)) {
      for (Path file : all) {
        String name = file.getFileName().toString();
        Matcher whole = WHOLE.matcher(name);
        Matcher hidden = HIDDEN.matcher(name);
        if (whole.matches() && whole.group(1).equals(ours)) {
          last = Math.max(last, Long.parseLong(whole.group(2)));
        } else if (hidden.matches() && Files.isRegularFile(file, NOFOLLOW_LINKS)) {
          boolean again = hidden.group(1).equals(ours);
          if (again || Long.parseUnsignedLong(hidden.group(1), 16) < 0) {
            recover(file, again);
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    sync();
    return last;
  }

  /** Deletes a leftover of which all comes again, or shows its whole lines. */
  private void recover(Path part, boolean again) throws IOException {
    try (FileChannel channel = opener.open(part, Set.of(READ, WRITE, NOFOLLOW_LINKS))) {
      if (!lock(channel)) {
        return; // somebody is writing it
      }
      long whole = again ? 0 : wholeLines(channel);
      if (whole == 0) {
        delete(part);
      } else {
        channel.truncate(whole);
        channel.force(true);
        publish(part, REST);
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
}
