package dev.tollspan.exporters.parquet;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.tollspan.spans.SpanView;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetWriter;
import org.jspecify.annotations.Nullable;

/**
 * One file of the lake while it is written, locked until it is closed. It has three names, one
 * after the other: a temporary one, its final one made hidden ("ready": whole and durable), and its
 * final one. One thread.
 */
final class SpanFile {
  static final String TEMPORARY_PREFIX = ".";
  static final String TEMPORARY_SUFFIX = ".parquet.tmp";

  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
  private static final int TAIL_BYTES = 4 + MAGIC.length; // the footer's length comes before it

  private final Path directory;
  private final long hour;
  private final FileChannel channel;
  private final Storage storage;
  private final SpanWriteSupport support;
  private final ParquetWriter<SpanView> writer;
  private Path path; // owned by the exporting thread, as is the next
  private @Nullable Path visible; // once it is ready

  /**
   * Creates the file with mode 0600; leaves nothing behind if that fails.
   *
   * @param directory of the partition, which exists
   * @param name for the time of writing
   * @param hour of the partition, in hours since the epoch
   */
  SpanFile(Path directory, String name, long hour, SpanWriteSupport support, Shared shared)
      throws IOException {
    this.directory = directory;
    this.hour = hour;
    this.support = support;
    storage = shared.storage;
    path = directory.resolve(TEMPORARY_PREFIX + name + TEMPORARY_SUFFIX);
    channel =
        storage.open(
            path,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (channel.tryLock() == null) {
        throw new IOException("another process has locked " + path);
      }
      writer = SpanWriter.open(new FileStream(channel).file(), support, shared.pages);
    } catch (IOException | RuntimeException | Error e) {
      abandon(e);
      throw e;
    }
  }

  /** What all files of a lake share. */
  record Shared(Storage storage, ZstdPages pages) {}

  Path directory() {
    return directory;
  }

  long hour() {
    return hour;
  }

  long rows() {
    return support.count();
  }

  /** What is in the file and in memory for it, compressed in part; asked before {@link #end}. */
  long bytes() {
    return writer.getDataSize();
  }

  void write(SpanView span, long takenAtMicros) throws IOException {
    support.takenAt(takenAtMicros);
    writer.write(span);
  }

  /**
   * Ends the file, checks it, syncs it and makes it ready. The directory's entry is synced by the
   * caller.
   */
  void end(FileName name) throws IOException {
    support.name(name);
    writer.close();
    check();
    channel.force(true);
    Path ready = name.ready(directory);
    Path last = name.visible(directory);
    if (Files.exists(ready, NOFOLLOW_LINKS) || Files.exists(last, NOFOLLOW_LINKS)) {
      throw new IOException("there is a file of this name already: " + last.getFileName());
    }
    storage.rename(path, ready);
    path = ready;
    visible = last;
  }

  /**
   * Shows a ready file; may be called again.
   *
   * @return false if somebody took it away meanwhile
   */
  boolean show() throws IOException {
    Path last = Objects.requireNonNull(visible, "not ready");
    if (!path.equals(last)) {
      try {
        storage.rename(path, last);
      } catch (NoSuchFileException e) {
        return Files.exists(last, NOFOLLOW_LINKS);
      }
      path = last;
    }
    return true;
  }

  /** Takes a file away that is not shown. The writer is not closed: that would write on. */
  void discard() throws IOException {
    storage.delete(path);
    close();
  }

  /** Lets go of the file as it is. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // What counts was synced before, or is deleted.
    }
  }

  private void abandon(Throwable why) {
    try {
      discard();
    } catch (IOException e) {
      why.addSuppressed(e); // the next start deletes what is left
      close();
    }
  }

  /** Reads back what a reader looks at first: both magics and the footer's count of rows. */
  private void check() throws IOException {
    long size = channel.size();
    byte[] tail = read(size - TAIL_BYTES, TAIL_BYTES);
    int footer =
        (tail[0] & 0xff) | (tail[1] & 0xff) << 8 | (tail[2] & 0xff) << 16 | (tail[3] & 0xff) << 24;
    if (!Arrays.equals(MAGIC, read(0, MAGIC.length))
        || !Arrays.equals(MAGIC, Arrays.copyOfRange(tail, 4, TAIL_BYTES))
        || footer <= 0
        || footer > size - TAIL_BYTES - MAGIC.length) {
      throw new IOException("a Parquet file was not written whole");
    }
    byte[] metadata = read(size - TAIL_BYTES - footer, footer);
    long rows = Util.readFileMetaData(new ByteArrayInputStream(metadata)).getNum_rows();
    if (rows != rows()) {
      throw new IOException("a Parquet file has " + rows + " rows instead of " + rows());
    }
  }

  private byte[] read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      int count = position < 0 ? -1 : channel.read(bytes, position + bytes.position());
      if (count < 0) {
        throw new IOException("a Parquet file ends too early");
      }
    }
    return bytes.array();
  }
}
