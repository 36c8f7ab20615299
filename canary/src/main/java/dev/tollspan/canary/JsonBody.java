package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message in the JSON encoding of OTLP, byte for byte: what is sent twice stands there twice,
 * what is no UTF-8 stays none, and what the protocol does not know is a member that it does not
 * know.
 */
final class JsonBody {
  /** Bytes that are hex in OTLP, where protobuf has base64. */
  private static final Set<String> IDS = Set.of("trace_id", "span_id", "parent_span_id");

  private JsonBody() {}

  /** Messages put one after the other are one. */
  static byte[] of(byte[] message, Descriptor type) {
    try {
      return object(CodedInputStream.newInstance(message), type);
    } catch (IOException e) {
      throw new IllegalArgumentException("this is no " + type.getFullName(), e);
    }
  }

  /** To the end, or to that of the group. */
  private static byte[] object(CodedInputStream in, @Nullable Descriptor type) throws IOException {
    Map<String, List<byte[]>> members = new LinkedHashMap<>();
    Set<String> lists = new HashSet<>();
    for (int tag = in.readTag(); !isEnd(tag); tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      FieldDescriptor field = type == null ? null : type.findFieldByNumber(number);
      String name = field == null ? "field" + number : field.getJsonName();
      members.computeIfAbsent(name, _ -> new ArrayList<>()).add(value(in, tag, field));
      if (field != null && field.isRepeated()) {
        lists.add(name);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    members.forEach(
        (name, values) -> {
          byte[] start = ("\"" + name + "\":").getBytes(US_ASCII);
          if (lists.contains(name)) {
            separate(out);
            out.writeBytes(start);
            out.writeBytes(list(values));
          } else {
            for (byte[] value : values) {
              separate(out);
              out.writeBytes(start);
              out.writeBytes(value);
            }
          }
        });
    return within('{', out.toByteArray(), '}');
  }

  private static boolean isEnd(int tag) {
    return tag == 0 || WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_END_GROUP;
  }

  private static byte[] value(CodedInputStream in, int tag, @Nullable FieldDescriptor field)
      throws IOException {
    return switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> number(field, in.readRawVarint64());
      case WireFormat.WIRETYPE_FIXED64 -> number(field, in.readRawLittleEndian64());
      case WireFormat.WIRETYPE_FIXED32 -> number(field, in.readRawLittleEndian32());
      case WireFormat.WIRETYPE_START_GROUP -> object(in, null);
      default -> text(field, in.readByteArray());
    };
  }

  private static byte[] number(@Nullable FieldDescriptor field, long value) {
    String text =
        switch (field == null ? FieldDescriptor.Type.UINT64 : field.getType()) {
          case BOOL -> value == 0 ? "false" : "true";
          case DOUBLE -> String.valueOf(Double.longBitsToDouble(value));
          case ENUM, INT32 -> String.valueOf((int) value);
          case UINT32, FIXED32 -> Integer.toUnsignedString((int) value);
          case INT64 -> "\"" + value + "\"";
          default -> "\"" + Long.toUnsignedString(value) + "\"";
        };
    return text.getBytes(US_ASCII);
  }

  private static byte[] text(@Nullable FieldDescriptor field, byte[] bytes) throws IOException {
    if (field == null || field.getType() == FieldDescriptor.Type.STRING) {
      return quoted(bytes);
    }
    if (field.getType() == FieldDescriptor.Type.MESSAGE) {
      return object(CodedInputStream.newInstance(bytes), field.getMessageType());
    }
    return quoted(
        IDS.contains(field.getName())
            ? HexFormat.of().formatHex(bytes).getBytes(US_ASCII)
            : Base64.getEncoder().encode(bytes));
  }

  /** As a text of JSON, of the same bytes but for what must be escaped. */
  static byte[] quoted(byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + 2);
    for (byte b : text) {
      if (b == '"' || b == '\\') {
        out.write('\\');
        out.write(b);
      } else if (b >= 0 && b < ' ') {
        out.writeBytes(("\\u" + HexFormat.of().toHexDigits((char) b)).getBytes(UTF_8));
      } else {
        out.write(b);
      }
    }
    return within('"', out.toByteArray(), '"');
  }

  private static byte[] list(List<byte[]> values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] value : values) {
      separate(out);
      out.writeBytes(value);
    }
    return within('[', out.toByteArray(), ']');
  }

  private static void separate(ByteArrayOutputStream out) {
    if (out.size() > 0) {
      out.write(',');
    }
  }

  private static byte[] within(char before, byte[] bytes, char behind) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 2);
    out.write(before);
    out.writeBytes(bytes);
    out.write(behind);
    return out.toByteArray();
  }
}
