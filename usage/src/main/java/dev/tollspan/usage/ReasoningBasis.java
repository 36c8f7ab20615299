package dev.tollspan.usage;

/** Whether the emitter's output count holds the reasoning tokens. */
public enum ReasoningBasis {
  INSIDE,
  BESIDE
}
