package dev.tollspan.benchmarks.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Changes bytes of a journal that nobody has open. It reads the format on its own, to know which
 * records it hits: never those of the last group, whose damage looks like a crash within a write.
 */
final class SegmentDamage {
  private static final int SEGMENT_HEADER = 64;
  private static final int RECORD_HEADER = 72;
  private static final int RECORD_MAGIC = 0xA5_54_52_43;
  private static final int HITS_MAX = 6;

  private SegmentDamage() {}

  /** A record, and where it stands. */
  private record Place(Path file, int offset, int length, int spans, long sequence, long settled) {}

  /** Hits some records and headers of segments; how many spans the records hold. */
  static long hit(Path journal, Random random) throws IOException {
    List<Place> records = new ArrayList<>();
    for (Path file : segments(journal)) {
      records.addAll(records(file));
    }
    if (records.isEmpty()) {
      return 0;
    }
    long settled = records.getLast().settled();
    List<Place> old = records.stream().filter(each -> each.sequence() <= settled).toList();
    Set<Place> hit = new HashSet<>();
    int hits = old.isEmpty() ? 0 : random.nextInt(HITS_MAX);
    for (int i = 0; i < hits; i++) {
      Place place = old.get(random.nextInt(old.size()));
      int at = place.offset() + random.nextInt(RECORD_HEADER + place.length());
      if (hit.add(place)) {
        change(place.file(), at, random);
      }
    }
    if (random.nextInt(4) == 0) {
      change(records.getFirst().file(), random.nextInt(SEGMENT_HEADER), random);
    }
    return hit.stream().mapToLong(Place::spans).sum();
  }

  private static void change(Path file, int at, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= (byte) (1 + random.nextInt(255));
    Files.write(file, bytes);
  }

  private static List<Path> segments(Path journal) throws IOException {
    try (Stream<Path> all = Files.walk(journal)) {
      return all.filter(file -> file.getFileName().toString().matches("\\d{20}\\.seg"))
          .sorted()
          .toList();
    }
  }

  private static List<Place> records(Path file) throws IOException {
    String name = file.getFileName().toString();
    long base = Long.parseLong(name.substring(0, name.indexOf('.')));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    List<Place> records = new ArrayList<>();
    for (int at = SEGMENT_HEADER; at + RECORD_HEADER <= bytes.capacity(); at += 8) {
      if (bytes.getInt(at) == RECORD_MAGIC
          && bytes.getLong(at + 16) == base
          && bytes.getLong(at + 24) == at
          && bytes.getInt(at + 68) == crc(bytes, at)) {
        records.add(
            new Place(
                file,
                at,
                bytes.getInt(at + 8),
                bytes.getInt(at + 4) == 1 ? bytes.getInt(at + 12) : 0,
                bytes.getLong(at + 32),
                bytes.getLong(at + 48)));
      }
    }
    return records;
  }

  private static int crc(ByteBuffer bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(at, RECORD_HEADER - 4));
    return (int) crc.getValue();
  }
}
