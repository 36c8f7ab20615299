/**
 * Splits the bill of a GPU replica over the requests that it served, to the last pico-dollar.
 *
 * <p>Knows no span and no protocol.
 */
@NullMarked
package dev.tollspan.gpuledger;

import org.jspecify.annotations.NullMarked;
