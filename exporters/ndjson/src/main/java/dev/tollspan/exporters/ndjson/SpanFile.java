package dev.tollspan.exporters.ndjson;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that is being written, under its hidden name.
 *
 * <pre>
 *  0             committed     written
 *  |--- kept lines --|-- this call --|
 *                    ^ rollBack() cuts here
 * </pre>
 *
 * <p>A channel that failed is closed and never used again; the next one begins by cutting the file
 * back to what was committed. That also heals a channel that an interrupt closed. One thread.
 */
final class SpanFile {
  private static final int CHUNK_BYTES = 256 << 10;

  private final SpanDirectory directory;
  private final Path part;
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private @Nullable FileChannel channel; // owned by the exporter's thread, as are all below
  private long committed;
  private long written;
  private boolean lost;

  /** Takes over the channel of a new, empty file. */
  SpanFile(SpanDirectory directory, Path part, FileChannel channel) {
    this.directory = directory;
    this.part = part;
    this.channel = channel;
  }

  /** How many bytes would stay if the process ended now. */
  long committedBytes() {
    return committed;
  }

  /** Whether nothing can be done any more that keeps the lines. */
  boolean isLost() {
    return lost;
  }

  /** Writes bytes that {@link #commit} will keep. */
  void append(byte[] bytes, int length) throws IOException {
    FileChannel to = channel();
    for (int from = 0; from < length; from += CHUNK_BYTES) {
      chunk.clear().put(bytes, from, Math.min(CHUNK_BYTES, length - from)).flip();
      while (chunk.hasRemaining()) {
        written += to.write(chunk, written);
      }
    }
  }

  /** Keeps all that was appended. */
  void commit() {
    committed = written;
  }

  /** Cuts off what was not committed; if that fails now, before anything else is written. */
  void rollBack() {
    drop();
    try {
      channel();
    } catch (IOException e) {
      drop();
    }
  }

  /**
   * Makes the file durable and visible, or deletes it if it is empty. A file that somebody removed
   * is lost, and so is one that cannot be forced: the system may have thrown its pages away and
   * call the next try a success.
   *
   * @param last the sequence of its last lines
   */
  void finish(long last) throws IOException {
    try {
      if (committed == 0) {
        directory.delete(part);
      } else {
        force(channel());
        directory.publish(part, last);
      }
    } catch (NoSuchFileException e) {
      lost = true;
      throw e;
    } finally {
      drop(); // after the renaming: the lock on it says that the file is not a leftover
    }
  }

  private void force(FileChannel open) throws IOException {
    try {
      open.force(true);
    } catch (ClosedChannelException e) {
      throw e; // an interrupt, which says nothing against the disk
    } catch (IOException e) {
      lost = true;
      deleteQuietly(); // what stood in it comes again, and may not be shown twice
      throw e;
    }
  }

  private void deleteQuietly() {
    try {
      directory.delete(part);
    } catch (IOException e) {
      // The failure that is told is the one before.
    }
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open == null || !open.isOpen()) {
      try {
        open = directory.reopen(part, committed);
      } catch (NoSuchFileException e) {
        lost = true;
        throw e;
      }
      channel = open;
      written = committed;
    }
    return open;
  }

  private void drop() {
    SpanDirectory.closeQuietly(channel);
    channel = null;
  }
}
