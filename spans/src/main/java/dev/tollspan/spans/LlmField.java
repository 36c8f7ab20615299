package dev.tollspan.spans;

import java.util.ArrayList;
import java.util.List;

/**
 * The facts about an LLM call that files and prices speak of, and the attributes that tell them,
 * the most trusted first.
 */
public enum LlmField {
  TENANT("tenant.id", "llm.user", "tenant"),
  OPERATION("gen_ai.operation.name", "llm.request.type"),
  PROVIDER("gen_ai.provider.name", "gen_ai.system", "llm.provider"),
  REQUEST_MODEL("gen_ai.request.model", "llm.request.model", "llm.model", "llm.model_name"),
  RESPONSE_MODEL("gen_ai.response.model", "llm.response.model"),
  INPUT_TOKENS(
      "tollspan.usage.in_total",
      "gen_ai.usage.input_tokens",
      "gen_ai.usage.prompt_tokens",
      "llm.usage.prompt_tokens",
      "llm.token_count.prompt",
      "llm.prompt_tokens"),
  OUTPUT_TOKENS(
      "tollspan.usage.out_total",
      "gen_ai.usage.output_tokens",
      "gen_ai.usage.completion_tokens",
      "llm.usage.completion_tokens",
      "llm.token_count.completion",
      "llm.completion_tokens"),
  TOTAL_TOKENS(
      "gen_ai.usage.total_tokens",
      "llm.usage.total_tokens",
      "llm.token_count.total",
      "llm.total_tokens"),
  CACHE_READ_TOKENS(
      "tollspan.usage.cache_read",
      "gen_ai.usage.cache_read.input_tokens",
      "gen_ai.usage.cache_read_input_tokens",
      "llm.token_count.prompt_details.cache_read"),
  CACHE_WRITE_TOKENS(
      "tollspan.usage.cache_write",
      "gen_ai.usage.cache_creation.input_tokens",
      "gen_ai.usage.cache_write.input_tokens",
      "gen_ai.usage.cache_creation_input_tokens",
      "llm.token_count.prompt_details.cache_write"),
  REASONING_TOKENS(
      "tollspan.usage.reasoning",
      "gen_ai.usage.reasoning.output_tokens",
      "gen_ai.usage.reasoning_tokens",
      "llm.token_count.completion_details.reasoning"),
  MAX_TOKENS("gen_ai.request.max_tokens", "llm.max_tokens", "llm.request.max_tokens"),
  FINISH_REASON("gen_ai.response.finish_reasons", "gen_ai.response.finish_reason"),
  REQUEST_ID("gen_ai.request.id", "llm.request_id", "gen_ai.response.id"),
  STREAMING("gen_ai.request.stream", "llm.stream", "llm.is_streaming"),
  QUEUE("gen_ai.latency.time_in_queue", "llm.queue_latency_ms"),
  PREFILL("gen_ai.latency.time_in_model_prefill", "llm.prefill_latency_ms"),
  DECODE("gen_ai.latency.time_in_model_decode", "llm.decode_latency_ms"),
  TIME_TO_FIRST_TOKEN("gen_ai.latency.time_to_first_token", "gen_ai.server.time_to_first_token_ms"),
  COST_USD("estimated_cost_usd"),
  COST_NANO_USD("estimated_cost_nanousd"),
  REPORTED_COST_USD("reported_cost_usd"),
  UNPRICED_REASON("cost.unpriced_reason"),
  COST_ROLE("cost.role"),
  PRICE_ID("cost.price.id"),
  PRICE_VERSION("cost.price.version");

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> keys;

  LlmField(String... keys) {
    this.keys = List.of(keys);
  }

  /** The attributes that tell this fact, the most trusted first. */
  public List<String> keys() {
    return keys;
  }

  /** All attributes of all facts. */
  public static List<String> allKeys() {
    List<String> all = new ArrayList<>();
    for (LlmField field : values()) {
      all.addAll(field.keys);
    }
    return all;
  }
}
