package dev.tollspan.spans;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * From the bytes of a request to a batch: the fast way, or the slow way first.
 *
 * @param room see {@link SpanBatch#decode}
 */
record Decoder(BatchPool pool, KeyTable keys, LongPredicate room) {
  private static final int ODD_BYTES_MAX = 16 << 20;
  private static final String TOO_MANY = "the request holds more than 100,000 spans";

  /** Decodes what somebody else may have begun to count in this tally. */
  Decoded decode(byte[] bytes, int length, Tally tally) {
    SpanIndex index = index(pool, room);
    if (new Indexer(keys, bytes, index).index(0, length)) {
      return tally.whole(new SpanBatch(pool, keys, bytes, index, room));
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
    Normaliser normaliser = new Normaliser(this, bytes, index, tally);
    Normaliser.Result rewritten = rewrite(pool, normaliser, length);
    pool.release(bytes, length);
    if (rewritten == null) {
      boolean refused = index.isRefused();
      pool.release(index);
      return refused ? new Decoded.NoRoom() : new Decoded.Malformed(broken(length));
    }
    byte[] canonical = rewritten.bytes();
    index.askBeforeGrowing(room);
    if (!new Indexer(keys, canonical, index).index(0, rewritten.length())) {
      boolean refused = index.isRefused();
      boolean tooMany = index.spanCount > SpanIndex.MESSAGES_MAX;
      pool.release(canonical, rewritten.length());
      pool.release(index);
      return refused
          ? new Decoded.NoRoom()
          : new Decoded.Malformed(
              tooMany ? TOO_MANY : "the request cannot be brought into canonical form");
    }
    return tally.whole(new SpanBatch(pool, keys, canonical, index, room));
  }

  /** One of the pool has grown with earlier requests: if that is too much now, a fresh one. */
  private static SpanIndex index(BatchPool pool, LongPredicate room) {
    SpanIndex index = pool.index();
    index.askBeforeGrowing(room);
    if (index.isRefused() && index.byteSize() > SpanIndex.BYTES_MIN) {
      pool.release(index);
      index = new SpanIndex();
      index.askBeforeGrowing(room);
    }
    return index;
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

  private static String broken(int length) {
    return length > ODD_BYTES_MAX
        ? "the request is broken, or is odd and above 16 MiB"
        : "the request is broken";
  }
}
