/**
 * The span lake: Parquet files in layout version 1. It must never show half a file under its final
 * name, nor load a Hadoop file system for a local path.
 */
@NullMarked
package dev.tollspan.exporters.parquet;

import org.jspecify.annotations.NullMarked;
