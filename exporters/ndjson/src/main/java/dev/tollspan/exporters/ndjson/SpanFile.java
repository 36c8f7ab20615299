package dev.tollspan.exporters.ndjson;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
  private @Nullable FileChannel channel; // owned by the exporter's thread, as are the next two
  private long committed;
  private long written;

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

  /** Makes the file durable and visible, or deletes it if it is empty. */
  void finish() throws IOException {
    try {
      if (committed == 0) {
        directory.delete(part);
      } else {
        channel().force(true);
        directory.publish(part);
      }
    } finally {
      drop(); // after the renaming: the lock on it says that the file is not a leftover
    }
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open == null || !open.isOpen()) {
      open = directory.reopen(part, committed);
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
