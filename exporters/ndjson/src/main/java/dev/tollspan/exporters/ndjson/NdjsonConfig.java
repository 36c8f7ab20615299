package dev.tollspan.exporters.ndjson;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where files go and when one ends.
 *
 * @param directory for files of this exporter; made with mode 0700 if it is missing
 * @param dialect what a line says; only FLAT can be written
 * @param maxAge how long a file may wait for more spans before it becomes visible, 1 s to 24 h
 * @param maxBytes the size that ends a file, 1 KiB to 1 TiB; exceeded by at most one export
 */
public record NdjsonConfig(Path directory, Dialect dialect, Duration maxAge, long maxBytes) {
  private static final Duration AGE_MIN = Duration.ofSeconds(1);
  private static final Duration AGE_MAX = Duration.ofHours(24);
  private static final long BYTES_MIN = 1L << 10;
  private static final long BYTES_MAX = 1L << 40;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException with the key and the allowed range
   */
  public NdjsonConfig {
    if (dialect == Dialect.OTLP) {
      throw new IllegalArgumentException("dialect must be flat; otlp cannot be written yet");
    }
    if (maxAge.compareTo(AGE_MIN) < 0 || maxAge.compareTo(AGE_MAX) > 0) {
      throw new IllegalArgumentException("rotate.max_age must be from 1s to 24h");
    }
    if (maxBytes < BYTES_MIN || maxBytes > BYTES_MAX) {
      throw new IllegalArgumentException("rotate.max_size must be from 1KiB to 1TiB");
    }
  }

  /** Flat lines, files of at most a minute and about 128 MiB. */
  public static NdjsonConfig defaults(Path directory) {
    return new NdjsonConfig(directory, Dialect.FLAT, Duration.ofSeconds(60), 128L << 20);
  }
}
