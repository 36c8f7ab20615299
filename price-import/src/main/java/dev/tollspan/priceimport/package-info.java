/**
 * Turns openly licensed price catalogues into price books, and says what is wrong with them.
 *
 * <p>Works offline on files. Knows no span and no pipeline; the book format is all that it shares
 * with the room that loads books. A price is never made up: what a catalogue leaves open is left
 * out and reported.
 */
@NullMarked
package dev.tollspan.priceimport;

import org.jspecify.annotations.NullMarked;
