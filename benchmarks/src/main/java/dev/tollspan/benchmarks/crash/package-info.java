/**
 * An oracle that kills a pipeline in all ways it can, and holds it to what it acknowledged. Started
 * by {@code interop/crash.sh}.
 */
@NullMarked
package dev.tollspan.benchmarks.crash;

import org.jspecify.annotations.NullMarked;
