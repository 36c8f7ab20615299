package dev.tollspan.spans;

import java.lang.ref.WeakReference;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Spans that have passed the gate: the only type that a sink takes.
 *
 * <p>Its bytes are a valid TracesData (or ExportTraceServiceRequest) message in canonical form, and
 * two of them one behind the other are one as well. A list may have more attributes than a sender's
 * may, by those that the pipeline added; of a key that the sender used and the pipeline too, views
 * show the last alone. Immutable, readable from all threads.
 *
 * <p>Ownership: it is made with one holder. Whoever hands it to n takers calls {@link #hold} once
 * for each and releases its own hold; the last {@link #release} wipes the bytes and gives them
 * back.
 */
public final class CleanBatch {
  private final BatchPool pool;
  private final KeyTable keys;
  private final byte[] bytes;
  private final int offset;
  private final int length;
  private final int spanCount;
  private final long sequence;
  private final long storedMillis;
  private final AtomicInteger holders = new AtomicInteger(1);
  private @Nullable WeakReference<SpanIndex> index; // guarded by this

  /** What came of a batch: the bytes from {@code offset} to the end of the array. */
  CleanBatch(SpanBatch source, byte[] bytes, int offset) {
    pool = source.pool;
    keys = source.keys;
    spanCount = source.spanCount();
    this.bytes = bytes;
    this.offset = offset;
    length = bytes.length - offset;
    sequence = 0;
    storedMillis = 0;
  }

  /** What a journal gives back; {@link BatchRestorer} knows the rest. */
  CleanBatch(BatchRestorer from, byte[] bytes, int length, int spanCount, Place place) {
    pool = from.pool;
    keys = from.keys;
    this.spanCount = spanCount;
    this.bytes = bytes;
    offset = 0;
    this.length = length;
    sequence = place.sequence();
    storedMillis = place.storedMillis();
  }

  /**
   * Where and when a batch was stored.
   *
   * @param sequence its number in its journal, from 1 on and growing
   * @param storedMillis the wall clock of that moment
   */
  record Place(long sequence, long storedMillis) {}

  /** How many spans there are. */
  public int spanCount() {
    return spanCount;
  }

  /** Its number in the journal that it came from; 0 if it comes from the gate. */
  public long sequence() {
    return sequence;
  }

  /** When that journal stored it, in milliseconds of the wall clock; 0 if none did. */
  public long storedMillis() {
    return storedMillis;
  }

  /** How many bytes they have on the wire. */
  public int byteSize() {
    return length;
  }

  /** The array that holds them; not to be written to. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where they begin in {@link #bytes()}. */
  public int offset() {
    return offset;
  }

  /**
   * How much memory is held as long as the batch is: its array, which may be larger than needed.
   */
  public int memoryBytes() {
    return bytes.length;
  }

  /** A new cursor, before the first span. The index is shared with other views. */
  public SpanView view() {
    return new SpanView(bytes, index(), keys);
  }

  /** The spans {@code [from, to)} as a message of their own, with copies of their bytes. */
  public byte[] part(int from, int to) {
    return part(Cut.range(from, to));
  }

  /** The spans of these numbers, from 0 on, as a message of their own. */
  public byte[] part(BitSet kept) {
    SpanIndex rows = index();
    byte[] part = new byte[Cut.size(rows, bytes, kept)];
    Cut.write(rows, bytes, part, kept);
    return part;
  }

  /** One more holder. */
  public CleanBatch hold() {
    if (holders.getAndIncrement() < 1) {
      throw new IllegalStateException("a batch was held after its last release");
    }
    return this;
  }

  /** One holder less; the last one gives the arrays back. */
  public void release() {
    int left = holders.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("a batch was released more often than held");
    }
    if (left == 0) {
      pool.release(bytes, offset, offset + length);
    }
  }

  /**
   * Views keep the index alive, the batch does not: one that waits for a dead destination holds its
   * bytes only. Nothing is kept of an index that could not be made.
   */
  private synchronized SpanIndex index() {
    SpanIndex made = index == null ? null : index.get();
    if (made == null) {
      made = new SpanIndex();
      if (!new Indexer(keys, bytes, made).indexClean(offset, offset + length)
          || made.spanCount != spanCount) {
        throw new IllegalStateException("the gate let a span through that is not canonical");
      }
      index = new WeakReference<>(made);
    }
    return made;
  }
}
