package dev.tollspan.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.Note;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A span among its like is read as it would be alone. */
class FormsTest {
  private static final int ROUNDS = 400;
  private static final int SPANS = 48;
  private static final List<String> SCOPES =
      List.of(
          "app", "openinference.instrumentation.openai", "opentelemetry.instrumentation.vertexai");
  private static final List<String> WORDS =
      List.of(
          "chat",
          "embeddings",
          "openai",
          "google",
          "langchain",
          "gpt-4o-mini",
          "gpt-4o",
          "gemini-2.5-pro",
          "openai/gpt-4o",
          "LLM",
          "CHAIN",
          "none",
          "unknown",
          "",
          "\"chat\"",
          "17",
          "priority",
          "eu-west-1");
  private static final List<String> NAMES = List.of("chat gpt-4o", "chat", "invoke_agent", "");

  private final Random random = new Random(20261121);
  private final List<String> keys = List.copyOf(UsageReader.keys(Recordings.CONFIG));

  /** What is usual, so that forms come again, and now and then any other key. */
  private static final List<String> USUAL =
      List.of(
          "gen_ai.operation.name",
          "gen_ai.provider.name",
          "gen_ai.system",
          "gen_ai.request.model",
          "gen_ai.response.model",
          "gen_ai.response.id",
          "gen_ai.usage.input_tokens",
          "gen_ai.usage.output_tokens",
          "gen_ai.usage.cache_read.input_tokens",
          "gen_ai.usage.reasoning.output_tokens",
          "openinference.span.kind",
          "llm.token_count.total",
          "service_tier",
          "http.method");

