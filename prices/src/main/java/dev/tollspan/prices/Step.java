package dev.tollspan.prices;

/**
 * One step on the way to a cost, for people.
 *
 * @param text a sentence or a sum
 */
public record Step(Kind kind, String text) {
  /** What a step is about. */
  public enum Kind {
    /** What the call says of itself. */
    QUESTION,
    /** A name that was looked up. */
    NAME,
    /** A row that might hold. */
    ROW,
    /** A row that does. */
    CHOSEN,
    /** A product, or the sum. */
    ARITHMETIC,
    /** The cost, or why there is none. */
    RESULT
  }
}
