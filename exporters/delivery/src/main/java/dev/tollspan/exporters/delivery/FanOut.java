package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.BatchQueue.Room;
import dev.tollspan.pipeline.CleanConsumer;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Hands each batch to every delivery of every pipeline behind one receiver, or to none.
 *
 * <p>Accepted means: every delivery that is well has the batch as its pipeline lets it through. One
 * that is failing and has no room left misses it, counted, and nobody waits for it; if all of a
 * pipeline are like that, the sender is asked to retry, because in each pipeline somebody must have
 * the spans. If one that is well has no room, the caller waits for it, up to five seconds, and is
 * then asked to retry. Nobody is given anything before there is room in all pipelines, so a retry
 * doubles nothing.
 *
 * <p>Threads: for many callers at once, virtual threads among them. It has no state of its own.
 * Room is reserved in each delivery in turn, under one lock at a time; a caller that waits holds
 * neither a lock nor a reservation, so callers cannot block one another for good.
 */
public final class FanOut implements CleanConsumer, AutoCloseable {
  private static final long PARK_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final List<Delivery> deliveries = new ArrayList<>();
  private final int[] pipelineOf;
  private final int pipelineCount;
  private final long parkNanos;

  /** For the deliveries of each pipeline; an exporter belongs to one pipeline. */
  public FanOut(List<List<Delivery>> pipelines) {
    this(pipelines, PARK_NANOS);
  }

  FanOut(List<List<Delivery>> pipelines, long parkNanos) {
    if (pipelines.isEmpty() || pipelines.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("exporters must name at least one");
    }
    pipelines.forEach(deliveries::addAll);
    pipelineOf = new int[deliveries.size()];
    pipelineCount = pipelines.size();
    this.parkNanos = parkNanos;
    int delivery = 0;
    for (int pipeline = 0; pipeline < pipelineCount; pipeline++) {
      for (int left = pipelines.get(pipeline).size(); left > 0; left--) {
        pipelineOf[delivery++] = pipeline;
      }
    }
  }

  @Override
  public Outcome accept(List<CleanBatch> batches) {
    try {
      return offer(batches);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.RetryLater(RETRY_AFTER, "interrupted while waiting for room");
    } finally {
      for (CleanBatch batch : batches) {
        batch.release();
      }
    }
  }

  /** As {@link #closeAll} with ten seconds. */
  @Override
  public void close() {
    closeAll(deliveries, Delivery.CLOSE_LIMIT);
  }

  /** Closes all of them at the same time; see {@link Delivery#close(Duration)}. */
  public static void closeAll(Collection<Delivery> deliveries, Duration limit) {
    for (Delivery delivery : deliveries) {
      delivery.stopTaking(limit);
    }
    for (Delivery delivery : deliveries) {
      delivery.awaitEnd();
    }
  }

  private Outcome offer(List<CleanBatch> batches) throws InterruptedException {
    Room[] rooms = new Room[deliveries.size()];
    long left = parkNanos;
    for (int blocked = reserve(batches, rooms); blocked >= 0; blocked = reserve(batches, rooms)) {
      if (rooms[blocked] == Room.CLOSED) {
        return new Outcome.RetryLater(RETRY_AFTER, "shutting down");
      }
      if (left <= 0) {
        return new Outcome.RetryLater(RETRY_AFTER, "the memory of a delivery is full");
      }
      left = deliveries.get(blocked).awaitRoom(size(batches, blocked), left);
    }
    if (!everyPipelineTakes(rooms)) {
      giveBack(batches, rooms, rooms.length);
      return new Outcome.RetryLater(
          RETRY_AFTER, "no destination of a pipeline answers and memory is full");
    }
    for (int i = 0; i < rooms.length; i++) {
      CleanBatch batch = batches.get(pipelineOf[i]);
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
  private int reserve(List<CleanBatch> batches, Room[] rooms) {
    for (int i = 0; i < rooms.length; i++) {
      rooms[i] = deliveries.get(i).reserve(size(batches, i));
      if (rooms[i] == Room.FULL || rooms[i] == Room.CLOSED) {
        giveBack(batches, rooms, i);
        return i;
      }
    }
    return -1;
  }

  private void giveBack(List<CleanBatch> batches, Room[] rooms, int end) {
    for (int i = 0; i < end; i++) {
      if (rooms[i] == Room.RESERVED) {
        deliveries.get(i).cancel(size(batches, i));
      }
    }
  }

  private boolean everyPipelineTakes(Room[] rooms) {
    boolean[] takes = new boolean[pipelineCount];
    for (int i = 0; i < rooms.length; i++) {
      takes[pipelineOf[i]] |= rooms[i] == Room.RESERVED;
    }
    for (boolean each : takes) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  private int size(List<CleanBatch> batches, int delivery) {
    return batches.get(pipelineOf[delivery]).memoryBytes();
  }
}
