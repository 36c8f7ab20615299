package dev.tollspan.exporters.otlp;

/** How requests are compressed on their way out. */
public enum Compression {
  NONE("identity"),
  /** Level 1: about 13 % larger than level 6, at twice the speed. */
  GZIP("gzip"),
  /**
   * Level 1: smaller than gzip and at more than twice its speed, where the destination knows it.
   */
  ZSTD("zstd");

  private final String encoding;

  Compression(String encoding) {
    this.encoding = encoding;
  }

  /** The word for it in {@code grpc-encoding}. */
  String encoding() {
    return encoding;
  }
}
