package dev.tollspan.exporters.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.KeyTable;
import java.util.Arrays;
import java.util.Base64;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Attributes as text for the maps: numbers as digits, booleans as true or false, bytes as base64,
 * lists and maps as JSON, an empty value as no characters.
 *
 * <p>A returned text is good until the next call, or until the batch moves on. One thread.
 */
final class ValueText {
  private static final Binary TRUE = Binary.fromConstantByteArray("true".getBytes(UTF_8));
  private static final Binary FALSE = Binary.fromConstantByteArray("false".getBytes(UTF_8));
  private static final Binary NOTHING = Binary.fromConstantByteArray(new byte[0]);
  private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);
  private static final byte TEXT_TAG = 0x0a; // field 1, length-delimited
  private static final byte[] SMALLEST = Long.toString(Long.MIN_VALUE).getBytes(UTF_8);

  private final Binary[] names;
  private final byte[] digits = new byte[20];
  private final byte[] hex = new byte[32];
  private final JsonText json = new JsonText();

  ValueText(KeyTable keys) {
    names = new Binary[keys.size() + 1];
    names[0] = NOTHING;
    for (int id = 1; id < names.length; id++) {
      names[id] = Binary.fromConstantByteArray(keys.name(id).getBytes(UTF_8));
    }
  }

  /** A stretch of the batch's own bytes. */
  static Binary slice(byte[] bytes, int offset, int length) {
    return length == 0 ? NOTHING : Binary.fromReusedByteArray(bytes, offset, length);
  }

  Binary key(Attributes attributes, int i) {
    int id = attributes.keyId(i);
    return id != 0
        ? names[id]
        : slice(attributes.bytes(), attributes.keyOffset(i), attributes.keyLength(i));
  }

  Binary value(Attributes attributes, int i) {
    byte[] bytes = attributes.bytes();
    int from = attributes.valueOffset(i);
    int type = attributes.type(i);
    return switch (type) {
      case Attributes.STRING -> slice(bytes, from, attributes.valueLength(i));
      case Attributes.BOOL -> attributes.boolValue(i) ? TRUE : FALSE;
      case Attributes.INT -> digits(attributes.longValue(i));
      case Attributes.DOUBLE ->
          constant(Double.toString(attributes.doubleValue(i)).getBytes(UTF_8));
      case Attributes.ARRAY, Attributes.KVLIST -> json.of(bytes, type, from, attributes.end(i));
      case Attributes.BYTES ->
          constant(Base64.getEncoder().encode(Arrays.copyOfRange(bytes, from, attributes.end(i))));
      default -> NOTHING;
    };
  }

  /** An id as lower-case hexadecimal digits. */
  Binary hex(byte[] bytes, int offset, int length) {
    for (int i = 0; i < length; i++) {
      hex[2 * i] = HEX[bytes[offset + i] >> 4 & 15];
      hex[2 * i + 1] = HEX[bytes[offset + i] & 15];
    }
    return Binary.fromReusedByteArray(hex, 0, 2 * length);
  }

  /** The first element of an array if it is a text that is not empty, else null. */
  static @Nullable Binary firstText(Attributes attributes, int i) {
    byte[] bytes = attributes.bytes();
    int element = attributes.valueOffset(i);
    if (attributes.valueLength(i) == 0) {
      return null;
    }
    int end = fieldEnd(bytes, element);
    int value = content(bytes, element);
    boolean text = value < end && bytes[value] == TEXT_TAG && fieldEnd(bytes, value) == end;
    return text && content(bytes, value) < end
        ? slice(bytes, content(bytes, value), end - content(bytes, value))
        : null;
  }

  /** Whether an array that is not empty has one element. */
  static boolean isAlone(Attributes attributes, int i) {
    return fieldEnd(attributes.bytes(), attributes.valueOffset(i)) == attributes.end(i);
  }

  /** Where the content of a length-delimited field begins whose tag is at this place. */
  private static int content(byte[] bytes, int tag) {
    int p = tag + 1;
    while (bytes[p] < 0) {
      p++;
    }
    return p + 1;
  }

  private static int fieldEnd(byte[] bytes, int tag) {
    int content = content(bytes, tag);
    int length = 0;
    for (int p = content - 1; p > tag; p--) {
      length = length << 7 | (bytes[p] & 0x7f);
    }
    return content + length;
  }

  private static Binary constant(byte[] bytes) {
    return Binary.fromConstantByteArray(bytes);
  }

  private Binary digits(long value) {
    if (value == Long.MIN_VALUE) {
      return constant(SMALLEST);
    }
    long rest = Math.abs(value);
    int p = digits.length;
    do {
      digits[--p] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    if (value < 0) {
      digits[--p] = '-';
    }
    return Binary.fromReusedByteArray(digits, p, digits.length - p);
  }
}
