package dev.tollspan.exporters.parquet;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/** Puts values into Parquet's columns; knows how its maps and lists nest. */
@SuppressWarnings("EnumOrdinal") // the columns are in the order of the schema
final class RowSink {
  private final RecordConsumer to;

  RowSink(RecordConsumer to) {
    this.to = to;
  }

  void startRow() {
    to.startMessage();
  }

  void endRow() {
    to.endMessage();
  }

  void put(Column column, Binary value) {
    text(column.label, column.ordinal(), value);
  }

  void put(Column column, long value) {
    number(column.label, column.ordinal(), value);
  }

  void put(Column column, int value) {
    to.startField(column.label, column.ordinal());
    to.addInteger(value);
    to.endField(column.label, column.ordinal());
  }

  void put(Column column, double value) {
    to.startField(column.label, column.ordinal());
    to.addDouble(value);
    to.endField(column.label, column.ordinal());
  }

  void put(Column column, boolean value) {
    to.startField(column.label, column.ordinal());
    to.addBoolean(value);
    to.endField(column.label, column.ordinal());
  }

  /** A field of the group that is open. */
  void text(String name, int index, Binary value) {
    to.startField(name, index);
    to.addBinary(value);
    to.endField(name, index);
  }

  /** A field of the group that is open. */
  void number(String name, int index, long value) {
    to.startField(name, index);
    to.addLong(value);
    to.endField(name, index);
  }

  void startMap(Column column) {
    startMap(column.label, column.ordinal());
  }

  void endMap(Column column) {
    endMap(column.label, column.ordinal());
  }

  /** A map with at least one entry; Parquet has no way to write an open group without fields. */
  void startMap(String name, int index) {
    to.startField(name, index);
    to.startGroup();
    to.startField("key_value", 0);
  }

  void entry(Binary key, Binary value) {
    to.startGroup();
    text("key", 0, key);
    text("value", 1, value);
    to.endGroup();
  }

  void endMap(String name, int index) {
    to.endField("key_value", 0);
    to.endGroup();
    to.endField(name, index);
  }

  /** A list with at least one element. */
  void startList(Column column) {
    to.startField(column.label, column.ordinal());
    to.startGroup();
    to.startField("list", 0);
  }

  void startElement() {
    to.startGroup();
    to.startField("element", 0);
    to.startGroup();
  }

  void endElement() {
    to.endGroup();
    to.endField("element", 0);
    to.endGroup();
  }

  void endList(Column column) {
    to.endField("list", 0);
    to.endGroup();
    to.endField(column.label, column.ordinal());
  }
}
