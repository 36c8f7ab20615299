/**
 * How rooms answer one another: the ports and the outcome of a hand-over. It must never know a
 * transport, a file format or a configuration.
 */
@NullMarked
package dev.tollspan.pipeline;

import org.jspecify.annotations.NullMarked;
