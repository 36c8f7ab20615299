package dev.tollspan.sampleinferenceservice;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not a completion, in OpenAI's shape. The message is fixed text about the
 * request's form: it never repeats anything that the client sent.
 */
record ApiError(
    int status, String message, String type, @Nullable String param, @Nullable String code) {
  private static final String INVALID_REQUEST = "invalid_request_error";

  static ApiError invalidJson() {
    return invalid("the body is not valid JSON", null, "invalid_json");
  }

  static ApiError invalidValue(String param, String expected) {
    return invalid("'" + param + "' must be " + expected, param, "invalid_value");
  }

  static ApiError invalid(String message, @Nullable String param, String code) {
    return new ApiError(400, message, INVALID_REQUEST, param, code);
  }

  static ApiError unknownPath() {
    return new ApiError(404, "there is nothing at this path", INVALID_REQUEST, null, "unknown_url");
  }

  static ApiError wrongMethod(String allowed) {
    return new ApiError(
        405, "only " + allowed + " is allowed here", INVALID_REQUEST, null, "method_not_allowed");
  }

  static ApiError tooLarge(int bytesMax) {
    return new ApiError(
        413,
        "the body is larger than " + (bytesMax >> 20) + " MiB",
        INVALID_REQUEST,
        null,
        "body_too_large");
  }

  static ApiError engineFailed() {
    return new ApiError(500, "the engine failed", "server_error", null, "engine_failed");
  }

  ObjectNode toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("error")
        .put("message", message)
        .put("type", type)
        .put("param", param)
        .put("code", code);
    return root;
  }
}
