package dev.tollspan.exporters.ndjson;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import dev.tollspan.spans.LlmFields;
import dev.tollspan.spans.NestedJson;
import dev.tollspan.spans.SpanView;
import java.util.Arrays;

/**
 * One span as one flat JSON object and a line end, from wire bytes to bytes.
 *
 * <p>Absent means absent: what is unknown has no field, but for the times and the duration, which
 * readers of the file expect on every line and find null. One thread.
 */
final class FlatEncoder {
  /** Where a resource says what runs there. */
  static final String SERVICE_NAME = "service.name";

  private static final byte[] TRACE_ID = ascii("{\"trace_id\":");
  private static final byte[] SPAN_ID = ascii(",\"span_id\":");
  private static final byte[] PARENT_SPAN_ID = ascii(",\"parent_span_id\":");
  private static final byte[] NO_PARENT = ascii(",\"parent_span_id\":\"\"");
  private static final byte[] NAME = ascii(",\"name\":");
  private static final byte[][] KINDS = {
    ascii(",\"kind\":\"Unspecified\""),
    ascii(",\"kind\":\"Internal\""),
    ascii(",\"kind\":\"Server\""),
    ascii(",\"kind\":\"Client\""),
    ascii(",\"kind\":\"Producer\""),
    ascii(",\"kind\":\"Consumer\"")
  };
  private static final byte[] START = ascii(",\"start_time_ns\":");
  private static final byte[] END = ascii(",\"end_time_ns\":");
  private static final byte[] DURATION = ascii(",\"duration_ms\":");
  private static final byte[][] STATUSES = {
    ascii(",\"status\":\"UNSET\""), ascii(",\"status\":\"OK\""), ascii(",\"status\":\"ERROR\"")
  };
  private static final byte[] SERVICE = ascii(",\"service\":");
  private static final byte[] ATTRIBUTES = ascii(",\"attributes\":");
  private static final byte[] RESOURCE = ascii(",\"resource\":");
  private static final byte[] EVENTS = ascii(",\"events\":[");
  private static final byte[] TIME_NS = ascii("{\"time_ns\":");
  private static final byte[] LINKS = ascii(",\"links\":[");
  private static final byte[] TRACE_STATE = ascii(",\"trace_state\":");
  private static final byte[] STATUS_MESSAGE = ascii(",\"status_message\":");
  private static final byte[] END_OF_LINE = ascii("}\n");

  private static final Column[] TEXTS = {
    new Column("tenant_id", LlmField.TENANT),
    new Column("operation", LlmField.OPERATION),
    new Column("provider", LlmField.PROVIDER),
    new Column("request_model", LlmField.REQUEST_MODEL),
    new Column("response_model", LlmField.RESPONSE_MODEL)
  };
  private static final byte[] MODEL = ascii(",\"model\":");
  private static final Column[] COUNTS = {
    new Column("input_tokens", LlmField.INPUT_TOKENS),
    new Column("cache_read_tokens", LlmField.CACHE_READ_TOKENS),
    new Column("cache_write_tokens", LlmField.CACHE_WRITE_TOKENS),
    new Column("output_tokens", LlmField.OUTPUT_TOKENS),
    new Column("reasoning_tokens", LlmField.REASONING_TOKENS),
    new Column("total_tokens", LlmField.TOTAL_TOKENS),
    new Column("estimated_cost_nanousd", LlmField.COST_NANO_USD)
  };
  private static final byte[] PRICED = ascii(",\"cost_status\":\"priced\"");
  private static final byte[] REPORTED = ascii(",\"cost_status\":\"provider_reported\"");
  private static final Column UNPRICED = new Column("cost_status", LlmField.UNPRICED_REASON);
  private static final Column ROLE = new Column("cost_role", LlmField.COST_ROLE);
  private static final byte[] NO_ROLE = ascii(",\"cost_role\":\"none\"");
  private static final Column[] LATENCIES = {
    new Column("queue_ns", LlmField.QUEUE),
    new Column("prefill_ns", LlmField.PREFILL),
    new Column("decode_ns", LlmField.DECODE),
    new Column("ttft_ns", LlmField.TIME_TO_FIRST_TOKEN)
  };

