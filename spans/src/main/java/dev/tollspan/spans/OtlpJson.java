package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.tollspan.spans.JsonMessage.Field;
import dev.tollspan.spans.JsonMessage.Form;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * OTLP/JSON into OTLP's protobuf, as the protocol's section on JSON encoding asks: ids in hex,
 * 64-bit integers as numbers or as text, unknown fields passed over, null for absent.
 *
 * <p>More lenient than it asks: ids in base64 and enums by name are taken too. A field that comes
 * twice counts as it came last. An id that is none is left out, so that {@link SpanBatch#decode}
 * rejects that span alone; a value of another type than its field's is an error of the whole text.
 *
 * <p>The text is read once, from front to back, without recursion. Invalid UTF-8 becomes question
 * marks. One use each, on one thread.
 */
public final class OtlpJson {
  private static final int DEPTH_MAX = 500;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          // Names come from senders: they are neither interned nor a reason to fail.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /**
   * A request on the wire.
   *
   * @param bytes an array of the pool, to be handed to {@link SpanBatch#decode}
   */
  @SuppressWarnings("ArrayRecordComponent") // lent, not a value
  public record Protobuf(byte[] bytes, int length) {}

  /** An object or an array that has begun; belongs to the reading thread. */
  private static final class Open {
    private @Nullable Field field; // null for the whole
    private JsonMessage message = JsonMessage.REQUEST;
    private boolean isArray;
    private int from;
    private int firstPart;
  }

  private final JsonParser parser;
  private final MessageWriter out;
  private final List<Open> opened = new ArrayList<>();
  private int depth; // belongs to the reading thread

  private OtlpJson(JsonParser parser, MessageWriter out) {
    this.parser = parser;
    this.out = out;
  }

  /**
   * Translates one ExportTraceServiceRequest (or TracesData, which has the same shape).
   *
   * @param json stays the caller's; bytes that are no UTF-8 are overwritten
   * @throws OtlpJsonException if it is no JSON, nested too deep, or a value has the wrong type
   */
  public static Protobuf toProtobuf(BatchPool pool, byte[] json, int offset, int length)
      throws OtlpJsonException {
    if (!Utf8.isValid(json, offset, offset + length)) {
      Utf8.repair(json, offset, offset + length);
    }
    MessageWriter out = new MessageWriter(pool, length);
    try (JsonParser parser = FACTORY.createParser(json, offset, length)) {
      new OtlpJson(parser, out).read();
    } catch (JacksonException broken) {
      out.release();
      throw fault(broken);
    } catch (OtlpJsonException wrong) {
      out.release();
      throw wrong;
    } catch (IOException impossible) {
      throw new IllegalStateException("an array cannot fail to be read", impossible);
    }
    return new Protobuf(out.bytes(), out.length());
  }

  private static OtlpJsonException fault(JacksonException broken) {
    JsonLocation at = broken.getLocation();
    String reason = "is not JSON";
    if (broken instanceof StreamConstraintsException) {
      reason = "is nested deeper than " + DEPTH_MAX + ", or a name or a number is too long";
    } else if (broken instanceof JsonEOFException) {
      reason = "ends within a value";
    }
    return at == null
        ? new OtlpJsonException(1, 1, reason)
        : new OtlpJsonException(at.getLineNr(), at.getColumnNr(), reason);
  }

  private void read() throws IOException, OtlpJsonException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw wrong("is not an object");
    }
    open(null, JsonMessage.REQUEST, false);
    while (depth > 0) {
      Open top = opened.get(depth - 1);
      if (top.isArray) {
        element(top, Objects.requireNonNull(top.field));
      } else if (parser.nextToken() == JsonToken.END_OBJECT) {
        closeMessage(top);
      } else {
        member(top);
      }
    }
    if (parser.nextToken() != null) {
      throw wrong("goes on behind its end");
    }
  }

  private void member(Open top) throws IOException, OtlpJsonException {
    Field field = top.message.field(parser.currentName());
    JsonToken token = parser.nextToken();
    if (field == null || token == JsonToken.VALUE_NULL) {
      parser.skipChildren();
      return;
    }
    int from = out.length();
    switch (field.form()) {
      case MESSAGE -> {
        expect(token == JsonToken.START_OBJECT, field, "an object");
        open(field, Objects.requireNonNull(field.message()), false);
      }
      case MESSAGES, TEXTS -> {
        expect(token == JsonToken.START_ARRAY, field, "an array");
        open(field, top.message, true);
      }
      default -> {
        // In a value presence says the type; elsewhere what is empty is not written.
        scalar(field, token, top.message == JsonMessage.ANY_VALUE);
        out.part(field.number(), from);
      }
    }
  }

  private void element(Open array, Field field) throws IOException, OtlpJsonException {
    JsonToken token = parser.nextToken();
    int from = out.length();
    if (token == JsonToken.END_ARRAY) {
      depth--;
      out.part(field.number(), array.from);
    } else if (field.form() == Form.TEXTS) {
      expect(token == JsonToken.VALUE_STRING, field, "an array of texts");
      out.content(field.number(), parser.getText().getBytes(UTF_8));
    } else if (token == JsonToken.VALUE_NULL) {
      out.head(field.number(), from);
    } else {
      expect(token == JsonToken.START_OBJECT, field, "an array of objects");
      open(field, Objects.requireNonNull(field.message()), false);
    }
  }

  private void open(@Nullable Field field, JsonMessage message, boolean isArray) {
    if (depth == opened.size()) {
      opened.add(new Open());
    }
    Open top = opened.get(depth++);
    top.field = field;
    top.message = message;
    top.isArray = isArray;
    top.from = out.length();
    top.firstPart = out.partsEnd();
  }

  private void closeMessage(Open top) {
    out.close(top.from, top.firstPart, top.message == JsonMessage.ANY_VALUE);
    depth--;
    if (top.field != null) {
      out.head(top.field.number(), top.from);
      if (top.field.form() == Form.MESSAGE) {
        out.part(top.field.number(), top.from);
      }
    }
  }

  private void scalar(Field field, JsonToken token, boolean evenIfEmpty)
      throws IOException, OtlpJsonException {
    int number = field.number();
    switch (field.form()) {
      case TEXT -> {
        expect(token == JsonToken.VALUE_STRING, field, "a text");
        content(number, parser.getText().getBytes(UTF_8), evenIfEmpty);
      }
      case TRACE_ID, SPAN_ID -> {
        expect(token == JsonToken.VALUE_STRING, field, "a text");
        int bytes = field.form() == Form.TRACE_ID ? 16 : 8;
        content(number, JsonScalars.id(parser.getText(), bytes), false);
      }
      case BASE64 -> {
        byte[] bytes =
            token == JsonToken.VALUE_STRING ? JsonScalars.base64(parser.getText()) : null;
        expect(bytes != null, field, "base64");
        content(number, Objects.requireNonNull(bytes), evenIfEmpty);
      }
      case BOOL -> {
        expect(token.isBoolean(), field, "true or false");
        out.varint(number, token == JsonToken.VALUE_TRUE ? 1 : 0);
      }
      case DOUBLE -> {
        Double value = JsonScalars.float64(parser, token);
        expect(value != null, field, "a number");
        out.fixed64(number, Double.doubleToRawLongBits(Objects.requireNonNull(value)));
      }
      default -> integer(field, token, evenIfEmpty);
    }
  }

  private void integer(Field field, JsonToken token, boolean evenIfEmpty)
      throws IOException, OtlpJsonException {
    Form form = field.form();
    Long value = JsonScalars.named(form, parser, token);
    if (value == null) {
      value = JsonScalars.integer(parser, token, form == Form.FIXED64);
    }
    boolean isInt = form == Form.KIND || form == Form.STATUS_CODE;
    boolean isUnsignedInt = form == Form.UINT32 || form == Form.FIXED32;
    expect(
        value != null
            && (!isInt || value == value.intValue())
            && (!isUnsignedInt || value >>> Integer.SIZE == 0),
        field,
        "an integer in its range");
    long known = Objects.requireNonNull(value);
    if (known == 0 && !evenIfEmpty) {
      return;
    }
    switch (form) {
      case FIXED64 -> out.fixed64(field.number(), known);
      case FIXED32 -> out.fixed32(field.number(), (int) known);
      default -> out.varint(field.number(), known);
    }
  }

  private void content(int number, byte[] content, boolean evenIfEmpty) {
    if (content.length > 0 || evenIfEmpty) {
      out.content(number, content);
    }
  }

  private void expect(boolean isSo, Field field, String form) throws OtlpJsonException {
    if (!isSo) {
      throw wrong(field.name() + " must be " + form);
    }
  }

  private OtlpJsonException wrong(String reason) {
    JsonLocation at = parser.currentTokenLocation();
    return new OtlpJsonException(at.getLineNr(), at.getColumnNr(), reason);
  }
}
