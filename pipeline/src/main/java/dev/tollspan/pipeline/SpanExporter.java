package dev.tollspan.pipeline;

import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.util.List;

/**
 * A way out. Called by one thread at a time, so it needs no locks.
 *
 * <p>The batches stay the caller's: an exporter must not keep them beyond the call. They come in
 * the order of their sequences in one journal, and an exporter says up to where it has them:
 *
 * <pre>
 *  sequence   ...  settled()           held()
 *             -------|--------------------|------------------&gt;
 *               done |  accepted, in files  |  not given yet, or to come again
 *                    |  not finished yet    |
 * </pre>
 *
 * <p>If {@code held} falls back, what stood in such files is lost to the exporter, and the caller
 * gives everything behind it again.
 */
public interface SpanExporter extends AutoCloseable {
  /**
   * Told once, before the first export, which journal the batches come from and up to which
   * sequence they need not come any more.
   *
   * @param epoch the life of the journal: sequences of another have nothing in common with these
   * @return up to which sequence this exporter has all; at least {@code sequence}
   * @throws IOException if that cannot be found out now
   */
  default long resume(long epoch, long sequence) throws IOException {
    return sequence;
  }

  /**
   * Writes or sends all spans of the batches, in their order. On RetryLater everything behind
   * {@link #held} comes again; on PartlyAccepted and Refused the caller counts the spans as dropped
   * and goes on.
   */
  Outcome export(List<CleanBatch> batches);

  /**
   * What became of an export that was given up.
   *
   * @param leftSpans of these nothing is known: they were not sent, or not answered for
   * @param rejectedSpans these the destination rejected or refused
   */
  record GivenUp(long leftSpans, long rejectedSpans) {}

  /**
   * The last export, which was to be tried again, is not: its batches do not come again. All spans
   * that are neither left nor rejected were accepted.
   *
   * @param spans of that export
   */
  default GivenUp giveUp(long spans) {
    return new GivenUp(spans, 0);
  }

  /**
   * Which spans the destination refused, where it is known, in their order: asked for after an
   * export that was partly accepted, refused or given up. Of one that was refused, all if it names
   * none.
   */
  default List<RefusedSpans> refused() {
    return List.of();
  }

  /** The sequence up to which it has all spans, some perhaps in files that are not finished. */
  long held();

  /** The sequence up to which all spans are where they belong, and durable there. */
  long settled();

  /**
   * Makes durable and visible what is due by now; called after each export and about each second.
   */
  void flush() throws IOException;

  /** Makes durable and visible what is held, due or not. */
  default void finish() throws IOException {
    flush();
  }

  /** Finishes what is open and leaves nothing half-written. */
  @Override
  void close() throws IOException;
}
