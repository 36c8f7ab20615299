package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tollspan.spans.OtlpJson.Reading;
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
        "W47\\/95gDgQPSabYzgT\\/GDA",
        "W47_95gDgQPSabYzgT_GDA"
      })
  void takesIdsInBase64FromFiles(String id) throws Exception {
    Span span = lenient("\"traceId\":\"" + id + "\",\"spanId\":\"7uGbfsPBsXQ=\"");
    assertEquals(
        "5b8efff798038103d269b633813fc60c",
        HexFormat.of().formatHex(span.getTraceId().toByteArray()));
    assertEquals("eee19b7ec3c1b174", HexFormat.of().formatHex(span.getSpanId().toByteArray()));
  }

  @Test
  void takesEnumsByNameFromFiles() throws Exception {
    Span span =
        lenient(IDS + ",\"kind\":\"SPAN_KIND_CLIENT\",\"status\":{\"code\":\"STATUS_CODE_OK\"}");
    assertEquals(Span.SpanKind.SPAN_KIND_CLIENT, span.getKind());
    assertEquals(Status.StatusCode.STATUS_CODE_OK, span.getStatus().getCode());
    OtlpJson.Protobuf none =
        protobuf(request("{" + IDS + ",\"kind\":\"SPAN\"}").getBytes(UTF_8), Reading.LENIENT);
    assertEquals(1, none.rejectedSpans());
    assertEquals("kind must be an integer in its range", none.reason());
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
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":\"SECRET\"}]}]} | 43"
            + " | spans must be an array",
        "{\"resourceSpans\":[{\"schemaUrl\":[\"SECRET\"]}]} | 32 | schemaUrl must be a text",
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

  private Span lenient(String members) throws Exception {
    OtlpJson.Protobuf bytes =
        protobuf(request("{" + members + "}").getBytes(UTF_8), Reading.LENIENT);
    assertEquals(0, bytes.rejectedSpans());
    return message(bytes).getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }

  private static TracesData message(OtlpJson.Protobuf bytes) throws InvalidProtocolBufferException {
    return TracesData.parser().parseFrom(bytes.bytes(), 0, bytes.length());
  }

  private void check(TracesData message, byte[] json, String place) throws Exception {
    OtlpJson.Protobuf bytes = protobuf(json);
    assertEquals(message.getSerializedSize(), bytes.length(), place);
    // Equal messages of equal size, in order: equal bytes, but for the bits of what is no number.
    assertTrue(message.equals(message(bytes)), place);
    Decoded decoded = SpanBatch.decode(pool, KEYS, bytes.bytes(), bytes.length());
    Decoded.Whole whole = assertInstanceOf(Decoded.Whole.class, decoded, place);
    assertEquals(0, whole.oddSpans() + whole.rejectedSpans(), place);
    whole.batch().release();
  }

  private OtlpJson.Protobuf protobuf(byte[] json) throws OtlpJsonException {
    return protobuf(json, Reading.STRICT);
  }

  private OtlpJson.Protobuf protobuf(byte[] json, Reading reading) throws OtlpJsonException {
    return OtlpJson.toProtobuf(pool, json, 0, json.length, reading);
  }

  private static String request(String spans) {
    return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans + "]}]}]}";
  }
}
