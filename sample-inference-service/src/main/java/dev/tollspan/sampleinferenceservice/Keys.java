package dev.tollspan.sampleinferenceservice;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/**
 * The names on our spans: `llm.*` as the tutorials print them, `gen_ai.*` as OpenTelemetry does.
 */
final class Keys {
  static final AttributeKey<String> LLM_MODEL = AttributeKey.stringKey("llm.model");
  static final AttributeKey<String> LLM_REQUEST_ID = AttributeKey.stringKey("llm.request_id");
  static final AttributeKey<Long> LLM_MAX_TOKENS = AttributeKey.longKey("llm.max_tokens");
  static final AttributeKey<Double> LLM_TEMPERATURE = AttributeKey.doubleKey("llm.temperature");
  static final AttributeKey<String> LLM_USER = AttributeKey.stringKey("llm.user");
  static final AttributeKey<Long> LLM_PROMPT_TOKENS = AttributeKey.longKey("llm.prompt_tokens");
  static final AttributeKey<Long> LLM_COMPLETION_TOKENS =
      AttributeKey.longKey("llm.completion_tokens");
  static final AttributeKey<Long> LLM_TOTAL_TOKENS = AttributeKey.longKey("llm.total_tokens");
  static final AttributeKey<String> LLM_TRACE_ID = AttributeKey.stringKey("llm.trace_id");
  static final AttributeKey<Double> LLM_ESTIMATED_COST_USD =
      AttributeKey.doubleKey("llm.estimated_cost_usd");
  static final AttributeKey<Long> LLM_PROMPT_LENGTH_CHARS =
      AttributeKey.longKey("llm.prompt_length_chars");
  static final AttributeKey<Double> LLM_PREFILL_LATENCY_MS =
      AttributeKey.doubleKey("llm.prefill_latency_ms");
  static final AttributeKey<Double> LLM_DECODE_LATENCY_MS =
      AttributeKey.doubleKey("llm.decode_latency_ms");

  static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
  static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("gen_ai.provider.name");
  static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");
  static final AttributeKey<Long> REQUEST_MAX_TOKENS =
      AttributeKey.longKey("gen_ai.request.max_tokens");
  static final AttributeKey<Double> REQUEST_TEMPERATURE =
      AttributeKey.doubleKey("gen_ai.request.temperature");
  static final AttributeKey<String> RESPONSE_MODEL =
      AttributeKey.stringKey("gen_ai.response.model");
  static final AttributeKey<String> RESPONSE_ID = AttributeKey.stringKey("gen_ai.response.id");
  static final AttributeKey<List<String>> FINISH_REASONS =
      AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
  static final AttributeKey<Long> INPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.input_tokens");
  static final AttributeKey<Long> OUTPUT_TOKENS =
      AttributeKey.longKey("gen_ai.usage.output_tokens");
  static final AttributeKey<Double> TIME_TO_FIRST_TOKEN_MS =
      AttributeKey.doubleKey("gen_ai.server.time_to_first_token_ms");
  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  static final AttributeKey<String> PROMPT = AttributeKey.stringKey("gen_ai.prompt");
  static final AttributeKey<String> COMPLETION = AttributeKey.stringKey("gen_ai.completion");
  static final AttributeKey<String> INPUT_MESSAGES =
      AttributeKey.stringKey("gen_ai.input.messages");

  private Keys() {}
}
