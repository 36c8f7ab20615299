package dev.tollspan.sampleinferenceservice;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code POST /v1/completions}, with defaults filled in. Fields that we do not know are
 * ignored, as OpenAI's clients send many; null counts as absent.
 *
 * @param user the tenant, or null
 */
record CompletionRequest(
    String model,
    String prompt,
    int maxTokens,
    double temperature,
    @Nullable String user,
    Simulate simulate) {
  /** The context window: bounds the time and the memory that one call can ask for. */
  static final int TOKENS_MAX = 32_768;

  /** What a caller can make the engine do. */
  enum Simulate {
    NOTHING,
    TRUNCATE,
    FAIL
  }

  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  static CompletionRequest parse(byte[] body) throws RefusedException {
    JsonNode root = read(body);
    if (!root.isObject()) {
      throw new RefusedException(
          ApiError.invalid("the body must be a JSON object", null, "invalid_json"));
    }
    refuseStreaming(root);
    String prompt = text(root, "prompt");
    if (prompt == null) {
      throw new RefusedException(ApiError.invalidValue("prompt", "present, a string"));
    }
    String model = text(root, "model");
    return new CompletionRequest(
        model == null ? "mistral-7b" : model,
        prompt,
        maxTokens(root),
        temperature(root),
        text(root, "user"),
        simulate(root));
  }

  private static JsonNode read(byte[] body) throws RefusedException {
    try {
      return READER.readTree(body);
    } catch (IOException ignored) {
      // Jackson's message quotes the body.
      throw new RefusedException(ApiError.invalidJson());
    }
  }

  private static @Nullable String text(JsonNode root, String name) throws RefusedException {
    JsonNode node = root.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isTextual()) {
      throw new RefusedException(ApiError.invalidValue(name, "a string"));
    }
    return node.textValue();
  }

  private static int maxTokens(JsonNode root) throws RefusedException {
    JsonNode node = root.path("max_tokens");
    if (node.isMissingNode() || node.isNull()) {
      return 64;
    }
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > TOKENS_MAX) {
      throw new RefusedException(
          ApiError.invalidValue("max_tokens", "a whole number from 1 to " + TOKENS_MAX));
    }
    return node.intValue();
  }

  private static double temperature(JsonNode root) throws RefusedException {
    JsonNode node = root.path("temperature");
    if (node.isMissingNode() || node.isNull()) {
      return 0.7;
    }
    if (!node.isNumber() || node.doubleValue() < 0 || node.doubleValue() > 2) {
      throw new RefusedException(ApiError.invalidValue("temperature", "a number from 0 to 2"));
    }
    return node.doubleValue();
  }

  private static Simulate simulate(JsonNode root) throws RefusedException {
    return switch (text(root, "simulate")) {
      case null -> Simulate.NOTHING;
      case "truncate" -> Simulate.TRUNCATE;
      case "fail" -> Simulate.FAIL;
      case String _ ->
          throw new RefusedException(ApiError.invalidValue("simulate", "truncate or fail"));
    };
  }

  /** A client that waits for events would not understand our single document. */
  private static void refuseStreaming(JsonNode root) throws RefusedException {
    JsonNode stream = root.path("stream");
    if (!stream.isMissingNode() && !stream.isNull() && !stream.isBoolean()) {
      throw new RefusedException(ApiError.invalidValue("stream", "true or false"));
    }
    if (stream.booleanValue()) {
      throw new RefusedException(
          ApiError.invalid("streaming is not offered here", "stream", "unsupported_value"));
    }
  }
}
