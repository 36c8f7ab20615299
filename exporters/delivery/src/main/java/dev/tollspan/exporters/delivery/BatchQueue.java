package dev.tollspan.exporters.delivery;

import dev.tollspan.spans.CleanBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bounded memory of one delivery: callers reserve room, then add; its thread takes and frees.
 *
 * <pre>
 *   caller   reserve --> add            cancel (another delivery has no room)
 *                |        |                |
 *   memory   [ reserved | queued | taken ]-+--> free
 *                            |      |
 *   thread                   take --+ export
 * </pre>
 *
 * <p>Threads: all fields that change are guarded by the one lock, which nobody holds while an
 * exporter works. Memory counts from {@code reserve} until {@code cancel} or {@code free}.
 */
final class BatchQueue {
  /** What became of a wish for room. */
  enum Room {
    /** There is room, and it is the caller's. */
    RESERVED,
    /** None now, but the destination is well: it is worth waiting. */
    FULL,
    /** None, and the destination does not answer: waiting may last for ever. */
    DOWN,
    /** Nothing is taken any more. */
    CLOSED
  }

  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Condition closed = lock.newCondition();
  private final ArrayDeque<CleanBatch> batches = new ArrayDeque<>();
  private long bytes;
  private int taken;
  private boolean failing;
  private boolean closing;
  private boolean ended;

  BatchQueue(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Reserves so many bytes, if there is room for them. */
  Room reserve(int size) {
    lock.lock();
    try {
      Room answer = judge(size);
      if (answer == Room.RESERVED) {
        bytes += size;
      }
      return answer;
    } finally {
      lock.unlock();
    }
  }

  /** Waits while a reservation would be answered with FULL; returns what is left of the time. */
  long awaitRoom(int size, long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && judge(size) == Room.FULL) {
        left = room.awaitNanos(left);
      }
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Puts a batch into the room that was reserved for it; false once the end has come. */
  boolean add(CleanBatch batch) {
    lock.lock();
    try {
      if (ended) {
        return false;
      }
      batches.add(batch);
      work.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives room back: a reservation that was not used, or batches that are released. */
  void free(long size) {
    lock.lock();
    try {
      bytes -= size;
      room.signalAll();
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves batches into the empty list, oldest first: as many as fit into so many bytes, but at
   * least one. Waits a while if there are none, and then leaves the list empty.
   *
   * @return false once it is closed and nothing can come any more
   */
  boolean take(List<CleanBatch> into, int takeBytesMax, long waitNanos)
      throws InterruptedException {
    lock.lock();
    try {
      taken = 0; // whoever comes for more is done with the last ones
      long left = waitNanos;
      while (left > 0 && batches.isEmpty() && !drained()) {
        left = work.awaitNanos(left);
      }
      long size = 0;
      for (CleanBatch next = batches.peek(); next != null; next = batches.peek()) {
        size += next.byteSize();
        if (size > takeBytesMax && !into.isEmpty()) {
          break;
        }
        into.add(batches.remove());
      }
      taken = into.size();
      return !into.isEmpty() || !drained();
    } finally {
      lock.unlock();
    }
  }

  /** Notes how the destination is; those who wait for room learn it at once. */
  void failing(boolean now) {
    lock.lock();
    try {
      failing = now;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean failing() {
    lock.lock();
    try {
      return failing;
    } finally {
      lock.unlock();
    }
  }

  /** How much is reserved, queued or taken and not yet freed. */
  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** How many batches are queued or taken and not yet done with. */
  int count() {
    lock.lock();
    try {
      return batches.size() + taken;
    } finally {
      lock.unlock();
    }
  }

  /** From now on no room is given; what has room may still come. */
  void close() {
    lock.lock();
    try {
      closing = true;
      work.signalAll();
      room.signalAll();
      closed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean closing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  /** Waits so long, but if it is not known to be closing yet, at most until it is. */
  void awaitClosing(boolean known, long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && closing == known) {
        left = closed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The end: what is still queued is the caller's, and nothing is added any more. */
  List<CleanBatch> end() {
    lock.lock();
    try {
      closing = true;
      ended = true;
      List<CleanBatch> rest = new ArrayList<>(batches);
      batches.clear();
      taken = 0;
      room.signalAll();
      return rest;
    } finally {
      lock.unlock();
    }
  }

  /** Interrupts the taker, but never in what it does after the end. */
  void interrupt(Thread taker) {
    lock.lock();
    try {
      if (!ended) {
        taker.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean drained() {
    return closing && bytes == 0;
  }

  private Room judge(int size) {
    if (closing) {
      return Room.CLOSED;
    }
    // A batch larger than the whole memory comes alone, or it could never come.
    if (bytes == 0 || bytes + size <= bytesMax) {
      return Room.RESERVED;
    }
    return failing ? Room.DOWN : Room.FULL;
  }
}
