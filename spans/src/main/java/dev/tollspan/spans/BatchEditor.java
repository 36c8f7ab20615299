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
  private static final byte[] NOTHING = {};

  /** Rows of start, end, patch start, patch end; the last two negated point into the additions. */
  private int[] edits = new int[256 * 4];

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

  /** Deletes whole fields of one message: everything in {@code [start, end)}. */
  public void delete(int start, int end) {
    record(start, end, patchLength);
  }

  /** Puts other bytes, whole fields again, in place of {@code [start, end)}. */
  public void replace(int start, int end, byte[] fields) {
    int at = patchLength;
    room(fields.length);
    System.arraycopy(fields, 0, patch, patchLength, fields.length);
    patchLength += fields.length;
    record(start, end, at);
  }

  /** Gives an attribute another value: a text of valid UTF-8, the first {@code length} bytes. */
  public void replaceText(Attributes list, int i, byte[] text, int length) {
    record(list.start(i), list.end(i), writeText(list, i, NOTHING, text, length));
  }

  /** Inserts an attribute behind another: its key with this at the end, and a text. */
  public void insertText(Attributes list, int i, byte[] suffix, byte[] text, int length) {
    record(list.end(i), list.end(i), writeText(list, i, suffix, text, length));
  }

  /** Writes a whole attribute into the patch and returns where it begins there. */
  private int writeText(Attributes list, int i, byte[] suffix, byte[] text, int length) {
    int keyLength = list.keyLength(i);
    int keySize = keyLength + suffix.length;
    int anySize = 1 + Wire.varintSize(length) + length;
    int size = 1 + Wire.varintSize(keySize) + keySize + 1 + Wire.varintSize(anySize) + anySize;
    int from = patchLength;
    room(size + 6);
    patch[patchLength] = list.bytes()[list.start(i)]; // the field that the message has them in
    int p = Wire.putVarint(patch, patchLength + 1, size);
    patch[p] = (byte) Wire.tag(1, Wire.LENGTH);
    p = Wire.putVarint(patch, p + 1, keySize);
    System.arraycopy(list.bytes(), list.keyOffset(i), patch, p, keyLength);
    System.arraycopy(suffix, 0, patch, p + keyLength, suffix.length);
    p += keySize;
    patch[p] = (byte) Wire.tag(2, Wire.LENGTH);
    p = Wire.putVarint(patch, p + 1, anySize);
    patch[p] = (byte) Wire.tag(1, Wire.LENGTH);
    p = Wire.putVarint(patch, p + 1, length);
    System.arraycopy(text, 0, patch, p, length);
    patchLength = p + length;
    return from;
  }

  /** Deletes the length-delimited field (number below 16) whose content stands here. */
  public void deleteContent(int offset, int length) {
    delete(offset - Wire.varintSize(length) - 1, offset + length);
  }

  /** Puts whole fields in place of the length-delimited field whose content stands here. */
  public void replaceContent(int offset, int length, byte[] fields) {
    replace(offset - Wire.varintSize(length) - 1, offset + length, fields);
  }

  /** Inserts what processors added to this span, where another attribute of it belongs. */
  public void insertAdditions(SpanBatch batch, int span) {
    Additions additions = batch.additions;
    if (additions != Additions.NONE) {
      int from = additions.start(span);
      int to = additions.ends[span];
      if (to > from) {
        int at = attributesEnd(batch, span);
        addRow(at);
        set((count - 1) * 4, at, at, ~from, ~to); // stays where it is until the splice
        grown += to - from;
      }
    }
  }

  /** How many edits there are: a place that {@link #insertAttribute} can come back to. */
  public int place() {
    return count;
  }

  /**
   * Inserts one more attribute of type INT into this span, in front of the edits that came after
   * {@code place}, so that its value may depend on them.
   */
  public void insertAttribute(int place, SpanBatch batch, int span, Additions.Key key, long value) {
    int from = patchLength;
    room(key.encodedSize(value));
    patchLength = key.encode(value, patch, patchLength);
    int at = attributesEnd(batch, span);
    int later = (count - place) * 4;
    record(Integer.MAX_VALUE, Integer.MAX_VALUE, from);
    System.arraycopy(edits, place * 4, edits, place * 4 + 4, later);
    set(place * 4, at, at, from, patchLength);
  }

  /** Adds to this span's dropped_attributes_count; behind its attributes, before its events. */
  public void addDroppedAttributes(SpanBatch batch, int span, int dropped) {
    int tag = batch.index.spans[span * SpanIndex.S_STRIDE + SpanIndex.S_DROPPED];
    int at = attributesEnd(batch, span);
    long before = tag < 0 ? 0 : Wire.varintAt(batch.bytes, tag + 1);
    int end = tag < 0 ? at : tag + 1 + Wire.varintSize(before);
    int from = patchLength;
    room(12);
    patch[patchLength] = (byte) Wire.tag(10, Wire.VARINT);
    patchLength = Wire.putVarint(patch, patchLength + 1, before + dropped & 0xffff_ffffL);
    record(at, end, from);
  }

  private static int attributesEnd(SpanBatch batch, int span) {
    return batch.index.spans[span * SpanIndex.S_STRIDE + SpanIndex.S_ATTRIBUTES_END];
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
   *
   * @throws NoRoomException if memory is counted and there is no room for the result
   */
  public CleanBatch splice(SpanBatch batch) {
    int sizeMax = Math.toIntExact(batch.byteSize() + grown + 5L * messages(batch.index));
    batch.askToSplice(sizeMax);
    byte[] out = batch.pool.acquire(sizeMax);
    int begin = new Splice(batch, edits, count, patch, out).run();
    // Freshly pooled arrays are zero in front of `begin`, as release() needs them to be.
    CleanBatch clean = new CleanBatch(batch, out, begin);
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
    addRow(start);
    set((count - 1) * 4, start, end, patchStart, patchLength);
    grown += patchLength - patchStart - (end - start);
  }

  private void addRow(int start) {
    if (count > 0 && start < edits[(count - 1) * 4 + 1]) {
      throw new IllegalStateException("edits must come in the order of the wire");
    }
    if ((count + 1) * 4 > edits.length) {
      edits = Arrays.copyOf(edits, edits.length * 2);
    }
    count++;
  }

  private void set(int row, int start, int end, int patchStart, int patchEnd) {
    edits[row] = start;
    edits[row + 1] = end;
    edits[row + 2] = patchStart;
    edits[row + 3] = patchEnd;
  }

  private void room(int more) {
    if (patchLength + more > patch.length) {
      patch = Arrays.copyOf(patch, Math.max(patch.length * 2, patchLength + more));
    }
  }
}
