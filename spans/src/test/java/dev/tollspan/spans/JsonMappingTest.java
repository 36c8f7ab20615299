package dev.tollspan.spans;

import static dev.tollspan.spans.Requests.decodeJson;
import static dev.tollspan.spans.Requests.takeJson;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the protocol's section on JSON encoding asks, row by row. */
class JsonMappingTest {
  private static final String TRACE = "5b8efff798038103d269b633813fc60c";
  private static final String SPAN = "eee19b7ec3c1b174";
  private static final String IDS = "\"traceId\":\"" + TRACE + "\",\"spanId\":\"" + SPAN + "\"";

  @ParameterizedTest
  @ValueSource(strings = {TRACE, "5B8EFFF798038103D269B633813FC60C"})
  @Tag("C1")
  void takesIdsInHexOfAnyCase(String trace) {
    for (String id :
        List.of(SPAN, "EEE19B7EC3C1B174", "eEe19B7ec3c1b174", "\\u0065ee19b7ec3c1b174")) {
      String ids = "\"traceId\":\"" + trace + "\",\"spanId\":\"" + id + "\"";
      Span span = only(ids + ",\"parentSpanId\":\"" + id + "\",\"links\":[{" + ids + "}]");
      assertEquals(TRACE, hex(span.getTraceId()));
      assertEquals(SPAN, hex(span.getSpanId()));
      assertEquals(SPAN, hex(span.getParentSpanId()));
      assertEquals(TRACE, hex(span.getLinks(0).getTraceId()));
      assertEquals(SPAN, hex(span.getLinks(0).getSpanId()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "traceId, W47/95gDgQPSabYzgT/GDA==",
    "traceId, W47_95gDgQPSabYzgT_GDA",
    "spanId, 7uGbfsPBsXQ=",
    "parentSpanId, 7uGbfsPBsXQ=",
    "traceId, zz8efff798038103d269b633813fc60c",
    "spanId, eee19b7ec3c1b17"
  })
  @Tag("C2")
  void rejectsASpanWhoseIdIsNoHexAndNoOther(String field, String id) {
    String link = "\"links\":[{\"" + field.replace("parentS", "s") + "\":\"" + id + "\"}]";
    for (String member : List.of("\"" + field + "\":\"" + id + "\"", link)) {
      Requests.Taken taken = rejectsOne(IDS.replace("\"" + field, "\"was") + "," + member);
      String owner = member.startsWith("\"links") ? field.replace("parentS", "s") : field;
      int digits = owner.equals("traceId") ? 32 : 16;
      assertEquals(owner + " must be " + digits + " hex digits", taken.reason());
    }
  }

  @Test
  @Tag("C3")
  void rejectsASpanWithAnEnumByNameAndKeepsNumbersOutOfRange() {
    rejectsOne(IDS + ",\"kind\":\"SPAN_KIND_SERVER\"");
    rejectsOne(IDS + ",\"kind\":\"2\"");
    rejectsOne(IDS + ",\"status\":{\"code\":\"STATUS_CODE_ERROR\"}");
    rejectsOne(IDS + ",\"kind\":2147483648");
    Span span = only(IDS + ",\"kind\":77,\"status\":{\"code\":-1}");
    assertEquals(77, span.getKindValue());
    assertEquals(-1, span.getStatus().getCodeValue());
    assertEquals(Span.SpanKind.SPAN_KIND_SERVER, only(IDS + ",\"kind\":2").getKind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "null",
        "\"text\"",
        "[[],{},[1,\"x\",null,{\"traceId\":7}]]",
        "{\"traceId\":[true],\"spans\":{\"deep\":[{}]},\"\":-0.5e-7}"
      })
  @Tag("C4")
  void ignoresUnknownNamesAtEachLevel(String unknown) {
    TracesData message = Traces.full();
    String json = new String(JsonTraces.inOrder(message), UTF_8);
    String member = "\"unknown\":" + unknown;
    String first = json.replaceAll("\\{(?!})", "{" + escape(member) + ",");
    String last = json.replaceAll("(?<!\\{)}", "," + escape(member) + "}");
    for (String more : List.of(first, last)) {
      assertTrue(more.length() > json.length() + 20 * member.length());
      assertEquals(message, takeJson(more).message());
    }
  }

  @Test
  @Tag("C5")
  void takesNoNamesInSnakeCase() {
    Span span = only(IDS + ",\"dropped_attributes_count\":3,\"start_time_unix_nano\":\"x\"");
    assertEquals(0, span.getDroppedAttributesCount());
    rejectsOne("\"trace_id\":\"" + TRACE + "\",\"span_id\":\"" + SPAN + "\"");
    rejectsOne(IDS.replace("traceId", "TraceId"));
    assertEquals(0, takeJson("{\"resource_spans\":[{}]}").message().getResourceSpansCount());
  }

  @Test
  void warnsOfARequestOfWhichNoKeyIsKnown() {
    for (String json :
        List.of("{}", "{\"resourceSpans\":[]}", "{\"a\":1,\"resourceSpans\":[{\"b\":1}]}")) {
      assertEquals(0, takeJson(json).repairs().count(Repair.UNKNOWN), json);
    }
    for (String json : List.of("{\"resource_spans\":[{}]}", "{\"a\":1,\"b\":{\"c\":2}}")) {
      assertEquals(1, takeJson(json).repairs().count(Repair.UNKNOWN), json);
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "1, 1",
        "'\"1\"', 1",
        "0, 0",
        "-0, 0",
        "'\"-9223372036854775808\"', -9223372036854775808",
        "-9223372036854775808, -9223372036854775808",
        "9223372036854775807, 9223372036854775807",
        "'\"9223372036854775807\"', 9223372036854775807",
        "'\"\\u0031\"', 1"
      })
  @Tag("C6")
  void takesIntegersAsNumbersAndTexts(String json, long value) {
    assertEquals(value, value("\"intValue\":" + json).getIntValue());
  }

  @Test
  @Tag("C6")
  void takesTimesOfAllSixtyFourBits() {
    Span span =
        only(
            IDS
                + ",\"startTimeUnixNano\":\"18446744073709551615\","
                + "\"endTimeUnixNano\":18446744073709551614,\"flags\":4294967295");
    assertEquals(-1, span.getStartTimeUnixNano());
    assertEquals(-2, span.getEndTimeUnixNano());
    assertEquals(-1, span.getFlags());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"intValue\":9223372036854775808",
        "\"intValue\":-9223372036854775809",
        "\"intValue\":99999999999999999999",
        "\"intValue\":\"18446744073709551615\"",
        "\"intValue\":\"\"",
        "\"intValue\":\"07\"",
        "\"intValue\":\" 7\"",
        "\"intValue\":\"+7\"",
        "\"intValue\":\"7x\"",
        "\"intValue\":\"-\""
      })
  @Tag("C6")
  void rejectsWhatIsNoIntegerOfSixtyFourBits(String member) {
    rejectsValue(member, "intValue must be an integer in its range");
  }

  @Test
  @Tag("C6")
  void rejectsTimesAndCountsOutOfTheirRange() {
    for (String member :
        List.of(
            "\"startTimeUnixNano\":18446744073709551616",
            "\"endTimeUnixNano\":\"-1\"",
            "\"endTimeUnixNano\":1e-999999999",
            "\"droppedLinksCount\":4294967296",
            "\"flags\":-1")) {
      rejectsOne(IDS + "," + member);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "+/+/AQ==, fbffbf01",
    "-_-_AQ==, fbffbf01",
    "-_+/AQ, fbffbf01",
    "+\\/+\\/AQ==, fbffbf01",
    "-_-_AQI=, fbffbf0102",
    "-_-_AQI, fbffbf0102",
    "'', ''"
  })
  @Tag("C7")
  void takesBytesInBase64OfBothAlphabets(String text, String bytes) {
    AnyValue value = value("\"bytesValue\":\"" + text + "\"");
    assertEquals(AnyValue.ValueCase.BYTES_VALUE, value.getValueCase());
    assertEquals(bytes, hex(value.getBytesValue()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "A", "AAAAA", "AQ=", "AQI==", "A=QI", "AQ==AQ==", "A Q", "\\u00e9A"})
  @Tag("C7")
  void rejectsWhatIsNoBase64(String text) {
    rejectsValue("\"bytesValue\":\"" + text + "\"", "bytesValue must be base64");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "0.25, 0.25",
        "1, 1",
        "-1.5e3, -1500",
        "'\"0.25\"', 0.25",
        "'\"NaN\"', NaN",
        "'\"Infinity\"', Infinity",
        "'\"-Infinity\"', -Infinity",
        "-0.0, -0.0",
        "4.9E-324, 4.9E-324",
        "1.7976931348623157E308, 1.7976931348623157E308",
        "0.1234567890123456789, 0.12345678901234568",
        "123456789012345678901234567890, 1.2345678901234568E29",
        "9007199254740993, 9007199254740992"
      })
  @Tag("C8")
  void takesDoublesAsNumbersAndTexts(String json, double value) {
    double taken = value("\"doubleValue\":" + json).getDoubleValue();
    assertEquals(Double.doubleToLongBits(value), Double.doubleToLongBits(taken));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"x\"", "\"\"", "true", "\"nan\"", "\"1,5\"", "\"0x1p3\"", "\"1d\"", "1e400"})
  @Tag("C8")
  void rejectsWhatIsNoDouble(String json) {
    rejectsValue("\"doubleValue\":" + json, "doubleValue must be a number");
  }

