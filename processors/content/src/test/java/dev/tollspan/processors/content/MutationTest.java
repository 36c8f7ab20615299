package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.array;
import static dev.tollspan.processors.content.Given.attribute;
import static dev.tollspan.processors.content.Given.clean;
import static dev.tollspan.processors.content.Given.integer;
import static dev.tollspan.processors.content.Given.keys;
import static dev.tollspan.processors.content.Given.map;
import static dev.tollspan.processors.content.Given.message;
import static dev.tollspan.processors.content.Given.number;
import static dev.tollspan.processors.content.Given.raw;
import static dev.tollspan.processors.content.Given.real;
import static dev.tollspan.processors.content.Given.span;
import static dev.tollspan.processors.content.Given.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.EntityRef;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A corpus of marked spans, one or two for each rule. With all rules on no mark gets out; with any
 * one off the mark does that this rule alone keeps in. So each rule is needed, and each is tested.
 */
class MutationTest {
  private static final String MARK = "qzxv";
  private static final String SENTENCE = "tell " + MARK + " about it";
  private static final String WORD = "do-you-tell-" + MARK + "-all-about-it";
  private static final String CARD = "4111111111111111";
  private static final String AWS_KEY = "AKIAQ3EGRIF2MZLTDKQD";
  private static final Set<Profile> BOTH = EnumSet.of(Profile.STRICT, Profile.BALANCED);
  private static final Set<Profile> STRICT = EnumSet.of(Profile.STRICT);
  private static final Set<Profile> BALANCED = EnumSet.of(Profile.BALANCED);

  /** What a rule keeps in, and in which profiles that is this rule's doing. */
  private record Case(Rule rule, Set<Profile> profiles, TracesData message, String mark) {}

  @Test
  void withAllRulesOnNoMarkGetsOut() {
    List<String> leaks = new ArrayList<>();
    for (Case each : corpus()) {
      for (Profile profile : each.profiles()) {
        if (leaks(each, profile, null)) {
          leaks.add(each.rule() + " in " + profile);
        }
      }
    }
    assertEquals(List.of(), leaks);
  }

  @ParameterizedTest
  @EnumSource
  void withARuleOffItsMarkGetsOut(Rule rule) {
    Set<Profile> shown = EnumSet.noneOf(Profile.class);
    Set<Profile> expected = EnumSet.noneOf(Profile.class);
    for (Case each : corpus()) {
      if (each.rule() == rule) {
        expected.addAll(each.profiles());
        each.profiles().stream().filter(p -> leaks(each, p, rule)).forEach(shown::add);
      }
    }
    assertEquals(expected, shown);
    assertFalse(shown.isEmpty(), "the corpus has nothing for this rule");
  }

  private static boolean leaks(Case each, Profile profile, @Nullable Rule off) {
    DropContentConfig config = Given.lists(profile, List.of(), List.of("host.name"), List.of());
    KeyTable keys = keys(config);
    DropContent gate = new DropContent(config, keys, off);
    CleanBatch out = clean(gate, keys, each.message());
    assertEquals(0, gate.failures());
    return Given.bytes(out).contains(each.mark())
        || Batches.message(out).toString().contains(each.mark());
  }

  private static List<Case> corpus() {
    List<Case> corpus = new ArrayList<>();
    fields(corpus);
    lists(corpus);
    keyCases(corpus);
    values(corpus);
    openValues(corpus);
    return corpus;
  }

