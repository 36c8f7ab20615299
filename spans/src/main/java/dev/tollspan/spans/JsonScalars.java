package dev.tollspan.spans;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Single values of OTLP/JSON; null, or no bytes, says that a text is no such value. */
final class JsonScalars {
  private static final byte[] NOTHING = {};
  private static final int DIGITS_MAX = 20; // of 64 bits; more would be made out only to be refused
  private static final int NUMBER_CHARS_MAX = 1000;
  private static final BigInteger UNSIGNED_MAX =
      BigInteger.TWO.pow(Long.SIZE).subtract(BigInteger.ONE);
  private static final List<String> KINDS =
      List.of("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER");
  private static final List<String> STATUS_CODES = List.of("UNSET", "OK", "ERROR");

  private JsonScalars() {}

  /** An id of so many bytes, in hex or base64. */
  static byte[] id(String text, int bytes) {
    try {
      if (text.length() == bytes * 2) {
        return HexFormat.of().parseHex(text);
      }
    } catch (IllegalArgumentException _) {
      return NOTHING;
    }
    byte[] decoded = text.length() < bytes * 2 ? base64(text) : null;
    return decoded != null && decoded.length == bytes ? decoded : NOTHING;
  }

  /** Bytes in base64 of either alphabet, with or without padding. */
  static byte @Nullable [] base64(String text) {
    try {
      return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /** A number, or a text that is one. */
  static @Nullable Double float64(JsonParser parser, JsonToken token) throws IOException {
    if (token.isNumeric()) {
      return parser.getDoubleValue();
    }
    if (token != JsonToken.VALUE_STRING) {
      return null;
    }
    String text = parser.getText();
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        BigDecimal number = decimal(text);
        yield number == null ? null : number.doubleValue();
      }
    };
  }

  /** A whole number in 64 bits, or a text that is one; exponents are fine. */
  static @Nullable Long integer(JsonParser parser, JsonToken token, boolean isUnsigned)
      throws IOException {
    if (token == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      long value = parser.getLongValue();
      return isUnsigned && value < 0 ? null : value;
    }
    boolean mayBe = token.isNumeric() || token == JsonToken.VALUE_STRING;
    BigDecimal number = mayBe ? decimal(parser.getText()) : null;
    if (number == null || number.signum() == 0) {
      return number == null ? null : 0L;
    }
    if (number.precision() - (long) number.scale() > DIGITS_MAX) {
      return null;
    }
    try {
      if (!isUnsigned) {
        return number.longValueExact();
      }
      BigInteger whole = number.signum() < 0 ? null : number.toBigIntegerExact();
      return whole == null || whole.compareTo(UNSIGNED_MAX) > 0 ? null : whole.longValue();
    } catch (ArithmeticException _) {
      return null;
    }
  }

  /** The number of an enum that stands there by its name. */
  static @Nullable Long named(JsonMessage.Form form, JsonParser parser, JsonToken token)
      throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      return null;
    }
    String text = parser.getText();
    int number =
        switch (form) {
          case KIND -> text.startsWith("SPAN_KIND_") ? KINDS.indexOf(text.substring(10)) : -1;
          case STATUS_CODE ->
              text.startsWith("STATUS_CODE_") ? STATUS_CODES.indexOf(text.substring(12)) : -1;
          default -> -1;
        };
    return number < 0 ? null : Long.valueOf(number);
  }

  private static @Nullable BigDecimal decimal(String text) {
    try {
      return text.length() > NUMBER_CHARS_MAX ? null : new BigDecimal(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
