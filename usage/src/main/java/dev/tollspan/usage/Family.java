package dev.tollspan.usage;

/** Whose way of counting tokens a call follows, before the emitter touched the numbers. */
public enum Family {
  UNKNOWN,
  OPENAI,
  ANTHROPIC,
  BEDROCK,
  GEMINI,
  /** Anthropic's models at Google or Azure. */
  HOSTED_CLAUDE,
  /** The vendor's own numbers have reasoning beside output. */
  XAI,
  OTHER
}
