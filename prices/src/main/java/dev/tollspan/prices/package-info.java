/**
 * What a call costs: dated price books, the search for a model's rows, and exact arithmetic.
 *
 * <p>Knows no span, no attribute and no protocol: it is asked with a {@link Usage}.
 */
@NullMarked
package dev.tollspan.prices;

import org.jspecify.annotations.NullMarked;
