package dev.tollspan.usage;

/**
 * The answer to a {@link BasisQuestion}. Mutable, made to be filled again; one thread. Holds no
 * references, because each store of one costs the collector's attention.
 */
final class BasisVerdict {
  private static final Confidence[] CONFIDENCES = Confidence.values();

  /** Whether cached tokens stand beside input. */
  boolean exclusive;

  /** Whether reasoning stands beside output. */
  boolean beside;

  /** The number of the rule that settled it, 0 if there was nothing to settle. */
  int cacheRule;

  int reasoningRule;

  private int confidence;

  /** The reasoning tokens, -1 if they are unknown; worked out by rule 10 where the span is mute. */
  long reasoningTokens = -1;

  /** Input with all its parts, without tool input that stands beside it. */
  long inputTotal;

  /** Whether tool input stands beside input. */
  boolean toolInputBeside;

  boolean inconsistent;
  boolean contradicted;
  boolean approximate;

  void clear() {
    exclusive = false;
    beside = false;
    cacheRule = 0;
    reasoningRule = 0;
    confidence = 0;
    reasoningTokens = -1;
    inputTotal = 0;
    toolInputBeside = false;
    inconsistent = false;
    contradicted = false;
    approximate = false;
  }

  CacheBasis cache() {
    return exclusive ? CacheBasis.EXCLUSIVE : CacheBasis.INCLUSIVE;
  }

  ReasoningBasis reasoning() {
    return beside ? ReasoningBasis.BESIDE : ReasoningBasis.INSIDE;
  }

  /** The weaker of the two verdicts that had something to decide. */
  Confidence confidence() {
    return CONFIDENCES[confidence];
  }

  /** Takes the confidence of a rule that decided something, if it is the weaker one. */
  @SuppressWarnings("EnumOrdinal") // the order of the constants is what is asked
  void settle(Confidence of) {
    confidence = Math.max(confidence, of.ordinal());
  }
}
