package dev.tollspan.exporters.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.FailingChannel;
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
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up while spans arrive, and has room again later. */
class FullDiskTest {
  private static final int BATCH_SPANS = 500;
  private static final int SENT_MAX = 400_000;
  private static final int WAITING_MAX = 150_000;
  private static final long DISK_BYTES = 3 << 20;

  private final FailingChannel.Disk disk = new FailingChannel.Disk();
  private final Given given = new Given();

  @TempDir Path dir;

  @Test
  void losesAndDoublesNoSpanAndGoesOnOnceThereIsRoom() throws Exception {
    Path lake = dir.resolve("lake");
    disk.bytesLeft = DISK_BYTES;
    ReaderStatus status;
    try (Delivered delivered =
        new Delivered(dir.resolve("journal"), open(lake), given.restorer())) {
      while (!delivered.delivery.failing()) {
        assertTrue(given.spans() < SENT_MAX, "the disk never filled up");
        delivered.hand(given.batch(BATCH_SPANS));
        Delivered.await( // the journal is faster than files are
            () -> delivered.delivery.failing() || delivered.status().pendingSpans() < WAITING_MAX);
      }
      for (int i = 0; i < 20; i++) {
        delivered.hand(given.batch(BATCH_SPANS));
      }
      assertTrue(delivered.status().pendingSpans() >= 20 * BATCH_SPANS);
      disk.bytesLeft = Long.MAX_VALUE;
      Delivered.await(() -> !delivered.delivery.failing());
      delivered.delivery.close();
      status = delivered.status();
    }
    assertEquals(0, status.pendingSpans());
    assertEquals(Map.of(), status.droppedSpans());
    assertEquals(given.spans(), status.deliveredSpans());
    assertEquals(
        LongStream.rangeClosed(1, given.spans()).boxed().toList(), LakeReader.numbers(lake));
    assertEquals(List.of(), LakeReader.strangers(lake));
    assertTrue(LakeReader.files(lake).size() >= 3, "files: " + LakeReader.files(lake).size());
  }

  private ParquetExporter open(Path lake) throws IOException {
    return new ParquetExporter(
        new ParquetConfig(lake, Duration.ofHours(1), 1 << 20, 1_000_000),
        Given.KEYS,
        InstantSource.fixed(Given.ARRIVAL),
        new Storage() {
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
}
