package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tollspan.spans.JsonMessage.Field;
import dev.tollspan.spans.JsonMessage.Form;
import dev.tollspan.spans.OtlpJson.Reading;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Single values of OTLP/JSON, from the reader to the writer. For one text and one thread. */
final class JsonScalars {
  private static final byte[] NOT_A_NUMBER = "NaN".getBytes(US_ASCII);
  private static final byte[] INFINITY = "Infinity".getBytes(US_ASCII);
  private static final byte[] MINUS_INFINITY = "-Infinity".getBytes(US_ASCII);
  private static final List<String> KINDS =
      List.of("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER");
  private static final List<String> STATUS_CODES = List.of("UNSET", "OK", "ERROR");

  private final JsonReader reader;
  private final MessageWriter out;
  private final Tally tally;
  private final boolean isLenient;
  private final JsonNumber number = new JsonNumber();

  JsonScalars(JsonReader reader, MessageWriter out, Tally tally, Reading reading) {
    this.reader = reader;
    this.out = out;
    this.tally = tally;
    isLenient = reading == Reading.LENIENT;
  }

  /**
   * Reads the next value and writes it as this field; says what it should have been, if it is
   * something else.
   *
   * @param kind what {@link JsonReader#kind} says of it
   */
  @Nullable String write(Field field, int kind, boolean evenIfEmpty) throws OtlpJsonException {
    switch (kind) {
      case '"' -> reader.text();
      case '0' -> reader.number();
      default -> {
        reader.skip();
        if (field.form() == Form.BOOL && (kind == 't' || kind == 'f')) {
          bool(field.number(), kind == 't', evenIfEmpty);
          return null;
        }
      }
    }
    boolean isText = kind == '"';
    boolean isEmpty = isText && reader.start() == reader.stop();
    return switch (field.form()) {
      case TEXT, TEXTS -> isText ? text(field.number(), isEmpty && !evenIfEmpty) : "a text";
      case TRACE_ID -> isEmpty || (isText && id(field.number(), 16)) ? null : "32 hex digits";
      case SPAN_ID -> isEmpty || (isText && id(field.number(), 8)) ? null : "16 hex digits";
      case BASE64 -> isText && base64(field.number(), isEmpty && !evenIfEmpty) ? null : "base64";
      case BOOL -> "true or false";
      case DOUBLE ->
          (isText || kind == '0') && real(field.number(), isText, evenIfEmpty) ? null : "a number";
      default ->
          (isText || kind == '0') && whole(field, isText, evenIfEmpty)
              ? null
              : "an integer in its range";
    };
  }

  private void bool(int field, boolean value, boolean evenIfEmpty) {
    if (value || evenIfEmpty) {
      out.varint(field, value ? 1 : 0);
    }
  }

  private @Nullable String text(int field, boolean isNothing) {
    if (!isNothing && !out.text(field, reader)) {
      tally.add(Repair.TEXT, 1);
    }
    return null;
  }

  private boolean base64(int field, boolean isNothing) {
    return isNothing || out.base64(field, reader);
  }

  private boolean id(int field, int bytes) {
    reader.resolve();
    int digits = reader.stop() - reader.start();
    if (isLenient && digits < bytes * 2) {
      return out.base64(field, reader);
    }
    return digits > 0 && out.hex(field, reader);
  }

  private boolean real(int field, boolean isText, boolean evenIfEmpty) {
    reader.resolve();
    long bits;
    if (isText && is(NOT_A_NUMBER)) {
      bits = Double.doubleToRawLongBits(Double.NaN);
    } else if (isText && is(INFINITY)) {
      bits = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);
    } else if (isText && is(MINUS_INFINITY)) {
      bits = Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY);
    } else if (number.real(reader.source(), reader.start(), reader.stop())) {
      bits = number.bits();
    } else {
      return false;
    }
    if (bits != 0 || evenIfEmpty) {
      out.fixed64(field, bits);
    }
    return true;
  }

  private boolean whole(Field field, boolean isText, boolean evenIfEmpty) {
    Form form = field.form();
    boolean isEnum = form == Form.KIND || form == Form.STATUS_CODE;
    reader.resolve();
    long value;
    if (isText && isEnum) {
      value = isLenient ? named(form) : -1;
      if (value < 0) {
        return false;
      }
    } else if (number.whole(reader.source(), reader.start(), reader.stop(), form == Form.FIXED64)) {
      value = number.bits();
    } else {
      return false;
    }
    boolean is32 = form == Form.UINT32 || form == Form.FIXED32;
    if ((isEnum && value != (int) value) || (is32 && value >>> Integer.SIZE != 0)) {
      return false;
    }
    if (value != 0 || evenIfEmpty) {
      switch (form) {
        case FIXED64 -> out.fixed64(field.number(), value);
        case FIXED32 -> out.fixed32(field.number(), (int) value);
        default -> out.varint(field.number(), value);
      }
    }
    return true;
  }

  /** The number of an enum that stands there by its name; below zero if it has none. */
  private int named(Form form) {
    int length = reader.stop() - reader.start();
    String text = new String(reader.source(), reader.start(), Math.min(length, 32), US_ASCII);
    return form == Form.KIND
        ? text.startsWith("SPAN_KIND_") ? KINDS.indexOf(text.substring(10)) : -1
        : text.startsWith("STATUS_CODE_") ? STATUS_CODES.indexOf(text.substring(12)) : -1;
  }

  private boolean is(byte[] word) {
    return Arrays.equals(reader.source(), reader.start(), reader.stop(), word, 0, word.length);
  }
}
