package dev.tollspan.prices;

/** The parts into which a cost is told apart; they add up to it exactly. */
public enum Component {
  /** Input that was neither cached nor of another modality; tool prompts and citations too. */
  INPUT,
  CACHE_READ,
  CACHE_WRITE,
  OUTPUT,
  REASONING,
  /** Audio and images, in and out, cached or not. */
  MODALITY,
  /** What is not billed by the token: searches, pages, characters, seconds. */
  FEES
}
