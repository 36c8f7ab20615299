package dev.tollspan.exporters.parquet;

import dev.tollspan.spans.LlmField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The columns of span-v1.avsc in their order, and the attributes that fill them.
 *
 * <p>A column without a source is computed, or unknown to this version and therefore null.
 */
enum Column {
  TRACE_ID,
  SPAN_ID,
  PARENT_SPAN_ID,
  TRACE_STATE,
  NAME,
  KIND,
  SCOPE_NAME,
  SCOPE_VERSION,
  SERVICE_NAME(Source.RESOURCE, Form.TEXT, "service.name"),
  SERVICE_NAMESPACE(Source.RESOURCE, Form.TEXT, "service.namespace"),
  SERVICE_INSTANCE_ID(Source.RESOURCE, Form.TEXT, "service.instance.id"),
  DEPLOYMENT_ENVIRONMENT(
      Source.RESOURCE, Form.TEXT, "deployment.environment.name", "deployment.environment"),
  K8S_NAMESPACE(Source.RESOURCE, Form.TEXT, "k8s.namespace.name"),
  K8S_POD(Source.RESOURCE, Form.TEXT, "k8s.pod.name"),
  K8S_NODE(Source.RESOURCE, Form.TEXT, "k8s.node.name"),
  START_TIME,
  END_TIME,
  START_UNIX_NANO,
  DURATION_NS,
  STATUS_CODE,
  STATUS_MESSAGE,
  ERROR_TYPE(Source.SPAN, Form.TEXT, "error.type"),
  HTTP_STATUS(Source.SPAN, Form.SMALL, "http.response.status_code", "http.status_code"),
  RATE_LIMITED,
  RETRY_ATTEMPT(Source.SPAN, Form.SMALL, "http.request.resend_count"),
  TENANT_ID(LlmField.TENANT, Form.TEXT),
  TENANT_SOURCE,
  USER_HASH(
      Source.SPAN,
      Form.HASH,
      "user.id",
      "enduser.id",
      "gen_ai.user.id",
      "gen_ai.request.user",
      "langfuse.user.id",
      "traceloop.association.properties.user_id",
      "ai.telemetry.metadata.userId",
      "mlflow.trace.user",
      "lmnr.association.properties.user_id",
      "langwatch.user.id",
      "llm.user"),
  SESSION_ID(Source.SPAN, Form.TEXT, "session.id", "gen_ai.conversation.id"),
  REQUEST_ID(LlmField.REQUEST_ID, Form.TEXT),
  OPERATION(LlmField.OPERATION, Form.TEXT),
  PROVIDER(LlmField.PROVIDER, Form.TEXT),
  REQUEST_MODEL(LlmField.REQUEST_MODEL, Form.TEXT),
  RESPONSE_MODEL(LlmField.RESPONSE_MODEL, Form.TEXT),
  MODEL,
  STREAMING(LlmField.STREAMING, Form.FLAG),
  MAX_TOKENS(LlmField.MAX_TOKENS, Form.COUNT),
  FINISH_REASON,
  INPUT_TOKENS(LlmField.INPUT_TOKENS, Form.COUNT),
  CACHE_READ_TOKENS(LlmField.CACHE_READ_TOKENS, Form.COUNT),
  CACHE_WRITE_TOKENS(LlmField.CACHE_WRITE_TOKENS, Form.COUNT),
  OUTPUT_TOKENS(LlmField.OUTPUT_TOKENS, Form.COUNT),
  REASONING_TOKENS(LlmField.REASONING_TOKENS, Form.COUNT),
  TOTAL_TOKENS(LlmField.TOTAL_TOKENS, Form.COUNT),
  TOKENS_SOURCE,
  ESTIMATED_COST_USD(LlmField.COST_USD, Form.REAL),
  ESTIMATED_COST_NANOUSD(LlmField.COST_NANO_USD, Form.COUNT),
  INPUT_COST_NANOUSD(Source.SPAN, Form.COUNT, "input_cost_nanousd"),
  OUTPUT_COST_NANOUSD(Source.SPAN, Form.COUNT, "output_cost_nanousd"),
  CACHE_COST_NANOUSD(Source.SPAN, Form.COUNT, "cache_cost_nanousd"),
  CACHE_SAVINGS_NANOUSD(Source.SPAN, Form.COUNT, "cache_savings_nanousd"),
  PROVIDER_COST_USD(LlmField.REPORTED_COST_USD, Form.REAL),
  COST_STATUS,
  COST_ROLE(LlmField.COST_ROLE, Form.TEXT),
  PRICE_RULE(LlmField.PRICE_ID, Form.TEXT),
  PRICE_VERSION(LlmField.PRICE_VERSION, Form.TEXT),
  QUEUE_NS(LlmField.QUEUE, Form.NANOS),
  PREFILL_NS(LlmField.PREFILL, Form.NANOS),
  DECODE_NS(LlmField.DECODE, Form.NANOS),
  TTFT_NS(LlmField.TIME_TO_FIRST_TOKEN, Form.NANOS),
  TPOT_NS,
  OUTPUT_TOKENS_PER_S,
  PII_ACTIONS,
  DROPPED_ATTRIBUTES,
  DROPPED_EVENTS,
  DROPPED_LINKS,
  INGEST_TIME,
  SCHEMA_VERSION,
  ATTRIBUTES,
  RESOURCE_ATTRIBUTES,
  EVENTS,
  LINKS;

  /** Where a value comes from. */
  enum Source {
    NONE,
    FACT,
    SPAN,
    RESOURCE
  }

  /** How an attribute becomes a value. */
  enum Form {
    NONE,
    /** A text that is not empty. */
    TEXT,
    /** A keyed hash as the gate makes them; any other text stays where it is. */
    HASH,
    /** An integer of 64 bits, not negative. */
    COUNT,
    /** An integer of 32 bits, not negative. */
    SMALL,
    /** A duration in nanoseconds. */
    NANOS,
    REAL,
    FLAG
  }

  /** The field's name in the schema. */
  final String label = name().toLowerCase(Locale.ROOT);

  final Source source;
  final Form form;
  final @Nullable LlmField fact;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  final List<String> keys;

  Column() {
    this(Source.NONE, Form.NONE, null, List.of());
  }

  Column(LlmField fact, Form form) {
    this(Source.FACT, form, fact, List.of());
  }

  Column(Source source, Form form, String... keys) {
    this(source, form, null, List.of(keys));
  }

  Column(Source source, Form form, @Nullable LlmField fact, List<String> keys) {
    this.source = source;
    this.form = form;
    this.fact = fact;
    this.keys = keys;
  }

  /** The columns that are filled from this source, in their order. */
  static List<Column> from(Source source) {
    List<Column> columns = new ArrayList<>();
    for (Column column : values()) {
      if (column.source == source) {
        columns.add(column);
      }
    }
    return List.copyOf(columns);
  }
}
