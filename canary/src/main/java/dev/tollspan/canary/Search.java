package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Looks for many marks, in each form that they may take, in one pass: where eight bytes are those
 * that a form starts with, the forms with that start are compared. Goes down into each gzip and
 * zstd stream that it comes by, also if it is cut off, and reads Parquet files as rows too.
 * Immutable.
 */
public final class Search {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int START_BYTES = Long.BYTES;
  private static final int HASH_BITS = 22;
  private static final int DEPTH_MAX = 4;
  private static final int UNPACKED_BYTES_MAX = 256 << 20;
  private static final int PIECE_BYTES = 1 << 16;
  private static final int GZIP = 0x1f8b08;
  private static final int ZSTD = 0x28b52ffd;
  private static final byte[] PARQUET = {'P', 'A', 'R', '1'};

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Needle(byte[] bytes, String mark) {
    boolean isAt(byte[] haystack, int from) {
      return bytes.length <= haystack.length - from
          && Arrays.equals(bytes, 0, bytes.length, haystack, from, from + bytes.length);
    }
  }

  private final Map<Long, List<Needle>> needlesByStart = new HashMap<>();
  private final long[] startHashes = new long[1 << (HASH_BITS - 6)];
  private final int marks;

  private Search(Map<String, Set<String>> formsByMark) {
    marks = formsByMark.size();
    formsByMark.forEach((mark, forms) -> forms.forEach(form -> add(form, mark)));
  }

  /** Looks for these texts. Each must have at least eight bytes. */
  public static Search forTexts(Collection<String> texts) {
    Map<String, Set<String>> formsByText = new LinkedHashMap<>();
    texts.forEach(text -> formsByText.put(text, Forms.of(text)));
    return new Search(formsByText);
  }

  /** Looks for these marks; what is found are their words. */
  public static Search forMarks(List<Mark> marks) {
    Map<String, Set<String>> formsByMark = new LinkedHashMap<>();
    marks.forEach(mark -> formsByMark.put(mark.word(), mark.forms()));
    return new Search(formsByMark);
  }

  private void add(String form, String mark) {
    byte[] bytes = form.getBytes(ISO_8859_1);
    long start = (long) LONGS.get(bytes, 0);
    needlesByStart.computeIfAbsent(start, _ -> new ArrayList<>(1)).add(new Needle(bytes, mark));
    startHashes[hash(start) >>> 6] |= 1L << hash(start);
  }

  /** How many marks there are to find. */
  public int marks() {
    return marks;
  }

  /** The marks that the text holds. */
  public Set<String> find(String text) {
    return find(text.getBytes(UTF_8));
  }

  /** The marks that the bytes hold, and what is packed among them. */
  public Set<String> find(byte[] bytes) {
    Set<String> found = new HashSet<>();
    find(bytes, found, 0);
    return found;
  }

  /**
   * The marks that the file holds; of a Parquet file also those that its rows hold, decoded.
   *
   * @throws IOException if it cannot be read, or has more than 2 GiB
   */
  public Set<String> find(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Set<String> found = find(bytes);
    if (isParquet(bytes)) {
      LakeFile.read(file, row -> found.addAll(find(row.toString())));
    }
    return found;
  }

  private static boolean isParquet(byte[] bytes) {
    int end = bytes.length;
    return end > 2 * PARQUET.length
        && Arrays.equals(bytes, 0, PARQUET.length, PARQUET, 0, PARQUET.length)
        && Arrays.equals(bytes, end - PARQUET.length, end, PARQUET, 0, PARQUET.length);
  }

  private void find(byte[] bytes, Set<String> found, int depth) {
    for (int at = 0; at <= bytes.length - START_BYTES; at++) {
      long start = (long) LONGS.get(bytes, at);
      int hash = hash(start);
      if ((startHashes[hash >>> 6] & 1L << hash) != 0) {
        for (Needle needle : needlesByStart.getOrDefault(start, List.of())) {
          if (needle.isAt(bytes, at)) {
            found.add(needle.mark);
          }
        }
      }
      if (depth < DEPTH_MAX && ((int) (start >>> 40) == GZIP || (int) (start >>> 32) == ZSTD)) {
        find(unpacked(bytes, at, (int) (start >>> 32) == ZSTD), found, depth + 1);
      }
    }
  }

  /** What can be unpacked from here on; what only looks like a stream unpacks to nothing. */
  private static byte[] unpacked(byte[] bytes, int from, boolean zstd) {
    InputStream packed = new ByteArrayInputStream(bytes, from, bytes.length - from);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE_BYTES];
    try (InputStream stream = zstd ? new ZstdInputStream(packed) : new GZIPInputStream(packed)) {
      for (int read = stream.read(piece); read >= 0; read = stream.read(piece)) {
        out.write(piece, 0, read);
        if (out.size() > UNPACKED_BYTES_MAX) {
          throw new IllegalStateException("a packed stream is too large to be searched");
        }
      }
    } catch (IOException e) {
      // It ends here, or was none; what came until then counts.
    }
    return out.toByteArray();
  }

  private static int hash(long start) {
    return (int) ((start * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - HASH_BITS));
  }
}
