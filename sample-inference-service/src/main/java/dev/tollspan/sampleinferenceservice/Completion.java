package dev.tollspan.sampleinferenceservice;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;

/**
 * What the engine answered.
 *
 * @param createdSeconds Unix seconds
 * @param traceId 32 hex digits, all zero when tracing is off
 */
record Completion(
    String id,
    String model,
    int promptTokens,
    int completionTokens,
    boolean truncated,
    long createdSeconds,
    String traceId) {
  int totalTokens() {
    return promptTokens + completionTokens;
  }

  String finishReason() {
    return truncated ? "length" : "stop";
  }

  String text() {
    return "token ".repeat(completionTokens).stripTrailing();
  }

  OptionalDouble costUsd() {
    return Prices.costUsd(model, promptTokens, completionTokens);
  }

  /** The OpenAI document, and beside it the fields that a script wants at the top. */
  ObjectNode toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    String text = text();
    root.put("id", id).put("object", "text_completion").put("created", createdSeconds);
    root.put("model", model);
    root.putArray("choices")
        .addObject()
        .put("index", 0)
        .put("text", text)
        .putNull("logprobs")
        .put("finish_reason", finishReason());
    root.putObject("usage")
        .put("prompt_tokens", promptTokens)
        .put("completion_tokens", completionTokens)
        .put("total_tokens", totalTokens());
    root.put("prompt_tokens", promptTokens).put("completion_tokens", completionTokens);
    root.put("text", text);
    OptionalDouble cost = costUsd();
    root.put("estimated_cost_usd", cost.isPresent() ? cost.getAsDouble() : null);
    root.put("trace_id", traceId);
    return root;
  }
}
