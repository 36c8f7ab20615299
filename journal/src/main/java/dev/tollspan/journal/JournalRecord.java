package dev.tollspan.journal;

/** A record as it was stored. The array came from the caller's {@link Reader.Buffers}. */
public final class JournalRecord {
  private final long sequence;
  private final int spans;
  private final byte[] bytes;
  private final int length;
  private final long appendedMillis;

  JournalRecord(long sequence, int spans, byte[] bytes, int length, long appendedMillis) {
    this.sequence = sequence;
    this.spans = spans;
    this.bytes = bytes;
    this.length = length;
    this.appendedMillis = appendedMillis;
  }

  public long sequence() {
    return sequence;
  }

  public int spans() {
    return spans;
  }

  /** The payload stands at the beginning; the array may be longer. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /** When it was stored, by the wall clock of that moment. */
  public long appendedMillis() {
    return appendedMillis;
  }
}
