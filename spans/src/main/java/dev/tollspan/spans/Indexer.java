package dev.tollspan.spans;

/**
 * The one pass over a request that fills a {@link SpanIndex}.
 *
 * <p>It accepts canonical form only: known fields, in ascending order, singular ones once, lengths
 * that fit, shortest varints, ids of the right length, valid UTF-8, no known key twice, values
 * nested at most {@link Framing#VALUE_DEPTH_MAX} deep, a sender's lists no longer than is kept.
 * That is what every SDK sends. Anything else makes it stop and say no; {@link Normaliser} then
 * finds out whether the request is broken or merely odd.
 *
 * <p>No recursion, no objects, every offset checked against the end of its message. One thread.
 */
final class Indexer {
  private final KeyTable keys;
  private final byte[] bytes;
  private final SpanIndex index;
  private final int[] seen;
  private final Framing framing;
  private int at; // behind the length or the varint that was read last
  private int firstOfList; // attribute of the list that is being read

  Indexer(KeyTable keys, byte[] bytes, SpanIndex index) {
    this.keys = keys;
    this.bytes = bytes;
    this.index = index;
    seen = index.seen(keys.size());
    framing = index.framing();
  }

  /** Whether the bytes are a request in canonical form; only then is the index good. */
  boolean index(int from, int to) {
    index.clear();
    index.bounded = true;
    return rows(from, to);
  }

  /**
   * The same for what the gate made: it may hold more rows than its size would excuse, lists of
   * attributes longer than a sender's by what the pipeline added, and what it added behind what the
   * sender put under the same key.
   */
  boolean indexClean(int from, int to) {
    index.clear();
    index.bounded = false;
    return rows(from, to);
  }

  private boolean rows(int from, int to) {
    index.start = from;
    index.limit = to;
    int p = from;
    while (p < to) {
      int length = bytes[p] == 0x0a ? length(p + 1, to) : -1;
      if (length < 0 || !resourceSpans(p, at, at + length)) {
        return false;
      }
      p = index.resources[(index.resourceCount - 1) * SpanIndex.R_STRIDE + SpanIndex.END];
    }
    return true;
  }

  /** Whether a span's content alone is canonical; leaves rows behind, for a scratch index. */
  boolean isCanonicalSpan(int body, int end) {
    return span(body, body, end, 0);
  }

  private boolean resourceSpans(int tag, int body, int end) {
    int row = index.addResource();
    int resource = row / SpanIndex.R_STRIDE;
    message(index.resources, row, tag, body, end);
    index.resources[row + SpanIndex.R_FIRST_SCOPE] = index.scopeCount;
    index.resources[row + SpanIndex.R_FIRST_ATTRIBUTE] = index.attributeCount;
    index.resources[row + SpanIndex.R_ATTRIBUTES] = 0;
    int last = 0;
    int p = body;
    while (p < end && !index.isOverfull()) {
      int field = bytes[p];
      int length = length(p + 1, end);
      if (length < 0 || field < last || (field == last && field != 0x12)) {
        return false;
      }
      int start = at;
      switch (field) {
        case 0x0a -> {
          if (!resource(row, p, start, start + length)) {
            return false;
          }
        }
        case 0x12 -> {
          if (!scopeSpans(p, start, start + length, resource)) {
            return false;
          }
        }
        case 0x1a -> {
          if (!text(index.resources, row + SpanIndex.R_SCHEMA, start, length)) {
            return false;
          }
        }
        default -> {
          return false;
        }
      }
      last = field;
      p = start + length;
    }
    index.resources[row + SpanIndex.R_SCOPES] =
        index.scopeCount - index.resources[row + SpanIndex.R_FIRST_SCOPE];
    return p == end && !index.isOverfull();
  }

  private boolean resource(int row, int tag, int body, int end) {
    int[] table = index.resources;
    message(table, row + SpanIndex.R_RESOURCE_TAG, tag, body, end);
    int p = attributes(0x0a, body, end);
    if (p < 0) {
      return false;
    }
    table[row + SpanIndex.R_ATTRIBUTES] =
        index.attributeCount - table[row + SpanIndex.R_FIRST_ATTRIBUTE];
    if (p < end && bytes[p] == 0x10) {
      p = varint(p + 1, end);
    }
    if (p >= 0 && p < end && bytes[p] == 0x1a) {
      table[row + SpanIndex.R_ENTITIES] = p;
      return framing.isCanonical(bytes, Framing.RESOURCE, p, end);
    }
    return p == end;
  }

