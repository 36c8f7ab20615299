package dev.tollspan.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A real file on a disk that fills up. */
public final class FailingChannel extends FileChannel {
  /** How much room is left, and whether forcing works; shared by all channels of a test. */
  public static final class Disk {
    public volatile long bytesLeft = Long.MAX_VALUE; // the test's thread changes both
    public volatile boolean forces = true;
  }

  private final FileChannel real;
  private final Disk disk;

  public FailingChannel(FileChannel real, Disk disk) {
    this.real = real;
    this.disk = disk;
  }

  @Override
  public int write(ByteBuffer from, long position) throws IOException {
    return count(from, real.write(whatFits(from), position));
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return count(from, real.write(whatFits(from)));
  }

  private ByteBuffer whatFits(ByteBuffer from) throws IOException {
    long left = disk.bytesLeft;
    if (left <= 0) {
      throw new IOException("No space left on device");
    }
    return from.slice().limit((int) Math.min(left, from.remaining()));
  }

  private synchronized int count(ByteBuffer from, int written) {
    disk.bytesLeft -= written;
    from.position(from.position() + written);
    return written;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    real.truncate(size);
    return this;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    if (!disk.forces) {
      throw new IOException("Input/output error");
    }
    real.force(metadata);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return real.tryLock(position, size, shared);
  }

  @Override
  public int read(ByteBuffer to, long position) throws IOException {
    return real.read(to, position);
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }

  @Override
  public int read(ByteBuffer to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long newPosition) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
