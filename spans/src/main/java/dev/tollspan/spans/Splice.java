package dev.tollspan.spans;

/**
 * One run of a {@link BatchEditor}'s edits over a batch, from the last byte to the first.
 *
 * <p>{@code source} is the offset down to which the batch has been copied, {@code out} the offset
 * down to which the result has been written. Messages without edits are copied together with their
 * neighbours; a message with edits is closed by writing its length and tag in front of it.
 */
final class Splice {
  private final SpanIndex index;
  private final byte[] bytes;
  private final int[] edits;
  private final byte[] patch;
  private final byte[] additions;
  private final byte[] target;
  private int edit; // the last edit that has not been applied yet, as a row offset; < 0: none
  private int source;
  private int out;

  Splice(SpanBatch batch, int[] edits, int editCount, byte[] patch, byte[] target) {
    index = batch.index;
    bytes = batch.bytes;
    this.edits = edits;
    this.patch = patch;
    additions = batch.additions.patch;
    this.target = target;
    edit = (editCount - 1) * 4;
    source = index.limit;
    out = target.length;
  }

  /** Returns where the result begins; it ends at the end of the target. */
  int run() {
    for (int r = index.resourceCount - 1; r >= 0; r--) {
      resourceSpans(r * SpanIndex.R_STRIDE);
    }
    copyDownTo(index.start);
    return out;
  }

  private void resourceSpans(int row) {
    int[] table = index.resources;
    if (!edited(table, row)) {
      return;
    }
    int mark = open(table[row + SpanIndex.END]);
    int first = table[row + SpanIndex.R_FIRST_SCOPE];
    for (int s = first + table[row + SpanIndex.R_SCOPES] - 1; s >= first; s--) {
      scopeSpans(s * SpanIndex.C_STRIDE);
    }
    leaf(table, row + SpanIndex.R_RESOURCE_TAG);
    close(table, row, mark);
  }

  private void scopeSpans(int row) {
    int[] table = index.scopes;
    if (!edited(table, row)) {
      return;
    }
    int mark = open(table[row + SpanIndex.END]);
    int first = table[row + SpanIndex.C_FIRST_SPAN];
    for (int s = first + table[row + SpanIndex.C_SPANS] - 1; s >= first; s--) {
      span(s * SpanIndex.S_STRIDE);
    }
    leaf(table, row + SpanIndex.C_SCOPE_TAG);
    close(table, row, mark);
  }

  private void span(int row) {
    int[] table = index.spans;
    if (!edited(table, row)) {
      return;
    }
    int mark = open(table[row + SpanIndex.END]);
    leaf(table, row + SpanIndex.S_STATUS_TAG);
    for (int i = table[row + SpanIndex.S_LINKS] - 1; i >= 0; i--) {
      leaf(index.links, (table[row + SpanIndex.S_FIRST_LINK] + i) * SpanIndex.L_STRIDE);
    }
    for (int i = table[row + SpanIndex.S_EVENTS] - 1; i >= 0; i--) {
      leaf(index.events, (table[row + SpanIndex.S_FIRST_EVENT] + i) * SpanIndex.E_STRIDE);
    }
    close(table, row, mark);
  }

  /** A message without messages inside that could hold edits of their own. */
  private void leaf(int[] table, int row) {
    if (table[row + SpanIndex.TAG] >= 0 && edited(table, row)) {
      close(table, row, open(table[row + SpanIndex.END]));
    }
  }

  /** Whether edits lie inside a message; first applies those behind it, so each is seen once. */
  private boolean edited(int[] table, int row) {
    int end = table[row + SpanIndex.END];
    while (edit >= 0 && isBehind(edit, end)) {
      applyEdit();
    }
    return edit >= 0 && edits[edit] >= table[row + SpanIndex.BODY];
  }

  /** An insertion at a message's very end belongs into it; a deletion there is its neighbour's. */
  private boolean isBehind(int e, int end) {
    return edits[e] > end || (edits[e] == end && edits[e + 1] > end);
  }

  private int open(int end) {
    copy(end);
    return out;
  }

  private void close(int[] table, int row, int mark) {
    copyDownTo(table[row + SpanIndex.BODY]);
    int length = mark - out;
    out -= Wire.varintSize(length);
    Wire.putVarint(target, out, length);
    int tag = table[row + SpanIndex.TAG];
    target[--out] = bytes[tag];
    source = tag;
  }

  private void copyDownTo(int from) {
    while (edit >= 0 && edits[edit] >= from) {
      applyEdit();
    }
    copy(from);
  }

  private void applyEdit() {
    copy(edits[edit + 1]);
    int from = edits[edit + 2];
    boolean added = from < 0;
    int length = added ? from - edits[edit + 3] : edits[edit + 3] - from;
    out -= length;
    System.arraycopy(added ? additions : patch, added ? ~from : from, target, out, length);
    source = edits[edit];
    edit -= 4;
  }

  private void copy(int from) {
    int length = source - from;
    out -= length;
    System.arraycopy(bytes, from, target, out, length);
    source = from;
  }
}
