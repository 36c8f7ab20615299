package dev.tollspan.receiver;

import dev.tollspan.spans.BatchPool;
import java.util.Arrays;

/**
 * The bytes that come out of one request: an array of the pool that grows up to the request limit,
 * paid for by the request's hold before it is there. While it grows, two arrays are paid for. Used
 * by one thread. Closing it gives the array back, unless {@link #body()} handed it on.
 *
 * <p>It has room for one byte more than the limit, which is how too much is told from just enough.
 */
final class Inflated implements AutoCloseable {
  private static final int CAPACITY_MIN = 4096;

  private final BatchPool pool;
  private final Hold hold;
  private final int limit;
  private final long beside;
  private byte[] bytes = {};
  private int capacity;
  private int length;
  private long wanted;

  /** {@code beside} is what the request holds for other things as long as this grows. */
  Inflated(BatchPool pool, Hold hold, int limit, long beside) {
    this.pool = pool;
    this.hold = hold;
    this.limit = limit;
    this.beside = beside;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The most bytes that a request may have. */
  int limit() {
    return limit;
  }

  int length() {
    return length;
  }

  int room() {
    return capacity - length;
  }

  boolean isTooLarge() {
    return length > limit;
  }

  boolean isFull() {
    return capacity > limit;
  }

  void add(int more) {
    length += more;
  }

  /** Doubles the capacity, or starts with about so much; false if the budget has no room. */
  boolean grow(long start) {
    return capacity > 0 ? growTo((int) Math.min(2L * capacity, limit + 1L)) : startOver(start);
  }

  /**
   * Throws away what there is and makes the capacity about so much, but no more than can ever be
   * held. Pays for one array only. False if the budget has no room, or could not give more than
   * there was.
   */
  boolean startOver(long want) {
    long most = Math.min(limit + 1L, Math.max(0, hold.bytesMax() - beside));
    int next = (int) Math.min(Math.max(CAPACITY_MIN, want), most);
    boolean isMore = next > capacity;
    close();
    length = 0;
    wanted = isMore ? beside + next : hold.bytesMax() + 1;
    if (!isMore || !hold.resize(wanted)) {
      return false;
    }
    bytes = pool.acquire(next);
    capacity = next;
    return true;
  }

  /** Makes the capacity this; false if the budget has no room. */
  boolean growTo(int next) {
    wanted = beside + capacity + next;
    if (!hold.resize(wanted)) {
      return false;
    }
    byte[] larger = pool.acquire(next);
    System.arraycopy(bytes, 0, larger, 0, length);
    close();
    bytes = larger;
    capacity = next;
    hold.resize(beside + capacity);
    return true;
  }

  /**
   * The most that can be reached step by step, each at most so many times as large as the one
   * before, if both arrays are paid for in between.
   */
  int reach(int times) {
    return (int) Math.min(limit + 1L, hold.bytesMax() / (times + 1) * times);
  }

  /** Whether what there was no room for last could fit another time. */
  boolean couldFit() {
    return hold.canEver(wanted);
  }

  /** Hands the bytes on, and holds just as much of the budget. */
  Received.Body body() {
    // A decompressor may leave parts of the plain text behind the end of its output.
    Arrays.fill(bytes, length, capacity, (byte) 0);
    Received.Body body = new Received.Body(bytes, length);
    bytes = new byte[0];
    capacity = 0;
    hold.resize(length);
    return body;
  }

  @Override
  public void close() {
    if (capacity > 0) {
      pool.release(bytes, capacity);
      capacity = 0;
    }
  }
}