  private boolean scopeSpans(int tag, int body, int end, int resource) {
    int row = index.addScope();
    int scope = row / SpanIndex.C_STRIDE;
    message(index.scopes, row, tag, body, end);
    index.scopes[row + SpanIndex.C_RESOURCE] = resource;
    index.scopes[row + SpanIndex.C_FIRST_SPAN] = index.spanCount;
    index.scopes[row + SpanIndex.C_FIRST_ATTRIBUTE] = index.attributeCount;
    index.scopes[row + SpanIndex.C_ATTRIBUTES] = 0;
    int last = 0;
    int p = body;
    while (p < end && !index.isOverfull()) {
      int field = bytes[p];
      int length = length(p + 1, end);
      if (length < 0 || field < last || (field == last && field != 0x12)) {
        return false;
      }
      int start = at;
      if (field == 0x12) {
        if (!span(p, start, start + length, scope)) {
          return false;
        }
      } else if (field == 0x0a) {
        if (!scope(row, p, start, start + length)) {
          return false;
        }
      } else if (field == 0x1a) {
        if (!text(index.scopes, row + SpanIndex.C_SCHEMA, start, length)) {
          return false;
        }
      } else {
        return false;
      }
      last = field;
      p = start + length;
    }
    index.scopes[row + SpanIndex.C_SPANS] =
        index.spanCount - index.scopes[row + SpanIndex.C_FIRST_SPAN];
    return p == end;
  }

  private boolean scope(int row, int tag, int body, int end) {
    int[] table = index.scopes;
    message(table, row + SpanIndex.C_SCOPE_TAG, tag, body, end);
    int p = body;
    for (int field = 0x0a; field <= 0x12; field += 8) { // name, then version
      if (p < end && bytes[p] == field) {
        int column = row + (field == 0x0a ? SpanIndex.C_NAME : SpanIndex.C_VERSION);
        int length = length(p + 1, end);
        if (length < 0 || !text(table, column, at, length)) {
          return false;
        }
        p = at + length;
      }
    }
    p = attributes(0x1a, p, end);
    if (p < 0) {
      return false;
    }
    table[row + SpanIndex.C_ATTRIBUTES] =
        index.attributeCount - table[row + SpanIndex.C_FIRST_ATTRIBUTE];
    return (p < end && bytes[p] == 0x20 ? varint(p + 1, end) : p) == end;
  }

  private boolean span(int tag, int body, int end, int scope) {
    int row = index.addSpan();
    int[] table = index.spans;
    message(table, row, tag, body, end);
    table[row + SpanIndex.S_SCOPE] = scope;
    int p = spanHead(table, row, body, end);
    if (p < 0) {
      return false;
    }
    table[row + SpanIndex.S_FIRST_ATTRIBUTE] = index.attributeCount;
    p = attributes(0x4a, p, end);
    if (p < 0) {
      return false;
    }
    table[row + SpanIndex.S_ATTRIBUTES] =
        index.attributeCount - table[row + SpanIndex.S_FIRST_ATTRIBUTE];
    table[row + SpanIndex.S_ATTRIBUTES_END] = p;
    return (p == end || spanTail(table, row, p, end)) && hasIds(table, row);
  }

  /** Ids, name, kind and times: fields 1 to 8. Returns where field 9 may begin, or -1. */
  private int spanHead(int[] table, int row, int body, int end) {
    int last = 0;
    int p = body;
    while (p < end && bytes[p] != 0x4a && bytes[p] > last && bytes[p] < 0x4a) {
      int field = bytes[p];
      last = field;
      int next;
      if (field == 0x39 || field == 0x41) { // start and end, fixed64
        table[row + (field == 0x39 ? SpanIndex.S_START : SpanIndex.S_FINISH)] = p + 1;
        next = p + 9;
      } else if (field == 0x30) {
        next = varint(p + 1, end);
        table[row + SpanIndex.S_KIND] = next < 0 ? 0 : (int) Wire.varintAt(bytes, p + 1);
      } else {
        int length = length(p + 1, end);
        next = length < 0 || !spanText(table, row, field, at, length) ? -1 : at + length;
      }
      if (next < 0 || next > end) {
        return -1;
      }
      p = next;
    }
    return p;
  }

