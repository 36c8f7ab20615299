package dev.tollspan.journal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that have joined a group and wait for it to become durable.
 *
 * <p>The bytes are lent to the journal until {@link #await} has returned: nobody may change them.
 * The answer is guarded by the lock of the journal.
 */
public final class Pending {
  final byte[] bytes;
  final int offset;
  final int length;
  final int spans;
  final int crc;
  private final Journal journal;
  private @Nullable Appended answer;

  Pending(Journal journal, byte[] bytes, int offset, int length, int spans) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (spans < 0) {
      throw new IllegalArgumentException("a record of " + spans + " spans");
    }
    this.journal = journal;
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.spans = spans;
    this.crc = Layout.crc(bytes, offset, length);
  }

  /**
   * Blocks until it is known what became of the bytes. An interrupt neither ends the wait nor
   * changes the answer; it is kept for the caller.
   */
  public Appended await() {
    return journal.await(this);
  }

  long size() {
    return Layout.size(length);
  }

  @Nullable Appended answer() {
    return answer;
  }

  void answer(Appended what) {
    answer = what;
  }
}
