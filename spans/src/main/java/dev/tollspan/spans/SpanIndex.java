package dev.tollspan.spans;

import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * Where everything stands in a request: one row of ints per resource, scope, span, attribute, event
 * and link. Offsets are absolute; -1 says that a field is absent. Owned by the thread of one {@link
 * Indexer}, read-only afterwards; reused through {@link BatchPool}.
 *
 * <pre>
 * resource row -> its scope rows -> their span rows -> their event and link rows
 *      |               |                |                      |
 *      +---------------+----------------+----------------------+--> attribute rows
 * </pre>
 */
final class SpanIndex {
  /** Larger tables are left to the collector rather than kept. */
  private static final int KEPT_BYTES_MAX = 4 << 20;

  static final int TYPE_SHIFT = 28;
  static final int KEY_MASK = (1 << TYPE_SHIFT) - 1;

  // The first three columns of every message row: its tag, its content, its end.
  static final int TAG = 0;
  static final int BODY = 1;
  static final int END = 2;

  static final int R_RESOURCE_TAG = 3;
  static final int R_RESOURCE_BODY = 4;
  static final int R_RESOURCE_END = 5;
  static final int R_FIRST_ATTRIBUTE = 6;
  static final int R_ATTRIBUTES = 7;
  static final int R_ENTITIES = 8; // first entity_ref's tag; they run to the resource's end
  static final int R_FIRST_SCOPE = 9;
  static final int R_SCOPES = 10;
  static final int R_SCHEMA = 11;
  static final int R_SCHEMA_LENGTH = 12;
  static final int R_STRIDE = 13;

  static final int C_SCOPE_TAG = 3;
  static final int C_SCOPE_BODY = 4;
  static final int C_SCOPE_END = 5;
  static final int C_NAME = 6;
  static final int C_NAME_LENGTH = 7;
  static final int C_VERSION = 8;
  static final int C_VERSION_LENGTH = 9;
  static final int C_FIRST_ATTRIBUTE = 10;
  static final int C_ATTRIBUTES = 11;
  static final int C_FIRST_SPAN = 12;
  static final int C_SPANS = 13;
  static final int C_SCHEMA = 14;
  static final int C_SCHEMA_LENGTH = 15;
  static final int C_RESOURCE = 16;
  static final int C_STRIDE = 17;

  static final int S_TRACE_ID = 3;
  static final int S_SPAN_ID = 4;
  static final int S_PARENT_ID = 5;
  static final int S_STATE = 6;
  static final int S_STATE_LENGTH = 7;
  static final int S_NAME = 8;
  static final int S_NAME_LENGTH = 9;
  static final int S_KIND = 10;
  static final int S_START = 11;
  static final int S_FINISH = 12;
  static final int S_FIRST_ATTRIBUTE = 13;
  static final int S_ATTRIBUTES = 14;
  static final int S_ATTRIBUTES_END = 15; // where one more attribute belongs
  static final int S_DROPPED = 16; // dropped_attributes_count's tag
  static final int S_FIRST_EVENT = 17;
  static final int S_EVENTS = 18;
  static final int S_FIRST_LINK = 19;
  static final int S_LINKS = 20;
  static final int S_STATUS_TAG = 21;
  static final int S_STATUS_BODY = 22;
  static final int S_STATUS_END = 23;
  static final int S_MESSAGE = 24;
  static final int S_MESSAGE_LENGTH = 25;
  static final int S_STATUS_CODE = 26;
  static final int S_SCOPE = 27;
  static final int S_STRIDE = 28;

  static final int A_START = 0;
  static final int A_END = 1;
  static final int A_KEY_AND_TYPE = 2;
  static final int A_VALUE = 3;
  static final int A_STRIDE = 4;

  static final int E_TIME = 3;
  static final int E_NAME = 4;
  static final int E_NAME_LENGTH = 5;
  static final int E_FIRST_ATTRIBUTE = 6;
  static final int E_ATTRIBUTES = 7;
  static final int E_STRIDE = 8;

  static final int L_TRACE_ID = 3;
  static final int L_SPAN_ID = 4;
  static final int L_STATE = 5;
  static final int L_STATE_LENGTH = 6;
  static final int L_FIRST_ATTRIBUTE = 7;
  static final int L_ATTRIBUTES = 8;
  static final int L_STRIDE = 9;

