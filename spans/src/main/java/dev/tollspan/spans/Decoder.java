package dev.tollspan.spans;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** From the bytes of a request to a batch: the fast way, or the slow way first. */
final class Decoder {
  private static final int ODD_BYTES_MAX = 16 << 20;
  private static final String TOO_MANY = "the request holds more than 100,000 spans";

  private Decoder() {}

  static Decoded decode(
      BatchPool pool, KeyTable keys, byte[] bytes, int length, LongPredicate room) {
    SpanIndex index = pool.index();
    index.askBeforeGrowing(room);
    if (new Indexer(keys, bytes, index).index(0, length)) {
      return new Decoded.Whole(batch(pool, keys, bytes, index), 0, "", 0);
    }
    if (index.isRefused()) {
      pool.release(bytes, length);
      pool.release(index);
      return new Decoded.NoRoom();
    }
    if (index.spanCount > SpanIndex.MESSAGES_MAX) {
      pool.release(bytes, length);
      pool.release(index);
      return new Decoded.Malformed(TOO_MANY);
    }
    Normaliser.Result rewritten = rewrite(pool, new Normaliser(keys, bytes, index), length);
    pool.release(bytes, length);
    if (rewritten == null) {
      pool.release(index);
      return new Decoded.Malformed(
          length > ODD_BYTES_MAX
              ? "the request is broken, or is odd and above 16 MiB"
              : "the request is broken");
    }
    byte[] canonical = pool.acquire(rewritten.bytes.length);
    System.arraycopy(rewritten.bytes, 0, canonical, 0, rewritten.bytes.length);
    if (!new Indexer(keys, canonical, index).index(0, rewritten.bytes.length)) {
      boolean refused = index.isRefused();
      boolean tooMany = index.spanCount > SpanIndex.MESSAGES_MAX;
      pool.release(canonical, rewritten.bytes.length);
      pool.release(index);
      return refused
          ? new Decoded.NoRoom()
          : new Decoded.Malformed(
              tooMany ? TOO_MANY : "the request cannot be brought into canonical form");
    }
    return new Decoded.Whole(
        batch(pool, keys, canonical, index),
        rewritten.rejectedSpans,
        rewritten.reason,
        rewritten.oddSpans);
  }

  /** The slow way takes several times the request's memory: one at a time, and not for giants. */
  private static Normaliser.@Nullable Result rewrite(
      BatchPool pool, Normaliser normaliser, int length) {
    if (length > ODD_BYTES_MAX) {
      return null;
    }
    pool.slowWay.lock();
    try {
      return normaliser.rewrite(length);
    } finally {
      pool.slowWay.unlock();
    }
  }

  private static SpanBatch batch(BatchPool pool, KeyTable keys, byte[] bytes, SpanIndex index) {
    return new SpanBatch(pool, keys, bytes, index, Additions.NONE);
  }
}
