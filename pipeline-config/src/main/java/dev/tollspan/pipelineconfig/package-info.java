/**
 * Reads the configuration, reports every problem at once and builds the house from it: the only
 * room that sees all rooms.
 */
@NullMarked
package dev.tollspan.pipelineconfig;

import org.jspecify.annotations.NullMarked;
