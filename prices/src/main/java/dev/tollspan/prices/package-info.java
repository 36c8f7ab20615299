/**
 * What a call costs: dated price books, the search for a model's rows, and exact arithmetic.
 *
 * <p>{@link dev.tollspan.prices.PriceBook} is the door: files become a book, a {@link
 * dev.tollspan.prices.Usage} becomes a {@link dev.tollspan.prices.Quote}. Inside, the work goes
 * from the rare to the frequent: a search finds a model ({@code ModelSearch}), once for each set of
 * texts; an offer keeps its rows by time ({@code Offer}, {@code Era}); a card is chosen from them
 * once for each context band and window ({@code CardMaker}, {@code Card}); a call only adds up.
 *
 * <p>Knows no span, no attribute and no protocol: it is asked with a {@link Usage}.
 */
@NullMarked
package dev.tollspan.prices;

import org.jspecify.annotations.NullMarked;
