/**
 * One thread and one bounded memory in front of each exporter, so that no destination delays
 * another. It must never look inside a batch.
 */
@NullMarked
package dev.tollspan.exporters.delivery;

import org.jspecify.annotations.NullMarked;
