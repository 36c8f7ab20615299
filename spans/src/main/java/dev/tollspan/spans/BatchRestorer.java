package dev.tollspan.spans;

/**
 * Makes clean batches again of the bytes that a journal kept of them. Only what stands behind a
 * journal may use it: it believes that the gate has seen these bytes. Safe for all threads.
 */
public final class BatchRestorer {
  final BatchPool pool;
  final KeyTable keys;

  /**
   * A restorer for one journal.
   *
   * @param pool where arrays come from and go to
   * @param keys the table that views of these batches know
   */
  public BatchRestorer(BatchPool pool, KeyTable keys) {
    this.pool = pool;
    this.keys = keys;
  }

  /** An array of at least this length. */
  public byte[] acquire(int bytesMin) {
    return pool.acquire(bytesMin);
  }

  /** Takes an array back that {@link #acquire} gave and no batch was made of. */
  public void release(byte[] array, int used) {
    pool.release(array, used);
  }

  /**
   * The batch that was stored. Takes the array over, which {@link #acquire} gave.
   *
   * @param length how many bytes of the array it has
   * @param sequence its number in the journal
   * @param storedMillis when it was stored, by the wall clock
   */
  public CleanBatch restore(
      byte[] bytes, int length, int spanCount, long sequence, long storedMillis) {
    return new CleanBatch(
        this, bytes, length, spanCount, new CleanBatch.Place(sequence, storedMillis));
  }
}
