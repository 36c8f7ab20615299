package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Requests with values in values in values. */
final class Depth {
  private static final String JSON_START =
      "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{"
          + "\"traceId\":\"09000000000000000000000000000000\",\"spanId\":\"0102030400000007\","
          + "\"attributes\":[{\"key\":\"k\",\"value\":";
  private static final String JSON_END = "}]}]}]}]}";

  private Depth() {}

  /** A span with arrays in arrays: array_value 5, values 1. */
  static byte[] arrays(int depth) {
    return span(nested(depth, 0x2a, 0x0a));
  }

  /** A span with key-value lists in such lists: kvlist_value 6, values 1, value 2. */
  static byte[] lists(int depth) {
    return span(nested(depth, 0x32, 0x0a, 0x12));
  }

  /** A span that begins a group, and in it another, and ends none. */
  static byte[] groups(int depth) {
    byte[] tags = new byte[depth];
    Arrays.fill(tags, (byte) 0x0b);
    return inFields(tags, 0x12, 0x12, 0x0a);
  }

  /** Written from the end, where the innermost value is. */
  private static byte[] nested(int depth, int... tags) {
    byte[] bytes = new byte[depth * tags.length * 6];
    int at = bytes.length;
    for (int i = 0; i < depth; i++) {
      for (int t = tags.length - 1; t >= 0; t--) {
        int length = bytes.length - at;
        at -= CodedOutputStream.computeUInt32SizeNoTag(length);
        int end = at;
        for (int left = length; ; left >>>= 7) {
          bytes[end++] = (byte) (left > 127 ? left & 127 | 128 : left);
          if (left <= 127) {
            break;
          }
        }
        bytes[--at] = (byte) tags[t];
      }
    }
    return Arrays.copyOfRange(bytes, at, bytes.length);
  }

  /** value 2 of attributes 9 of a span of a scope of a resource, beside ids that may be kept. */
  private static byte[] span(byte[] value) {
    byte[] attribute = inFields(value, 0x12, 0x4a);
    byte[] span = Requests.join(Requests.span(1).build().toByteArray(), attribute);
    return inFields(span, 0x12, 0x12, 0x0a);
  }

  private static byte[] inFields(byte[] value, int... tags) {
    byte[] bytes = value;
    for (int tag : tags) {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      head.write(tag);
      for (int left = bytes.length; ; left >>>= 7) {
        head.write(left > 127 ? left & 127 | 128 : left);
        if (left <= 127) {
          break;
        }
      }
      bytes = Requests.join(head.toByteArray(), bytes);
    }
    return bytes;
  }

  /** A request that begins so, and then with so many of these; it has no end. */
  static byte[] json(String start, String each, int depth) {
    return (start + each.repeat(depth)).getBytes(US_ASCII);
  }

  /** A whole request whose span has arrays in arrays. */
  static byte[] jsonArrays(int depth) {
    return (JSON_START
            + "{\"arrayValue\":{\"values\":[".repeat(depth)
            + "{}"
            + "]}}".repeat(depth)
            + JSON_END)
        .getBytes(US_ASCII);
  }
}
