/**
 * estimate_cost: from token counts and a price book to an exact cost, or to the reason why there is
 * none. Price files are read when the room is built; on a span's way there is no I/O, no clock and
 * no garbage, and no text of a span is ever copied. It must never know what follows it.
 */
@NullMarked
package dev.tollspan.processors.cost;

import org.jspecify.annotations.NullMarked;