  private boolean spanText(int[] table, int row, int field, int start, int length) {
    return switch (field) {
      case 0x0a -> id(table, row + SpanIndex.S_TRACE_ID, start, length == 16);
      case 0x12 -> id(table, row + SpanIndex.S_SPAN_ID, start, length == 8);
      case 0x1a -> text(table, row + SpanIndex.S_STATE, start, length);
      case 0x22 -> id(table, row + SpanIndex.S_PARENT_ID, start, length == 8);
      case 0x2a -> text(table, row + SpanIndex.S_NAME, start, length);
      default -> false;
    };
  }

  private static boolean id(int[] table, int column, int start, boolean isLong) {
    table[column] = start;
    return isLong;
  }

  private boolean hasIds(int[] table, int row) {
    int trace = table[row + SpanIndex.S_TRACE_ID];
    int span = table[row + SpanIndex.S_SPAN_ID];
    int parent = table[row + SpanIndex.S_PARENT_ID];
    return trace >= 0
        && span >= 0
        && (Wire.int64At(bytes, trace) | Wire.int64At(bytes, trace + 8)) != 0
        && Wire.int64At(bytes, span) != 0
        && (parent < 0 || Wire.int64At(bytes, parent) != 0)
        && (isTime(table[row + SpanIndex.S_START])
            || isTime(table[row + SpanIndex.S_FINISH])
            || !isGauge(table[row + SpanIndex.S_NAME], table[row + SpanIndex.S_NAME_LENGTH])
            || !isText(trace, span));
  }

  private boolean isTime(int at) {
    return at >= 0 && Wire.int64At(bytes, at) != 0;
  }

  /** A metric's gauge stands where spans have their name; it begins with the tag of its points. */
  private boolean isGauge(int at, int length) {
    return at >= 0 && length > 0 && bytes[at] == 0x0a;
  }

  /** Whether ids are what a metric has in their place; asked of few spans only. */
  private boolean isText(int trace, int span) {
    int all = 0;
    int least = ' ';
    for (int i = 0; i < 16; i++) {
      all |= bytes[trace + i] | bytes[span + i % 8];
      least = Math.min(least, Math.min(bytes[trace + i], bytes[span + i % 8]));
    }
    return all >= 0 && least >= ' ';
  }

  /** Fields 10 to 16: counts, events, links, status, flags. */
  private boolean spanTail(int[] table, int row, int from, int end) {
    int p = from;
    if (bytes[p] == 0x50) {
      table[row + SpanIndex.S_DROPPED] = p;
      p = varint(p + 1, end);
    }
    int firstEvent = index.eventCount;
    while (p >= 0 && p < end && bytes[p] == 0x5a) {
      int length = length(p + 1, end);
      boolean taken = length >= 0 && index.eventCount - firstEvent < SpanIndex.LIST_MAX;
      p = taken ? event(p, at, at + length) : -1;
    }
    table[row + SpanIndex.S_FIRST_EVENT] = firstEvent;
    table[row + SpanIndex.S_EVENTS] = index.eventCount - firstEvent;
    if (p >= 0 && p < end && bytes[p] == 0x60) {
      p = varint(p + 1, end);
    }
    int firstLink = index.linkCount;
    while (p >= 0 && p < end && bytes[p] == 0x6a) {
      int length = length(p + 1, end);
      boolean taken = length >= 0 && index.linkCount - firstLink < SpanIndex.LIST_MAX;
      p = taken ? link(p, at, at + length) : -1;
    }
    table[row + SpanIndex.S_FIRST_LINK] = firstLink;
    table[row + SpanIndex.S_LINKS] = index.linkCount - firstLink;
    if (p >= 0 && p < end && bytes[p] == 0x70) {
      p = varint(p + 1, end);
    }
    if (p >= 0 && p < end && bytes[p] == 0x7a) {
      int length = length(p + 1, end);
      p = length < 0 ? -1 : status(table, row, p, at, at + length);
    }
    if (p >= 0 && end - p == 6 && bytes[p] == (byte) 0x85 && bytes[p + 1] == 0x01) {
      p = end; // flags: field 16, fixed32
    }
    return p == end;
  }

  private int status(int[] table, int row, int tag, int body, int end) {
    message(table, row + SpanIndex.S_STATUS_TAG, tag, body, end);
    int p = body;
    if (p < end && bytes[p] == 0x12) {
      int length = length(p + 1, end);
      if (length < 0 || !text(table, row + SpanIndex.S_MESSAGE, at, length)) {
        return -1;
      }
      p = at + length;
    }
    if (p < end && bytes[p] == 0x18) {
      int next = varint(p + 1, end);
      table[row + SpanIndex.S_STATUS_CODE] = next < 0 ? 0 : (int) Wire.varintAt(bytes, p + 1);
      p = next;
    }
    return p == end ? end : -1;
  }

