package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.JournalConfig.WhenFull;
import dev.tollspan.journal.Layout.RecordHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segments that were written and then damaged: every intact record comes, the rest is counted. */
class MutationTest {
  private static final int MUTATIONS = Integer.getInteger("tollspan.mutations", 10_000);
  private static final int RECORDS = 60;

  private final Map<String, byte[]> files = new TreeMap<>();
  private final List<Written> records = new ArrayList<>();
  private Written mark;

  private record Written(String file, long number, RecordHeader header) {
    int end() {
      return (int) header.offset() + Layout.RECORD_HEADER + header.length();
    }
  }

  @BeforeEach
  void write() throws IOException {
    FaultyDisk disk = new FaultyDisk(new SplittableRandom(1));
    Journal journal = new Journal(parts(disk), Set.of("reader"));
    for (long number = 1; number <= RECORDS; ) {
      List<Pending> group = new ArrayList<>();
      for (int i = 0; i < 3 && number <= RECORDS; i++, number++) {
        byte[] bytes = World.payload(number);
        group.add(journal.join(bytes, 0, bytes.length, World.spans(number)));
      }
      group.forEach(Pending::await);
    }
    journal.close();
    for (String name : disk.names()) {
      files.put(name, disk.content(name));
      long base = Segment.base(name);
      if (base > 0) {
        RecordScan scan = new RecordScan(new Window(disk.read(name), 1 << 16, false), base, 64);
        for (RecordHeader found = scan.next(1 << 16); found != null; found = scan.next(1 << 16)) {
          Written written = new Written(name, found.sequence(), found);
          if (found.type() == Layout.MARK) {
            mark = written;
          } else {
            records.add(written);
          }
        }
      }
    }
    records.sort(Comparator.comparingLong(r -> r.header.sequence()));
    assertEquals(RECORDS, records.size());
  }

  @Test
  void readsAllThatIsIntactAndCountsTheRest() throws Exception {
    long seed = Long.getLong("tollspan.seed", System.nanoTime());
    System.out.println("tollspan.seed=" + seed);
    List<String> segments = files.keySet().stream().filter(n -> Segment.base(n) > 0).toList();
    assertTrue(segments.size() >= 4, "only " + segments);
    int damaged = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      SplittableRandom random = new SplittableRandom(seed + i * 0x9E3779B97F4A7C15L);
      Map<String, byte[]> mutated = new TreeMap<>(files);
      for (int times = 1 + random.nextInt(3); times > 0; times--) {
        String name = segments.get(random.nextInt(segments.size()));
        mutated.compute(name, (n, bytes) -> mutate(bytes.clone(), random));
      }
      try {
        damaged += RECORDS - check(mutated);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dtollspan.seed=" + seed + ", mutation " + i, e);
      }
    }
    assertTrue(damaged > MUTATIONS / 2, "only " + damaged + " records were hit");
  }

  private static byte[] mutate(byte[] bytes, SplittableRandom random) {
    if (bytes.length == 0) {
      return bytes;
    }
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(700));
    switch (random.nextInt(6)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> {
        for (int i = 0; i < length; i++) {
          bytes[at + i] = (byte) random.nextInt();
        }
      }
      case 2 -> Arrays.fill(bytes, at, at + length, (byte) 0);
      case 3 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 4 -> {
        int from = random.nextInt(bytes.length - length + 1);
        byte[] one = Arrays.copyOfRange(bytes, from, from + length);
        System.arraycopy(bytes, at, bytes, from, length);
        System.arraycopy(one, 0, bytes, at, length);
      }
      default -> {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, at, longer, bytes.length, length);
        return longer;
      }
    }
    return bytes;
  }

  private int check(Map<String, byte[]> mutated) throws IOException, InterruptedException {
    FaultyDisk disk = new FaultyDisk(new SplittableRandom(1));
    mutated.forEach(disk::put);
    Journal journal = new Journal(parts(disk), Set.of("reader"));
    List<Written> intact = records.stream().filter(r -> isIntact(r, mutated)).toList();
    long intactSpans = intact.stream().mapToLong(r -> r.header.spans()).sum();
    Recovery recovery = journal.recovery();
    assertEquals(intact.size(), recovery.records());
    assertEquals(intactSpans, recovery.spans());
    if (isIntact(mark, mutated)) {
      long all = records.stream().mapToLong(r -> r.header.spans()).sum();
      assertEquals(RECORDS - intact.size(), recovery.lostRecords(), recovery::toString);
      assertEquals(all - intactSpans, recovery.lostSpans(), recovery::toString);
      assertEquals(all, journal.status().spans());
    } else {
      long missing = recovery.lostRecords() + recovery.tornRecords();
      long last = intact.isEmpty() ? 0 : intact.getLast().header.sequence();
      assertTrue(missing >= last - intact.size(), recovery::toString);
      assertTrue(missing <= RECORDS - intact.size(), recovery::toString);
    }
    Reader reader = journal.reader("reader");
    assertEquals(Reader.Start.RESUMED, reader.start());
    List<JournalRecord> read = reader.next(Heap.ARRAYS, Long.MAX_VALUE, Duration.ZERO);
    assertEquals(
        intact.stream().map(r -> r.header.sequence()).toList(),
        read.stream().map(JournalRecord::sequence).toList());
    for (JournalRecord record : read) {
      byte[] bytes = Arrays.copyOf(record.bytes(), record.length());
      assertTrue(Arrays.equals(World.payload(ByteBuffer.wrap(bytes).getLong()), bytes));
    }
    byte[] more = World.payload(1);
    Appended answer = journal.append(more, 0, more.length, 1);
    assertTrue(answer instanceof Appended.Stored s && s.sequence() > RECORDS, answer::toString);
    read = reader.next(Heap.ARRAYS, Long.MAX_VALUE, Duration.ZERO);
    reader.commit(read.getLast().sequence());
    assertEquals(intactSpans + 1, reader.status().deliveredSpans());
    assertEquals(0, reader.status().pendingSpans());
    long dropped = reader.status().droppedSpans().getOrDefault(Reader.DAMAGED, 0L);
    assertEquals(journal.status().spans(), reader.status().deliveredSpans() + dropped);
    return intact.size();
  }

  private boolean isIntact(Written record, Map<String, byte[]> mutated) {
    byte[] bytes = mutated.get(record.file);
    int from = (int) record.header.offset();
    return bytes.length >= record.end()
        && Arrays.equals(bytes, from, record.end(), files.get(record.file), from, record.end());
  }

  private static Parts parts(Disk disk) {
    JournalConfig config = World.small(WhenFull.REFUSE, 1 << 20, Duration.ZERO);
    return new Parts(disk, config, new FakePace(), FailPoint.NONE, () -> 77L);
  }
}
