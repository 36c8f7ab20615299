/**
 * What flows through the house: OTLP spans as the bytes they came as, an index over them, views,
 * and an editor that splices. No I/O, no threads, no configuration; it must never know who reads or
 * writes the bytes.
 */
@NullMarked
package dev.tollspan.spans;

import org.jspecify.annotations.NullMarked;
