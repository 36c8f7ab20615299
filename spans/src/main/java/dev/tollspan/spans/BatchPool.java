package dev.tollspan.spans;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Arrays that batches borrow, so that the hot path leaves no garbage and no prompt behind.
 *
 * <p>Byte arrays come in powers of two from 4 KiB to 16 MiB; larger ones are made for one use.
 * Every array is wiped before it is kept. What is kept, tables of indexes included, is bounded by
 * the byte limit of the constructor. Safe for all threads.
 */
public final class BatchPool {
  private static final int SMALLEST_BITS = 12;
  private static final int LARGEST_BITS = 24;
  private static final int OBJECTS_MAX = 64;

  /** Held while a request is brought into canonical form. */
  final ReentrantLock slowWay = new ReentrantLock();

  private final long keptBytesMax;
  private final Object lock = new Object();
  private final ArrayDeque<byte[]>[] arrays;
  private final ArrayDeque<SpanIndex> indexes = new ArrayDeque<>();
  private final ArrayDeque<Additions> additions = new ArrayDeque<>();
  private final ArrayDeque<BatchEditor> editors = new ArrayDeque<>();
  private long keptBytes; // guarded by lock

  /** A pool that keeps at most so many bytes of unused arrays. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  public BatchPool(long keptBytesMax) {
    this.keptBytesMax = keptBytesMax;
    arrays = new ArrayDeque[LARGEST_BITS - SMALLEST_BITS + 1];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = new ArrayDeque<>();
    }
  }

  /** An array of at least this many bytes, all zero. */
  public byte[] acquire(int bytesMin) {
    int bits =
        Math.max(SMALLEST_BITS, 32 - Integer.numberOfLeadingZeros(Math.max(1, bytesMin) - 1));
    if (bits > LARGEST_BITS) {
      return new byte[bytesMin];
    }
    synchronized (lock) {
      byte[] array = arrays[bits - SMALLEST_BITS].pollLast();
      if (array != null) {
        keptBytes -= array.length;
        return array;
      }
    }
    return new byte[1 << bits];
  }

  /** Gives an array back; its first {@code used} bytes are wiped, the others are zero already. */
  public void release(byte[] array, int used) {
    release(array, 0, used);
  }

  void release(byte[] array, int from, int to) {
    Arrays.fill(array, from, to, (byte) 0);
    int bits = 31 - Integer.numberOfLeadingZeros(Math.max(1, array.length));
    if (bits < SMALLEST_BITS || bits > LARGEST_BITS || array.length != 1 << bits) {
      return;
    }
    synchronized (lock) {
      if (keptBytes + array.length <= keptBytesMax) {
        keptBytes += array.length;
        arrays[bits - SMALLEST_BITS].addLast(array);
      }
    }
  }

  SpanIndex index() {
    synchronized (lock) {
      SpanIndex index = indexes.pollLast();
      if (index != null) {
        keptBytes -= index.byteSize();
        return index;
      }
    }
    return new SpanIndex();
  }

  void release(SpanIndex index) {
    if (index.reusable()) {
      index.reset();
      synchronized (lock) {
        if (keptBytes + index.byteSize() <= keptBytesMax) {
          keptBytes += index.byteSize();
          indexes.addLast(index);
        }
      }
    }
  }

  Additions additions(Additions before, int spanCount) {
    Additions fresh;
    synchronized (lock) {
      fresh = additions.pollLast();
    }
    if (fresh == null) {
      fresh = new Additions();
    }
    fresh.start(before, spanCount);
    return fresh;
  }

  void release(Additions used) {
    if (used != Additions.NONE && used.reusable()) {
      used.clear();
      synchronized (lock) {
        if (additions.size() < OBJECTS_MAX) {
          additions.addLast(used);
        }
      }
    }
  }

  BatchEditor editor() {
    synchronized (lock) {
      BatchEditor editor = editors.pollLast();
      return editor != null ? editor : new BatchEditor();
    }
  }

  void release(BatchEditor editor) {
    if (editor.reusable()) {
      synchronized (lock) {
        if (editors.size() < OBJECTS_MAX) {
          editors.addLast(editor);
        }
      }
    }
  }
}
