/** The commands. The only room that prints, reads arguments and exits. */
@NullMarked
package dev.tollspan.cli;

import org.jspecify.annotations.NullMarked;
