package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpJsonTest {
  private static final int CASES = 300;
  private static final String IDS =
      "\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\"";

  private static final KeyTable KEYS = Batches.keys();

  private final BatchPool pool = new BatchPool(1 << 20);

  @Test
  void givesWhatTheGeneratedClassesGiveWhateverTheOrderOfMembers() throws Exception {
    long first = System.nanoTime();
    for (long seed = first; seed < first + CASES; seed++) {
      TracesData message = new RandomTraces(new SplittableRandom(seed)).traces();
      String place = "with seed " + seed + "L";
      check(message, JsonTraces.inOrder(message), place);
      check(message, new JsonTraces(seed).shuffled(message), place);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5b8efff798038103d269b633813fc60c",
        "5B8EFFF798038103D269B633813FC60C",
        "W47/95gDgQPSabYzgT/GDA==",
        "W47/95gDgQPSabYzgT/GDA",
        "W47_95gDgQPSabYzgT_GDA"
      })
  void takesIdsInHexAndBase64(String id) throws Exception {
    Span span = span("\"traceId\":\"" + id + "\",\"spanId\":\"7uGbfsPBsXQ=\"");
    assertEquals(
        "5b8efff798038103d269b633813fc60c",
        HexFormat.of().formatHex(span.getTraceId().toByteArray()));
    assertEquals("eee19b7ec3c1b174", HexFormat.of().formatHex(span.getSpanId().toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5b8e", "zz8efff798038103d269b633813fc60c", "W47/95gDgQPSabYzgT/GD*"})
  void leavesOutWhatIsNoIdSoThatTheSpanAloneIsRejected(String id) throws Exception {
    String json =
        request("{\"traceId\":\"" + id + "\",\"spanId\":\"eee19b7ec3c1b174\"}, {" + IDS + "}");
    OtlpJson.Protobuf bytes = protobuf(json.getBytes(UTF_8));
    Decoded decoded = SpanBatch.decode(pool, KEYS, bytes.bytes(), bytes.length());
    Decoded.Whole whole = assertInstanceOf(Decoded.Whole.class, decoded);
    assertEquals(1, whole.batch().spanCount());
    assertEquals(1, whole.rejectedSpans());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "1, 1",
        "'\"1\"', 1",
        "1e3, 1000",
        "1.0, 1",
        "'\"-9223372036854775808\"', -9223372036854775808",
        "9223372036854775807, 9223372036854775807",
        "0e999999999, 0"
      })
  void takesIntegersAsNumbersAndTexts(String json, long value) throws Exception {
    assertEquals(value, value("\"intValue\":" + json).getIntValue());
  }

  @Test
  void takesTimesOfAllSixtyFourBits() throws Exception {
    Span span =
        span(
            IDS
                + ",\"startTimeUnixNano\":\"18446744073709551615\","
                + "\"endTimeUnixNano\":18446744073709551614,\"flags\":4294967295");
    assertEquals(-1, span.getStartTimeUnixNano());
    assertEquals(-2, span.getEndTimeUnixNano());
    assertEquals(-1, span.getFlags());
  }

  @Test
  void takesEnumsAsNumbersAndNames() throws Exception {
    Span span = span(IDS + ",\"kind\":\"SPAN_KIND_CLIENT\",\"status\":{\"code\":2}");
    assertEquals(Span.SpanKind.SPAN_KIND_CLIENT, span.getKind());
    assertEquals(Status.StatusCode.STATUS_CODE_ERROR, span.getStatus().getCode());
    Span odd = span(IDS + ",\"kind\":77,\"status\":{\"code\":\"STATUS_CODE_OK\"}");
    assertEquals(77, odd.getKindValue());
    assertEquals(Status.StatusCode.STATUS_CODE_OK, odd.getStatus().getCode());
  }

  @Test
  void takesNumbersThatJsonCannotWrite() throws Exception {
    assertTrue(Double.isNaN(value("\"doubleValue\":\"NaN\"").getDoubleValue()));
    assertEquals(Double.NEGATIVE_INFINITY, value("\"doubleValue\":\"-Infinity\"").getDoubleValue());
    assertEquals(0.25, value("\"doubleValue\":\"0.25\"").getDoubleValue());
  }

  @Test
  void theLastOfTwoMembersCounts() throws Exception {
    String last = "\"name\":\"a\",\"status\":{\"code\":2,\"message\":\"m\"},\"kind\":3,";
    Span span = span(last + IDS + ",\"name\":\"\",\"status\":{\"code\":1},\"kind\":null");
    assertEquals("", span.getName());
    assertEquals(Status.newBuilder().setCodeValue(1).build(), span.getStatus());
    assertEquals(3, span.getKindValue());
    AnyValue value = value("\"intValue\":7,\"stringValue\":\"\"");
    assertEquals(AnyValue.newBuilder().setStringValue("").build(), value);
    Span lists =
        span(
            IDS
                + ",\"attributes\":[{\"key\":\"a\"},{\"key\":\"b\"}],"
                + "\"attributes\":[{\"key\":\"c\"}]");
    assertEquals(1, lists.getAttributesCount());
    assertEquals("c", lists.getAttributes(0).getKey());
  }

  @Test
  void repairsTextThatIsNoUnicode() throws Exception {
    byte[] json = request("{" + IDS + ",\"name\":\"a*b\"}").getBytes(UTF_8);
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '*') {
        json[i] = (byte) 0xff;
      }
    }
    assertEquals("a?b", span(json).getName());
    assertEquals("?\0", span(IDS + ",\"name\":\"\\ud800\\u0000\"").getName());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x | 1 | is not JSON",
        "[] | 1 | is not an object",
        "{\"resourceSpans\":{}} | 18 | resourceSpans must be an array",
        "{\"resourceSpans\":[1]} | 19 | resourceSpans must be an array of objects",
        "{\"resourceSpans\":[ | 19 | ends within a value",
        "{} {} | 4 | goes on behind its end",
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"kind\":\"SECRET\"}]}]}]} | 52"
            + " | kind must be an integer in its range",
        "{\"resourceSpans\":[{\"resource\":{\"droppedAttributesCount\":-1}}]} | 56"
            + " | droppedAttributesCount must be an integer in its range",
      })
  void saysWhereAndWhatIsWrong(String json, int column, String reason) {
    byte[] bytes = ("\n" + json).getBytes(UTF_8);
    OtlpJsonException wrong = assertThrows(OtlpJsonException.class, () -> protobuf(bytes));
    assertEquals(reason, wrong.reason());
    assertEquals(2, wrong.line());
    assertTrue(Math.abs(column - wrong.column()) <= 1, "column " + wrong.column());
    assertFalse(wrong.getMessage().contains("SECRET"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"stringValue\":1",
        "\"boolValue\":\"true\"",
        "\"boolValue\":1",
        "\"intValue\":1.5",
        "\"intValue\":\"\"",
        "\"intValue\":9223372036854775808",
        "\"intValue\":1e999999999",
        "\"doubleValue\":\"x\"",
        "\"doubleValue\":true",
        "\"bytesValue\":\"*\"",
        "\"arrayValue\":[]",
        "\"kvlistValue\":{\"values\":{}}"
      })
  void aValueOfAnotherTypeIsAnError(String member) {
    assertThrows(OtlpJsonException.class, () -> value(member));
  }

  @ParameterizedTest
  @ValueSource(ints = {10_000, 1_000_000})
  void refusesDepthWithoutGoingThere(int depth) {
    String known = "{\"arrayValue\":{\"values\":[".repeat(depth);
    String unknown = "[".repeat(depth);
    for (String value : new String[] {"\"value\":" + known, "\"other\":" + unknown}) {
      byte[] json = request("{" + IDS + ",\"attributes\":[{" + value).getBytes(UTF_8);
      OtlpJsonException wrong = assertThrows(OtlpJsonException.class, () -> protobuf(json));
      assertTrue(wrong.reason().contains("nested deeper"), wrong.reason());
    }
  }

  @Test
  void takesATextOfTenMegabytes() throws Exception {
    String text = "x".repeat(10 << 20);
    assertEquals(text, span(IDS + ",\"name\":\"" + text + "\"").getName());
  }

  private AnyValue value(String member) throws Exception {
    return span(IDS + ",\"attributes\":[{\"key\":\"k\",\"value\":{" + member + "}}]")
        .getAttributes(0)
        .getValue();
  }

  private Span span(String members) throws Exception {
    return span(request("{" + members + "}").getBytes(UTF_8));
  }

  private Span span(byte[] json) throws Exception {
    return message(json).getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }

  private TracesData message(byte[] json) throws OtlpJsonException, InvalidProtocolBufferException {
    OtlpJson.Protobuf bytes = protobuf(json);
    return TracesData.parser().parseFrom(bytes.bytes(), 0, bytes.length());
  }

  private void check(TracesData message, byte[] json, String place) throws Exception {
    OtlpJson.Protobuf bytes = protobuf(json);
    assertEquals(message.getSerializedSize(), bytes.length(), place);
    // Equal messages of equal size, in order: equal bytes, but for the bits of what is no number.
    assertTrue(message.equals(message(json)), place);
    Decoded decoded = SpanBatch.decode(pool, KEYS, bytes.bytes(), bytes.length());
    Decoded.Whole whole = assertInstanceOf(Decoded.Whole.class, decoded, place);
    assertEquals(0, whole.oddSpans() + whole.rejectedSpans(), place);
    whole.batch().release();
  }

  private OtlpJson.Protobuf protobuf(byte[] json) throws OtlpJsonException {
    return OtlpJson.toProtobuf(pool, json, 0, json.length);
  }

  private static String request(String spans) {
    return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans + "]}]}]}";
  }
}
