package dev.tollspan.spans;

import java.util.function.LongPredicate;

/**
 * Spans as they came over the wire, validated and indexed, grouped as OTLP groups them.
 *
 * <p>Immutable to its readers. It may still hold prompts: only {@link CleanBatch} may reach a sink.
 *
 * <p>Ownership: whoever holds a batch last calls {@link #release()}, which wipes the bytes and
 * gives them back to the pool; a method that says that it takes a batch over does so. A batch
 * belongs to one thread at a time.
 */
public final class SpanBatch {
  final BatchPool pool;
  final KeyTable keys;
  final byte[] bytes;
  final SpanIndex index;
  final Additions additions;
  private boolean released; // owned by the thread that holds the batch

  SpanBatch(BatchPool pool, KeyTable keys, byte[] bytes, SpanIndex index, Additions additions) {
    this.pool = pool;
    this.keys = keys;
    this.bytes = bytes;
    this.index = index;
    this.additions = additions;
  }

  /**
   * Validates and indexes one serialised ExportTraceServiceRequest (or TracesData, which has the
   * same shape).
   *
   * <p>Takes over {@code bytes}, an array of this pool: it is released with the batch, or at once
   * if there is none. Spans that cannot be kept (wrong ids, groups, nesting past 100 messages) are
   * left out and counted; a request whose framing is broken is refused as a whole.
   */
  public static Decoded decode(BatchPool pool, KeyTable keys, byte[] bytes, int length) {
    return decode(pool, keys, bytes, length, anyBytes -> true);
  }

  /**
   * The same where memory is counted: {@code room} is asked before the index is made or grows and
   * before an odd request is rewritten, each time with all bytes that will be taken beside the
   * request; the last answer that was yes counts. Rows are larger than the smallest messages: an
   * index can take thirty times the bytes of its request.
   */
  public static Decoded decode(
      BatchPool pool, KeyTable keys, byte[] bytes, int length, LongPredicate room) {
    return Decoder.decode(pool, keys, bytes, length, room);
  }

  /** How many spans there are. */
  public int spanCount() {
    return index.spanCount;
  }

  /** How many bytes they have on the wire, additions not counted. */
  public int byteSize() {
    return index.limit - index.start;
  }

  /** The keys that its attributes were matched against. */
  public KeyTable keys() {
    return keys;
  }

  /** A new cursor, before the first span. Additions are not seen by it. */
  public SpanView view() {
    return new SpanView(bytes, index, keys);
  }

  /** A new cursor on resources and scopes. */
  public GroupView groups() {
    return new GroupView(bytes, index, keys);
  }

  /** Attributes that a processor wants on spans: an empty list, to be handed to {@link #with}. */
  public Additions startAdditions() {
    return pool.additions(additions, index.spanCount);
  }

  /** This batch with more attributes on its spans. Takes over both this batch and the additions. */
  public SpanBatch with(Additions more) {
    more.finish(index.spanCount);
    pool.release(additions);
    return new SpanBatch(pool, keys, bytes, index, more);
  }

  /** Wipes the bytes and gives all arrays back. Nothing of this batch may be used afterwards. */
  public void release() {
    if (released) {
      throw new IllegalStateException("a batch was released twice");
    }
    released = true;
    pool.release(bytes, index.limit);
    pool.release(index);
    pool.release(additions);
  }
}
