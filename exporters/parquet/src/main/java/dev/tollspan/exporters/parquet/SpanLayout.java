package dev.tollspan.exporters.parquet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.schema.MessageType;

/**
 * Layout version 1: span-v1.avsc is the contract, and what Parquet needs is derived from it.
 *
 * <p>Within version 1 columns are only added, at the end, and never change their type.
 */
final class SpanLayout {
  static final int VERSION = 1;

  private static final String RESOURCE = "span-v1.avsc";

  private SpanLayout() {}

  /** The contract itself. */
  static Schema avro() {
    try (InputStream in = SpanLayout.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the jar");
      }
      return new Schema.Parser().parse(in);
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }

  /** The same as Parquet knows it. */
  static MessageType parquet() {
    return new AvroSchemaConverter(conversion()).convert(avro());
  }

  /**
   * How Avro and Parquet translate into each other: lists of three levels, as the format's
   * LogicalTypes.md asks for; parquet-avro's own two levels make readers guess.
   */
  static ParquetConfiguration conversion() {
    ParquetConfiguration conversion = new PlainParquetConfiguration();
    conversion.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
    conversion.setBoolean(AvroSchemaConverter.ADD_LIST_ELEMENT_RECORDS, false);
    return conversion;
  }
}
