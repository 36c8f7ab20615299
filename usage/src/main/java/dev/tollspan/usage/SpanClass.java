package dev.tollspan.usage;

/** What a span is, as far as the span alone can tell. */
public enum SpanClass {
  /** Nothing on it speaks of an LLM. */
  NONE,
  /** One call of a model. */
  CALL,
  /** Around calls, perhaps with their usage once more. */
  WRAPPER,
  /** A part of a call, or a step without a model. */
  STAGE,
  /** Usage without any word on what the span is. */
  UNKNOWN
}
