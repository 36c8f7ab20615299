package dev.tollspan.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * Appends against a bare loop of gathering writes and force, with the group size that the journal
 * had, in turns in one run. Not a test:
 *
 * <pre>java -cp target/classes:target/test-classes:JSPECIFY dev.tollspan.journal.AppendBenchmark
 *     FOLDER [THREADS] [RECORD_BYTES] [SECONDS] [TURNS]</pre>
 *
 * <p>The folder must be on a disk of which the figures shall speak. One bare loop appends to a new
 * file, the other writes over zeros. Readers keep nothing back, so that the journal recycles its
 * segments as it does when exporters keep up.
 */
final class AppendBenchmark {
  private final Path folder;
  private final int threads;
  private final byte[] record;
  private final long nanos;
  private double groupSize;

  private AppendBenchmark(Path folder, int threads, int recordBytes, long nanos) {
    this.folder = folder;
    this.threads = threads;
    this.record = new byte[recordBytes];
    this.nanos = nanos;
    new SplittableRandom(1).nextBytes(record);
  }

  public static void main(String[] args) throws Exception {
    int threads = args.length > 1 ? Integer.parseInt(args[1]) : 16;
    int bytes = args.length > 2 ? Integer.parseInt(args[2]) : 64 << 10;
    double seconds = args.length > 3 ? Double.parseDouble(args[3]) : 2;
    int turns = args.length > 4 ? Integer.parseInt(args[4]) : 5;
    AppendBenchmark benchmark =
        new AppendBenchmark(Path.of(args[0]), threads, bytes, (long) (seconds * 1e9));
    benchmark.journal();
    double[] shares = new double[turns];
    double[] preparedShares = new double[turns];
    for (int i = 0; i < turns; i++) {
      double journal = benchmark.journal();
      double bare = benchmark.bare(0);
      double prepared = benchmark.bare(16 << 20);
      shares[i] = journal / bare;
      preparedShares[i] = journal / prepared;
      System.out.printf(
          "journal %.0f/s, bare loop %.0f/s, prepared %.0f/s, %.1f records a group%n",
          journal, bare, prepared, benchmark.groupSize);
    }
    Arrays.sort(shares);
    Arrays.sort(preparedShares);
    System.out.printf(
        "%d threads, %d bytes: median %.0f %% of the bare loop, %.0f %% of one over zeros%n",
        threads, bytes, 100 * shares[turns / 2], 100 * preparedShares[turns / 2]);
  }

  /** Records a second. */
  private double journal() throws Exception {
    Path place = Files.createTempDirectory(folder, "journal");
    LongAdder groups = new LongAdder();
    LongAdder records = new LongAdder();
    FailPoint counting =
        name -> {
          if (name.equals("group.synced")) {
            groups.increment();
          }
        };
    Pace pace = new Pace.RealPace(System::nanoTime, InstantSource.system());
    Parts parts = new Parts(new RealDisk(place), JournalConfig.defaults(), pace, counting, () -> 1);
    Journal journal = new Journal(parts, Set.of());
    Thread upkeep = Thread.ofPlatform().start(() -> journal.upkeep().loop());
    long end = System.nanoTime() + nanos;
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      writers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (System.nanoTime() < end) {
                      journal.append(record, 0, record.length, 1);
                      records.increment();
                    }
                  }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    journal.upkeep().end();
    upkeep.join();
    journal.close();
    delete(place);
    groupSize = (double) records.sum() / groups.sum();
    return records.sum() / (nanos / 1e9);
  }

  /** Records a second; with a size, over zeros of that size again and again. */
  private double bare(int preparedBytes) throws IOException {
    Path place = Files.createTempFile(folder, "bare", ".bin");
    int group = (int) Math.max(1, Math.round(groupSize));
    ByteBuffer[] buffers = new ByteBuffer[group];
    long records = 0;
    try (FileChannel file = FileChannel.open(place, StandardOpenOption.WRITE)) {
      if (preparedBytes > 0) {
        file.write(ByteBuffer.allocate(preparedBytes), 0);
        file.force(true);
      }
      long end = System.nanoTime() + nanos;
      while (System.nanoTime() < end) {
        if (preparedBytes > 0 && file.position() + (long) group * record.length > preparedBytes) {
          file.position(0);
        }
        for (int i = 0; i < group; i++) {
          buffers[i] = ByteBuffer.wrap(record);
        }
        while (buffers[group - 1].hasRemaining()) {
          if (file.write(buffers) < 0) {
            throw new IOException("nothing was written");
          }
        }
        file.force(false);
        records += group;
      }
    }
    Files.delete(place);
    return records / (nanos / 1e9);
  }

  private static void delete(Path place) throws IOException {
    try (var files = Files.list(place)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(place);
  }
}
