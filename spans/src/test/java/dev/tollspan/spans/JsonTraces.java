package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;

/** Writes messages as OTLP/JSON, by their descriptors, with the members in any order. */
public final class JsonTraces {
  private final Random random;
  private final boolean isFixed;

  JsonTraces(long seed) {
    this(new Random(seed), false);
  }

  private JsonTraces(Random random, boolean isFixed) {
    this.random = random;
    this.isFixed = isFixed;
  }

  /** Each member where its field is declared, as other programs write it. */
  public static byte[] inOrder(Message message) {
    return new JsonTraces(new Random(0), true).json(message, false).getBytes(UTF_8);
  }

  byte[] shuffled(Message message) {
    return json(message, true).getBytes(UTF_8);
  }

  private String json(Message message, boolean shuffled) {
    List<String> members = new ArrayList<>();
    for (Map.Entry<FieldDescriptor, Object> each : message.getAllFields().entrySet()) {
      FieldDescriptor field = each.getKey();
      String value;
      if (field.isRepeated()) {
        StringJoiner array = new StringJoiner(",", "[", "]");
        ((List<?>) each.getValue()).forEach(e -> array.add(value(field, e, shuffled)));
        value = array.toString();
      } else {
        value = value(field, each.getValue(), shuffled);
      }
      members.add('"' + field.getJsonName() + "\":" + value);
    }
    if (shuffled) {
      members.add("\"unknown\":{\"deep\":[1,{\"x\":null}]}");
      members.add("\"dropped_attributes_count\":7");
      Collections.shuffle(members, random);
    }
    return "{" + String.join(", ", members) + "}";
  }

  private String value(FieldDescriptor field, Object value, boolean shuffled) {
    return switch (field.getJavaType()) {
      case MESSAGE -> json((Message) value, shuffled);
      case STRING -> quoted((String) value);
      case BYTE_STRING -> '"' + bytes(field.getName(), (ByteString) value) + '"';
      case LONG -> {
        boolean unsigned = field.getType() == FieldDescriptor.Type.FIXED64;
        String digits = unsigned ? Long.toUnsignedString((long) value) : value.toString();
        yield isFixed || random.nextBoolean() ? digits : '"' + digits + '"';
      }
      case INT -> {
        boolean signed = field.getType() == FieldDescriptor.Type.INT32;
        yield signed ? value.toString() : Integer.toUnsignedString((int) value);
      }
      case DOUBLE -> {
        double number = (double) value;
        yield Double.isFinite(number) ? value.toString() : '"' + value.toString() + '"';
      }
      case ENUM -> String.valueOf(((EnumValueDescriptor) value).getNumber());
      default -> value.toString();
    };
  }

  private String bytes(String field, ByteString value) {
    byte[] bytes = value.toByteArray();
    if (!field.endsWith("_id")) {
      return isFixed || random.nextBoolean()
          ? Base64.getEncoder().encodeToString(bytes)
          : Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
    HexFormat hex =
        isFixed || random.nextBoolean() ? HexFormat.of() : HexFormat.of().withUpperCase();
    return hex.formatHex(bytes);
  }

  private String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c < ' '
          || c == '"'
          || c == '\\'
          || (!isFixed && c > 127 && random.nextBoolean() && c < 0xd800)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
