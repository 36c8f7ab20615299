package dev.tollspan.journal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A folder in the heap, gone with the process: what a journal without durability runs on.
 *
 * <p>Guarded by its own monitor, files included.
 */
final class HeapDisk implements Disk {
  private static final int CHUNK = 16 << 10;

  private final long bytesMax;
  private final Map<String, HeapFile> files = new HashMap<>();
  private long bytes;

  /** A folder that takes this much. */
  HeapDisk(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  @Override
  public synchronized List<String> names() {
    return new ArrayList<>(files.keySet());
  }

  @Override
  public Opened read(String name) throws IOException {
    return edit(name);
  }

  @Override
  public synchronized Opened edit(String name) throws IOException {
    HeapFile file = files.get(name);
    if (file == null) {
      throw new FileNotFoundException(name);
    }
    return file;
  }

  @Override
  public synchronized Opened create(String name) {
    delete(name);
    HeapFile file = new HeapFile();
    files.put(name, file);
    return file;
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    HeapFile file = files.remove(from);
    if (file == null) {
      throw new FileNotFoundException(from);
    }
    delete(to);
    files.put(to, file);
  }

  @Override
  public synchronized void delete(String name) {
    HeapFile file = files.remove(name);
    if (file != null) {
      bytes -= (long) file.chunks.size() * CHUNK;
    }
  }

  @Override
  public void sync() {}

  @Override
  public void close() {}

  private final class HeapFile implements Opened {
    private final List<byte[]> chunks = new ArrayList<>();
    private long size;

    @Override
    public long size() {
      synchronized (HeapDisk.this) {
        return size;
      }
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      synchronized (HeapDisk.this) {
        long end = position + length;
        while ((long) chunks.size() * CHUNK < end) {
          if (bytes + CHUNK > bytesMax) {
            throw new IOException("No space left on device");
          }
          chunks.add(new byte[CHUNK]);
          bytes += CHUNK;
        }
        size = Math.max(size, end);
        for (int done = 0; done < length; ) {
          int at = (int) ((position + done) % CHUNK);
          int part = Math.min(CHUNK - at, length - done);
          byte[] chunk = chunks.get((int) ((position + done) / CHUNK));
          System.arraycopy(from, offset + done, chunk, at, part);
          done += part;
        }
      }
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) {
      synchronized (HeapDisk.this) {
        int wanted = (int) Math.max(0, Math.min(length, size - position));
        for (int done = 0; done < wanted; ) {
          int at = (int) ((position + done) % CHUNK);
          int part = Math.min(CHUNK - at, wanted - done);
          byte[] chunk = chunks.get((int) ((position + done) / CHUNK));
          System.arraycopy(chunk, at, into, offset + done, part);
          done += part;
        }
        return wanted;
      }
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
