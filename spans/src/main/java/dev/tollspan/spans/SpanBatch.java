package dev.tollspan.spans;

import java.util.BitSet;
import java.util.function.LongPredicate;

/**
 * Spans as they came over the wire, validated and indexed, grouped as OTLP groups them.
 *
 * <p>Immutable to its readers. It may still hold prompts: only {@link CleanBatch} may reach a sink.
 *
 * <p>Ownership: whoever holds a batch last calls {@link #release()}, which wipes the bytes and
 * gives them back to the pool; a method that says that it takes a batch over does so. A batch
 * belongs to one thread at a time, together with all that {@link #share} its bytes.
 */
public final class SpanBatch {
  /**
   * A splice up to here passes without being asked for: while it lasts as many as there are
   * processors take that much, and then what it leaves takes the place of its batch.
   */
  private static final int UNASKED_BYTES_MAX = 1 << 20;

  final BatchPool pool;
  final KeyTable keys;
  final byte[] bytes;
  final SpanIndex index;
  final Additions additions;
  private final LongPredicate room;
  private final SpanBatch root; // counts for all that share its bytes
  private boolean released; // owned by the thread that holds the batch, as all below
  private int holders = 1; // of a root: how many share its bytes, itself included
  private long spliced; // of a root: what came of its spans so far
  private boolean asked; // of a root: whether room was asked for that

  SpanBatch(BatchPool pool, KeyTable keys, byte[] bytes, SpanIndex index, LongPredicate room) {
    this.pool = pool;
    this.keys = keys;
    this.bytes = bytes;
    this.index = index;
    this.room = room;
    additions = Additions.NONE;
    root = this;
  }

  private SpanBatch(SpanBatch without, Additions additions) {
    pool = without.pool;
    keys = without.keys;
    bytes = without.bytes;
    index = without.index;
    room = without.room;
    root = without.root;
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
    return decode(pool, keys, bytes, length, SpanIndex::isAlwaysRoom);
  }

  /**
   * The same where memory is counted: {@code room} is asked before the index is made or grows and
   * before an odd request is rewritten, each time with all bytes that will be taken beside the
   * request; the last answer that was yes counts. Rows are larger than the smallest messages: an
   * index can take thirty times the bytes of its request. The batch asks again before it is cut or
   * spliced into something large, and once it is released, with what came of it that is larger.
   */
  public static Decoded decode(
      BatchPool pool, KeyTable keys, byte[] bytes, int length, LongPredicate room) {
    return new Decoder(pool, keys, room).decode(bytes, length, new Tally());
  }

  /** How many spans there are. */
  public int spanCount() {
    return index.spanCount;
  }

  /** How many bytes they have on the wire, additions not counted. */
  public int byteSize() {
    return index.limit - index.start;
  }

  /** How much memory its index takes. */
  public long indexBytes() {
    return index.byteSize();
  }

  /** How much of that the rows take that are in use: what a batch of many spans is told by. */
  public long rowBytes() {
    return index.rowBytes();
  }

  /**
   * Where a part ends that begins with this span: before the first one with which its bytes and
   * rows would exceed so many bytes, but behind one span at least.
   */
  public int partEnd(int from, long bytesMax) {
    long bytes = index.spanBytes(from);
    int end = from + 1;
    while (end < index.spanCount) {
      bytes += index.spanBytes(end);
      if (bytes > bytesMax) {
        break;
      }
      end++;
    }
    return end;
  }

  /**
   * The spans {@code [from, to)} as a batch of their own, with copies of their bytes. This batch
   * stays the caller's and must outlive it. Not for a batch that has additions.
   *
   * @throws NoRoomException if there is no room for the copy and its index
   */
  public SpanBatch part(int from, int to) {
    BitSet kept = Cut.range(from, to);
    int size = Cut.size(index, bytes, kept);
    long whole = (long) index.byteSize() + size;
    LongPredicate beside = partBytes -> room.test(whole + partBytes);
    SpanIndex rows = new SpanIndex();
    rows.askBeforeGrowing(beside);
    if (rows.isRefused()) {
      throw new NoRoomException();
    }
    byte[] copy = pool.acquire(size);
    int begin = Cut.write(index, bytes, copy, kept);
    // More rows than its size excuses may come from a batch whose other spans excuse them.
    boolean indexed = new Indexer(keys, copy, rows).indexClean(begin, copy.length);
    if (!indexed || rows.isRefused()) {
      pool.release(copy, begin, copy.length);
      if (rows.isRefused()) {
        throw new NoRoomException();
      }
      throw new IllegalStateException("a part of a canonical batch is not canonical");
    }
    return new SpanBatch(pool, keys, copy, rows, beside);
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
    return new SpanBatch(this, more);
  }

  /**
   * The same spans once more, for somebody who adds other attributes to them. Nothing is copied:
   * the bytes are wiped once both are released, in whichever order. Not for a batch that has
   * additions.
   */
  public SpanBatch share() {
    if (additions != Additions.NONE) {
      throw new IllegalStateException("additions are not shared");
    }
    root.holders++;
    return new SpanBatch(this, Additions.NONE);
  }

  /**
   * Asks for room for so many bytes of a splice beside what there is. A small one needs none, but
   * the next one of the same spans does.
   */
  void askToSplice(long bytes) {
    long more = root.spliced + bytes + additions.patch.length;
    if (more > UNASKED_BYTES_MAX || root.spliced > 0) {
      if (!room.test(index.byteSize() + more)) {
        throw new NoRoomException();
      }
      root.asked = true;
    }
    root.spliced += bytes;
  }

  /**
   * Gives the additions back, and if nobody else shares the bytes, wipes them and gives all arrays
   * back. Nothing of this batch may be used afterwards.
   */
  public void release() {
    if (released) {
      throw new IllegalStateException("a batch was released twice");
    }
    released = true;
    pool.release(additions);
    root.holders--;
    if (root.holders == 0) {
      long left = Math.max(0, root.spliced - byteSize());
      pool.release(bytes, index.limit);
      pool.release(index);
      if (root.asked) {
        // Less than before, so there is room for it.
        var _ = room.test(left);
      }
    }
  }
}
