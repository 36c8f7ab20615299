package dev.tollspan.spans;

import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.Collection;

/** Makes batches for tests of all rooms, from messages of the generated classes. */
public final class Batches {
  private Batches() {}

  /** A decoded batch; fails if the message is not taken whole. */
  public static SpanBatch batch(KeyTable keys, TracesData message) {
    return batch(new BatchPool(1 << 20), keys, message.toByteArray());
  }

  /** A decoded batch; fails if the bytes are not taken whole. */
  public static SpanBatch batch(BatchPool pool, KeyTable keys, byte[] message) {
    byte[] bytes = pool.acquire(message.length);
    System.arraycopy(message, 0, bytes, 0, message.length);
    Decoded decoded = SpanBatch.decode(pool, keys, bytes, message.length);
    if (decoded instanceof Decoded.Whole whole && whole.rejectedSpans() == 0) {
      return whole.batch();
    }
    throw new AssertionError("not taken whole: " + decoded);
  }

  /** A batch as if the gate had let everything through. */
  public static CleanBatch clean(KeyTable keys, TracesData message) {
    SpanBatch batch = batch(keys, message);
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    batch.release();
    return clean;
  }

  /** A table of the keys that LlmField knows and more. */
  public static KeyTable keys(String... more) {
    Collection<String> all = LlmField.allKeys();
    all.addAll(java.util.List.of(more));
    return KeyTable.of(all);
  }

  /** The message that a clean batch holds. */
  public static TracesData message(CleanBatch batch) {
    try {
      return TracesData.parser().parseFrom(batch.bytes(), batch.offset(), batch.byteSize());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
