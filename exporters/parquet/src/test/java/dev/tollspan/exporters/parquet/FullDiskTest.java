package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.delivery.Delivery;
import dev.tollspan.exporters.delivery.DeliveryConfig;
import dev.tollspan.exporters.delivery.FanOut;
import dev.tollspan.pipeline.FailingChannel;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up while spans arrive, and has room again later. */
class FullDiskTest {
  private static final int BATCH_SPANS = 500;
  private static final int SENT_MAX = 400_000;
  private static final long DISK_BYTES = 3 << 20;
  private static final long MEMORY_BYTES = 4 << 20;

  private final FailingChannel.Disk disk = new FailingChannel.Disk();
  private final Ledger ledger = new Ledger();
  private final Ledger.Account account = ledger.account("parquet");
  private final Given given = new Given();

  @TempDir Path dir;

  @Test
  void booksWhatAFullDiskCostAndGoesOnOnceThereIsRoom() throws Exception {
    disk.bytesLeft = DISK_BYTES;
    DeliveryConfig config =
        new DeliveryConfig(
            MEMORY_BYTES,
            1 << 20,
            Duration.ofMillis(1),
            Duration.ofMillis(2),
            1.5,
            0.5,
            Duration.ZERO);
    Delivery delivery = new Delivery("parquet", open(), config, account, System::nanoTime);
    try (FanOut fanOut = new FanOut(List.of(List.of(delivery)))) {
      while (lost() == 0) {
        assertTrue(ledger.accepted() < SENT_MAX, "the disk never filled up");
        send(fanOut);
      }
      long once = lost();
      while (offer(fanOut, given.batch(BATCH_SPANS)) instanceof Outcome.Accepted) {
        assertTrue(delivery.memoryBytes() <= MEMORY_BYTES);
      }
      assertEquals(once, lost()); // what came to a full disk waits, or stays with its sender
      disk.bytesLeft = Long.MAX_VALUE;
      for (int i = 0; i < 20; i++) {
        send(fanOut);
      }
    }
    assertEquals("", ledger.unbalanced());
    assertEquals(0, account.pending());
    assertEquals(Map.of("file_lost", lost()), account.droppedByReason());
    assertEquals(account.delivered(), LakeReader.query(dir, "SELECT count(*)"));
    assertEquals(account.delivered(), LakeReader.query(dir, "SELECT count(DISTINCT span_id)"));
    assertEquals(List.of(), LakeReader.strangers(dir));
    assertTrue(LakeReader.files(dir).size() >= 3, "files: " + LakeReader.files(dir).size());
  }

  private ParquetExporter open() throws IOException {
    return new ParquetExporter(
        new ParquetConfig(dir, Duration.ofHours(1), 1 << 20, 1_000_000),
        Given.KEYS,
        InstantSource.fixed(Given.ARRIVAL),
        new SpanFile.Opener() {
          @Override
          public FileChannel open(
              Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
              throws IOException {
            return new FailingChannel(FileChannel.open(path, options, attributes), disk);
          }

          @Override
          public long usableBytes(Path directory) {
            return disk.bytesLeft;
          }
        });
  }

  /** As a patient sender does: the same spans again, once something has changed. */
  private void send(FanOut fanOut) {
    CleanBatch batch = given.batch(BATCH_SPANS);
    long lostBefore = lost();
    long deliveredBefore = account.delivered();
    while (!(offer(fanOut, batch.hold()) instanceof Outcome.Accepted) && lost() == lostBefore) {
      long startNanos = System.nanoTime();
      while (account.delivered() == deliveredBefore && lost() == lostBefore) {
        assertTrue(System.nanoTime() - startNanos < 60_000_000_000L, "nothing goes on for 60 s");
        Thread.onSpinWait();
      }
      deliveredBefore = account.delivered();
    }
    batch.release();
  }

  private Outcome offer(FanOut fanOut, CleanBatch batch) {
    ledger.receive(BATCH_SPANS, 0);
    Outcome outcome = fanOut.accept(List.of(batch));
    if (outcome instanceof Outcome.Accepted) {
      ledger.accept(BATCH_SPANS);
    } else {
      ledger.reject(BATCH_SPANS, "retry");
    }
    return outcome;
  }

  private long lost() {
    return account.droppedByReason().getOrDefault("file_lost", 0L);
  }
}
