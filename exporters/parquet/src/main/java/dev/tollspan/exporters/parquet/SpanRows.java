package dev.tollspan.exporters.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.exporters.parquet.Column.Source;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import dev.tollspan.spans.LlmFields;
import dev.tollspan.spans.SpanView;
import java.util.List;
import org.apache.parquet.io.api.Binary;

/**
 * Turns a span into a row, straight from the wire's bytes: no record is built in between.
 *
 * <p>An attribute that fills a column is left out of the maps; one that cannot (wrong type, less
 * trusted synonym) stays there. One thread; shared by all files of an exporter.
 */
final class SpanRows {
  private static final Binary[] KINDS =
      constants("Unspecified", "Internal", "Server", "Client", "Producer", "Consumer");
  private static final Binary[] STATUS_CODES = constants("Unset", "Ok", "Error");
  private static final Binary ATTRIBUTE = constant("attribute");
  private static final Binary REPORTED = constant("reported");
  private static final Binary PRICED = constant("priced");
  private static final Binary PROVIDER_REPORTED = constant("provider_reported");
  private static final Binary NO_ROLE = constant("none");
  private static final long NANOS_PER_MICRO = 1_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final LlmFields facts;
  private final List<Column> factColumns = Column.from(Source.FACT);
  private final ColumnKeys spanKeys;
  private final ValueText values;
  private final RestColumns rest;
  private final ResourceColumns resource;

  SpanRows(KeyTable keys) {
    facts = new LlmFields(keys);
    spanKeys = new ColumnKeys(keys, Source.SPAN);
    values = new ValueText(keys);
    rest = new RestColumns(values);
    resource = new ResourceColumns(keys, values);
  }

  /** Lets go of the last batch. */
  void forget() {
    resource.forget();
  }

  /** Unix nanoseconds as a column holds them: what lies past the year 2262 is put there. */
  static long nanos(long unsigned) {
    return unsigned < 0 ? Long.MAX_VALUE : unsigned;
  }

  static long micros(long unsignedNanos) {
    return nanos(unsignedNanos) / NANOS_PER_MICRO;
  }

  void write(RowSink to, SpanView span, long ingestMicros) {
    Attributes attributes = span.attributes();
    facts.read(span);
    spanKeys.read(attributes);
    rest.start(attributes);
    to.startRow();
    identity(to, span);
    times(to, span);
    facts(to, attributes);
    derived(to, attributes, duration(span));
    resource.write(to, span);
    to.put(Column.DROPPED_ATTRIBUTES, Math.max(0, span.droppedAttributesCount()));
    to.put(Column.INGEST_TIME, ingestMicros);
    to.put(Column.SCHEMA_VERSION, SpanLayout.VERSION);
    rest.write(to, span);
    to.endRow();
  }

  private void identity(RowSink to, SpanView span) {
    byte[] bytes = span.bytes();
    to.put(Column.TRACE_ID, values.hex(bytes, span.traceIdOffset(), 16));
    to.put(Column.SPAN_ID, values.hex(bytes, span.spanIdOffset(), 8));
    if (span.parentIdOffset() >= 0) {
      to.put(Column.PARENT_SPAN_ID, values.hex(bytes, span.parentIdOffset(), 8));
    }
    text(to, Column.TRACE_STATE, bytes, span.traceStateOffset(), span.traceStateLength());
    to.put(Column.NAME, ValueText.slice(bytes, span.nameOffset(), span.nameLength()));
    to.put(Column.KIND, KINDS[span.kind() < KINDS.length ? span.kind() : 0]);
    text(to, Column.SCOPE_NAME, bytes, span.scopeNameOffset(), span.scopeNameLength());
    text(to, Column.SCOPE_VERSION, bytes, span.scopeVersionOffset(), span.scopeVersionLength());
    int code = span.statusCode();
    int message = span.statusMessageOffset();
    to.put(Column.STATUS_CODE, STATUS_CODES[code < STATUS_CODES.length ? code : 0]);
    text(to, Column.STATUS_MESSAGE, bytes, message, span.statusMessageLength());
  }

  private static void times(RowSink to, SpanView span) {
    to.put(Column.START_TIME, micros(span.startNanos()));
    to.put(Column.END_TIME, micros(span.endNanos()));
    to.put(Column.START_UNIX_NANO, nanos(span.startNanos()));
    to.put(Column.DURATION_NS, duration(span));
  }

  private static long duration(SpanView span) {
    boolean known = span.startNanos() != 0 && span.endNanos() != 0;
    return known ? nanos(span.endNanos()) - nanos(span.startNanos()) : 0;
  }

  /** What attributes say as it stands. */
  private void facts(RowSink to, Attributes attributes) {
    for (int c = 0; c < factColumns.size(); c++) {
      Column column = factColumns.get(c);
      LlmField fact = column.fact;
      if (fact != null && facts.has(fact) && fact(to, column, fact, attributes)) {
        rest.leaveOut(facts.position(fact));
      }
    }
    for (int c = 0; c < spanKeys.columns().size(); c++) {
      int i = spanKeys.position(c);
      if (i >= 0 && attribute(to, spanKeys.columns().get(c), attributes, i)) {
        rest.leaveOut(i);
      }
    }
  }

  private boolean fact(RowSink to, Column column, LlmField fact, Attributes attributes) {
    return switch (column.form) {
      case COUNT -> number(to, column, facts.count(fact));
      case NANOS -> number(to, column, facts.nanos(fact));
      case TEXT, HASH, SMALL, REAL, FLAG, NONE ->
          attribute(to, column, attributes, facts.position(fact));
    };
  }

