/**
 * A traced, OpenAI-shaped inference server that simulates its model. It stands outside of the
 * house: it speaks OTLP over the wire and imports nothing of ours.
 */
@NullMarked
package dev.tollspan.sampleinferenceservice;

import org.jspecify.annotations.NullMarked;
