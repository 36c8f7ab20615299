package dev.tollspan.usage;

/** The answer to a {@link BasisQuestion}. Mutable, made to be filled again; one thread. */
final class BasisVerdict {
  CacheBasis cache = CacheBasis.INCLUSIVE;
  ReasoningBasis reasoning = ReasoningBasis.INSIDE;

  /** The number of the rule that settled it, 0 if there was nothing to settle. */
  int cacheRule;

  int reasoningRule;

  /** The weaker of the two verdicts that had something to decide. */
  Confidence confidence = Confidence.CERTAIN;

  /** The reasoning tokens, -1 if they are unknown; worked out by rule 10 where the span is mute. */
  long reasoningTokens = -1;

  /** Input with all its parts, without tool input that stands beside it. */
  long inputTotal;

  /** Whether tool input stands beside input. */
  boolean toolInputBeside;

  boolean inconsistent;
  boolean contradicted;
  boolean approximate;
}
