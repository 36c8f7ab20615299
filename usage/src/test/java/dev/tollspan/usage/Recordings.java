package dev.tollspan.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/** Requests that real libraries sent, and what the vendors really served meanwhile. */
final class Recordings {
  static final UsageConfig CONFIG = UsageConfig.defaults();
  static final KeyTable KEYS = KeyTable.of(UsageReader.keys(CONFIG));

  private Recordings() {}

  /** The names of all recordings. */
  static List<String> names() {
    return List.copyOf(new TreeSet<>(rows("spans.tsv").stream().map(row -> row[0]).toList()));
  }

  /** The lines of a table behind its head line. */
  static List<String[]> rows(String name) {
    List<String[]> rows = new ArrayList<>();
    for (String line : new String(bytes(name), UTF_8).split("\n", -1)) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        rows.add(line.split("\t", -1));
      }
    }
    return rows.subList(1, rows.size());
  }

  /** What is expected of a recording's spans, by span id. */
  static Map<String, String[]> expected(String recording) {
    Map<String, String[]> expected = new LinkedHashMap<>();
    for (String[] row : rows("spans.tsv")) {
      if (row[0].equals(recording)) {
        expected.put(row[2], row);
      }
    }
    return expected;
  }

  /** The requests of a recording, decoded. */
  static List<SpanBatch> batches(String recording) {
    List<SpanBatch> batches = new ArrayList<>();
    for (int i = 1; i < 10; i++) {
      String name = recording + "-000" + i + ".bin.gz";
      if (Recordings.class.getResource("recordings/" + name) != null) {
        batches.add(Batches.batch(new BatchPool(1 << 20), KEYS, unzip(bytes(name))));
      }
    }
    return batches;
  }

  private static byte[] bytes(String name) {
    try (InputStream in = Recordings.class.getResourceAsStream("recordings/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] unzip(byte[] packed) {
    try (GZIPInputStream in = new GZIPInputStream(new java.io.ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
