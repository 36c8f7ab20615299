package dev.tollspan.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Time that passes when a test says so, and threads that go on when it lets them: whoever waits,
 * waits for a turn. Between two turns all of them stand still, so what a test sees then is the same
 * in each run.
 *
 * <p>The thread that makes it is the one that gives turns; its own waits only let time pass. At the
 * end threads run freely, each with a clock that its own waits move.
 */
public final class Turns implements Pace {
  private final Thread giver = Thread.currentThread();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Waiting> waiting = new ArrayList<>();
  private final ThreadLocal<Long> own = ThreadLocal.withInitial(() -> 0L);
  private volatile long nanos = 1_000_000_000_000L;
  private volatile boolean free;

  private static final class Waiting {
    final long until;
    volatile boolean over;

    Waiting(long until) {
      this.until = until;
    }
  }

  @Override
  public long nanos() {
    return nanos + own.get();
  }

  @Override
  public long millis() {
    return 1_800_000_000_000L + nanos() / 1_000_000;
  }

  @Override
  @SuppressWarnings("WaitNotInLoop") // whoever calls this looks again in a loop
  public void await(Condition condition, long wait) throws InterruptedException {
    if (Thread.currentThread() == giver) {
      pass(wait);
    } else if (free) {
      condition.await();
    } else {
      Waiting mine = begin(0); // a reader that is idle has a turn each time
      do {
        condition.await();
      } while (!mine.over);
    }
  }

  /** Waits for a turn so much later; at the end passes the time at once. */
  public void await(long wait) {
    lock.lock();
    try {
      if (free) {
        own.set(own.get() + wait);
        return;
      }
      Waiting mine = begin(wait);
      while (!mine.over) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether nobody waits for turns any more. */
  public boolean free() {
    return free;
  }

  private Waiting begin(long wait) {
    lock.lock();
    try {
      Waiting mine = new Waiting(nanos + wait);
      mine.over = free;
      if (!free) {
        waiting.add(mine);
      }
      changed.signalAll();
      return mine;
    } finally {
      lock.unlock();
    }
  }

  /** Nobody has a turn meanwhile. */
  public void pass(long passedNanos) {
    nanos += passedNanos;
  }

  /** Lets all go on whose time has come, and returns when so many threads wait again. */
  public void give(int threads, Journal journal, Iterable<String> readers) {
    release();
    readers.forEach(name -> journal.reader(name).wake());
    awaitQuiet(threads);
  }

  /** Returns when so many threads wait. */
  public void awaitQuiet(int threads) {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(30);
      while (waiting.size() < threads) {
        left = changed.awaitNanos(left);
        if (left <= 0) {
          throw new AssertionError(waiting.size() + " of " + threads + " threads came to rest");
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      lock.unlock();
    }
  }

  /** The end: from now on nobody waits for a turn. */
  public void end() {
    lock.lock();
    try {
      free = true;
    } finally {
      lock.unlock();
    }
    release();
  }

  private void release() {
    lock.lock();
    try {
      waiting.removeIf(
          each -> {
            each.over = free || each.until - nanos <= 0;
            return each.over;
          });
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
