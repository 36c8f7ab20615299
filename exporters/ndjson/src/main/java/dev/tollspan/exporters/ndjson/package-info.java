/**
 * One JSON line a span, in files that are whole whenever they are visible. It must never see
 * content that has not passed the gate, and knows the disk but no network.
 */
@NullMarked
package dev.tollspan.exporters.ndjson;

import org.jspecify.annotations.NullMarked;