  /**
   * Attributes in one list, events of one span, links of one span: of a sender's. What the pipeline
   * adds to a list does not count.
   */
  static final int LIST_MAX = 1024;

  /** Spans, scopes or resources of one request. */
  static final int MESSAGES_MAX = 100_000;

  /** Attributes of one request; their rows then take 32 MiB. */
  private static final int ATTRIBUTES_MAX = 1 << 21;

  /** Tables from here on, 256 KiB, grow by what the request is likely to need. */
  private static final int LARGE_INTS = 1 << 16;

  private static final int LIKELY_INTS_MAX = ATTRIBUTES_MAX * A_STRIDE;

  /** What the tables take before anything has grown. */
  static final int BYTES_MIN =
      Integer.BYTES * (4 * R_STRIDE + 4 * C_STRIDE + 64 * S_STRIDE)
          + Integer.BYTES * (512 * A_STRIDE + 8 * E_STRIDE + 8 * L_STRIDE);

  /** Whether a sender's limits hold; they do not for what the gate made. */
  boolean bounded = true;

  private LongPredicate room = SpanIndex::isAlwaysRoom;
  private long tableBytes; // what they take, once somebody is asked before they grow
  private boolean refused;
  int start;
  int limit;
  int[] resources = new int[4 * R_STRIDE];
  int resourceCount;
  int[] scopes = new int[4 * C_STRIDE];
  int scopeCount;
  int[] spans = new int[64 * S_STRIDE];
  int spanCount;
  int[] attributes = new int[512 * A_STRIDE];
  int attributeCount;
  int[] events = new int[8 * E_STRIDE];
  int eventCount;
  int[] links = new int[8 * L_STRIDE];
  int linkCount;
  private int[] seen = new int[0];
  private int stamp;
  private final Framing framing = new Framing();

  /** A walker for nested values, kept here because it has a stack worth reusing. */
  Framing framing() {
    return framing;
  }

  /** For each key the list of attributes in which it was seen last; see {@link #nextStamp}. */
  int[] seen(int keyCount) {
    if (seen.length <= keyCount) {
      seen = new int[keyCount + 1];
      stamp = 0;
    }
    return seen;
  }

  /**
   * Whether a request has more rows than its size can explain. Rows are larger than the two bytes
   * that an empty message takes, so without a limit a small request could fill the heap.
   */
  boolean isOverfull() {
    if (!bounded || refused) {
      return refused;
    }
    int bytes = limit - start;
    return resourceCount > MESSAGES_MAX
        || scopeCount > MESSAGES_MAX
        || spanCount > MESSAGES_MAX
        || attributeCount > Math.min(bytes / 12 + 4 * LIST_MAX, ATTRIBUTES_MAX)
        || eventCount > Math.min(bytes / 16 + LIST_MAX, ATTRIBUTES_MAX / 2);
  }

  /** A number for the next list of attributes, never given out before. */
  int nextStamp() {
    if (++stamp == Integer.MAX_VALUE) {
      Arrays.fill(seen, 0);
      stamp = 1;
    }
    return stamp;
  }

  /** Adds an empty resource row and returns its place in the table. */
  int addResource() {
    if ((resourceCount + 1) * R_STRIDE > resources.length) {
      resources = grown(resources);
      resourceCount = refused ? 0 : resourceCount;
    }
    return fresh(resources, resourceCount++ * R_STRIDE, R_STRIDE);
  }

  int addScope() {
    if ((scopeCount + 1) * C_STRIDE > scopes.length) {
      scopes = grown(scopes);
      scopeCount = refused ? 0 : scopeCount;
    }
    return fresh(scopes, scopeCount++ * C_STRIDE, C_STRIDE);
  }

  int addSpan() {
    if ((spanCount + 1) * S_STRIDE > spans.length) {
      spans = grown(spans);
      spanCount = refused ? 0 : spanCount;
    }
    return fresh(spans, spanCount++ * S_STRIDE, S_STRIDE);
  }

  int addEvent() {
    if ((eventCount + 1) * E_STRIDE > events.length) {
      events = grown(events);
      eventCount = refused ? 0 : eventCount;
    }
    return fresh(events, eventCount++ * E_STRIDE, E_STRIDE);
  }