  private int event(int tag, int body, int end) {
    int row = index.addEvent();
    message(index.events, row, tag, body, end);
    int p = body;
    if (p < end && bytes[p] == 0x09) {
      index.events[row + SpanIndex.E_TIME] = p + 1;
      p += 9;
    }
    if (p < end && bytes[p] == 0x12) {
      int length = length(p + 1, end);
      if (length < 0 || !text(index.events, row + SpanIndex.E_NAME, at, length)) {
        return -1;
      }
      p = at + length;
    }
    int first = index.attributeCount;
    p = p > end ? -1 : attributes(0x1a, p, end);
    index.events[row + SpanIndex.E_FIRST_ATTRIBUTE] = first;
    index.events[row + SpanIndex.E_ATTRIBUTES] = index.attributeCount - first;
    if (p >= 0 && p < end && bytes[p] == 0x20) {
      p = varint(p + 1, end);
    }
    return p == end ? end : -1;
  }

  private int link(int tag, int body, int end) {
    int row = index.addLink();
    int[] table = index.links;
    message(table, row, tag, body, end);
    if (end - body < 28 || bytes[body] != 0x0a || bytes[body + 1] != 16) {
      return -1; // a link without both ids says nothing
    }
    if (bytes[body + 18] != 0x12 || bytes[body + 19] != 8) {
      return -1;
    }
    table[row + SpanIndex.L_TRACE_ID] = body + 2;
    table[row + SpanIndex.L_SPAN_ID] = body + 20;
    int p = body + 28;
    if (p < end && bytes[p] == 0x1a) {
      int length = length(p + 1, end);
      if (length < 0 || !text(table, row + SpanIndex.L_STATE, at, length)) {
        return -1;
      }
      p = at + length;
    }
    int first = index.attributeCount;
    p = attributes(0x22, p, end);
    table[row + SpanIndex.L_FIRST_ATTRIBUTE] = first;
    table[row + SpanIndex.L_ATTRIBUTES] = index.attributeCount - first;
    if (p >= 0 && p < end && bytes[p] == 0x28) {
      p = varint(p + 1, end);
    }
    if (p >= 0 && end - p == 5 && bytes[p] == 0x35) {
      p = end;
    }
    return p == end ? end : -1;
  }

  /** All attributes that follow one another under this tag. Returns the offset behind, or -1. */
  private int attributes(int tag, int from, int end) {
    int stamp = index.nextStamp();
    firstOfList = index.attributeCount;
    int last = index.bounded ? index.attributeCount + SpanIndex.LIST_MAX : Integer.MAX_VALUE;
    int p = from;
    while (p >= 0 && p < end && bytes[p] == tag) {
      if (index.attributeCount >= last) {
        return -1;
      }
      int next = plainAttribute(p, end, stamp);
      p = next >= 0 ? next : anyAttribute(p, end, stamp);
    }
    return p;
  }

  /**
   * The attribute as nearly all are: a key, then a text or a whole number, all shorter than 128
   * bytes. Returns the offset behind, or -1 if it is another one: nothing is noted then.
   */
  private int plainAttribute(int tag, int limit, int stamp) {
    int end = tag + 10 <= limit ? tag + 2 + bytes[tag + 1] : 0;
    if (end <= tag || end > limit || bytes[tag + 2] != 0x0a || bytes[tag + 3] < 0) {
      return -1;
    }
    int keyStart = tag + 4;
    int any = keyStart + bytes[tag + 3];
    if (any + 3 > end || bytes[any] != 0x12 || bytes[any + 1] != end - any - 2) {
      return -1;
    }
    int start = any + 3;
    int type;
    if (bytes[any + 2] == 0x0a) {
      type = Attributes.STRING;
      start++;
      if (start > end || bytes[any + 3] != end - start || !Utf8.isValid(bytes, start, end)) {
        return -1;
      }
    } else if (bytes[any + 2] == 0x18 && varint(start, end) == end) {
      type = Attributes.INT;
    } else {
      return -1;
    }
    int key = keys.find(bytes, keyStart, any - keyStart);
    if (key == 0 ? !Utf8.isValid(bytes, keyStart, any) : seen[key] == stamp) {
      return -1;
    }
    seen[key] = stamp;
    index.addAttribute(tag, end, key, type, start);
    return end;
  }

