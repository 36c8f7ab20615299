package dev.tollspan.exporters.ndjson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlatEncoderTest {
  private static final KeyTable KEYS = Batches.keys("service.name");
  private static final String[] KINDS = {
    "Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"
  };
  private static final String[] STATUSES = {"UNSET", "OK", "ERROR"};

  @Test
  void writesTheRecordInItsOrder() throws Exception {
    Span span =
        Messages.span()
            .setParentSpanId(ByteString.copyFrom("76543210".getBytes(UTF_8)))
            .setName("chat gpt-4o")
            .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
            .setStartTimeUnixNano(1_700_000_000_000_000_001L)
            .setEndTimeUnixNano(1_700_000_000_012_345_501L)
            .addAllAttributes(llmAttributes())
            .setStatus(Status.newBuilder().setCodeValue(1))
            .build();
    Resource resource =
        Resource.newBuilder()
            .addAttributes(Messages.attribute("service.name", Messages.text("edge")))
            .build();
    assertEquals(
        "{\"trace_id\":\"30313233343536373839616263646566\",\"span_id\":\"3031323334353637\""
            + ",\"parent_span_id\":\"3736353433323130\",\"name\":\"chat gpt-4o\""
            + ",\"kind\":\"Client\",\"start_time_ns\":1700000000000000001"
            + ",\"end_time_ns\":1700000000012345501,\"duration_ms\":12.346,\"status\":\"OK\""
            + ",\"service\":\"edge\",\"attributes\":{\"tenant.id\":\"acme\""
            + ",\"gen_ai.operation.name\":\"chat\",\"gen_ai.system\":\"openai\""
            + ",\"gen_ai.request.model\":\"gpt-4o\",\"gen_ai.response.model\":\"gpt-4o-x\""
            + ",\"gen_ai.usage.input_tokens\":12,\"gen_ai.usage.cache_read_input_tokens\":2"
            + ",\"gen_ai.usage.cache_creation_input_tokens\":3,\"gen_ai.usage.output_tokens\":0"
            + ",\"gen_ai.usage.reasoning_tokens\":4,\"gen_ai.usage.total_tokens\":12"
            + ",\"estimated_cost_usd\":0.0000375,\"estimated_cost_nanousd\":37500"
            + ",\"cost.role\":\"billable\",\"gen_ai.latency.time_in_queue\":0.25"
            + ",\"gen_ai.latency.time_in_model_prefill\":0.5"
            + ",\"gen_ai.latency.time_in_model_decode\":2.0"
            + ",\"gen_ai.server.time_to_first_token_ms\":750}"
            + ",\"resource\":{\"service.name\":\"edge\"},\"tenant_id\":\"acme\""
            + ",\"operation\":\"chat\",\"provider\":\"openai\",\"request_model\":\"gpt-4o\""
            + ",\"response_model\":\"gpt-4o-x\",\"model\":\"gpt-4o-x\",\"input_tokens\":12"
            + ",\"cache_read_tokens\":2,\"cache_write_tokens\":3,\"output_tokens\":0"
            + ",\"reasoning_tokens\":4,\"total_tokens\":12,\"estimated_cost_nanousd\":37500"
            + ",\"cost_status\":\"priced\",\"cost_role\":\"billable\",\"queue_ns\":250000000"
            + ",\"prefill_ns\":500000000,\"decode_ns\":2000000000,\"ttft_ns\":750000000}\n",
        encode(Batches.clean(KEYS, Messages.of(resource, span))));
  }

  @Test
  void leavesOutWhatIsUnknown() throws Exception {
    assertEquals(
        "{\"trace_id\":\"30313233343536373839616263646566\",\"span_id\":\"3031323334353637\""
            + ",\"parent_span_id\":\"\",\"name\":\"\",\"kind\":\"Unspecified\""
            + ",\"start_time_ns\":null,\"end_time_ns\":null,\"duration_ms\":null"
            + ",\"status\":\"UNSET\",\"service\":\"\",\"attributes\":{},\"resource\":{}"
            + ",\"cost_role\":\"none\"}\n",
        encode(Batches.clean(KEYS, Messages.of(Messages.span().build()))));
  }

  @Test
  void saysOfACostWhereItCameFrom() throws Exception {
    KeyValue nano = Messages.attribute("estimated_cost_nanousd", Messages.integer(5));
    KeyValue reported = Messages.attribute("reported_cost_usd", Messages.number(0.5));
    KeyValue reason = Messages.attribute("cost.unpriced_reason", Messages.text("unknown_model"));
    assertEquals("priced", status(nano));
    assertEquals("priced", status(nano, reported));
    assertEquals("provider_reported", status(reason, reported));
    assertEquals("unknown_model", status(reason));
  }

  @Test
  void takesTheRequestedModelIfTheAnswerNamesNone() throws Exception {
    JsonNode line =
        line(
            Messages.span()
                .addAttributes(Messages.attribute("gen_ai.request.model", Messages.text("m")))
                .addAttributes(Messages.attribute("gen_ai.response.model", Messages.text(""))));
    assertEquals("m", line.get("model").textValue());
    assertFalse(line.has("response_model"));
  }

  @Test
  void measuresDurationsEvenBackwards() throws Exception {
    long now = 1_700_000_000_000_000_000L;
    assertEquals("0.000", duration(now, now));
    assertEquals("0.000", duration(now, now - 499));
    assertEquals("-0.001", duration(now, now - 500));
    assertEquals("-1500.000", duration(now + 1_500_000_000L, now));
    assertEquals("0.001", duration(now, now + 500));
    assertEquals("18446744073709.552", duration(1, -1));
    assertEquals("null", duration(0, now));
    assertEquals("null", duration(now, 0));
  }

  @Test
  void invalidUtf8HasBeenRepairedBeforeItGetsHere() throws Exception {
    byte[] message = Messages.of(Messages.span().setName("@@@@").build()).toByteArray();
    for (int i = 0; i < message.length; i++) {
      message[i] = message[i] == '@' ? (byte) 0xff : message[i];
    }
    SpanBatch batch = Batches.batch(new BatchPool(0), KEYS, message);
    JsonNode line = Lines.parse(encode(BatchEditor.of(batch).splice(batch)));
    assertEquals("????", line.get("name").textValue());
  }

  @Test
  void writesValuesAsDeepAsTheyAreKept() throws Exception {
    AnyValue value = Messages.text("leaf");
    for (int depth = 1; depth < 32; depth++) {
      AnyValue.Builder outer = AnyValue.newBuilder();
      if (depth % 2 == 0) {
        outer.getArrayValueBuilder().addValues(value).addValues(Messages.integer(depth));
      } else {
        outer
            .getKvlistValueBuilder()
            .addValues(Messages.attribute("k", value))
            .addValues(Messages.attribute("depth", Messages.integer(depth)));
      }
      value = outer.build();
    }
    Span.Builder span = Messages.span().addAttributes(Messages.attribute("deep", value));
    assertValue(value, line(span).get("attributes").get("deep"));
  }

  @Test
  void readsNestedValuesAsProtobufDoes() throws Exception {
    // Inside of a list only framing is checked: here the key comes last, and twice, and so does the
    // value, once as an integer with a varint longer than need be.
    byte[] pair =
        HexFormat.of().parseHex("12051882808000" + "0a0178" + "12050a03616263" + "0a0179");
    byte[] list = bytes(0x0a, pair);
    Span.Builder span = Messages.span().setName("n");
    byte[] attribute =
        bytes(0x4a, join(bytes(0x0a, new byte[] {'l'}), bytes(0x12, bytes(0x32, list))));
    byte[] message =
        bytes(0x0a, bytes(0x12, bytes(0x12, join(span.build().toByteArray(), attribute))));
    SpanBatch batch = Batches.batch(new BatchPool(0), KEYS, message);
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    assertValue(
        spans(Batches.message(clean)).getFirst().getAttributes(0).getValue(),
        Lines.parse(encode(clean)).get("attributes").get("l"));
  }

  @Test
  void saysOfRandomSpansWhatTheGeneratedClassesSay() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      TracesData message = Messages.random(random);
      String lines = encode(Batches.clean(KEYS, message));
      int at = 0;
      for (ResourceSpans resource : message.getResourceSpansList()) {
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          for (Span span : scope.getSpansList()) {
            int end = lines.indexOf('\n', at);
            assertLine(resource.getResource(), span, Lines.parse(lines.substring(at, end)));
            at = end + 1;
          }
        }
      }
      assertEquals(lines.length(), at);
    }
  }

  private static List<KeyValue> llmAttributes() {
    return List.of(
        Messages.attribute("tenant.id", Messages.text("acme")),
        Messages.attribute("gen_ai.operation.name", Messages.text("chat")),
        Messages.attribute("gen_ai.system", Messages.text("openai")),
        Messages.attribute("gen_ai.request.model", Messages.text("gpt-4o")),
        Messages.attribute("gen_ai.response.model", Messages.text("gpt-4o-x")),
        Messages.attribute("gen_ai.usage.input_tokens", Messages.integer(12)),
        Messages.attribute("gen_ai.usage.cache_read_input_tokens", Messages.integer(2)),
        Messages.attribute("gen_ai.usage.cache_creation_input_tokens", Messages.integer(3)),
        Messages.attribute("gen_ai.usage.output_tokens", Messages.integer(0)),
        Messages.attribute("gen_ai.usage.reasoning_tokens", Messages.integer(4)),
        Messages.attribute("gen_ai.usage.total_tokens", Messages.integer(12)),
        Messages.attribute("estimated_cost_usd", Messages.number(0.0000375)),
        Messages.attribute("estimated_cost_nanousd", Messages.integer(37_500)),
        Messages.attribute("cost.role", Messages.text("billable")),
        Messages.attribute("gen_ai.latency.time_in_queue", Messages.number(0.25)),
        Messages.attribute("gen_ai.latency.time_in_model_prefill", Messages.number(0.5)),
        Messages.attribute("gen_ai.latency.time_in_model_decode", Messages.number(2)),
        Messages.attribute("gen_ai.server.time_to_first_token_ms", Messages.integer(750)));
  }

  private static void assertLine(Resource resource, Span span, JsonNode line) {
    assertEquals(hex(span.getTraceId()), line.get("trace_id").textValue());
    assertEquals(hex(span.getSpanId()), line.get("span_id").textValue());
    assertEquals(hex(span.getParentSpanId()), line.get("parent_span_id").textValue());
    assertEquals(span.getName(), line.get("name").textValue());
    int kind = span.getKindValue();
    assertEquals(KINDS[kind < KINDS.length ? kind : 0], line.get("kind").textValue());
    int status = span.getStatus().getCodeValue();
    assertEquals(STATUSES[status < 3 ? status : 0], line.get("status").textValue());
    assertEquals(span.getStatus().getMessage(), line.path("status_message").asText());
    assertEquals(span.getTraceState(), line.path("trace_state").asText());
    assertTime(span.getStartTimeUnixNano(), line.get("start_time_ns"));
    assertTime(span.getEndTimeUnixNano(), line.get("end_time_ns"));
    if (span.getStartTimeUnixNano() == 0 || span.getEndTimeUnixNano() == 0) {
      assertTrue(line.get("duration_ms").isNull());
    } else {
      BigDecimal nanos =
          new BigDecimal(unsigned(span.getEndTimeUnixNano()))
              .subtract(new BigDecimal(unsigned(span.getStartTimeUnixNano())));
      BigDecimal millis = nanos.movePointLeft(6).setScale(3, RoundingMode.HALF_UP);
      assertEquals(0, millis.compareTo(line.get("duration_ms").decimalValue()));
    }
    String service = "";
    for (KeyValue attribute : resource.getAttributesList()) {
      if (attribute.getKey().equals("service.name")) {
        service = attribute.getValue().getStringValue();
      }
    }
    assertEquals(service, line.get("service").textValue());
    assertAttributes(resource.getAttributesList(), line.get("resource"));
    assertAttributes(span.getAttributesList(), line.get("attributes"));
    assertEquals(span.getEventsCount() > 0, line.has("events"));
    for (int i = 0; i < span.getEventsCount(); i++) {
      JsonNode event = line.get("events").get(i);
      assertTime(span.getEvents(i).getTimeUnixNano(), event.get("time_ns"));
      assertEquals(span.getEvents(i).getName(), event.get("name").textValue());
      assertAttributes(span.getEvents(i).getAttributesList(), event.get("attributes"));
    }
    assertEquals(span.getLinksCount() > 0, line.has("links"));
    for (int i = 0; i < span.getLinksCount(); i++) {
      JsonNode link = line.get("links").get(i);
      assertEquals(hex(span.getLinks(i).getTraceId()), link.get("trace_id").textValue());
      assertEquals(hex(span.getLinks(i).getSpanId()), link.get("span_id").textValue());
      assertEquals(span.getLinks(i).getTraceState(), link.path("trace_state").asText());
      assertAttributes(span.getLinks(i).getAttributesList(), link.get("attributes"));
    }
  }

  private static void assertAttributes(List<KeyValue> attributes, JsonNode object) {
    assertTrue(object.isObject());
    assertEquals(attributes.size(), object.size());
    for (KeyValue attribute : attributes) {
      assertValue(attribute.getValue(), object.get(attribute.getKey()));
    }
  }

  private static void assertValue(AnyValue value, JsonNode json) {
    switch (value.getValueCase()) {
      case STRING_VALUE -> assertEquals(value.getStringValue(), json.textValue());
      case BOOL_VALUE -> assertEquals(value.getBoolValue(), json.booleanValue());
      case INT_VALUE -> {
        boolean exact =
            Math.abs(value.getIntValue()) <= 1L << 53 && value.getIntValue() != Long.MIN_VALUE;
        assertEquals(exact, json.isIntegralNumber());
        assertEquals(Long.toString(value.getIntValue()), json.asText());
      }
      case DOUBLE_VALUE -> {
        if (Double.isFinite(value.getDoubleValue())) {
          assertTrue(json.isNumber());
          assertEquals(0, value.getDoubleValue() - json.doubleValue());
        } else {
          assertTrue(json.isNull());
        }
      }
      case BYTES_VALUE ->
          assertEquals(
              value.getBytesValue(),
              ByteString.copyFrom(Base64.getDecoder().decode(json.asText())));
      case ARRAY_VALUE -> {
        assertTrue(json.isArray());
        assertEquals(value.getArrayValue().getValuesCount(), json.size());
        for (int i = 0; i < json.size(); i++) {
          assertValue(value.getArrayValue().getValues(i), json.get(i));
        }
      }
      case KVLIST_VALUE -> assertAttributes(value.getKvlistValue().getValuesList(), json);
      default -> assertTrue(json.isNull());
    }
  }

  private static void assertTime(long unixNanos, JsonNode json) {
    if (unixNanos == 0) {
      assertTrue(json.isNull());
    } else {
      assertTrue(json.isIntegralNumber());
      assertEquals(unsigned(unixNanos), json.bigIntegerValue());
    }
  }

  private static String status(KeyValue... attributes) throws Exception {
    return line(Messages.span().addAllAttributes(List.of(attributes)))
        .get("cost_status")
        .textValue();
  }

  private static String duration(long start, long end) {
    String line =
        encode(
            Batches.clean(
                KEYS,
                Messages.of(
                    Messages.span().setStartTimeUnixNano(start).setEndTimeUnixNano(end).build())));
    int from = line.indexOf("\"duration_ms\":") + 14;
    return line.substring(from, line.indexOf(',', from));
  }

  private static JsonNode line(Span.Builder span) throws Exception {
    return Lines.parse(encode(Batches.clean(KEYS, Messages.of(span.build()))));
  }

  private static String encode(CleanBatch batch) {
    JsonBuffer out = new JsonBuffer();
    FlatEncoder encoder = new FlatEncoder(KEYS, out);
    SpanView view = batch.view();
    encoder.startBatch();
    for (int i = 0; i < view.spanCount(); i++) {
      encoder.write(view.moveTo(i));
    }
    return new String(out.bytes(), 0, out.length(), UTF_8);
  }

  private static List<Span> spans(TracesData message) {
    List<Span> spans = new ArrayList<>();
    for (ResourceSpans resource : message.getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        spans.addAll(scope.getSpansList());
      }
    }
    return spans;
  }

  private static byte[] bytes(int tag, byte[] content) {
    return join(new byte[] {(byte) tag, (byte) content.length}, content);
  }

  private static byte[] join(byte[] head, byte[] tail) {
    return ByteString.copyFrom(head).concat(ByteString.copyFrom(tail)).toByteArray();
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }
}
