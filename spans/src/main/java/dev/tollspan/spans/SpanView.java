package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A cursor on one span of a batch. Reads through the index and creates no objects, but for the
 * methods that return a String.
 *
 * <p>Offsets are into {@link #bytes()}; an offset of -1 says that the field is absent. One thread.
 */
public final class SpanView {
  private final byte[] bytes;
  private final SpanIndex index;
  private final Attributes attributes;
  private final Attributes resourceAttributes;
  private final Attributes scopeAttributes;
  private final EventView event;
  private final LinkView link;
  private int row = -SpanIndex.S_STRIDE; // owned by the view's thread, as are the next two
  private int scopeRow = -1;
  private int resourceRow = -1;

  SpanView(byte[] bytes, SpanIndex index, KeyTable keys) {
    this.bytes = bytes;
    this.index = index;
    attributes = new Attributes(bytes, index, keys);
    resourceAttributes = new Attributes(bytes, index, keys);
    scopeAttributes = new Attributes(bytes, index, keys);
    event = new EventView(bytes, index, keys);
    link = new LinkView(bytes, index, keys);
  }

  /** How many spans there are to move to. */
  public int spanCount() {
    return index.spanCount;
  }

  /** Moves to the span with this number, from 0 on, in the order of the wire. */
  public SpanView moveTo(int span) {
    row = span * SpanIndex.S_STRIDE;
    attributes.show(at(SpanIndex.S_FIRST_ATTRIBUTE), at(SpanIndex.S_ATTRIBUTES));
    int scope = at(SpanIndex.S_SCOPE);
    if (scope * SpanIndex.C_STRIDE != scopeRow) {
      scopeRow = scope * SpanIndex.C_STRIDE;
      resourceRow = index.scopes[scopeRow + SpanIndex.C_RESOURCE] * SpanIndex.R_STRIDE;
      scopeAttributes.show(scope(SpanIndex.C_FIRST_ATTRIBUTE), scope(SpanIndex.C_ATTRIBUTES));
      resourceAttributes.show(
          index.resources[resourceRow + SpanIndex.R_FIRST_ATTRIBUTE],
          index.resources[resourceRow + SpanIndex.R_ATTRIBUTES]);
    }
    return this;
  }

  /** The bytes that all offsets point into. */
  public byte[] bytes() {
    return bytes;
  }

  /** Which resource the span belongs to, from 0 on; neighbours share it. */
  public int resource() {
    return resourceRow / SpanIndex.R_STRIDE;
  }

  /** Which scope of the batch the span belongs to, from 0 on; neighbours share it. */
  public int scope() {
    return scopeRow / SpanIndex.C_STRIDE;
  }

  /** 16 bytes, never absent, never all zero. */
  public int traceIdOffset() {
    return at(SpanIndex.S_TRACE_ID);
  }

  /** 8 bytes, never absent, never all zero. */
  public int spanIdOffset() {
    return at(SpanIndex.S_SPAN_ID);
  }

  /** 8 bytes; -1 for a root span. */
  public int parentIdOffset() {
    return at(SpanIndex.S_PARENT_ID);
  }

  public int traceStateOffset() {
    return at(SpanIndex.S_STATE);
  }

  public int traceStateLength() {
    return Math.max(0, at(SpanIndex.S_STATE_LENGTH));
  }

  public int nameOffset() {
    return at(SpanIndex.S_NAME);
  }

  public int nameLength() {
    return Math.max(0, at(SpanIndex.S_NAME_LENGTH));
  }

  /** The number of the SpanKind, 0 when it is not said. */
  public int kind() {
    return Math.max(0, at(SpanIndex.S_KIND));
  }

  /** Unix nanoseconds, 0 when missing. */
  public long startNanos() {
    return fixed64(at(SpanIndex.S_START));
  }

  /** Unix nanoseconds, 0 when missing. */
  public long endNanos() {
    return fixed64(at(SpanIndex.S_FINISH));
  }

  /** The number of the StatusCode: 0 unset, 1 ok, 2 error. */
  public int statusCode() {
    return Math.max(0, at(SpanIndex.S_STATUS_CODE));
  }

  public int statusMessageOffset() {
    return at(SpanIndex.S_MESSAGE);
  }

  public int statusMessageLength() {
    return Math.max(0, at(SpanIndex.S_MESSAGE_LENGTH));
  }

  public int droppedAttributesCount() {
    int tag = at(SpanIndex.S_DROPPED);
    return tag < 0 ? 0 : (int) Wire.varintAt(bytes, tag + 1);
  }

  public int scopeNameOffset() {
    return scope(SpanIndex.C_NAME);
  }

  public int scopeNameLength() {
    return Math.max(0, scope(SpanIndex.C_NAME_LENGTH));
  }

  public int scopeVersionOffset() {
    return scope(SpanIndex.C_VERSION);
  }

  public int scopeVersionLength() {
    return Math.max(0, scope(SpanIndex.C_VERSION_LENGTH));
  }

  /** The span's own attributes. */
  public Attributes attributes() {
    return attributes;
  }

  public Attributes resourceAttributes() {
    return resourceAttributes;
  }

  public Attributes scopeAttributes() {
    return scopeAttributes;
  }

  public int eventCount() {
    return Math.max(0, at(SpanIndex.S_EVENTS));
  }

  /** The event with this number, from 0 on; the same object each time. */
  public EventView event(int i) {
    return event.moveTo(at(SpanIndex.S_FIRST_EVENT) + i);
  }

  public int linkCount() {
    return Math.max(0, at(SpanIndex.S_LINKS));
  }

  /** The link with this number, from 0 on; the same object each time. */
  public LinkView link(int i) {
    return link.moveTo(at(SpanIndex.S_FIRST_LINK) + i);
  }

  /** The span's name; allocates. */
  public String name() {
    return text(nameOffset(), nameLength());
  }

  /** Whether the bytes at one offset are those at another, for so many bytes. */
  public boolean same(int offset, int other, int length) {
    return Wire.same(bytes, offset, other, length);
  }

  /** Text at a place that this view named; empty if absent; allocates. */
  public String text(int offset, int length) {
    return offset < 0 ? "" : new String(bytes, offset, length, UTF_8);
  }

  private long fixed64(int offset) {
    return offset < 0 ? 0 : Wire.int64At(bytes, offset);
  }

  private int at(int column) {
    return index.spans[row + column];
  }

  private int scope(int column) {
    return index.scopes[scopeRow + column];
  }

  /** A cursor on one event of a span. */
  public static final class EventView {
    private final byte[] bytes;
    private final SpanIndex index;
    private final Attributes attributes;
    private int row; // owned by the view's thread

    EventView(byte[] bytes, SpanIndex index, KeyTable keys) {
      this.bytes = bytes;
      this.index = index;
      attributes = new Attributes(bytes, index, keys);
    }

    EventView moveTo(int event) {
      row = event * SpanIndex.E_STRIDE;
      attributes.show(at(SpanIndex.E_FIRST_ATTRIBUTE), at(SpanIndex.E_ATTRIBUTES));
      return this;
    }

    /** Unix nanoseconds, 0 when missing. */
    public long timeNanos() {
      int offset = at(SpanIndex.E_TIME);
      return offset < 0 ? 0 : Wire.int64At(bytes, offset);
    }

    public int nameOffset() {
      return at(SpanIndex.E_NAME);
    }

    public int nameLength() {
      return Math.max(0, at(SpanIndex.E_NAME_LENGTH));
    }

    public Attributes attributes() {
      return attributes;
    }

    private int at(int column) {
      return index.events[row + column];
    }
  }

  /** A cursor on one link of a span. */
  public static final class LinkView {
    private final SpanIndex index;
    private final Attributes attributes;
    private int row; // owned by the view's thread

    LinkView(byte[] bytes, SpanIndex index, KeyTable keys) {
      this.index = index;
      attributes = new Attributes(bytes, index, keys);
    }

    LinkView moveTo(int link) {
      row = link * SpanIndex.L_STRIDE;
      attributes.show(at(SpanIndex.L_FIRST_ATTRIBUTE), at(SpanIndex.L_ATTRIBUTES));
      return this;
    }

    /** 16 bytes; -1 when absent. */
    public int traceIdOffset() {
      return at(SpanIndex.L_TRACE_ID);
    }

    /** 8 bytes; -1 when absent. */
    public int spanIdOffset() {
      return at(SpanIndex.L_SPAN_ID);
    }

    public int traceStateOffset() {
      return at(SpanIndex.L_STATE);
    }

    public int traceStateLength() {
      return Math.max(0, at(SpanIndex.L_STATE_LENGTH));
    }

    public Attributes attributes() {
      return attributes;
    }

    private int at(int column) {
      return index.links[row + column];
    }
  }
}
