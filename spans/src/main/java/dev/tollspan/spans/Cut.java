package dev.tollspan.spans;

/**
 * Some neighbouring spans of a batch as a message of their own, with the resources and scopes that
 * they belong to. Written from the back to the front, as {@link Splice} does, and for the same
 * reason; without a target it only counts.
 */
final class Cut {
  private final SpanIndex index;
  private final byte[] bytes;
  private final byte[] target;
  private final int from;
  private final int to;
  private int out;

  private Cut(SpanIndex index, byte[] bytes, byte[] target, int from, int to) {
    this.index = index;
    this.bytes = bytes;
    this.target = target;
    this.from = from;
    this.to = to;
    out = target.length;
  }

  /** How many bytes the spans {@code [from, to)} have as a message of their own. */
  static int size(SpanIndex index, byte[] bytes, int from, int to) {
    return -new Cut(index, bytes, new byte[0], from, to).run();
  }

  /** Writes it to the end of the target, and returns where it begins. */
  static int write(SpanIndex index, byte[] bytes, byte[] target, int from, int to) {
    return new Cut(index, bytes, target, from, to).run();
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
    int last = first + table[row + SpanIndex.R_SCOPES] - 1;
    if (last < first || firstSpan(first) >= to || endSpan(last) <= from) {
      return;
    }
    int mark = out;
    int behind = index.scopes[last * SpanIndex.C_STRIDE + SpanIndex.END];
    copy(behind, table[row + SpanIndex.END]);
    for (int scope = last; scope >= first; scope--) {
      scope(scope);
    }
    int members = index.scopes[first * SpanIndex.C_STRIDE + SpanIndex.TAG];
    close(table, row, members, mark);
  }

  private void scope(int scope) {
    int first = Math.max(from, firstSpan(scope));
    int last = Math.min(to, endSpan(scope)) - 1;
    if (last < first) {
      return;
    }
    int row = scope * SpanIndex.C_STRIDE;
    int mark = out;
    copy(span(endSpan(scope) - 1, SpanIndex.END), index.scopes[row + SpanIndex.END]);
    copy(span(first, SpanIndex.TAG), span(last, SpanIndex.END));
    close(index.scopes, row, span(firstSpan(scope), SpanIndex.TAG), mark);
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
