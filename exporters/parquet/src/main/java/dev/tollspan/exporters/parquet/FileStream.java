package dev.tollspan.exporters.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * A file as Parquet's writer sees it. parquet-java's own local file buffers 4 KiB and can neither
 * sync nor keep the channel for what follows; here closing the stream writes out the buffer and
 * leaves the channel open. One thread.
 */
final class FileStream extends PositionOutputStream {
  private static final int BUFFER_BYTES = 256 << 10;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private long position; // owned by the exporting thread

  FileStream(FileChannel channel) {
    this.channel = channel;
  }

  /** The file that this stream writes; it can be created once. */
  OutputFile file() {
    return new OutputFile() {
      @Override
      public PositionOutputStream create(long blockSizeHint) {
        return FileStream.this;
      }

      @Override
      public PositionOutputStream createOrOverwrite(long blockSizeHint) {
        return FileStream.this;
      }

      @Override
      public boolean supportsBlockSize() {
        return false;
      }

      @Override
      public long defaultBlockSize() {
        return 0;
      }
    };
  }

  @Override
  public long getPos() {
    return position;
  }

  @Override
  public void write(int b) throws IOException {
    if (!buffer.hasRemaining()) {
      flush();
    }
    buffer.put((byte) b);
    position++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    position += length;
    if (length > buffer.remaining()) {
      flush();
    }
    if (length > buffer.capacity()) {
      writeAll(ByteBuffer.wrap(bytes, offset, length));
    } else {
      buffer.put(bytes, offset, length);
    }
  }

  @Override
  public void flush() throws IOException {
    writeAll(buffer.flip());
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    flush();
  }

  private void writeAll(ByteBuffer source) throws IOException {
    while (source.hasRemaining()) {
      channel.write(source);
    }
  }
}
