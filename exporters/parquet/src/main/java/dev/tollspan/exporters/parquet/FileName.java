package dev.tollspan.exporters.parquet;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a file of the lake says: {@code NODE-EPOCH-FIRST-LAST-KofN.parquet}. Within a
 * partition and an epoch names are in the order of writing.
 *
 * @param node the host that wrote it
 * @param epoch of the journal that its spans come from
 * @param first sequence of its generation
 * @param last sequence of its generation
 * @param number of the file in its generation, from 1 on; 0 stands for all of them
 * @param count of the files of its generation
 */
record FileName(String node, long epoch, long first, long last, int number, int count) {
  static final String PATTERN =
      "([A-Za-z0-9._]{1,255})-([0-9a-f]{16})-([0-9]{12,18})-([0-9]{12,18})"
          + "-([1-9])of([1-9])\\.parquet";

  private static final Pattern PARTS = Pattern.compile(PATTERN);
  private static final String READY_PREFIX = ".";
  private static final String READY_SUFFIX = ".ready";

  /** What a visible file's name says; null if it is none of ours. */
  static @Nullable FileName ofVisible(String name) {
    Matcher parts = PARTS.matcher(name);
    if (!parts.matches()) {
      return null;
    }
    return new FileName(
        parts.group(1),
        HexFormat.fromHexDigitsToLong(parts.group(2)),
        Long.parseLong(parts.group(3)),
        Long.parseLong(parts.group(4)),
        Integer.parseInt(parts.group(5)),
        Integer.parseInt(parts.group(6)));
  }

  /** What the hidden name of a whole file says; null if it is none. */
  static @Nullable FileName ofReady(String name) {
    return name.startsWith(READY_PREFIX) && name.endsWith(READY_SUFFIX)
        ? ofVisible(name.substring(READY_PREFIX.length(), name.length() - READY_SUFFIX.length()))
        : null;
  }

  /** What all files of its generation have in common. */
  FileName generation() {
    return new FileName(node, epoch, first, last, 0, count);
  }

  Path visible(Path directory) {
    return directory.resolve(text());
  }

  /** Where it is whole and durable, and waits for the other files of its generation. */
  Path ready(Path directory) {
    return directory.resolve(READY_PREFIX + text() + READY_SUFFIX);
  }

  private String text() {
    return String.format(
        Locale.ROOT,
        "%s-%016x-%012d-%012d-%dof%d.parquet",
        node,
        epoch,
        first,
        last,
        number,
        count);
  }
}
