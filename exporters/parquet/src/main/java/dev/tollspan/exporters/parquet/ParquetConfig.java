package dev.tollspan.exporters.parquet;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the lake is and when one of its files ends.
 *
 * @param directory root of the lake, made with mode 0700 if it is missing; files go below {@code
 *     spans/}
 * @param maxAge how long a file may wait for more spans before it becomes visible, 1 s to 24 h
 * @param maxBytes the size that ends a file, 64 KiB to 64 GiB; exceeded by at most one batch
 * @param maxRows the number of spans that ends a file, 1 to a billion; exceeded likewise
 */
public record ParquetConfig(Path directory, Duration maxAge, long maxBytes, long maxRows) {
  private static final Duration AGE_MIN = Duration.ofSeconds(1);
  private static final Duration AGE_MAX = Duration.ofHours(24);
  private static final long BYTES_MIN = 64L << 10;
  private static final long BYTES_MAX = 64L << 30;
  private static final long ROWS_MAX = 1_000_000_000L;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException with the key and the allowed range
   */
  public ParquetConfig {
    if (maxAge.compareTo(AGE_MIN) < 0 || maxAge.compareTo(AGE_MAX) > 0) {
      throw new IllegalArgumentException("rotate.max_age must be from 1s to 24h");
    }
    if (maxBytes < BYTES_MIN || maxBytes > BYTES_MAX) {
      throw new IllegalArgumentException("rotate.max_size must be from 64KiB to 64GiB");
    }
    if (maxRows < 1 || maxRows > ROWS_MAX) {
      throw new IllegalArgumentException("rotate.max_rows must be from 1 to " + ROWS_MAX);
    }
  }

  /** Files of at most a minute, about 128 MiB and a million spans. */
  public static ParquetConfig defaults(Path directory) {
    return new ParquetConfig(directory, Duration.ofSeconds(60), 128L << 20, 1_000_000);
  }
}
