package dev.tollspan.receiver;

import com.google.protobuf.ByteString;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.Decoded;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.OtlpJson;
import dev.tollspan.spans.SpanBatch;
import java.util.List;

/**
 * What became of one request: what its sender was told, as a status of HTTP whatever the protocol,
 * and what was handed on.
 */
record Fate(int status, long rejectedSpans, List<ByteString> batches) {
  private static final KeyTable KEYS = Batches.keys();
  private static final BatchPool POOL = new BatchPool(1 << 20);

  static Fate refused(int status) {
    return new Fate(status, 0, List.of());
  }

  /** What must become of a request of these bytes, which came in one piece and plain. */
  static Fate of(byte[] plain, boolean isJson, int limit) {
    if (plain.length > limit) {
      return refused(413);
    }
    byte[] bytes = POOL.acquire(plain.length);
    System.arraycopy(plain, 0, bytes, 0, plain.length);
    Decoded decoded =
        isJson
            ? OtlpJson.decode(POOL, KEYS, bytes, plain.length, _ -> true)
            : SpanBatch.decode(POOL, KEYS, bytes, plain.length);
    if (!(decoded instanceof Decoded.Whole whole)) {
      return refused(400);
    }
    boolean isEmpty = whole.batch().spanCount() == 0;
    ByteString batch = bytes(whole.batch());
    return new Fate(200, whole.rejectedSpans(), isEmpty ? List.of() : List.of(batch));
  }

  /** What a batch holds; releases it. */
  static ByteString bytes(SpanBatch batch) {
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    ByteString bytes = ByteString.copyFrom(clean.bytes(), clean.offset(), clean.byteSize());
    clean.release();
    batch.release();
    return bytes;
  }
}
