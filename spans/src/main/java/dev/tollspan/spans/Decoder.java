package dev.tollspan.spans;

/** From the bytes of a request to a batch: the fast way, or the slow way first. */
final class Decoder {
  private Decoder() {}

  static Decoded decode(BatchPool pool, KeyTable keys, byte[] bytes, int length) {
    SpanIndex index = pool.index();
    if (new Indexer(keys, bytes, index).index(0, length)) {
      return new Decoded.Whole(batch(pool, keys, bytes, index), 0, "", 0);
    }
    Normaliser.Result rewritten = new Normaliser(keys, bytes, index).rewrite(length);
    pool.release(bytes, length);
    if (rewritten == null) {
      pool.release(index);
      return new Decoded.Malformed(
          "the request is not a well-framed OTLP trace request of at most 100,000 spans");
    }
    byte[] canonical = pool.acquire(rewritten.bytes.length);
    System.arraycopy(rewritten.bytes, 0, canonical, 0, rewritten.bytes.length);
    if (!new Indexer(keys, canonical, index).index(0, rewritten.bytes.length)) {
      pool.release(canonical, rewritten.bytes.length);
      pool.release(index);
      return new Decoded.Malformed("the request cannot be brought into canonical form");
    }
    return new Decoded.Whole(
        batch(pool, keys, canonical, index),
        rewritten.rejectedSpans,
        rewritten.reason,
        rewritten.oddSpans);
  }

  private static SpanBatch batch(BatchPool pool, KeyTable keys, byte[] bytes, SpanIndex index) {
    return new SpanBatch(pool, keys, bytes, index, Additions.NONE);
  }
}