  private static void fields(List<Case> corpus) {
    add(corpus, Rule.SPAN_NAME, span(SENTENCE).toBuilder());
    add(corpus, Rule.EVENT_NAME, chat().addEvents(Span.Event.newBuilder().setName(SENTENCE)));
    add(corpus, Rule.STATUS_MESSAGE, chat().setStatus(Status.newBuilder().setMessage(MARK)));
    add(corpus, Rule.TRACE_STATE, chat().setTraceState("v=" + MARK));
    add(corpus, Rule.LINK_TRACE_STATE, chat().addLinks(link().setTraceState("v=" + MARK)));
    InstrumentationScope.Builder scope = InstrumentationScope.newBuilder();
    add(corpus, Rule.SCOPE_NAME, scoped(ScopeSpans.newBuilder().setScope(scope.setName(SENTENCE))));
    scope = InstrumentationScope.newBuilder().setVersion(SENTENCE);
    add(corpus, Rule.SCOPE_VERSION, scoped(ScopeSpans.newBuilder().setScope(scope)));
    add(corpus, Rule.SCHEMA_URL, scoped(ScopeSpans.newBuilder().setSchemaUrl("https://" + MARK)));
    Resource entity =
        Resource.newBuilder().addEntityRefs(EntityRef.newBuilder().setType(MARK)).build();
    add(corpus, Rule.ENTITY_REFS, resource(entity));
    Resource named = Resource.newBuilder().addAttributes(text("service.name", MARK)).build();
    TracesData.Builder empty = message(chat().build()).toBuilder();
    empty.addResourceSpans(ResourceSpans.newBuilder().setResource(named));
    add(corpus, Rule.EMPTY_GROUPS, empty.build());
  }

  private static void lists(List<Case> corpus) {
    KeyValue prompt = text("gen_ai.prompt", MARK);
    add(corpus, Rule.SPAN_ATTRIBUTES, chat().addAttributes(prompt));
    Span.Event event = Span.Event.newBuilder().addAttributes(prompt).build();
    add(corpus, Rule.EVENT_ATTRIBUTES, chat().addEvents(event));
    Span.Link link = link().addAttributes(prompt).build();
    add(corpus, Rule.LINK_ATTRIBUTES, chat().addLinks(link));
    add(
        corpus,
        Rule.RESOURCE_ATTRIBUTES,
        resource(Resource.newBuilder().addAttributes(prompt).build()));
    InstrumentationScope scope = InstrumentationScope.newBuilder().addAttributes(prompt).build();
    add(corpus, Rule.SCOPE_ATTRIBUTES, scoped(ScopeSpans.newBuilder().setScope(scope)));
  }

  private static void keyCases(List<Case> corpus) {
    add(corpus, Rule.DENY, BOTH, text("host.name", MARK));
    add(corpus, Rule.HASH, BOTH, text("user.id", MARK));
    add(corpus, Rule.TENANT, BOTH, text("llm.user", MARK));
    add(corpus, Rule.PEER, chat().setKindValue(2).addAttributes(text("net.peer.name", MARK)));
    add(corpus, Rule.UNKNOWN_KEY, STRICT, text("gen_ai.prompt", MARK));
    add(corpus, Rule.FAMILY, BALANCED, text("lk.chat_ctx", MARK));
    add(corpus, Rule.HEADER, BALANCED, text("http.user_agent", MARK));
    add(corpus, Rule.URL, BALANCED, text("url.full", "example.org/" + MARK));
    add(corpus, Rule.KEY_SPELLING, BALANCED, text("lk_chat_ctx", MARK));
    add(corpus, Rule.KEY_SPELLING, BALANCED, text("RID", MARK));
    add(corpus, Rule.CONTENT_WORD, BALANCED, text("app.question", MARK));
    add(corpus, Rule.NAMING, BALANCED, text("app.question.id", SENTENCE));
    add(corpus, Rule.PERSON_WORD, BALANCED, text("app.owner", MARK));
    for (String key : List.of("embedding.embeddings.0.embedding.vector.17", "app.vector[17]")) {
      TracesData one = message(chat().addAttributes(number(key, 770077001)).build());
      corpus.add(new Case(Rule.INDEXED_NUMBER, BALANCED, one, Long.toString(770077001)));
    }
    add(corpus, Rule.KEY_SHAPE, BALANCED, number(SENTENCE, 1));
    TracesData key = message(chat().addAttributes(number(AWS_KEY, 1)).build());
    corpus.add(new Case(Rule.KEY_DETECTOR, BALANCED, key, AWS_KEY));
  }

