package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Collects deletions, replacements and insertions, then splices once into new bytes.
 *
 * <p>Edits come in the order of the wire (a lower offset first), each within one message of the
 * batch and never across a message's border; canonical form puts fields in ascending order, so a
 * caller that visits them by number does that without trying. One thread.
 *
 * <p>The splice runs from the back to the front: when it reaches a message's tag, everything inside
 * is written, so its length is known and no sizes are computed beforehand.
 */
public final class BatchEditor {
  private static final int KEPT_MAX = 1 << 20;

  private int[] edits = new int[256 * 4]; // start, end, patch start, patch end
  private int count;
  private byte[] patch = new byte[4096];
  private int patchLength;
  private long grown;

  BatchEditor() {}

  /** An editor with nothing in it, borrowed from the batch's pool until {@link #splice}. */
  public static BatchEditor of(SpanBatch batch) {
    BatchEditor editor = batch.pool.editor();
    editor.count = 0;
    editor.patchLength = 0;
    editor.grown = 0;
    return editor;
  }

  /** Deletes whole fields: everything in {@code [start, end)}. */
  public void delete(int start, int end) {
    record(start, end, patchLength);
  }

  /** Puts other bytes, whole fields again, in place of {@code [start, end)}. */
  public void replace(int start, int end, byte[] fields) {
    replace(start, end, fields, 0, fields.length);
  }

  void replace(int start, int end, byte[] fields, int from, int to) {
    int at = patchLength;
    room(to - from);
    System.arraycopy(fields, from, patch, patchLength, to - from);
    patchLength += to - from;
    record(start, end, at);
  }

  /** Inserts what processors added to this span, where another attribute of it belongs. */
  public void insertAdditions(SpanBatch batch, int span) {
    Additions additions = batch.additions;
    if (additions != Additions.NONE) {
      int from = additions.start(span);
      int to = additions.ends[span];
      if (to > from) {
        int at = batch.index.spans[span * SpanIndex.S_STRIDE + SpanIndex.S_ATTRIBUTES_END];
        replace(at, at, additions.patch, from, to);
      }
    }
  }

  /** Puts a varint field in place of {@code [start, end)}. */
  public void replaceVarint(int start, int end, int field, long value) {
    int at = patchLength;
    room(12);
    patch[patchLength] = (byte) Wire.tag(field, Wire.VARINT);
    patchLength = Wire.putVarint(patch, patchLength + 1, value);
    record(start, end, at);
  }

  /** A text field as bytes, for {@link #replace}. */
  public static byte[] textField(int field, String text) {
    byte[] content = text.getBytes(UTF_8);
    byte[] out = new byte[1 + Wire.varintSize(content.length) + content.length];
    out[0] = (byte) Wire.tag(field, Wire.LENGTH);
    System.arraycopy(content, 0, out, Wire.putVarint(out, 1, content.length), content.length);
    return out;
  }

  /**
   * Applies all edits and gives the editor back. The batch stays as it is, and its caller's.
   *
   * <p>Only the gate may call this: the result is what every sink takes for clean.
   */
  public CleanBatch splice(SpanBatch batch) {
    int sizeMax = Math.toIntExact(batch.byteSize() + grown + 5L * messages(batch.index));
    byte[] out = batch.pool.acquire(sizeMax);
    int begin = new Splice(batch, edits, count, patch, out).run();
    int spans = batch.spanCount();
    // Freshly pooled arrays are zero in front of `begin`, as release() needs them to be.
    CleanBatch clean =
        new CleanBatch(batch.pool, batch.keys, out, begin, out.length - begin, spans);
    Arrays.fill(patch, 0, patchLength, (byte) 0);
    batch.pool.release(this);
    return clean;
  }

  boolean reusable() {
    return edits.length <= KEPT_MAX && patch.length <= KEPT_MAX;
  }

  private static long messages(SpanIndex index) {
    return 2L * index.resourceCount
        + 2L * index.scopeCount
        + 2L * index.spanCount
        + index.eventCount
        + index.linkCount;
  }

  private void record(int start, int end, int patchStart) {
    if (count > 0 && start < edits[(count - 1) * 4 + 1]) {
      throw new IllegalStateException("edits must come in the order of the wire");
    }
    if ((count + 1) * 4 > edits.length) {
      edits = Arrays.copyOf(edits, edits.length * 2);
    }
    int row = count++ * 4;
    edits[row] = start;
    edits[row + 1] = end;
    edits[row + 2] = patchStart;
    edits[row + 3] = patchLength;
    grown += patchLength - patchStart - (end - start);
  }

  private void room(int more) {
    if (patchLength + more > patch.length) {
      patch = Arrays.copyOf(patch, Math.max(patch.length * 2, patchLength + more));
    }
  }
}