  @Test
  void readsRandomSpansAsIfEachWereAlone() {
    int alike = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Resource resource = resource();
      String scope = any(SCOPES);
      List<Span> spans = spans();
      alike += assertReadAlike(Spans.message(resource, scope, spans), resource, scope, spans);
    }
    assertTrue(alike > ROUNDS * SPANS / 3, "spans with a form: " + alike);
  }

  private int assertReadAlike(
      TracesData message, Resource resource, String scope, List<Span> spans) {
    SpanView together = Batches.batch(Recordings.KEYS, message).view();
    UsageReader reader = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
    UsageReader other = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
    Usage usage = new Usage();
    int called = 0;
    for (int i = 0; i < spans.size(); i++) {
      Reading reading = reader.read(together.moveTo(i), usage);
      Usage aloneUsage = new Usage();
      SpanView alone = Spans.view(Recordings.KEYS, resource, scope, spans.get(i).toBuilder());
      String expected = told(other.read(alone, aloneUsage), aloneUsage, alone);
      assertEquals(expected, told(reading, usage, together), () -> spans.toString());
      called += reading.spanClass() == SpanClass.CALL ? 1 : 0;
    }
    return called;
  }

  @Test
  void readsRecordedSpansAsIfEachWereAlone() {
    for (String recording : Recordings.names()) {
      for (SpanBatch batch : Recordings.batches(recording)) {
        SpanView span = batch.view();
        UsageReader reader = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
        Usage usage = new Usage();
        for (int i = 0; i < 2 * span.spanCount(); i++) { // twice: each span meets its own form
          span.moveTo(i % span.spanCount());
          String among = told(reader.read(span, usage), usage, span);
          UsageReader fresh = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
          Usage alone = new Usage();
          assertEquals(told(fresh.read(span, alone), alone, span), among, recording);
        }
      }
    }
  }

  /** Everything that a reading and a usage say. */
  private static String told(Reading reading, Usage usage, SpanView span) {
    StringBuilder told = new StringBuilder();
    told.append(reading.spanClass()).append(' ').append(reading.classReason()).append(' ');
    told.append(reading.operation()).append(' ').append(reading.dialectName()).append(' ');
    told.append(reading.family()).append(' ').append(reading.fault()).append(' ');
    told.append(reading.isCounted()).append(reading.isAllZero()).append(reading.isFromCache());
    told.append(reading.mayAccumulate()).append(reading.coercions()).append(' ');
    told.append(reading.reportedCostUsd()).append(reading.modelSource()).append(' ');
    told.append(reading.cacheBasis()).append(reading.reasoningBasis());
    told.append(reading.confidence()).append(reading.cacheRule()).append(reading.reasoningRule());
    told.append(reading.detail()).append(' ');
    for (TokenColumn column : TokenColumn.values()) {
      told.append(reading.shows(column));
    }
    told.append(id(span, reading.responseIdOffset(), reading.responseIdLength()));
    told.append(id(span, reading.callIdOffset(), reading.callIdLength()));
    told.append(id(span, reading.requestIdOffset(), reading.requestIdLength()));
    told.append(id(span, reading.frameworkOffset(), reading.frameworkLength()));
    if (reading.spanClass() != SpanClass.NONE && reading.spanClass() != SpanClass.STAGE) {
      for (Count count : Count.values()) {
        told.append(' ').append(usage.count(count));
      }
      for (Fact fact : Fact.values()) {
        byte[] text = usage.text(fact);
        told.append(' ').append(fact).append('=');
        told.append(new String(text, usage.textOffset(fact), usage.textLength(fact), UTF_8));
      }
      for (Note note : Note.values()) {
        told.append(usage.has(note) ? " " + note : "");
      }
      told.append(usage.isApproximate()).append(usage.atEpochNanos());
    }
    return told.toString();
  }

  private static String id(SpanView span, int offset, int length) {
    return " " + new String(span.bytes(), offset, length, UTF_8);
  }

  private List<Span> spans() {
    List<Span.Builder> kinds = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(12); i++) {
      kinds.add(span());
    }
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < SPANS; i++) {
      spans.add(varied(any(kinds).clone()).build());
    }
    return spans;
  }

  private Span.Builder span() {
    Span.Builder span = Spans.span().setName(any(NAMES)).setKindValue(random.nextInt(4));
    for (int i = 0; i < 3 + random.nextInt(8); i++) {
      String key = random.nextInt(10) == 0 ? any(keys) : any(USUAL);
      span.addAttributes(KeyValue.newBuilder().setKey(key).setValue(value(key)));
    }
    return span;
  }

  /** Mostly only other counts and ids; sometimes another word, name or status. */
  private Span.Builder varied(Span.Builder span) {
    for (int i = 0; i < span.getAttributesCount(); i++) {
      KeyValue.Builder attribute = span.getAttributesBuilder(i);
      boolean count = attribute.getValue().hasIntValue();
      if (count || attribute.getKey().endsWith(".id") || random.nextInt(40) == 0) {
        attribute.setValue(count ? number() : value(attribute.getKey()));
      }
    }
    if (random.nextInt(20) == 0) {
      span.setName(any(NAMES));
    }
    if (random.nextInt(20) == 0) {
      span.setStatus(span.getStatusBuilder().setCodeValue(random.nextInt(3)));
    }
    return span;
  }

  private AnyValue value(String key) {
    if (key.contains("token") && random.nextInt(6) != 0) {
      return number();
    }
    return switch (random.nextInt(12)) {
      case 0 -> number();
      case 1 -> AnyValue.newBuilder().setDoubleValue(random.nextInt(9) / 2.0).build();
      case 2 -> AnyValue.newBuilder().setBoolValue(random.nextBoolean()).build();
      case 3 -> AnyValue.getDefaultInstance();
      default -> AnyValue.newBuilder().setStringValue(any(WORDS)).build();
    };
  }

  private AnyValue number() {
    long number =
        switch (random.nextInt(12)) {
          case 0 -> 0;
          case 1 -> -1;
          case 2 -> Long.MAX_VALUE;
          default -> random.nextInt(5000);
        };
    return AnyValue.newBuilder().setIntValue(number).build();
  }

  private Resource resource() {
    Resource.Builder resource = Resource.newBuilder();
    if (random.nextInt(3) == 0) {
      resource.addAttributes(Spans.attribute("cloud.provider", "aws"));
      resource.addAttributes(Spans.attribute("cloud.region", "eu-west-1"));
    }
    if (random.nextInt(4) == 0) {
      resource.addAttributes(Spans.attribute("gen_ai.request.model", any(WORDS)));
    }
    return resource.build();
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
