package dev.tollspan.prices;

/**
 * On which terms a call is priced: all that a cost tells about its price, but the amount.
 *
 * <p>Within one book equal terms are the same object, and their numbers count from 0; so whoever
 * encodes them may keep the bytes by {@link #number}.
 *
 * @param number of these terms within their book
 * @param id provider/model/tier/region/band of the row, as FOCUS's SkuPriceId
 * @param source what the book calls itself
 * @param version the book's own version, if it has one, and a hash of its content
 * @param effectiveFrom since when the latest of the rows holds, in ISO 8601, or empty
 * @param tier which service tier's rows were taken
 * @param region which region class's rows were taken, {@code any} if they hold everywhere
 * @param band the context band, {@code any} if there are none
 * @param match how the model was found
 */
public record Terms(
    int number,
    String id,
    String source,
    String version,
    String effectiveFrom,
    String tier,
    String region,
    String band,
    Match match) {}
