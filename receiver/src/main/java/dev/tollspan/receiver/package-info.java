/**
 * OTLP in: admission by bytes, transport, one answer table. It must never know what is behind the
 * consumer that it was given.
 */
@NullMarked
package dev.tollspan.receiver;

import org.jspecify.annotations.NullMarked;
