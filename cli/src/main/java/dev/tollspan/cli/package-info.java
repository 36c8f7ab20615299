/**
 * The commands, and the demo that runs two of them as processes. The only room that prints, reads
 * arguments and exits. It knows how to start and stop things, and nothing of how spans are handled.
 */
@NullMarked
package dev.tollspan.cli;

import org.jspecify.annotations.NullMarked;
