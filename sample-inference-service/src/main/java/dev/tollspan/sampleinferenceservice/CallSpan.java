package dev.tollspan.sampleinferenceservice;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;

/**
 * The root span of one call and the only place that decides what may stand on it. Content is
 * written in each of the places where real libraries write it, and only when asked for.
 */
final class CallSpan implements AutoCloseable {
  private final Tracer tracer;
  private final Span root;
  private final Context context;
  private final String completionId;
  private final Settings.Telemetry telemetry;

  CallSpan(
      Tracer tracer,
      Span root,
      Context context,
      String completionId,
      Settings.Telemetry telemetry) {
    this.tracer = tracer;
    this.root = root;
    this.context = context;
    this.completionId = completionId;
    this.telemetry = telemetry;
  }

  String completionId() {
    return completionId;
  }

  String traceId() {
    return root.getSpanContext().getTraceId();
  }

  Context context() {
    return context;
  }

  /** Starts a stage of the call; who asked for it ends it. */
  Span stage(String name) {
    return tracer.spanBuilder(name).setParent(context).startSpan();
  }

  void asked(CompletionRequest request) {
    root.setAttribute(Keys.LLM_MODEL, request.model());
    root.setAttribute(Keys.LLM_REQUEST_ID, completionId);
    root.setAttribute(Keys.LLM_MAX_TOKENS, (long) request.maxTokens());
    root.setAttribute(Keys.LLM_TEMPERATURE, request.temperature());
    root.setAttribute(Keys.LLM_TRACE_ID, traceId());
    if (request.user() != null) {
      root.setAttribute(Keys.LLM_USER, request.user());
    }
    root.setAttribute(Keys.OPERATION, "text_completion");
    root.setAttribute(Keys.PROVIDER, "vllm");
    root.setAttribute(Keys.REQUEST_MODEL, request.model());
    root.setAttribute(Keys.REQUEST_MAX_TOKENS, (long) request.maxTokens());
    root.setAttribute(Keys.REQUEST_TEMPERATURE, request.temperature());
    if (telemetry.captureContent()) {
      root.setAttribute(Keys.PROMPT, request.prompt());
      root.setAttribute(Keys.INPUT_MESSAGES, messages(request.prompt()));
      root.addEvent("gen_ai.content.prompt", Attributes.of(Keys.PROMPT, request.prompt()));
    }
  }

  /** What the call has used so far; a later report replaces an earlier one. */
  void used(int promptTokens, int completionTokens) {
    root.setAttribute(Keys.LLM_PROMPT_TOKENS, (long) promptTokens);
    root.setAttribute(Keys.LLM_COMPLETION_TOKENS, (long) completionTokens);
    root.setAttribute(Keys.LLM_TOTAL_TOKENS, (long) promptTokens + completionTokens);
    root.setAttribute(Keys.INPUT_TOKENS, (long) promptTokens);
    root.setAttribute(Keys.OUTPUT_TOKENS, (long) completionTokens);
  }

  void answered(Completion completion, double timeToFirstTokenMs) {
    used(completion.promptTokens(), completion.completionTokens());
    root.setAttribute(Keys.RESPONSE_MODEL, completion.model());
    root.setAttribute(Keys.RESPONSE_ID, completion.id());
    root.setAttribute(Keys.FINISH_REASONS, List.of(completion.finishReason()));
    root.setAttribute(Keys.TIME_TO_FIRST_TOKEN_MS, timeToFirstTokenMs);
    if (completion.truncated()) {
      root.addEvent("response_truncated");
    }
    if (telemetry.reportCost()) {
      completion
          .costUsd()
          .ifPresent(costUsd -> root.setAttribute(Keys.LLM_ESTIMATED_COST_USD, costUsd));
    }
    if (telemetry.captureContent()) {
      root.setAttribute(Keys.COMPLETION, completion.text());
    }
  }

  void failed(CompletionRequest request, Exception cause) {
    root.setAttribute(Keys.ERROR_TYPE, "api_error");
    root.recordException(cause);
    root.setStatus(
        StatusCode.ERROR,
        telemetry.captureContent()
            ? "the engine failed on: " + request.prompt()
            : "the engine failed");
  }

  @Override
  public void close() {
    root.end();
  }

  private static String messages(String prompt) {
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    messages
        .addObject()
        .put("role", "user")
        .putArray("parts")
        .addObject()
        .put("type", "text")
        .put("content", prompt);
    return messages.toString();
  }
}
