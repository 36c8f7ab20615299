/**
 * estimate_cost: from token counts and a dated price book to an exact cost with its reasons. It
 * must never do I/O on a span's way.
 */
@NullMarked
package dev.tollspan.processors.cost;

import org.jspecify.annotations.NullMarked;