  /** A field of the record and the fact that fills it. */
  private static final class Column {
    private final byte[] name;
    private final LlmField fact;

    Column(String name, LlmField fact) {
      this.name = ascii(",\"" + name + "\":");
      this.fact = fact;
    }
  }

  private final byte[][] keys; // by number: the key as JSON, with its colon
  private final int serviceName;
  private final LlmFields facts;
  private final JsonBuffer out;
  private final NestedJson nested;
  private final JsonBuffer resource = new JsonBuffer(); // the same for each span of a resource
  private int resourceShown = -1; // owned by the encoding thread

  FlatEncoder(KeyTable table, JsonBuffer out) {
    this.out = out;
    serviceName = table.id(SERVICE_NAME);
    facts = new LlmFields(table);
    nested = new NestedJson(out);
    keys = new byte[table.size() + 1][];
    keys[0] = new byte[0];
    for (int id = 1; id < keys.length; id++) {
      byte[] name = table.name(id).getBytes(UTF_8);
      resource.clear();
      resource.text(name, 0, name.length);
      resource.raw(':');
      keys[id] = Arrays.copyOf(resource.bytes(), resource.length());
    }
  }

  /** To be called before the first span of each view. */
  void startBatch() {
    resourceShown = -1;
  }

  /** Writes the line of the span that the view stands on. */
  void write(SpanView span) {
    byte[] bytes = span.bytes();
    out.raw(TRACE_ID);
    out.hex(bytes, span.traceIdOffset(), 16);
    out.raw(SPAN_ID);
    out.hex(bytes, span.spanIdOffset(), 8);
    if (span.parentIdOffset() < 0) {
      out.raw(NO_PARENT);
    } else {
      out.raw(PARENT_SPAN_ID);
      out.hex(bytes, span.parentIdOffset(), 8);
    }
    out.raw(NAME);
    out.text(bytes, span.nameOffset(), span.nameLength());
    out.raw(KINDS[span.kind() < KINDS.length ? span.kind() : 0]);
    times(span.startNanos(), span.endNanos());
    out.raw(STATUSES[span.statusCode() < STATUSES.length ? span.statusCode() : 0]);
    text(span, STATUS_MESSAGE, span.statusMessageOffset(), span.statusMessageLength());
    text(span, TRACE_STATE, span.traceStateOffset(), span.traceStateLength());
    service(span.resourceAttributes());
    out.raw(ATTRIBUTES);
    attributes(span.attributes());
    resource(span);
    if (span.eventCount() > 0) {
      events(span);
    }
    if (span.linkCount() > 0) {
      links(span);
    }
    facts(span);
    out.raw(END_OF_LINE);
  }

  /** A field that is left out where there is no text, as behind every gate that drops content. */
  private void text(SpanView span, byte[] name, int offset, int length) {
    if (length > 0) {
      out.raw(name);
      out.text(span.bytes(), offset, length);
    }
  }

  private void times(long start, long end) {
    out.raw(START);
    time(start);
    out.raw(END);
    time(end);
    out.raw(DURATION);
    if (start == 0 || end == 0) {
      out.nothing();
      return;
    }
    boolean backwards = Long.compareUnsigned(end, start) < 0;
    long nanos = backwards ? start - end : end - start;
    long micros = Long.divideUnsigned(nanos, 1000);
    micros += nanos - micros * 1000 >= 500 ? 1 : 0;
    if (backwards && micros > 0) {
      out.raw('-');
    }
    out.fixed(micros, 3);
  }

  private void time(long unixNanos) {
    if (unixNanos == 0) {
      out.nothing();
    } else {
      out.unsigned(unixNanos);
    }
  }

  private void service(Attributes attributes) {
    out.raw(SERVICE);
    int i = attributes.find(serviceName);
    if (i >= 0 && attributes.type(i) == Attributes.STRING) {
      out.text(attributes.bytes(), attributes.valueOffset(i), attributes.valueLength(i));
    } else {
      out.text(attributes.bytes(), 0, 0);
    }
  }

