/**
 * What a call used: reads the dialects of all known emitters off a span and settles what their
 * counts mean.
 *
 * <p>Knows no price.
 */
@NullMarked
package dev.tollspan.usage;

import org.jspecify.annotations.NullMarked;