  private static boolean attribute(RowSink to, Column column, Attributes attributes, int i) {
    return switch (column.form) {
      case TEXT -> text(to, column, attributes, i);
      case HASH -> attributes.isHash(i) && text(to, column, attributes, i);
      case COUNT ->
          attributes.type(i) == Attributes.INT && number(to, column, attributes.longValue(i));
      case SMALL -> small(to, column, attributes, i);
      case REAL -> real(to, column, attributes, i);
      case FLAG -> flag(to, column, attributes, i);
      case NANOS, NONE -> false;
    };
  }

  /** What follows from several attributes, or from what a span lacks. */
  private void derived(RowSink to, Attributes attributes, long duration) {
    if (facts.textLength(LlmField.TENANT) > 0) {
      to.put(Column.TENANT_SOURCE, ATTRIBUTE);
    }
    LlmField model =
        facts.textLength(LlmField.RESPONSE_MODEL) > 0
            ? LlmField.RESPONSE_MODEL
            : LlmField.REQUEST_MODEL;
    if (facts.has(model)) {
      text(to, Column.MODEL, attributes, facts.position(model));
    }
    if (facts.count(LlmField.INPUT_TOKENS) >= 0
        || facts.count(LlmField.OUTPUT_TOKENS) >= 0
        || facts.count(LlmField.TOTAL_TOKENS) >= 0) {
      to.put(Column.TOKENS_SOURCE, REPORTED);
    }
    if (facts.has(LlmField.FINISH_REASON)) {
      finishReason(to, attributes, facts.position(LlmField.FINISH_REASON));
    }
    if (facts.textLength(LlmField.COST_ROLE) == 0) {
      to.put(Column.COST_ROLE, NO_ROLE);
    }
    costStatus(to, attributes);
    speed(to, duration);
  }

  private void finishReason(RowSink to, Attributes attributes, int i) {
    if (attributes.type(i) == Attributes.ARRAY) {
      Binary first = ValueText.firstText(attributes, i);
      if (first != null) {
        to.put(Column.FINISH_REASON, first);
        if (ValueText.isAlone(attributes, i)) {
          rest.leaveOut(i);
        }
      }
    } else if (text(to, Column.FINISH_REASON, attributes, i)) {
      rest.leaveOut(i);
    }
  }

  private void costStatus(RowSink to, Attributes attributes) {
    if (facts.count(LlmField.COST_NANO_USD) >= 0) {
      to.put(Column.COST_STATUS, PRICED);
    } else if (facts.has(LlmField.REPORTED_COST_USD)) {
      to.put(Column.COST_STATUS, PROVIDER_REPORTED);
    } else if (facts.has(LlmField.UNPRICED_REASON)) {
      int i = facts.position(LlmField.UNPRICED_REASON);
      if (text(to, Column.COST_STATUS, attributes, i)) {
        rest.leaveOut(i);
      }
    }
  }

  private void speed(RowSink to, long duration) {
    long tokens = facts.count(LlmField.OUTPUT_TOKENS);
    long first = facts.nanos(LlmField.TIME_TO_FIRST_TOKEN);
    if (tokens > 1 && first >= 0 && duration > first) {
      to.put(Column.TPOT_NS, (duration - first) / (tokens - 1));
    }
    long decode = facts.nanos(LlmField.DECODE);
    if (tokens >= 0 && decode > 0) {
      to.put(Column.OUTPUT_TOKENS_PER_S, tokens * NANOS_PER_SECOND / decode);
    }
  }

  private static boolean text(RowSink to, Column column, Attributes attributes, int i) {
    return attributes.type(i) == Attributes.STRING
        && text(
            to, column, attributes.bytes(), attributes.valueOffset(i), attributes.valueLength(i));
  }

  /** Puts a text that is there and not empty; an empty one tells nothing. */
  private static boolean text(RowSink to, Column column, byte[] bytes, int offset, int length) {
    if (length == 0) {
      return false;
    }
    to.put(column, ValueText.slice(bytes, offset, length));
    return true;
  }

  private static boolean number(RowSink to, Column column, long value) {
    if (value < 0) {
      return false;
    }
    to.put(column, value);
    return true;
  }

  private static boolean small(RowSink to, Column column, Attributes attributes, int i) {
    long value = attributes.longValue(i);
    if (attributes.type(i) != Attributes.INT || value < 0 || value > Integer.MAX_VALUE) {
      return false;
    }
    to.put(column, (int) value);
    return true;
  }

  private static boolean real(RowSink to, Column column, Attributes attributes, int i) {
    switch (attributes.type(i)) {
      case Attributes.DOUBLE -> to.put(column, attributes.doubleValue(i));
      case Attributes.INT -> to.put(column, (double) attributes.longValue(i));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean flag(RowSink to, Column column, Attributes attributes, int i) {
    if (attributes.type(i) != Attributes.BOOL) {
      return false;
    }
    to.put(column, attributes.boolValue(i));
    return true;
  }

  private static Binary[] constants(String... texts) {
    Binary[] constants = new Binary[texts.length];
    for (int i = 0; i < texts.length; i++) {
      constants[i] = constant(texts[i]);
    }
    return constants;
  }

  private static Binary constant(String text) {
    return Binary.fromConstantByteArray(text.getBytes(UTF_8));
  }
}