  @Test
  @Tag("C9")
  void takesTrueAndFalseOnlyAsBool() {
    assertTrue(value("\"boolValue\":true").getBoolValue());
    AnyValue no = value("\"boolValue\":false");
    assertEquals(AnyValue.ValueCase.BOOL_VALUE, no.getValueCase());
    assertFalse(no.getBoolValue());
    for (String json : List.of("\"true\"", "1", "0", "[]", "\"\"")) {
      rejectsValue("\"boolValue\":" + json, "boolValue must be true or false");
    }
  }

  @Test
  @Tag("C10")
  void takesNullForAbsentInEachField() {
    String json = new String(JsonTraces.inOrder(Traces.full()), UTF_8);
    StringJoiner span = new StringJoiner(",");
    for (FieldDescriptor field : Span.getDescriptor().getFields()) {
      if (!field.getName().equals("trace_id") && !field.getName().equals("span_id")) {
        span.add("\"" + field.getJsonName() + "\":null");
      }
    }
    assertEquals(only(IDS), only(IDS + "," + span), "a span with nothing but its ids");
    for (Message part : Traces.parts()) {
      StringJoiner members = new StringJoiner(",", "{", "}");
      for (FieldDescriptor field : part.getDescriptorForType().getFields()) {
        members.add("\"" + field.getJsonName() + "\":null");
      }
      String own = new String(JsonTraces.inOrder(part), UTF_8);
      assertTrue(json.contains(own), own);
      assertEquals(
          takeJson(json.replace(own, "{}")).message(),
          takeJson(json.replace(own, members.toString())).message());
    }
  }

