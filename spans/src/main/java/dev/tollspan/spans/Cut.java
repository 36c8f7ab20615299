package dev.tollspan.spans;

import java.util.BitSet;

/**
 * Some spans of a batch as a message of their own, with the resources and scopes that they belong
 * to, each once: it is never longer than the batch, and one pass over its tables makes it. Written
 * from the back to the front, as {@link Splice} does, and for the same reason; without a target it
 * only counts.
 */
final class Cut {
  private final SpanIndex index;
  private final byte[] bytes;
  private final byte[] target;
  private final BitSet kept;
  private int last; // the last span to keep that is not written yet
  private int out;

  private Cut(SpanIndex index, byte[] bytes, byte[] target, BitSet kept) {
    this.index = index;
    this.bytes = bytes;
    this.target = target;
    this.kept = kept;
    last = kept.length() - 1;
    out = target.length;
  }

  /** Neighbouring spans. */
  static BitSet range(int from, int to) {
    BitSet kept = new BitSet(to);
    kept.set(from, to);
    return kept;
  }

  /** How many bytes the spans of these numbers have as a message of their own. */
  static int size(SpanIndex index, byte[] bytes, BitSet kept) {
    return -new Cut(index, bytes, new byte[0], kept).run();
  }

  /** Writes it to the end of the target, and returns where it begins. */
  static int write(SpanIndex index, byte[] bytes, byte[] target, BitSet kept) {
    return new Cut(index, bytes, target, kept).run();
  }

  private int run() {
    for (int r = index.resourceCount - 1; r >= 0; r--) {
      resource(r * SpanIndex.R_STRIDE);
    }
    return out;
  }

  private void resource(int row) {
    int[] table = index.resources;
    int first = table[row + SpanIndex.R_FIRST_SCOPE];
    int end = first + table[row + SpanIndex.R_SCOPES];
    if (end <= first || last < firstSpan(first)) {
      return;
    }
    int mark = out;
    int behind = index.scopes[(end - 1) * SpanIndex.C_STRIDE + SpanIndex.END];
    copy(behind, table[row + SpanIndex.END]);
    for (int scope = end - 1; scope >= first; scope--) {
      scope(scope);
    }
    int members = index.scopes[first * SpanIndex.C_STRIDE + SpanIndex.TAG];
    close(table, row, members, mark);
  }

  private void scope(int scope) {
    int first = firstSpan(scope);
    if (last < first) {
      return;
    }
    int row = scope * SpanIndex.C_STRIDE;
    int mark = out;
    copy(span(endSpan(scope) - 1, SpanIndex.END), index.scopes[row + SpanIndex.END]);
    while (last >= first) {
      int begin = last;
      while (begin > first && kept.get(begin - 1)) {
        begin--;
      }
      copy(span(begin, SpanIndex.TAG), span(last, SpanIndex.END));
      last = kept.previousSetBit(begin - 1);
    }
    close(index.scopes, row, span(first, SpanIndex.TAG), mark);
  }

  /** Writes what stands in front of a group's members, its length and its tag. */
  private void close(int[] table, int row, int members, int mark) {
    copy(table[row + SpanIndex.BODY], members);
    int length = mark - out;
    out -= 1 + Wire.varintSize(length);
    if (target.length > 0) {
      target[out] = bytes[table[row + SpanIndex.TAG]];
      Wire.putVarint(target, out + 1, length);
    }
  }

  private void copy(int start, int end) {
    out -= end - start;
    if (target.length > 0) {
      System.arraycopy(bytes, start, target, out, end - start);
    }
  }

  private int firstSpan(int scope) {
    return index.scopes[scope * SpanIndex.C_STRIDE + SpanIndex.C_FIRST_SPAN];
  }

  private int endSpan(int scope) {
    return firstSpan(scope) + index.scopes[scope * SpanIndex.C_STRIDE + SpanIndex.C_SPANS];
  }

  private int span(int number, int column) {
    return index.spans[number * SpanIndex.S_STRIDE + column];
  }
}
