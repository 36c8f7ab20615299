/**
 * One thread and one bounded memory in front of each exporter, so that no destination delays
 * another, and the hand-over of each batch to all of them or none. It must never look inside a
 * batch, nor know what kind of exporter it drives.
 */
@NullMarked
package dev.tollspan.exporters.delivery;

import org.jspecify.annotations.NullMarked;
