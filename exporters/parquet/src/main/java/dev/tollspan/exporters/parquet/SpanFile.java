package dev.tollspan.exporters.parquet;

import dev.tollspan.spans.SpanView;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetWriter;

/**
 * One file of the lake while it is written: under a hidden name, locked, until {@link #publish}
 * shows it whole. After any failure its owner must {@link #discard} it. One thread.
 */
final class SpanFile {
  static final String TEMPORARY_PREFIX = ".";
  static final String TEMPORARY_SUFFIX = ".parquet.tmp";

  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
  private static final int TAIL_BYTES = 4 + MAGIC.length; // the footer's length comes before it

  private final Place place;
  private final Path temporary;
  private final FileChannel channel;
  private final SpanWriteSupport support;
  private final ParquetWriter<SpanView> writer;
  private long rowsBefore; // owned by the exporting thread, as are the next two
  private long bytesAtEnd = -1;
  private boolean published;

  /**
   * What a file is for.
   *
   * @param directory of the partition, which exists
   * @param name without a suffix
   * @param number of the file in this process, from 1 on
   * @param hour of the partition, in hours since the epoch
   */
  record Place(Path directory, String name, int number, long hour, Instant openedAt) {}

  /** How files are opened: {@link FileChannel#open}, or a test's way to make that fail. */
  @FunctionalInterface
  interface Opener {
    FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException;

    /** How much may still be written below a directory. */
    default long usableBytes(Path directory) throws IOException {
      return Files.getFileStore(directory).getUsableSpace();
    }
  }

  /** Creates the file with mode 0600; leaves nothing behind if that fails. */
  SpanFile(Place place, SpanWriteSupport support, ZstdPages pages, Opener opener)
      throws IOException {
    this.place = place;
    this.support = support;
    temporary = place.directory.resolve(TEMPORARY_PREFIX + place.name + TEMPORARY_SUFFIX);
    channel =
        opener.open(
            temporary,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (channel.tryLock() == null) {
        throw new IOException("another process has locked " + temporary);
      }
      writer = SpanWriter.open(new FileStream(channel).file(), support, pages);
    } catch (IOException | RuntimeException | Error e) {
      discard();
      throw e;
    }
  }

  Place place() {
    return place;
  }

  /** Whether the file is visible under its final name. */
  boolean isPublished() {
    return published;
  }

  long rows() {
    return support.count();
  }

  /** What is in the file and in memory for it, compressed in part. */
  long bytes() {
    return bytesAtEnd >= 0 ? bytesAtEnd : writer.getDataSize();
  }

  /** How many rows there were when the call began that is under way. */
  long rowsBefore() {
    return rowsBefore;
  }

  /** A call begins whose spans were taken at this time. */
  void startCall(long takenAtMicros) {
    rowsBefore = support.count();
    support.takenAt(takenAtMicros);
  }

  void write(SpanView span) throws IOException {
    writer.write(span);
  }

  /**
   * Ends the file, checks it, syncs it and shows it. The directory's entry is synced by the caller.
   */
  void publish() throws IOException {
    bytesAtEnd = writer.getDataSize(); // a closed writer does not know it any more
    writer.close();
    check();
    channel.force(true);
    Files.move(
        temporary,
        place.directory.resolve(place.name + ".parquet"),
        StandardCopyOption.ATOMIC_MOVE);
    published = true;
    channel.close();
  }

  /** Takes an unpublished file away. The writer is not closed: that would write on. */
  void discard() {
    try {
      if (!published) {
        Files.deleteIfExists(temporary);
      }
      channel.close();
    } catch (IOException e) {
      // The next start deletes what is left.
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
