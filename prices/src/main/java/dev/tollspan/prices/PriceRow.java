package dev.tollspan.prices;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of a price book, as it was read.
 *
 * @param provider by its id, {@code *} for any
 * @param model the model, or a pattern with {@code *}
 * @param tier {@code any} if the row does not depend on it
 * @param region {@code any} if the row does not depend on it
 * @param band the context band's name, {@code any} if the row does not depend on it
 * @param above the band begins above so many input tokens, -1 for the first
 * @param mode what the band acts on
 * @param daily hours, weekdays and zone in which the row holds; empty for always
 * @param from inclusive, null for ever
 * @param to exclusive, null for ever
 * @param price a decimal, or {@code dynamic}
 * @param source where the figure stands written
 * @param checkedAt the day of that look
 * @param book the book's name for itself
 * @param line in the book's file
 */
public record PriceRow(
    String provider,
    String model,
    TokenClass tokenClass,
    String tier,
    String region,
    String band,
    long above,
    Mode mode,
    String daily,
    @Nullable Instant from,
    @Nullable Instant to,
    String price,
    String unit,
    String source,
    String checkedAt,
    Status status,
    String notes,
    String book,
    int line) {

  /** What a context band acts on. */
  public enum Mode {
    /** The band of all input tokens holds for every token of the call. */
    WHOLE_REQUEST,
    /** The price holds for the tokens above the threshold alone. */
    MARGINAL,
    /** Each class is measured by its own count. */
    PER_CLASS
  }

  /** How good a price is. */
  public enum Status {
    /** Loaded, shown, never used: the vendor took it back. */
    WITHDRAWN,
    ESTIMATED,
    LIST,
    /** What the user pays by contract; wins over a list price. */
    CONTRACT
  }
}
