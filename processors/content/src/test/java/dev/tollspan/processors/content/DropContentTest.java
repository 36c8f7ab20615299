package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.attribute;
import static dev.tollspan.processors.content.Given.bytes;
import static dev.tollspan.processors.content.Given.clean;
import static dev.tollspan.processors.content.Given.keys;
import static dev.tollspan.processors.content.Given.message;
import static dev.tollspan.processors.content.Given.number;
import static dev.tollspan.processors.content.Given.onlySpan;
import static dev.tollspan.processors.content.Given.span;
import static dev.tollspan.processors.content.Given.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.tollspan.detectors.Detectors;
import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DropContentTest {
  private static final String MARK = "MARK of secret text";
  private static final DropContentConfig CONFIG = DropContentConfig.defaults();
  private static final KeyTable KEYS = keys(CONFIG);

  /** Every field of every message filled, every text and byte string with the mark. */
  @Test
  void noTextFieldOfTheProtocolLetsAMarkThrough() {
    TracesData full = (TracesData) filled(TracesData.newBuilder(), 0).build();
    assertTrue(full.toByteString().toString(UTF_8).contains("MARK"), "positive control");
    TracesData message = withIds(full);
    CleanBatch clean = clean(CONFIG, message);
    assertFalse(bytes(clean).contains("MARK"));
    assertEquals(1, clean.spanCount());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gen_ai.prompt",
        "gen_ai.completion",
        "gen_ai.input.messages",
        "input.value",
        "metadata",
        "llm.prompts",
        "traceloop.entity.input",
        "http.url",
        "gen_ai.request.model",
        "tenant.id",
        "service.name",
        "gen_ai.response.finish_reasons",
        "estimated_cost_usd",
        "cost.match",
        "cost.price.id",
        "unknown",
        ""
      })
  void freeTextGoesUnderEveryKeyAndInEveryShape(String key) {
    AnyValue text = AnyValue.newBuilder().setStringValue(MARK).build();
    AnyValue bytes = AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8(MARK)).build();
    AnyValue array =
        AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(text)).build();
    for (AnyValue value : List.of(text, bytes, array)) {
      Span span = span("chat").toBuilder().addAttributes(attribute(key, value)).build();
      Span out = onlySpan(clean(CONFIG, message(span)));
      assertEquals(1, out.getDroppedAttributesCount());
      assertFalse(out.toByteString().toString(UTF_8).contains("MARK"));
      assertEquals(1, number(out, "content.removed.count"));
    }
  }

  @Test
  void keepsWhatCostAndDebuggingNeed() {
    Span span =
        span("chat gpt-4o-mini").toBuilder()
            .addAttributes(number("gen_ai.usage.input_tokens", 12))
            .addAttributes(text("gen_ai.usage.output_tokens", "34"))
            .addAttributes(text("gen_ai.request.model", "mistralai/Mistral-7B-Instruct-v0.2"))
            .addAttributes(text("tenant.id", "acme-eu.1"))
            .addAttributes(
                attribute(
                    "gen_ai.response.finish_reasons",
                    AnyValue.newBuilder()
                        .setArrayValue(
                            ArrayValue.newBuilder()
                                .addValues(AnyValue.newBuilder().setStringValue("stop"))
                                .addValues(AnyValue.newBuilder().setStringValue("length")))
                        .build()))
            .addEvents(Span.Event.newBuilder().setName("response_truncated").setTimeUnixNano(3))
            .build();
    assertEquals(span, onlySpan(clean(CONFIG, message(span))));
  }

  @Test
  void additionsOfEarlierProcessorsStay() {
    SpanBatch batch = Batches.batch(KEYS, message(span("chat")));
    Additions additions = batch.startAdditions();
    additions.next();
    additions.add(Additions.Key.of("estimated_cost_usd"), 0.5);
    additions.add(Additions.Constant.of("cost.match", "exact"));
    batch = batch.with(additions);
    Span out = onlySpan(new DropContent(CONFIG, KEYS).clean(batch));
    assertEquals(0.5, out.getAttributes(0).getValue().getDoubleValue());
    assertEquals("exact", out.getAttributes(1).getValue().getStringValue());
  }

  @ParameterizedTest
  @CsvSource({
    "chat gpt-4o-mini, chat gpt-4o-mini",
    "inference.request, inference.request",
    "openai.chat, openai.chat",
    "POST /v1/users/bob, POST",
    "Summarise the contract of Bob, client",
    "bob@example.com, client",
    "4111111111111111, client",
    "chat please forget all, client",
  })
  void namesAreKeptByShapeOrReplaced(String name, String kept) {
    assertEquals(kept, onlySpan(clean(CONFIG, message(span(name)))).getName());
  }

  @Test
  void theTenantOfTheTutorialIsReadableInItsDialectOnly() {
    KeyValue user = text("llm.user", "acme");
    Span ours = span("inference.request").toBuilder().addAttributes(user).build();
    Span other = span("llm.chat").toBuilder().addAttributes(user).build();
    assertEquals(
        "acme",
        onlySpan(clean(CONFIG, message(ours))).getAttributes(0).getValue().getStringValue());
    assertFalse(bytes(clean(CONFIG, message(other))).contains("acme"));
  }

  @ParameterizedTest
  @CsvSource({
    "4111111111111111, false",
    "378282246310005, false",
    "6011111111111117, false",
    "1790000000000000000, true",
    "1800000000000000007, true",
    "128000, true",
    "4111111111111112, true",
    "-4111111111111111, false",
  })
  void aNumberThatCouldBeACardGoes(long value, boolean kept) {
    Span span = span("chat").toBuilder().addAttributes(number("llm.max_tokens", value)).build();
    assertEquals(kept, onlySpan(clean(CONFIG, message(span))).getAttributesCount() == 1);
    Span asText =
        span("chat").toBuilder().addAttributes(text("tenant.id", Long.toString(value))).build();
    assertEquals(
        kept,
        onlySpan(clean(CONFIG, message(asText))).getAttributesList().stream()
            .anyMatch(a -> a.getKey().equals("tenant.id")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111-1111-1111-1111",
        "card:4111111111111111",
        "00004111111111111111",
        "4111.1111.1111.1111",
        "x-4111_1111_1111_1111-y"
      })
  void aCardGoesHoweverItIsWritten(String card) {
    for (String key : List.of("gen_ai.response.id", "gen_ai.request.model", "service.version")) {
      Span span = span("chat").toBuilder().addAttributes(text(key, card)).build();
      assertFalse(bytes(clean(CONFIG, message(span))).contains("1111"), key);
    }
    assertFalse(bytes(clean(CONFIG, message(span("chat " + card)))).contains("1111"));
    Span asDouble =
        span("chat").toBuilder()
            .addAttributes(
                attribute(
                    "llm.max_tokens",
                    AnyValue.newBuilder().setDoubleValue(-4111111111111111.5).build()))
            .build();
    assertEquals(1, onlySpan(clean(CONFIG, message(asDouble))).getDroppedAttributesCount());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111:1111:1111:1111",
        "4111/1111/1111/1111",
        "4111+1111+1111+1111",
        "4111~1111~1111~1111",
        "/pay/{4111}{1111}{1111}{1111}",
        "user-42-4111111111111111",
        "4111111111111111-01",
        "2026-4111-1111-1111-1111",
        "41.11.11.11.11.11.11.11",
        "4000000000000000006",
        "6212345678900000003",
      })
  void aCardGoesWhateverSeparatesAndSurroundsIt(String card) {
    byte[] bytes = card.getBytes(UTF_8);
    assertTrue(new Cards(Detectors.all().finder()).holdsCard(bytes, 0, bytes.length));
    for (String key : List.of("gen_ai.response.id", "gen_ai.request.model", "http.route")) {
      Span span = span("chat").toBuilder().addAttributes(text(key, card)).build();
      assertEquals(1, onlySpan(clean(CONFIG, message(span))).getDroppedAttributesCount(), key);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chatcmpl-0432da015587463fb90421ce",
        "68a86b69-cae7-422c-83d1-86859f9af8fc",
        "2026-11-21T16:42:32.123456783Z",
        "2026-11-21T05:03:32.123456789Z",
        "2026-11-27-21-42-32-0004",
        "1790000000123456789",
        "1790000000123-4532",
        "411111111111111100000",
      })
  void anIdOfDigitsStays(String id) {
    Span span = span("chat").toBuilder().addAttributes(text("gen_ai.response.id", id)).build();
    assertEquals(span, onlySpan(clean(CONFIG, message(span))));
  }

  @Test
  void aDoubleCarriesNeitherACardNorAPayload() {
    double[] bad = {
      4111.111111111111,
      0.4111111111111111,
      411111111111.1111,
      4111111111111111.0,
      Double.longBitsToDouble(0x7ff8_0000_0000_0000L | 0x4856_2070_6f73L),
    };
    double[] good = {0.7, 1, 0, 1e-9, 128000.5, 0.1 + 0.2, Double.NaN, Double.POSITIVE_INFINITY};
    for (double value : bad) {
      assertEquals(0, staying("gen_ai.request.temperature", value), "kept " + value);
    }
    for (double value : good) {
      assertEquals(1, staying("gen_ai.request.temperature", value), "dropped " + value);
    }
    assertEquals(1, staying("gen_ai.latency.e2e", 0.4111111111111111));
    assertEquals(0, staying("gen_ai.latency.e2e", bad[3]));
    assertEquals(0, staying("gen_ai.latency.e2e", bad[4]));
  }

  @ParameterizedTest
  @CsvSource({
    "finish_reason, Patient_has_HIV",
    "gen_ai.response.finish_reason, SSN:078-05-1120",
    "error.type, The/patient/John.Smith/has/cancer",
    "error.type, The.patient.John.Smith",
    "error.type, Patient_has_HIV",
    "error.type, ssn_078051120",
    "exception.type, a.patient.has.cancer",
    "tokenizer, My-password-is-hunter2",
    "gen_ai.output.type, +",
    "gen_ai.token.type, my_secret",
    "openai.request.service_tier, my_secret",
    "openinference.span.kind, my_secret",
    "traceloop.span.kind, my_secret",
    "url.scheme, my_secret",
    "network.transport, my_secret",
    "network.protocol.version, my_secret",
    "telemetry.sdk.version, tell~me~about~John+Smith",
    "service.version, 1-tell-me-about-it",
  })
  void aSentenceOfOneWordGoesWhereTheWordsAreKnown(String key, String sentence) {
    Span span = span("chat").toBuilder().addAttributes(text(key, sentence)).build();
    assertEquals(1, onlySpan(clean(CONFIG, message(span))).getDroppedAttributesCount());
  }

  @ParameterizedTest
  @CsvSource({
    "finish_reason, end_turn",
    "gen_ai.response.finish_reason, STOP",
    "error.type, 429",
    "error.type, _OTHER",
    "error.type, RESOURCE_EXHAUSTED",
    "error.type, context_length_exceeded",
    "exception.type, langchain_openai.chat_models.base.OpenAIRateLimitError",
    "exception.type, System.Threading.Tasks.TaskCanceledException",
    "tokenizer, cl100k_base",
    "gen_ai.output.type, json",
    "gen_ai.token.type, input",
    "gen_ai.openai.response.service_tier, flex",
    "openinference.span.kind, LLM",
    "traceloop.span.kind, workflow",
    "url.scheme, https",
    "http.request.method, POST",
    "network.transport, tcp",
    "network.protocol.name, http",
    "network.protocol.version, 1.1",
    "telemetry.sdk.version, 1.65.0",
    "service.version, v2.1.0-alpha-SNAPSHOT",
    "service.version, 3f2a1bc",
    "container.image.tag, latest",
    "process.runtime.version, 25.0.1+8-LTS",
    "os.version, 6.8.0-1021-aws",
  })
  void keepsTheWordsThatAreKnown(String key, String word) {
    Span span = span("chat").toBuilder().addAttributes(text(key, word)).build();
    assertEquals(span, onlySpan(clean(CONFIG, message(span))));
  }

  @Test
  void finishReasonsAreKnownWordsOnly() {
    for (List<String> reasons :
        List.of(List.of("my", "name", "is", "ann"), Collections.nCopies(17, "stop"))) {
      ArrayValue.Builder array = ArrayValue.newBuilder();
      reasons.forEach(r -> array.addValues(AnyValue.newBuilder().setStringValue(r)));
      AnyValue value = AnyValue.newBuilder().setArrayValue(array).build();
      Span span =
          span("chat").toBuilder()
              .addAttributes(attribute("gen_ai.response.finish_reasons", value))
              .build();
      assertEquals(1, onlySpan(clean(CONFIG, message(span))).getDroppedAttributesCount());
    }
  }

  /** What is small after the gate may hold more rows than its size would excuse. */
  @Test
  void aBatchThatShrankIsStillReadable() {
    Span.Builder rich = span("chat").toBuilder();
    for (int i = 0; i < 1024; i++) {
      rich.addEvents(Span.Event.getDefaultInstance());
    }
    Span large = span("chat").toBuilder().addAttributes(text("p", "x".repeat(240_000))).build();
    ScopeSpans.Builder scope = ScopeSpans.newBuilder().addSpans(large);
    for (int i = 0; i < 12; i++) {
      scope.addSpans(rich);
    }
    TracesData message =
        TracesData.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
            .build();
    CleanBatch clean = clean(CONFIG, message);
    assertEquals(13, clean.view().spanCount());
    assertEquals(1024, clean.view().moveTo(12).eventCount());
  }

  @Test
  void numbersUnderUnknownKeysGoWithTheirKeys() {
    Span span = span("chat").toBuilder().addAttributes(number("bob was here", 1)).build();
    Span out = onlySpan(clean(CONFIG, message(span)));
    assertEquals(0, out.getAttributesCount());
    assertEquals(1, out.getDroppedAttributesCount());
  }

  @Test
  void theOperatorCanAllowMoreKeys() {
    DropContentConfig config =
        new DropContentConfig(
            Profile.STRICT,
            List.of("shop.basket"),
            List.of(),
            List.of(),
            HashKeySource.NONE,
            HashKeySource.NONE);
    Span span =
        span("chat").toBuilder()
            .addAttributes(text("shop.basket", "b-17"))
            .addAttributes(text("shop.note", "b-17"))
            .build();
    Span out = onlySpan(clean(config, message(span)));
    assertEquals("b-17", out.getAttributes(0).getValue().getStringValue());
    assertFalse(out.toByteString().toString(UTF_8).contains("shop.note"));
  }

  @Test
  void groupsWithoutSpansDisappear() {
    Resource resource = Resource.newBuilder().addAttributes(text("service.name", "a")).build();
    TracesData message =
        message(span("chat")).toBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().setResource(resource))
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .addScopeSpans(ScopeSpans.newBuilder().setSchemaUrl(MARK)))
            .build();
    assertEquals(1, Batches.message(clean(CONFIG, message)).getResourceSpansCount());
  }

  @Test
  void countsWhatItRemoved() {
    DropContent gate = new DropContent(CONFIG, KEYS);
    Span span =
        span("chat").toBuilder()
            .addAttributes(text("gen_ai.prompt", "x".repeat(100)))
            .setStatus(io.opentelemetry.proto.trace.v1.Status.newBuilder().setMessage("12345"))
            .setDroppedAttributesCount(2)
            .build();
    SpanBatch batch = Batches.batch(KEYS, message(span));
    Span out = onlySpan(gate.clean(batch));
    assertEquals(2, gate.removedValues());
    assertEquals(105, gate.removedBytes());
    assertEquals(2, number(out, "content.removed.count"));
    assertEquals(105, number(out, "content.removed.bytes"));
    assertEquals(3, out.getDroppedAttributesCount());
  }

  private static int staying(String key, double value) {
    AnyValue number = AnyValue.newBuilder().setDoubleValue(value).build();
    Span span = span("chat").toBuilder().addAttributes(attribute(key, number)).build();
    return onlySpan(clean(CONFIG, message(span))).getAttributesCount();
  }

  /** Driven by the descriptors, so that a field of a later protocol release is filled too. */
  private static Message.Builder filled(Message.Builder message, int depth) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (depth > 8 && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      Object value =
          switch (field.getJavaType()) {
            case STRING -> MARK;
            case BYTE_STRING -> ByteString.copyFromUtf8(MARK);
            case MESSAGE -> filled(message.newBuilderForField(field), depth + 1).build();
            case INT -> 7;
            case LONG -> 7L;
            case DOUBLE -> 7.0;
            case BOOLEAN -> true;
            case ENUM -> field.getEnumType().getValues().get(1);
            case FLOAT -> 7f;
          };
      if (field.isRepeated()) {
        message.addRepeatedField(field, value);
      } else if (field.getContainingOneof() == null || field.getNumber() == 1) {
        message.setField(field, value);
      }
    }
    return message;
  }

  private static TracesData withIds(TracesData message) {
    TracesData.Builder out = message.toBuilder();
    Span.Builder span = out.getResourceSpansBuilder(0).getScopeSpansBuilder(0).getSpansBuilder(0);
    span.setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
        .setSpanId(ByteString.copyFromUtf8("01234567"))
        .setParentSpanId(ByteString.copyFromUtf8("01234567"));
    span.getLinksBuilder(0)
        .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
        .setSpanId(ByteString.copyFromUtf8("01234567"));
    return out.build();
  }
}
