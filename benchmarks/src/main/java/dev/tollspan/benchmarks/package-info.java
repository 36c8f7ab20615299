/**
 * Load, a sink, and the same pipeline on generated classes, to measure ours against. Not in the
 * default build: it is slow and needs a quiet machine.
 */
@NullMarked
package dev.tollspan.benchmarks;

import org.jspecify.annotations.NullMarked;
