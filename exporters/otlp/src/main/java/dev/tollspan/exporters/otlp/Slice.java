package dev.tollspan.exporters.otlp;

/** A range of an array; not to be written to while a call is under way. */
@SuppressWarnings("ArrayRecordComponent") // it stands for the array itself and is never compared
record Slice(byte[] bytes, int offset, int length) {}
