package dev.tollspan.pipelineconfig;

/**
 * Text that must not be shown: {@link #toString} is a mask, so that it stays out of logs, errors
 * and printed configurations.
 */
public record Secret(String value) {
  static final String MASK = "[REDACTED]";

  @Override
  public String toString() {
    return MASK;
  }
}
