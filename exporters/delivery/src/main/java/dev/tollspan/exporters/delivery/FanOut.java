package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.BatchQueue.Room;
import dev.tollspan.pipeline.CleanConsumer;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Hands each batch to every delivery, or to none.
 *
 * <p>Accepted means: every delivery that is well has the batch. One that is failing and has no room
 * left misses it, counted, and nobody waits for it; if all are like that, the sender is asked to
 * retry, because somebody must have the spans. If one that is well has no room, the caller waits
 * for it, up to five seconds, and is then asked to retry.
 *
 * <p>Threads: for many callers at once, virtual threads among them. It has no state of its own.
 * Room is reserved in each delivery in turn, under one lock at a time; a caller that waits holds
 * neither a lock nor a reservation, so callers cannot block one another for good.
 */
public final class FanOut implements CleanConsumer, AutoCloseable {
  private static final long PARK_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final List<Delivery> deliveries;
  private final long parkNanos;

  /** Takes the deliveries over, which it closes. */
  public FanOut(List<Delivery> deliveries) {
    this(deliveries, PARK_NANOS);
  }

  FanOut(List<Delivery> deliveries, long parkNanos) {
    if (deliveries.isEmpty()) {
      throw new IllegalArgumentException("exporters must name at least one");
    }
    this.deliveries = List.copyOf(deliveries);
    this.parkNanos = parkNanos;
  }

  @Override
  public Outcome accept(CleanBatch batch) {
    try {
      return offer(batch);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.RetryLater(RETRY_AFTER, "interrupted while waiting for room");
    } finally {
      batch.release();
    }
  }

  /** As {@link #close(Duration)} with ten seconds. */
  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  /** Closes all deliveries at the same time; see {@link Delivery#close(Duration)}. */
  public void close(Duration limit) {
    for (Delivery delivery : deliveries) {
      delivery.stopTaking(limit);
    }
    for (Delivery delivery : deliveries) {
      delivery.awaitEnd();
    }
  }

  private Outcome offer(CleanBatch batch) throws InterruptedException {
    int size = batch.memoryBytes();
    Room[] rooms = new Room[deliveries.size()];
    long left = parkNanos;
    for (int blocked = reserve(size, rooms); blocked >= 0; blocked = reserve(size, rooms)) {
      if (rooms[blocked] == Room.CLOSED) {
        return new Outcome.RetryLater(RETRY_AFTER, "shutting down");
      }
      if (left <= 0) {
        return new Outcome.RetryLater(RETRY_AFTER, "the memory of a delivery is full");
      }
      left = deliveries.get(blocked).awaitRoom(size, left);
    }
    boolean taken = false;
    for (Room room : rooms) {
      taken |= room == Room.RESERVED;
    }
    if (!taken) {
      return new Outcome.RetryLater(RETRY_AFTER, "no destination answers and memory is full");
    }
    for (int i = 0; i < rooms.length; i++) {
      if (rooms[i] == Room.RESERVED) {
        deliveries.get(i).take(batch.hold());
      } else {
        deliveries.get(i).miss(batch);
      }
    }
    return Outcome.ACCEPTED;
  }

  /**
   * Asks each delivery for room. If one is worth waiting for or closed, gives back what was
   * reserved and returns its index; else -1.
   */
  private int reserve(int size, Room[] rooms) {
    for (int i = 0; i < rooms.length; i++) {
      rooms[i] = deliveries.get(i).reserve(size);
      if (rooms[i] == Room.FULL || rooms[i] == Room.CLOSED) {
        for (int j = 0; j < i; j++) {
          if (rooms[j] == Room.RESERVED) {
            deliveries.get(j).cancel(size);
          }
        }
        return i;
      }
    }
    return -1;
  }
}
