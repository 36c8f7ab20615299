package dev.tollspan.priceimport;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON piece by piece: an element of the outermost array or object at a time is held in
 * memory, as maps, lists, strings, booleans and {@link BigDecimal}, which take their digits from
 * the text. {@code null} is left out.
 */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int EXPONENT_MAX = 400;

  private Json() {}

  /** Takes one element of the outermost array or object; the name is empty in an array. */
  interface Visitor {
    void visit(String name, Map<String, Object> element) throws IOException;
  }

  /** Reads a file whose outermost array or object holds objects; other elements are skipped. */
  static void read(Path file, Visitor visitor) throws IOException {
    try (JsonParser parser = FACTORY.createParser(file.toFile())) {
      JsonToken open = parser.nextToken();
      if (open != JsonToken.START_OBJECT && open != JsonToken.START_ARRAY) {
        throw new IOException(file.getFileName() + " is neither a JSON object nor a JSON array");
      }
      String name = "";
      for (JsonToken token = next(parser); !token.isStructEnd(); token = next(parser)) {
        if (token == JsonToken.FIELD_NAME) {
          name = parser.currentName();
        } else if (token == JsonToken.START_OBJECT) {
          visitor.visit(name, object(parser));
        } else {
          parser.skipChildren();
        }
      }
    }
  }

  private static JsonToken next(JsonParser parser) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new IOException("the JSON ends too early");
    }
    return token;
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (next(parser) != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (next(parser) != JsonToken.VALUE_NULL) {
        members.put(name, value(parser));
      }
    }
    return members;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> elements = new ArrayList<>();
    while (next(parser) != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NULL) {
        elements.add(value(parser));
      }
    }
    return elements;
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return object(parser);
    }
    if (token == JsonToken.START_ARRAY) {
      return array(parser);
    }
    if (token.isNumeric()) {
      BigDecimal number = new BigDecimal(parser.getText());
      // What is far outside of a double is nobody's price, and would not fit memory as digits.
      boolean sane = Math.abs((long) number.precision() - number.scale()) <= EXPONENT_MAX;
      return sane && number.scale() <= EXPONENT_MAX ? number : parser.getText();
    }
    if (token.isBoolean()) {
      return parser.getBooleanValue();
    }
    return parser.getText();
  }

  /** The text under a name, or empty. */
  static String text(Map<String, Object> object, String name) {
    return object.get(name) instanceof String text ? text : "";
  }

  /** The object under a name, or an empty one. */
  static Map<String, Object> object(Map<String, Object> object, String name) {
    return asObject(object.get(name));
  }

  /** The objects in the array under a name; other elements are left out. */
  static List<Map<String, Object>> objects(Map<String, Object> object, String name) {
    List<Map<String, Object>> found = new ArrayList<>();
    for (Object element : object.get(name) instanceof List<?> list ? list : List.of()) {
      if (element instanceof Map<?, ?>) {
        found.add(asObject(element));
      }
    }
    return found;
  }

  /** A value as an object, or an empty one. */
  @SuppressWarnings("unchecked") // this class makes no other maps
  static Map<String, Object> asObject(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
