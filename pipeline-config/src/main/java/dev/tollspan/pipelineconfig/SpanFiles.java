package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.ndjson.NdjsonExporter;
import dev.tollspan.exporters.parquet.ParquetExporter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** The files of spans in one directory, as their names, their sizes and their ends tell. */
public final class SpanFiles {
  private static final int LAKE_DEPTH = 4; // spans, date, hour, file
  private static final int MAGIC = 0x50_41_52_31; // PAR1
  private static final int PARQUET_BYTES_MIN = 12;

  private final List<Range> ranges = new ArrayList<>();
  private final List<Path> broken = new ArrayList<>();
  private long count; // owned by the thread that looks, as are all that change
  private long bytes;
  private long unfinished;

  /** The spans of these sequences of one journal stand in this file. */
  private record Range(String epoch, String first, String last, Path file) {
    private static final Comparator<Range> BY_PLACE =
        Comparator.comparing(Range::epoch)
            .thenComparingLong(range -> Long.parseLong(range.first))
            .thenComparingLong(range -> Long.parseLong(range.last));

    /** Whether one that sorts behind this one has spans of it. */
    boolean overlaps(Range next) {
      boolean parts =
          first.equals(next.first) && last.equals(next.last) && !part().equals(next.part());
      return epoch.equals(next.epoch) && Long.parseLong(next.first) <= lastSequence() && !parts;
    }

    long lastSequence() {
      return Long.parseLong(last);
    }

    /** Files of the lake share a range of sequences, and each has a part of the spans. */
    private String part() {
      String name = String.valueOf(file.getFileName());
      return name.endsWith(".parquet") ? name.substring(name.lastIndexOf('-')) : "";
    }
  }

  private SpanFiles() {}

  /** How many whole files there are. */
  public long count() {
    return count;
  }

  /** What they take. */
  public long bytes() {
    return bytes;
  }

  /** How many files are being written, or were when their process ended. */
  public long unfinished() {
    return unfinished;
  }

  /** Takes a file down, if it is one of spans, under the form and the directory of its exporter. */
  static void add(Map<String, SpanFiles> found, Path data, Path file, long size) {
    String name = String.valueOf(file.getFileName());
    Path home = file.getParent();
    Matcher ndjson = NdjsonExporter.FINISHED.matcher(name);
    Path lake = ancestor(file);
    Matcher parquet =
        ParquetExporter.FINISHED.matcher(
            lake == null ? "" : lake.relativize(file).toString().replace('\\', '/'));
    if (name.endsWith(".binpb") && isOfLetters(home)) {
      SpanFiles letters = of(found, "dead letters in " + home);
      letters.count++;
      letters.bytes += size;
    } else if (ndjson.matches()) {
      of(found, "NDJSON in " + home).take(ndjson, 1, file, size);
    } else if (parquet.matches()) {
      of(found, "Parquet in " + lake).take(parquet, 2, file, size);
    } else if (Leftovers.isUnfinished(file)) {
      boolean lines = name.endsWith(".ndjson.part") || lake == null || !lake.startsWith(data);
      of(found, lines ? "NDJSON in " + home : "Parquet in " + lake).unfinished++;
    }
  }

  /** Below it, pipelines and exporters have a folder each. */
  private static boolean isOfLetters(@Nullable Path home) {
    Path pipeline = home == null ? null : home.getParent();
    Path letters = pipeline == null ? null : pipeline.getParent();
    return letters != null && letters.endsWith(LetterBox.LETTERS);
  }

  private static @Nullable Path ancestor(Path file) {
    Path lake = file;
    for (int i = 0; i < LAKE_DEPTH && lake != null; i++) {
      lake = lake.getParent();
    }
    return lake;
  }

  private static SpanFiles of(Map<String, SpanFiles> found, String label) {
    return found.computeIfAbsent(label, _ -> new SpanFiles());
  }

  private void take(Matcher name, int group, Path file, long size) {
    count++;
    bytes += size;
    if (!name.group(group + 2).equals("rest")) {
      ranges.add(new Range(name.group(group), name.group(group + 1), name.group(group + 2), file));
    }
    if (!isWhole(file, size)) {
      broken.add(file);
    }
  }

  private static boolean isWhole(Path file, long size) {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
      if (file.toString().endsWith(".ndjson")) {
        content.seek(Math.max(0, size - 1));
        return content.read() == '\n';
      }
      boolean begins = size >= PARQUET_BYTES_MIN && content.readInt() == MAGIC;
      content.seek(Math.max(0, size - Integer.BYTES));
      return begins && content.readInt() == MAGIC;
    } catch (IOException _) {
      return false;
    }
  }

  /** Says which files are not whole, and which hold spans that another one holds. */
  void judge(List<String> findings) {
    broken.forEach(file -> findings.add(file + " is not whole, or cannot be read"));
    ranges.sort(Range.BY_PLACE);
    Range farthest = null;
    for (Range next : ranges) {
      boolean same = farthest != null && farthest.epoch.equals(next.epoch);
      if (farthest != null && farthest.overlaps(next)) {
        findings.add(farthest.file + " and " + next.file.getFileName() + " hold the same spans");
      }
      if (farthest == null || !same || farthest.lastSequence() <= next.lastSequence()) {
        farthest = next;
      }
    }
  }
}
