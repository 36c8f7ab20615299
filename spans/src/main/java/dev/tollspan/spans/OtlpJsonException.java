package dev.tollspan.spans;

/**
 * A text that is no OTLP/JSON. The message names the place and the field, and repeats nothing of
 * the text.
 */
public final class OtlpJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;
  private final String reason;

  OtlpJsonException(int line, int column, String reason) {
    super("line " + line + ", column " + column + ": " + reason);
    this.line = line;
    this.column = column;
    this.reason = reason;
  }

  /** The line within the text, from 1. */
  public int line() {
    return line;
  }

  /** The column within the line in bytes, from 1. */
  public int column() {
    return column;
  }

  /** What is wrong, without the place. */
  public String reason() {
    return reason;
  }
}
