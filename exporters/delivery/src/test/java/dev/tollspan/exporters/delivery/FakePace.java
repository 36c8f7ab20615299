package dev.tollspan.exporters.delivery;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only by waiting, and then at once. */
final class FakePace implements Delivery.Pace {
  final List<Long> waits = new CopyOnWriteArrayList<>();
  private final AtomicLong nanos = new AtomicLong();

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public void await(BatchQueue queue, boolean closingKnown, long wait) {
    waits.add(wait);
    nanos.addAndGet(wait);
  }
}
