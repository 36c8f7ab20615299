/**
 * The write-ahead log: bytes with a count of spans go in, are made durable by groups, and are read
 * by any number of readers, each at its own place and in its own time.
 *
 * <p>A {@link Journal} takes and keeps, a {@link Reader} follows, a {@link Recovery} says what a
 * start found. Everything that touches a disk or a clock goes through two small seams, so that
 * crashes and failing disks are tests.
 *
 * <p>Knows bytes, counts and sequences; never looks inside of what it keeps, knows no batch, no
 * exporter and no protocol. No byte of a payload gets into a message or a file name.
 */
@NullMarked
package dev.tollspan.journal;

import org.jspecify.annotations.NullMarked;