  private static void values(List<Case> corpus) {
    add(corpus, Rule.GRAMMAR, STRICT, text("service.name", SENTENCE));
    add(corpus, Rule.GRAMMAR, BALANCED, text("gen_ai.prompt.3.role", SENTENCE));
    TracesData card =
        message(chat().addAttributes(number("llm.max_tokens", Long.parseLong(CARD))).build());
    corpus.add(new Case(Rule.CARD, BOTH, card, CARD));
    AnyValue payload = real(Double.longBitsToDouble(0x7ff8_0000_7678_7a71L));
    add(corpus, Rule.PAYLOAD, BOTH, attribute("llm.temperature", payload));
    add(corpus, Rule.GRAMMAR, BALANCED, text("gen_ai.request.model", SENTENCE));
    add(corpus, Rule.SENTENCE, BOTH, text("gen_ai.request.model", WORD));
    add(corpus, Rule.SENTENCE, span(WORD).toBuilder());
    TracesData key = message(chat().addAttributes(text("gen_ai.response.id", AWS_KEY)).build());
    corpus.add(new Case(Rule.SECRET, STRICT, key, AWS_KEY));
    TracesData named = message(span("invoke_agent " + AWS_KEY));
    corpus.add(new Case(Rule.SECRET, BOTH, named, AWS_KEY));
    for (String name : List.of("service.name", "some.key")) {
      Set<Profile> profiles = name.equals("service.name") ? STRICT : BALANCED;
      add(corpus, Rule.BYTES, profiles, attribute(name, raw(MARK)));
      add(corpus, Rule.KVLIST, profiles, attribute(name, map(text("k", MARK))));
      TracesData vector =
          message(chat().addAttributes(attribute(name, array(integer(770077001)))).build());
      corpus.add(new Case(Rule.ARRAY, profiles, vector, "770077001"));
    }
  }

  private static void openValues(List<Case> corpus) {
    add(corpus, Rule.LENGTH, BALANCED, text("some.key", "x".repeat(300) + MARK));
    add(corpus, Rule.WORDS, BALANCED, text("some.key", "a b c d e f g h i j k " + MARK));
    add(corpus, Rule.STRUCTURE, BALANCED, text("some.key", "{\"a\": \"" + MARK + "\"}"));
    add(corpus, Rule.URL_TEXT, BALANCED, text("some.key", "/" + MARK + "?q=1"));
    add(corpus, Rule.DETECTOR, BALANCED, text("some.key", "ask " + MARK + "@example.org"));
    add(corpus, Rule.BUDGET, message(many(1100, "v")), BALANCED);
    add(corpus, Rule.BUDGET, message(many(300, "v".repeat(250))), BALANCED);
  }

  /** Events with one attribute each, and the mark in the last one. */
  private static Span many(int count, String value) {
    Span.Builder span = chat();
    for (int i = 1; i < count; i++) {
      span.addEvents(Span.Event.newBuilder().addAttributes(text("some.key", value)));
    }
    return span.addEvents(Span.Event.newBuilder().addAttributes(text("some.key", MARK))).build();
  }

  private static Span.Link.Builder link() {
    Span other = chat().build();
    return Span.Link.newBuilder().setTraceId(other.getTraceId()).setSpanId(other.getSpanId());
  }

  private static Span.Builder chat() {
    return span("chat").toBuilder();
  }

  private static TracesData scoped(ScopeSpans.Builder scope) {
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope.addSpans(chat())))
        .build();
  }

  private static TracesData resource(Resource resource) {
    ScopeSpans scope = ScopeSpans.newBuilder().addSpans(chat()).build();
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(scope))
        .build();
  }

  private static void add(List<Case> corpus, Rule rule, Set<Profile> profiles, KeyValue attribute) {
    add(corpus, rule, message(chat().addAttributes(attribute).build()), profiles);
  }

  private static void add(List<Case> corpus, Rule rule, Span.Builder span) {
    add(corpus, rule, message(span.build()));
  }

  private static void add(List<Case> corpus, Rule rule, TracesData message) {
    add(corpus, rule, message, BOTH);
  }

  private static void add(List<Case> corpus, Rule rule, TracesData message, Set<Profile> profiles) {
    corpus.add(new Case(rule, profiles, message, MARK));
  }
}
