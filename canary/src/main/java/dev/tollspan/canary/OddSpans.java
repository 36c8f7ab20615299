package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.TreeMap;

/** Spans in JSON with a text where none belongs, each beside one that is as it should be. */
final class OddSpans {
  private static final String GOOD =
      "\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0102030405060708\","
          + "\"name\":\"chat\",\"kind\":3,\"startTimeUnixNano\":\"1767225600000000000\","
          + "\"endTimeUnixNano\":\"1767225600001000000\"";

  /** By what is odd; the text stands for the sign. */
  private static final Map<String, String> MEMBERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("a trace id", "\"traceId\":@"),
              Map.entry("a span id", "\"spanId\":@"),
              Map.entry("a parent id", "\"parentSpanId\":@"),
              Map.entry("a kind", "\"kind\":@"),
              Map.entry("a time", "\"startTimeUnixNano\":@"),
              Map.entry("flags", "\"flags\":@"),
              Map.entry("a count", "\"droppedAttributesCount\":@"),
              Map.entry("attributes", "\"attributes\":@"),
              Map.entry("an attribute", "\"attributes\":[@]"),
              Map.entry("an integer", value("intValue")),
              Map.entry("a double", value("doubleValue")),
              Map.entry("a bool", value("boolValue")),
              Map.entry("bytes", value("bytesValue")),
              Map.entry("a list", value("arrayValue")),
              Map.entry("a map", value("kvlistValue")),
              Map.entry("a status", "\"status\":@"),
              Map.entry("a status code", "\"status\":{\"code\":@}"),
              Map.entry("an event", "\"events\":[@]"),
              Map.entry("a link's id", "\"links\":[{\"traceId\":@}]"),
              Map.entry("a name of a member", "@:1"),
              Map.entry("a name, in a list", "\"name\":[@]")));

  private OddSpans() {}

  private static String value(String name) {
    return "\"attributes\":[{\"key\":\"note\",\"value\":{\"" + name + "\":@}}]";
  }

  /** What may be odd. */
  static Iterable<String> all() {
    return MEMBERS.keySet();
  }

  /** A request of two spans, of which one has this text where it is said. */
  static byte[] request(String odd, String text) {
    String quoted = new String(JsonBody.quoted(text.getBytes(UTF_8)), UTF_8);
    String member = MEMBERS.getOrDefault(odd, "").replace("@", quoted);
    String spans = "{" + GOOD + "},{" + GOOD + "," + member + "}";
    return ("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans + "]}]}]}").getBytes(UTF_8);
  }
}
