package dev.tollspan.exporters.delivery;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only by waiting, and then at once. */
final class FakePace implements Stopping.Pace {
  final List<Long> waits = new CopyOnWriteArrayList<>();
  private final AtomicLong nanos = new AtomicLong();

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public void await(Stopping stopping, boolean begunKnown, long wait) {
    waits.add(wait);
    nanos.addAndGet(wait);
  }
}