  private int anyAttribute(int tag, int limit, int stamp) {
    int length = length(tag + 1, limit);
    int end = at + length;
    return length >= 0 && attribute(tag, at, end, stamp) ? end : -1;
  }

  private boolean attribute(int tag, int body, int end, int stamp) {
    int p = body;
    int key = 0;
    if (p < end && bytes[p] == 0x0a) {
      int length = length(p + 1, end);
      if (length < 0) {
        return false;
      }
      p = at + length;
      key = keys.find(bytes, at, length);
      if (key == 0) {
        if (!Utf8.isValid(bytes, at, p)) {
          return false;
        }
      } else if (seen[key] == stamp) {
        if (index.bounded) {
          return false; // the last of two wins: not for the fast path
        }
        forget(key);
      }
      seen[key] = stamp;
    }
    if (p == end) {
      index.addAttribute(tag, end, key, Attributes.EMPTY, end);
      return true;
    }
    return bytes[p] == 0x12 && length(p + 1, end) == end - at && value(tag, at, end, key);
  }

  /** Takes a sender's attribute out of the list at hand: one of ours with its key follows. */
  private void forget(int key) {
    int[] table = index.attributes;
    int row = firstOfList * SpanIndex.A_STRIDE;
    while ((table[row + SpanIndex.A_KEY_AND_TYPE] & SpanIndex.KEY_MASK) != key) {
      row += SpanIndex.A_STRIDE;
    }
    index.attributeCount--;
    int behind = index.attributeCount * SpanIndex.A_STRIDE - row;
    System.arraycopy(table, row + SpanIndex.A_STRIDE, table, row, behind);
  }

  /** An AnyValue that fills {@code [body, end)} with exactly one field, or none. */
  private boolean value(int tag, int body, int end, int key) {
    if (body == end) {
      index.addAttribute(tag, end, key, Attributes.EMPTY, end);
      return true;
    }
    int start = body + 1;
    int type;
    switch (bytes[body]) {
      case 0x0a -> type = Attributes.STRING;
      case 0x10 -> {
        type = Attributes.BOOL;
        if (end - start != 1 || (bytes[start] & ~1) != 0) {
          return false;
        }
      }
      case 0x18 -> {
        type = Attributes.INT;
        if (varint(start, end) != end) {
          return false;
        }
      }
      case 0x21 -> {
        type = Attributes.DOUBLE;
        if (end - start != 8) {
          return false;
        }
      }
      case 0x2a -> type = Attributes.ARRAY;
      case 0x32 -> type = Attributes.KVLIST;
      case 0x3a -> type = Attributes.BYTES;
      default -> {
        return false;
      }
    }
    if ((bytes[body] & 7) == Wire.LENGTH) {
      if (length(start, end) != end - at) {
        return false;
      }
      start = at;
      if (type != Attributes.BYTES && !isCanonical(type, start, end)) {
        return false;
      }
    }
    index.addAttribute(tag, end, key, type, start);
    return true;
  }

  private boolean isCanonical(int type, int start, int end) {
    return type == Attributes.STRING
        ? Utf8.isValid(bytes, start, end)
        : framing.isCanonical(bytes, Framing.nested(type), start, end);
  }

  /**
   * The length that begins here; leaves the offset behind it in {@code at}. -1 if it is not the
   * shortest encoding or what it announces does not fit before the end.
   */
  private int length(int p, int end) {
    if (p < end) {
      int length = bytes[p];
      if (length >= 0) {
        at = p + 1;
        return length <= end - at ? length : -1;
      }
    }
    return longLength(p, end);
  }

  private int longLength(int p, int end) {
    int next = varint(p, end);
    if (next < 0 || next - p > 5) {
      return -1;
    }
    at = next;
    long length = Wire.varintAt(bytes, p);
    return length <= end - next ? (int) length : -1;
  }

  /** Behind the varint that begins here; -1 if it is cut off or longer than need be. */
  private int varint(int p, int end) {
    int size = Wire.varintBytes(bytes, p, end);
    return size == 0 || !Wire.isShortest(bytes, p, size) ? -1 : p + size;
  }

  private static void message(int[] table, int row, int tag, int body, int end) {
    table[row + SpanIndex.TAG] = tag;
    table[row + SpanIndex.BODY] = body;
    table[row + SpanIndex.END] = end;
  }

  /** Notes where a text is; false if it is not valid UTF-8. */
  private boolean text(int[] table, int column, int start, int length) {
    table[column] = start;
    table[column + 1] = length;
    return Utf8.isValid(bytes, start, start + length);
  }
}