  int addLink() {
    if ((linkCount + 1) * L_STRIDE > links.length) {
      links = grown(links);
      linkCount = refused ? 0 : linkCount;
    }
    return fresh(links, linkCount++ * L_STRIDE, L_STRIDE);
  }

  void addAttribute(int from, int to, int keyId, int type, int value) {
    if ((attributeCount + 1) * A_STRIDE > attributes.length) {
      attributes = grown(attributes);
      attributeCount = refused ? 0 : attributeCount;
    }
    int row = attributeCount++ * A_STRIDE;
    int[] table = attributes;
    table[row + A_START] = from;
    table[row + A_END] = to;
    table[row + A_KEY_AND_TYPE] = type << TYPE_SHIFT | keyId;
    table[row + A_VALUE] = value;
  }

  /**
   * Names who is asked, with what the tables will take in bytes, before they grow, and at once with
   * what they take now.
   */
  void askBeforeGrowing(LongPredicate who) {
    room = who;
    tableBytes = byteSize();
    refused = !who.test(tableBytes);
  }

  /** For whoever counts no memory. */
  static boolean isAlwaysRoom(long bytes) {
    return bytes >= 0;
  }

  /** Whether there was no room for the rows of a request. */
  boolean isRefused() {
    return refused;
  }

  void clear() {
    resourceCount = scopeCount = spanCount = attributeCount = eventCount = linkCount = 0;
    start = limit = 0;
  }

  boolean reusable() {
    return byteSize() <= KEPT_BYTES_MAX;
  }

  /** What the tables take. */
  int byteSize() {
    int ints = resources.length + scopes.length + spans.length;
    return Integer.BYTES * (ints + attributes.length + events.length + links.length);
  }

  /** What the rows take that are in use. */
  long rowBytes() {
    long ints = (long) resourceCount * R_STRIDE + (long) scopeCount * C_STRIDE;
    ints += (long) spanCount * S_STRIDE + (long) attributeCount * A_STRIDE;
    return Integer.BYTES * (ints + (long) eventCount * E_STRIDE + (long) linkCount * L_STRIDE);
  }

  /** What a span takes: its bytes and its rows, but for those inside of its events and links. */
  long spanBytes(int span) {
    int row = span * S_STRIDE;
    long ints = S_STRIDE + (long) spans[row + S_ATTRIBUTES] * A_STRIDE;
    ints += Math.max(0L, spans[row + S_EVENTS]) * E_STRIDE;
    ints += Math.max(0L, spans[row + S_LINKS]) * L_STRIDE;
    return spans[row + END] - spans[row + TAG] + Integer.BYTES * ints;
  }

  /** Ready for the next request. */
  void reset() {
    clear();
    room = SpanIndex::isAlwaysRoom;
    refused = false;
  }

  /**
   * A longer table, if whoever was named in {@link #askBeforeGrowing} has room. If not, the index
   * is refused: rows then overwrite one another, and nobody may read them.
   */
  private int[] grown(int[] table) {
    int least = table.length < LARGE_INTS ? table.length * 2 : table.length + table.length / 8;
    int length = Math.max(enough(table.length), least);
    if (!hasRoom(length)) {
      refused = length == least || !hasRoom(least);
      length = least;
    }
    if (refused) {
      return table;
    }
    tableBytes += (long) Integer.BYTES * (length - table.length);
    return Arrays.copyOf(table, length);
  }

  /** While the longer table is filled the old one is still there. */
  private boolean hasRoom(int newLength) {
    return room.test(tableBytes + (long) Integer.BYTES * newLength);
  }

  /**
   * How long a table becomes if the rest of the request is like what has been read of it: grown
   * once, a large one needs no room for two of nearly the same size.
   */
  private int enough(int length) {
    if (length < LARGE_INTS || attributeCount == 0) {
      return length * 2;
    }
    int read = attributes[(attributeCount - 1) * A_STRIDE + A_END] - start;
    int whole = limit - start;
    if (read <= 0 || read > whole) {
      return length * 2;
    }
    long likely = (long) length * whole / read;
    return (int) Math.min(likely + likely / 32, LIKELY_INTS_MAX);
  }

  private static int fresh(int[] table, int row, int stride) {
    Arrays.fill(table, row, row + stride, -1);
    return row;
  }
}
