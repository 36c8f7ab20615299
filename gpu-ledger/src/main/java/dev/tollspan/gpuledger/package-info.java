/**
 * Splits the bill of a GPU replica over the requests that it served, to the last pico-dollar.
 *
 * <p>While n requests run on a replica, each earns 1/n of its time; time in which none runs is
 * idle. Shares are exact fractions and are rounded once, by largest remainder, so the parts and the
 * idle time of a window always add up to its bill.
 *
 * <p>Knows no span, no attribute and no protocol, starts no thread and reads no clock: it is asked
 * with a {@link GpuRequest} and told what time it is. Times are nanoseconds since 1970, money is in
 * pico-dollars (10^-12 USD).
 */
@NullMarked
package dev.tollspan.gpuledger;

import org.jspecify.annotations.NullMarked;
