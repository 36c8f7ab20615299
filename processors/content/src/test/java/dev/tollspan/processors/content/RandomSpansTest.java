package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.array;
import static dev.tollspan.processors.content.Given.attribute;
import static dev.tollspan.processors.content.Given.integer;
import static dev.tollspan.processors.content.Given.keys;
import static dev.tollspan.processors.content.Given.map;
import static dev.tollspan.processors.content.Given.raw;
import static dev.tollspan.processors.content.Given.real;
import static dev.tollspan.processors.content.Given.span;
import static dev.tollspan.processors.content.Given.string;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever comes, the gate does not fail, and what leaves it can be read and has every span. */
class RandomSpansTest {
  private static final int ROUNDS = 400;
  private static final int SPANS = 20;

  /** Parts of texts and of keys: what detectors find, what parts words, what is cut badly. */
  private static final List<String> PARTS =
      List.of(
          "ann@example.org",
          "4111 1111 1111 1111",
          "https://ann:pw@example.org:80/v1/x?q=1",
          "://",
          "\u00e4\u20ac",
          "\ud83d\ude00",
          "{",
          "[",
          "%20",
          "%40",
          "+49 30 1234567",
          "word",
          "\u200b",
          "10.0.0.1",
          "sk-proj-abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst",
          "\0",
          "\"",
          " ",
          "\u4e2d\u6587",
          "\uff14\uff11\uff11\uff11",
          "stop",
          "user.id",
          ".",
          ":",
          "0",
          "12345678901");

  private static final List<String> KEYS =
      List.of(
          "user.id",
          "session.id",
          "llm.user",
          "gen_ai.prompt",
          "gen_ai.prompt.0.content",
          "gen_ai.prompt.0.role",
          "service.name",
          "server.address",
          "url.full",
          "http.target",
          "endpoint",
          "some.key",
          "metadata.x",
          "gen_ai.response.finish_reasons",
          "llm.max_tokens",
          "gen_ai.agent.x",
          "");

  private final SplittableRandom random = new SplittableRandom(20261121);

  @ParameterizedTest
  @EnumSource
  void theGateNeverFailsAndNothingIsLost(Profile profile) {
    DropContentConfig config =
        Given.lists(profile, List.of("/some\\.[a-z]+/"), List.of("deny.me"), List.of("/x.*/"));
    KeyTable keys = keys(config);
    DropContent gate = new DropContent(config, keys);
    for (int round = 0; round < ROUNDS; round++) {
      TracesData in = message();
      CleanBatch out = Given.clean(gate, keys, in);
      assertEquals(SPANS, out.view().spanCount());
      List<Span> before = in.getResourceSpans(0).getScopeSpans(0).getSpansList();
      List<Span> after = Batches.message(out).getResourceSpans(0).getScopeSpans(0).getSpansList();
      for (int i = 0; i < SPANS; i++) {
        assertEquals(before.get(i).getStartTimeUnixNano(), after.get(i).getStartTimeUnixNano());
      }
      out.release();
    }
    assertEquals(0, gate.failures());
  }

  private TracesData message() {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 0; i < SPANS; i++) {
      Span.Builder span = span(text()).toBuilder().setStartTimeUnixNano(1 + random.nextInt(1000));
      span.addAllAttributes(attributes());
      span.addEvents(Span.Event.newBuilder().setName(text()).addAllAttributes(attributes()));
      span.getStatusBuilder().setMessage(text());
      scope.addSpans(span);
    }
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAllAttributes(attributes()))
                .addScopeSpans(scope))
        .build();
  }

  private List<KeyValue> attributes() {
    List<KeyValue> attributes = new ArrayList<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      String key = random.nextInt(4) == 0 ? text() : KEYS.get(random.nextInt(KEYS.size()));
      boolean isNew = attributes.stream().noneMatch(a -> a.getKey().equals(key));
      if (isNew) {
        attributes.add(attribute(key, value(3)));
      }
    }
    return attributes;
  }

  private AnyValue value(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 5)) {
      case 0 -> integer(random.nextLong() >> random.nextInt(64));
      case 1 -> real(Double.longBitsToDouble(random.nextLong()));
      case 2 -> AnyValue.getDefaultInstance();
      case 3, 4 -> string(text());
      case 5 -> array(value(depth - 1), value(0));
      case 6 -> map(attribute(text(), value(depth - 1)));
      default -> raw("bytes");
    };
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(10) == 0 ? random.nextInt(60) : random.nextInt(5);
    for (int i = 0; i < parts; i++) {
      text.append(PARTS.get(random.nextInt(PARTS.size())));
    }
    return text.toString();
  }
}
