package dev.tollspan.spans;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The messages of a request and, by their names in JSON, their fields. */
enum JsonMessage {
  REQUEST,
  RESOURCE_SPANS,
  RESOURCE,
  ENTITY_REF,
  SCOPE_SPANS,
  SCOPE,
  SPAN,
  EVENT,
  LINK,
  STATUS,
  KEY_VALUE,
  ANY_VALUE,
  ARRAY,
  KEY_VALUE_LIST;

  /** How a field is written in JSON, and how on the wire. */
  enum Form {
    TEXT,
    TRACE_ID,
    SPAN_ID,
    BASE64,
    BOOL,
    /** A varint. */
    INT64,
    UINT32,
    KIND,
    STATUS_CODE,
    FIXED32,
    FIXED64,
    DOUBLE,
    TEXTS,
    MESSAGE,
    MESSAGES
  }

  /**
   * A field.
   *
   * @param message what it holds, if that is a message
   */
  record Field(String name, int number, Form form, @Nullable JsonMessage message) {
    /** Whether spans are among what it holds, however deep. */
    boolean holdsSpans() {
      return message == RESOURCE_SPANS || message == SCOPE_SPANS || message == SPAN;
    }
  }

  /** No field has a larger number. */
  static final int NUMBER_MAX = 16;

  /** Names are found by their bytes; what senders write is never put into a table. */
  private static final KeyTable NAMES;

  @SuppressWarnings("ImmutableEnumChecker") // filled once, when the class is made
  private final Map<String, Field> named = new HashMap<>();

  @SuppressWarnings("ImmutableEnumChecker")
  private @Nullable Field[] fields = {}; // by the number of the name; belongs to the class

  static {
    REQUEST.all("resourceSpans", 1, RESOURCE_SPANS);
    RESOURCE_SPANS.one("resource", 1, RESOURCE).all("scopeSpans", 2, SCOPE_SPANS);
    RESOURCE_SPANS.with("schemaUrl", 3, Form.TEXT);
    RESOURCE.all("attributes", 1, KEY_VALUE).with("droppedAttributesCount", 2, Form.UINT32);
    RESOURCE.all("entityRefs", 3, ENTITY_REF);
    ENTITY_REF.with("schemaUrl", 1, Form.TEXT).with("type", 2, Form.TEXT);
    ENTITY_REF.with("idKeys", 3, Form.TEXTS).with("descriptionKeys", 4, Form.TEXTS);
    SCOPE_SPANS.one("scope", 1, SCOPE).all("spans", 2, SPAN).with("schemaUrl", 3, Form.TEXT);
    SCOPE.with("name", 1, Form.TEXT).with("version", 2, Form.TEXT);
    SCOPE.all("attributes", 3, KEY_VALUE).with("droppedAttributesCount", 4, Form.UINT32);
    SPAN.with("traceId", 1, Form.TRACE_ID).with("spanId", 2, Form.SPAN_ID);
    SPAN.with("traceState", 3, Form.TEXT).with("parentSpanId", 4, Form.SPAN_ID);
    SPAN.with("name", 5, Form.TEXT).with("kind", 6, Form.KIND);
    SPAN.with("startTimeUnixNano", 7, Form.FIXED64).with("endTimeUnixNano", 8, Form.FIXED64);
    SPAN.all("attributes", 9, KEY_VALUE).with("droppedAttributesCount", 10, Form.UINT32);
    SPAN.all("events", 11, EVENT).with("droppedEventsCount", 12, Form.UINT32);
    SPAN.all("links", 13, LINK).with("droppedLinksCount", 14, Form.UINT32);
    SPAN.one("status", 15, STATUS).with("flags", NUMBER_MAX, Form.FIXED32);
    EVENT.with("timeUnixNano", 1, Form.FIXED64).with("name", 2, Form.TEXT);
    EVENT.all("attributes", 3, KEY_VALUE).with("droppedAttributesCount", 4, Form.UINT32);
    LINK.with("traceId", 1, Form.TRACE_ID).with("spanId", 2, Form.SPAN_ID);
    LINK.with("traceState", 3, Form.TEXT).all("attributes", 4, KEY_VALUE);
    LINK.with("droppedAttributesCount", 5, Form.UINT32).with("flags", 6, Form.FIXED32);
    STATUS.with("message", 2, Form.TEXT).with("code", 3, Form.STATUS_CODE);
    KEY_VALUE.with("key", 1, Form.TEXT).one("value", 2, ANY_VALUE);
    KEY_VALUE.with("keyStrindex", 3, Form.INT64);
    ANY_VALUE.with("stringValue", 1, Form.TEXT).with("boolValue", 2, Form.BOOL);
    ANY_VALUE.with("intValue", 3, Form.INT64).with("doubleValue", 4, Form.DOUBLE);
    ANY_VALUE.one("arrayValue", 5, ARRAY).one("kvlistValue", 6, KEY_VALUE_LIST);
    ANY_VALUE.with("bytesValue", 7, Form.BASE64).with("stringValueStrindex", 8, Form.INT64);
    ARRAY.all("values", 1, ANY_VALUE);
    KEY_VALUE_LIST.all("values", 1, KEY_VALUE);
    Set<String> names = new LinkedHashSet<>();
    for (JsonMessage message : values()) {
      names.addAll(message.named.keySet());
    }
    NAMES = KeyTable.of(names);
    for (JsonMessage message : values()) {
      message.fields = new Field[NAMES.size() + 1];
      message.named.forEach((name, field) -> message.fields[NAMES.id(name)] = field);
    }
  }

  /** The field of this name; null: there is none, so it is to be passed over. */
  @Nullable Field field(byte[] bytes, int from, int to) {
    return fields[NAMES.find(bytes, from, to - from)];
  }

  private JsonMessage with(String name, int number, Form form) {
    named.put(name, new Field(name, number, form, null));
    return this;
  }

  private JsonMessage one(String name, int number, JsonMessage message) {
    named.put(name, new Field(name, number, Form.MESSAGE, message));
    return this;
  }

  private JsonMessage all(String name, int number, JsonMessage message) {
    named.put(name, new Field(name, number, Form.MESSAGES, message));
    return this;
  }
}
