package dev.tollspan.prices;

/** A text that decides which price holds. */
public enum Fact {
  /** The vendor, never a framework's name. */
  PROVIDER,
  RESPONSE_MODEL,
  REQUEST_MODEL,
  DEPLOYMENT,
  /** As the response said it, else as the request asked. */
  SERVICE_TIER,
  SPEED,
  REGION,
  INFERENCE_GEO
}