  private void resource(SpanView span) {
    if (span.resource() == resourceShown) {
      out.raw(resource.bytes(), 0, resource.length());
      return;
    }
    int from = out.length();
    out.raw(RESOURCE);
    attributes(span.resourceAttributes());
    resource.clear();
    resource.raw(out.bytes(), from, out.length() - from);
    resourceShown = span.resource();
  }

  private void events(SpanView span) {
    out.raw(EVENTS);
    for (int i = 0; i < span.eventCount(); i++) {
      SpanView.EventView event = span.event(i);
      out.raw(TIME_NS);
      time(event.timeNanos());
      out.raw(NAME);
      out.text(span.bytes(), event.nameOffset(), event.nameLength());
      out.raw(ATTRIBUTES);
      attributes(event.attributes());
      out.raw('}');
      out.raw(',');
    }
    out.dropLast(',');
    out.raw(']');
  }

  private void links(SpanView span) {
    out.raw(LINKS);
    for (int i = 0; i < span.linkCount(); i++) {
      SpanView.LinkView link = span.link(i);
      out.raw(TRACE_ID);
      out.hex(span.bytes(), link.traceIdOffset(), 16);
      out.raw(SPAN_ID);
      out.hex(span.bytes(), link.spanIdOffset(), 8);
      text(span, TRACE_STATE, link.traceStateOffset(), link.traceStateLength());
      out.raw(ATTRIBUTES);
      attributes(link.attributes());
      out.raw('}');
      out.raw(',');
    }
    out.dropLast(',');
    out.raw(']');
  }

  private void attributes(Attributes attributes) {
    out.raw('{');
    int count = attributes.count();
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        out.raw(',');
      }
      int key = attributes.keyId(i);
      if (key != 0) {
        out.raw(keys[key]);
      } else {
        out.text(attributes.bytes(), attributes.keyOffset(i), attributes.keyLength(i));
        out.raw(':');
      }
      value(attributes, i);
    }
    out.raw('}');
  }

  private void value(Attributes attributes, int i) {
    int type = attributes.type(i);
    switch (type) {
      case Attributes.STRING ->
          out.text(attributes.bytes(), attributes.valueOffset(i), attributes.valueLength(i));
      case Attributes.BOOL -> out.bool(attributes.boolValue(i));
      case Attributes.INT -> out.int64(attributes.longValue(i));
      case Attributes.DOUBLE -> out.float64(attributes.doubleValue(i));
      case Attributes.ARRAY, Attributes.KVLIST ->
          nested.write(attributes.bytes(), type, attributes.valueOffset(i), attributes.end(i));
      case Attributes.BYTES ->
          out.base64(attributes.bytes(), attributes.valueOffset(i), attributes.valueLength(i));
      default -> out.nothing();
    }
  }

  private void facts(SpanView span) {
    facts.read(span);
    byte[] bytes = span.bytes();
    for (Column column : TEXTS) {
      text(bytes, column.name, column.fact);
    }
    if (!text(bytes, MODEL, LlmField.RESPONSE_MODEL)) {
      text(bytes, MODEL, LlmField.REQUEST_MODEL);
    }
    for (Column column : COUNTS) {
      number(column.name, facts.count(column.fact));
    }
    if (facts.count(LlmField.COST_NANO_USD) >= 0) {
      out.raw(PRICED);
    } else if (facts.has(LlmField.REPORTED_COST_USD)) {
      out.raw(REPORTED);
    } else {
      text(bytes, UNPRICED.name, UNPRICED.fact);
    }
    if (!text(bytes, ROLE.name, ROLE.fact)) {
      out.raw(NO_ROLE);
    }
    for (Column column : LATENCIES) {
      number(column.name, facts.nanos(column.fact));
    }
  }

  private boolean text(byte[] bytes, byte[] name, LlmField fact) {
    int length = facts.textLength(fact);
    if (length == 0) {
      return false;
    }
    out.raw(name);
    out.text(bytes, facts.textOffset(fact), length);
    return true;
  }

  private void number(byte[] name, long value) {
    if (value >= 0) {
      out.raw(name);
      out.number(value);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(UTF_8);
  }
}
