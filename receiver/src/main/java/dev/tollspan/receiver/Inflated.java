package dev.tollspan.receiver;

import dev.tollspan.spans.BatchPool;
import java.util.Arrays;

/**
 * The bytes that come out of one compressed request: an array of the pool that grows up to the
 * request limit, and the part of the budget that pays for it. Used by one thread.
 *
 * <p>It has room for one byte more than the limit, which is how too much is told from just enough.
 */
final class Inflated {
  private static final int CAPACITY_MIN = 4096;

  private final BatchPool pool;
  private final ByteBudget budget;
  private final int limit;
  private long held;
  private byte[] bytes = {};
  private int capacity;
  private int length;

  /** Takes over what is held of the budget. */
  Inflated(BatchPool pool, ByteBudget budget, int limit, long held) {
    this.pool = pool;
    this.budget = budget;
    this.limit = limit;
    this.held = held;
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

  /** Makes sure of so many bytes of the budget; false if they are not free. */
  boolean hold(long want) {
    long charge = Math.min(want, limit);
    if (charge > held) {
      if (!budget.resize(held, charge)) {
        return false;
      }
      held = charge;
    }
    return true;
  }

  /** Doubles the capacity, or starts with about so much; false if the budget has no room. */
  boolean grow(long start) {
    long want = capacity > 0 ? 2L * capacity : Math.max(CAPACITY_MIN, start);
    int next = (int) Math.min(want, limit + 1L);
    if (!hold(next)) {
      return false;
    }
    byte[] larger = pool.acquire(next);
    System.arraycopy(bytes, 0, larger, 0, length);
    giveBack();
    bytes = larger;
    capacity = next;
    return true;
  }

  /** Hands the bytes on, with just as much of the budget. */
  Received.Body body() {
    budget.resize(held, length);
    // A decompressor may leave parts of the plain text behind the end of its output.
    Arrays.fill(bytes, length, capacity, (byte) 0);
    return new Received.Body(bytes, length);
  }

  /** Gives everything back. */
  <F extends Received.Failure> F fail(F failure) {
    giveBack();
    budget.release(held);
    return failure;
  }

  private void giveBack() {
    if (capacity > 0) {
      pool.release(bytes, capacity);
    }
  }
}