  @ParameterizedTest
  @CsvSource({"1e3, 1000", "1E+3, 1000", "1.5e1, 15", "1.0, 1", "20e-1, 2", "0e999999999, 0"})
  @Tag("C11")
  void takesIntegersWithAnExponent(String json, long value) {
    assertEquals(value, value("\"intValue\":" + json).getIntValue());
    assertEquals(value, value("\"intValue\":\"" + json + "\"").getIntValue());
    Span span = only(IDS + ",\"droppedEventsCount\":" + json);
    assertEquals(value, span.getDroppedEventsCount());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "15e-1", "1e999999999", "1e99999999999", "1e19", "0.1", "1e-400"})
  @Tag("C11")
  void rejectsFractionsAsIntegers(String json) {
    rejectsValue("\"intValue\":" + json, "intValue must be an integer in its range");
    rejectsOne(IDS + ",\"kind\":" + json);
  }

  @Test
  @Tag("C12")
  void theLastOfTwoMembersCountsAndIsCounted() {
    String first = "\"name\":\"a\",\"status\":{\"code\":2,\"message\":\"m\"},\"kind\":3,";
    Requests.Taken taken =
        take(first + IDS + ",\"name\":\"\",\"status\":{\"code\":1},\"kind\":null");
    Span span = span(taken, 1);
    assertEquals("", span.getName());
    assertEquals(Status.newBuilder().setCodeValue(1).build(), span.getStatus());
    assertEquals(0, span.getKindValue());
    assertEquals(3, taken.repairs().count(Repair.MEMBER));
    assertTrue(taken.repairs().warning().contains("(3)"), taken.repairs().warning());
    taken = take(IDS + ",\"attributes\":[{\"key\":\"a\"},{\"key\":\"b\"}],\"attributes\":[]");
    assertEquals(0, span(taken, 1).getAttributesCount());
    assertEquals(1, taken.repairs().count(Repair.MEMBER));
    taken = take(IDS.replace("5b8e", "0000").replace("eee1", "") + "," + IDS + "," + IDS);
    assertEquals(TRACE, hex(span(taken, 1).getTraceId()));
    assertEquals(4, taken.repairs().count(Repair.MEMBER));
    taken = take(IDS + ",\"x\":1,\"x\":2");
    assertEquals(0, taken.repairs().count(Repair.MEMBER));
    taken = rejectsOne("\"kind\":1,\"kind\":2");
    assertEquals(0, taken.repairs().count(Repair.MEMBER));
  }

  /** However deep they lie, and though the last list is none. */
  @ParameterizedTest
  @CsvSource({
    "'\"spans\":[G,B,G],\"spans\":[G]', 1, 3",
    "'\"spans\":[G,G],\"spans\":[B,G],\"spans\":[G,G]', 2, 4",
    "'\"spans\":[G,G],\"spans\":[]', 0, 2",
    "'\"spans\":[G,G],\"spans\":null', 0, 2",
    "'\"spans\":[],\"spans\":[G]', 1, 0",
    "'\"spans\":[G]}],\"scopeSpans\":[{\"spans\":[G,G]},{\"spans\":[G]', 3, 1",
    "'\"spans\":[G,B]}]}],\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[G]', 1, 2"
  })
  @Tag("C12")
  void spansOfAListThatComesTwiceAreRejectedOneByOne(String members, int kept, int rejected) {
    String spans = members.replace("G", "{" + IDS + "}").replace("B", "{}");
    Requests.Taken taken = takeJson("{\"resourceSpans\":[{\"scopeSpans\":[{" + spans + "}]}]}");
    assertEquals(kept, Rules.spans(taken.message()));
    assertEquals(rejected, taken.rejected());
  }

  @Test
  @Tag("C12")
  void theLastOfTwoContentsOfAValueCounts() {
    AnyValue value = value("\"intValue\":7,\"stringValue\":\"\"");
    assertEquals(AnyValue.newBuilder().setStringValue("").build(), value);
    value = value("\"intValue\":7,\"stringValue\":null");
    assertEquals(AnyValue.newBuilder().setIntValue(7).build(), value);
    assertEquals(AnyValue.getDefaultInstance(), value("\"intValue\":7,\"intValue\":null"));
  }

  @Test
  @Tag("C13")
  void repairsTextThatIsNoUnicodeAndWarns() {
    byte[] json = request("{" + IDS + ",\"name\":\"a*b\"}").getBytes(UTF_8);
    for (int i = 0; i < json.length; i++) {
      json[i] = json[i] == '*' ? (byte) 0xff : json[i];
    }
    Requests.Taken taken = takeJson(json);
    assertEquals("a?b", span(taken, 0).getName());
    assertEquals(1, taken.repairs().count(Repair.TEXT));
    for (String lone :
        List.of("\\ud800", "\\udc00", "\\ud800\\u0041", "\\ud800\\ud800", "\\udc00\\ud800x")) {
      taken = take(IDS + ",\"name\":\"" + lone + "\",\"traceState\":\"\\ud83d\\ude00\"");
      Span span = span(taken, 1);
      assertTrue(span.getName().startsWith("?"), span.getName());
      assertEquals("\ud83d\ude00", span.getTraceState());
      assertEquals(1, taken.repairs().count(Repair.TEXT));
    }
    rejectsOne("\"name\":\"\\ud800\"");
  }

  @Test
  @Tag("C13")
  void keepsNulAndEscapesAndPassesOverAByteOrderMark() {
    Span span = only(IDS + ",\"name\":\"\\u0000\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uFEFF\\u20ac\"");
    assertEquals("\0\"\\/\b\f\n\r\t\u00e9\ufeff\u20ac", span.getName());
    String mark = new String(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}, ISO_8859_1);
    byte[] json = (mark + request("{" + IDS + "}")).getBytes(ISO_8859_1);
    assertEquals(TRACE, hex(span(takeJson(json), 0).getTraceId()));
    byte[] twice = (mark + mark + "{}").getBytes(ISO_8859_1);
    assertInstanceOf(Decoded.Malformed.class, decodeJson(twice));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"name\":1",
        "\"name\":{\"x\":[{}]}",
        "\"traceState\":[]",
        "\"attributes\":{}",
        "\"attributes\":[1]",
        "\"attributes\":[{\"key\":[\"x\"]}]",
        "\"attributes\":[{\"key\":\"k\",\"value\":[]}]",
        "\"attributes\":[{\"key\":\"k\",\"value\":{\"arrayValue\":[]}}]",
        "\"attributes\":[{\"key\":\"k\",\"value\":{\"kvlistValue\":{\"values\":{}}}}]",
        "\"attributes\":[{\"value\":{\"arrayValue\":{\"values\":[{\"intValue\":{}}]}}}]",
        "\"attributes\":[{\"key\":\"k\",\"value\":\"v\"}]",
        "\"events\":[\"x\"]",
        "\"events\":[{\"timeUnixNano\":{}}]",
        "\"links\":[{\"traceId\":1}]",
        "\"status\":[]",
        "\"status\":{\"message\":true}",
        "\"parentSpanId\":12"
      })
  @Tag("C13")
  void aValueOfAnotherTypeRejectsItsSpanOnly(String member) {
    rejectsOne(IDS + "," + member + ",\"name\":\"n\"");
    rejectsOne("\"events\":[{\"name\":\"" + "e".repeat(300) + "\"}]," + member + "," + IDS);
  }

  @Test
  @Tag("C13")
  void whatIsNoSpanAtAllIsRejectedAlone() {
    for (String span : List.of("1", "null", "\"x\"", "[[{}]]", "true", "{}")) {
      Requests.Taken taken = takeJson(request("{" + IDS + "}," + span + ",{" + IDS + "}"));
      assertEquals(1, taken.rejected());
      assertEquals(2, Rules.spans(taken.message()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "5b8efff798038103d269b633813fc6", "00000000000000000000000000000000"})
  @Tag("C16")
  void anEmptyOrZeroIdMakesASpanInvalid(String trace) {
    if (trace.length() != 1) {
      Requests.Taken taken =
          rejectsOne("\"traceId\":\"" + trace + "\",\"spanId\":\"" + SPAN + "\"");
      assertEquals(Normaliser.NO_IDS, taken.reason());
      assertEquals(0, taken.odd(), "the fast way was left");
    }
    rejectsOne(
        "\"traceId\":\"" + TRACE + "\",\"spanId\":\"" + trace.replaceAll(".{16}$", "") + "\"");
    rejectsOne("\"spanId\":\"" + SPAN + "\"");
    rejectsOne("\"traceId\":\"" + TRACE + "\"");
  }

  @Test
  @Tag("C16")
  void countsExactlyWhatBothStepsReject() {
    StringJoiner spans = new StringJoiner(",");
    for (int i = 0; i < 1000; i++) {
      spans.add(i % 27 == 0 ? "{}" : i % 27 == 1 ? "{" + IDS + ",\"kind\":[]}" : "{" + IDS + "}");
    }
    spans.add("{" + IDS + ",\"attributes\":[" + DeepJson.attribute("kvlistValue", 40) + "]}");
    Requests.Taken taken = takeJson(request(spans.toString()));
    assertEquals(38 + 37 + 1, taken.rejected());
    assertEquals(1000 - 38 - 37, Rules.spans(taken.message()));
    assertEquals("several spans are invalid", taken.reason());
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("$", "\\$");
  }

  /** The value of an attribute of these members. */
  private static AnyValue value(String member) {
    return only(attribute(member)).getAttributes(0).getValue();
  }

  private static String attribute(String member) {
    return IDS + ",\"attributes\":[{\"key\":\"k\",\"value\":{" + member + "}}]";
  }

  private static void rejectsValue(String member, String reason) {
    assertEquals(reason, rejectsOne(attribute(member)).reason());
  }

  /** A span of these members is rejected, and its neighbours are kept. */
  private static Requests.Taken rejectsOne(String members) {
    Requests.Taken taken = take(members);
    assertEquals(1, taken.rejected(), members);
    assertEquals(2, Rules.spans(taken.message()));
    return taken;
  }

  private static Span only(String members) {
    Requests.Taken taken = take(members);
    assertEquals(0, taken.rejected(), taken.reason());
    return span(taken, 1);
  }

  /** A request whose second span of three has these members. */
  private static Requests.Taken take(String members) {
    return takeJson(request("{" + IDS + "},{" + members + "},{" + IDS + "}"));
  }

  private static Span span(Requests.Taken taken, int number) {
    return taken.message().getResourceSpans(0).getScopeSpans(0).getSpans(number);
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  static String request(String spans) {
    return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans + "]}]}]}";
  }
}
