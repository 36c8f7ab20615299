package dev.tollspan.journal;

/** What became of bytes that were given to a {@link Journal}. */
public sealed interface Appended {
  /**
   * They are as durable as the configuration says, under this sequence; readers get them.
   *
   * @param sequence one larger for each record; some numbers are never given
   */
  record Stored(long sequence) implements Appended {}

  /** There is no room by the limits or on the disk; the sender shall come again. */
  record Full(String reason) implements Appended {}

  /** The disk fails; the sender shall come again. Whether the bytes got there is not known. */
  record Failing(String reason) implements Appended {}
}
