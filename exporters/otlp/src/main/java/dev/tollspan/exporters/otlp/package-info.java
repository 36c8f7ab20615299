/**
 * Forwards clean spans to any OTLP back end over gRPC and retries as OTLP says. It must never
 * repeat a destination's error text.
 */
@NullMarked
package dev.tollspan.exporters.otlp;

import org.jspecify.annotations.NullMarked;
