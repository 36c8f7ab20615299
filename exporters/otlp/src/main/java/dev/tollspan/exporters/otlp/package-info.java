/**
 * Forwards clean spans to any OTLP back end over gRPC, byte for byte, and says what came of it as
 * OTLP does. It must never wait between two tries, nor repeat a destination's error text.
 */
@NullMarked
package dev.tollspan.exporters.otlp;

import org.jspecify.annotations.NullMarked;
