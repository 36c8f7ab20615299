/**
 * The span lake: Parquet files in layout version 1, whose contract is {@code span-v1.avsc}. It must
 * never show half a file under its final name, nor load a class of Hadoop.
 */
@NullMarked
package dev.tollspan.exporters.parquet;

import org.jspecify.annotations.NullMarked;
