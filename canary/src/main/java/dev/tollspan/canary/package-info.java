/**
 * Marked texts for every place of a trace request where text can stand, and the search for them in
 * whatever a pipeline wrote or said. It sends, captures and searches; it knows nothing of how spans
 * are handled, so that it cannot share an error with what it proves.
 */
@NullMarked
package dev.tollspan.canary;

import org.jspecify.annotations.NullMarked;
