package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.array;
import static dev.tollspan.processors.content.Given.clean;
import static dev.tollspan.processors.content.Given.integer;
import static dev.tollspan.processors.content.Given.kept;
import static dev.tollspan.processors.content.Given.keptText;
import static dev.tollspan.processors.content.Given.map;
import static dev.tollspan.processors.content.Given.message;
import static dev.tollspan.processors.content.Given.number;
import static dev.tollspan.processors.content.Given.onlySpan;
import static dev.tollspan.processors.content.Given.real;
import static dev.tollspan.processors.content.Given.span;
import static dev.tollspan.processors.content.Given.string;
import static dev.tollspan.processors.content.Given.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BalancedTest {
  private static final DropContentConfig CONFIG = DropContentConfig.of(Profile.BALANCED);

  /** The traps of naive rules: neighbours of content by name that are none, and the reverse. */
  @ParameterizedTest
  @CsvSource({
    "gen_ai.prompt.name, true",
    "gen_ai.prompt.version, true",
    "gen_ai.prompt_caching, true",
    "gen_ai.prompt, false",
    "gen_ai.prompt.0.content, false",
    "gen_ai.prompt.0.user, false",
    "gen_ai.prompt.variable.name, false",
    "llm.prompt_tokens, true",
    "llm.prompt_length_chars, true",
    "gen_ai.usage.prompt_tokens, true",
    "llm.token_count.prompt, true",
    "ai.usage.promptTokens, true",
    "gen_ai.usage.completion_tokens, true",
    "llm.token_count.completion_details.reasoning, true",
    "ai.prompt.messages, false",
    "input.value, false",
    "events, false",
    "final_result, false",
    "GEN_AI.PROMPT, false",
    "Gen_Ai.Prompt.0.Content, false",
    "gen_ai.prompt[0].content, false",
    "gen_ai.prompt:0:content, false",
    "genkit:input, false",
    "genkit:input:more, false",
    "llm.someone_new.messages, false",
    "gen_ai.someone.request.extra, false",
    "gen_ai.prompting, true",
    "promptly, true",
    "inputs_of_mine, true",
  })
  void familiesEndWhereAPartOfTheKeyDoes(String key, boolean stays) {
    boolean asText = keptText(CONFIG, key, "1").isPresent();
    assertEquals(stays, asText || (stays && kept(CONFIG, key, integer(1)).isPresent()));
  }

  @ParameterizedTest
  @CsvSource({
    "some.key, a short note, a short note",
    "shop.basket, b-17, b-17",
    "some.key, write to ann@example.org, write to <email>",
    "some.key, ann@example.org and bob@example.org, <email> and <email>",
    "gen_ai.response.id, sk-proj-abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst, <openai_key>",
    "server.address, 10.11.12.13, 10.11.12.13",
    "some.address, 10.11.12.13, <ipv4>",
    "service.instance.id, 10.11.12.13:8080, 10.11.12.13:8080",
    "endpoint, http://10.11.12.13:8000/v1, http://10.11.12.13:8000/v1",
    "url.full, http://10.11.12.13:8000/v1?q=1, http://10.11.12.13:8000/v1",
    "service.name, My own shop, My own shop",
    "url.full, https://ann:pw@example.org:8443/v1/users/7?q=1#x, https://example.org:8443/v1/{}/{}",
    "some.link, https://example.org/v1/chat/completions, https://example.org/v1/chat/completions",
    "some.link, https:\\/\\/example.org\\/search?q=how-to-hide, https://example.org/search",
    "some.link, https%3A%2F%2Fexample.org%2Fann%3Fq%3Dhow, https://example.org/{}",
    "some.key, /search?q=how-to-hide-it&user=ann, /search",
    "some.key, //clinic.example/ann?q=how, //{}/{}",
    "some.key, HTTPS:\u2215\u2215clinic.example/ann, HTTPS://clinic.example/{}",
    "some.key, /v1/chat/ann, /v1/chat/{}",
    "http.route, /search?q=how to hide it, /search",
    "endpoint, /search?q=ann, /search",
    "endpoint, https://example.org/v1/ann, https://example.org/v1/{}",
    "http.target, /v1/chat/ann?q=1, /v1/chat/{}",
    "some.note, it failed, it failed",
  })
  void whatIsLeftIsSearched(String key, String value, String expected) {
    assertEquals(Optional.of(expected), keptText(CONFIG, key, value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "one two three four five six seven eight nine ten eleven twelve",
        "one_two_three_four_five_six_seven_eight_nine_ten_eleven_twelve",
        "one%20two%20three%20four%20five%20six%20seven%20eight%20nine%20ten%20eleven%20twelve",
        "one+two+three+four+five+six+seven+eight+nine+ten+eleven+twelve",
        "one\u3000two\u00a0three\u2003four five six seven eight nine ten eleven twelve",
        "\u6211\u4eec\u7684\u5408\u540c\u5df2\u7ecf\u5230\u671f\u8bf7\u5e2e\u6211"
            + "\u5199\u4e00\u5c01\u4fe1\u7ed9\u4ed6\u4eec\u516c\u53f8\u7684\u8001\u677f",
        "[1, 2, 3]",
        " {'role': 'user'}",
        "see https://example.org/ann",
        "nonsense://example.org/",
        "https://4111111111111111:80/v1/messages",
        "https://how-do-i-hide.my-illness.from.my.boss/v1/messages",
        "clinic.example/ann?q=how",
        "GET /search?q=how-to-hide-it",
        "GET /patients/ann",
        "clinic.example/ann?how",
        "and/or?x",
        "see /search?a[b]=how",
        "\"{\\\"role\\\":\\\"user\\\"}\"",
        "data: {\"role\":\"user\"}",
        "\ufeff{\"content\":\"hide it\"}",
        "({'content': 'hide it'})",
        "messages=[{'content' : 'hide it'}]",
        "b'{\"content\":\"hide it\"}'",
        "%7B%22content%22%3A%22hide%22%7D",
        "x \\u007b\\u0022content\\u0022:1}",
      })
  void textThatSomebodyWroteGoes(String value) {
    assertEquals(Optional.empty(), keptText(CONFIG, "some.key", value));
  }

  /** One sentence, whatever joins its words. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-",
        ".",
        "/",
        "|",
        "=",
        "\\n",
        "<>",
        "\u1680",
        "\u180e",
        "\ufeff",
        "\u00ad",
        "*",
        "\ud83d\ude00",
        "\u2013",
        ":",
        "@",
        "#",
        "~",
        "'"
      })
  void twelveWordsAreTwelveWhateverJoinsThem(String between) {
    String eleven = String.join(between, "how do I tell my boss that I am so ill".split(" "));
    assertEquals(Optional.of(eleven), keptText(CONFIG, "some.key", eleven));
    assertEquals(Optional.empty(), keptText(CONFIG, "some.key", eleven + between + "today"));
  }

  /** In Thai, Burmese, Khmer, Lao, Tibetan, Japanese and Korean. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0e0a\u0e48\u0e27\u0e22",
        "\u1000\u103c\u1031\u102c",
        "\u1787\u17bd\u1799\u1781",
        "\u0e8a\u0ec8\u0ea7\u0e8d",
        "\u0f51\u0f0b\u0f63\u0f0b",
        "\u3053\u308c",
        "\ud55c\uad6d",
        "\ud840\udc0b\ud840\udc0c",
      })
  void scriptsWithoutSpacesHaveWordsToo(String word) {
    assertTrue(keptText(CONFIG, "some.key", word.repeat(11)).isPresent());
    assertFalse(keptText(CONFIG, "some.key", word.repeat(12)).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "68a86b69-cae7-422c-83d1-86859f9af8fc",
        "2026-11-21T16:42:32.123456783Z",
        "com.example.app.orders.OrderService$Worker.run",
        "SELECT id FROM orders WHERE id = ?",
        "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0",
        "why? because a=b",
        "why?not",
        "and/or? yes",
        "n/a",
        "[x",
        "took 12.5 ms for 3 of 4",
        "shard {0} of 'a'",
        "C:/app/tool.exe",
        "openai/gpt-4o-mini",
        "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902",
        "2001:db8",
      })
  void shortTextOfProgramsStays(String value) {
    assertEquals(Optional.of(value), keptText(CONFIG, "some.key", value));
  }

  @ParameterizedTest
  @CsvSource({
    "gen_ai.request.model, how do I hide it from my boss",
    "gen_ai.operation.name, hide it",
    "tenant.id, 'Ann Smith, 12 Elm Street'",
    "resource.name, SELECT * FROM patients",
    "resource.name, /patients/ann?q=1",
    "error.type, Failed: user Ann said so",
    "traceloop.entity.name, Ann asks about it",
    "db.operation.name, SELECT name FROM patients",
    "gen_ai.evaluation.score.label, the user is ill",
    "server.address, ann@203.0.113.7",
    "http.route, see Ann",
    "gen_ai.openai.api_base, see Ann",
    "service.version, 1.2 says Ann",
    "deployment.environment, where Ann works",
  })
  void textGoesThatBreaksTheGrammarOfAListedKey(String key, String value) {
    assertEquals(Optional.empty(), keptText(CONFIG, key, value));
  }

  /** Else a key would lose by being allowed. */
  @Test
  void aKeyThatTheOperatorAllowsKeepsShortTexts() {
    DropContentConfig config =
        Given.lists(Profile.BALANCED, List.of("shop.note"), List.of(), List.of());
    assertEquals(Optional.of("it failed"), keptText(config, "shop.note", "it failed"));
    assertEquals(Optional.empty(), keptText(config, "shop.note", "{\"a\": 1}"));
  }

  @ParameterizedTest
  @CsvSource({
    "gen_ai.usage.input_tokens, secretword",
    "llm.temperature, secretword",
    "estimated_cost_usd, secretword",
    "gen_ai.response.finish_reason, secretword",
    "gen_ai.event.start_time, secretword",
    "gen_ai.prompt.3.role, secretword",
  })
  void textGoesWhereOnlyNumbersOrKnownWordsAreExpected(String key, String value) {
    assertEquals(Optional.empty(), keptText(CONFIG, key, value));
  }

  @Test
  void lengthCountsCharactersAndNotBytes() {
    assertTrue(keptText(CONFIG, "some.key", "x".repeat(256)).isPresent());
    assertTrue(keptText(CONFIG, "some.key", "\u00e4".repeat(256)).isPresent());
    assertFalse(keptText(CONFIG, "some.key", "x".repeat(257)).isPresent());
  }

  @Test
  void numbersStayUnderUnknownKeysUnlessTheyCouldBeCards() {
    assertTrue(kept(CONFIG, "some.key", integer(42)).isPresent());
    assertTrue(kept(CONFIG, "some.key", real(0.4111111111111111)).isPresent());
    assertTrue(kept(CONFIG, "gen_ai.agent.step_count", integer(3)).isPresent());
    assertFalse(kept(CONFIG, "some.key", integer(4111111111111111L)).isPresent());
    assertFalse(kept(CONFIG, "some.key", real(4111111111111111.0)).isPresent());
    assertFalse(kept(CONFIG, "gen_ai.prompt", integer(42)).isPresent());
    assertFalse(kept(CONFIG, "metadata.salary", integer(42)).isPresent());
  }

  @Test
  void onlyShortArraysOfShortTextsStay() {
    AnyValue names = array(string("a1"), string("b2"));
    assertEquals(Optional.of(names), kept(CONFIG, "some.key", names));
    AnyValue id = string("68a86b69-cae7-422c-83d1-86859f9af8fc");
    assertEquals(Optional.of(array(id, id, id)), kept(CONFIG, "some.key", array(id, id, id)));
    for (AnyValue bad :
        List.of(
            array(integer(1), integer(2)),
            array(real(0.5)),
            array(array(string("a"))),
            array(map(text("a", "b"))),
            array(),
            array(string("x".repeat(300))),
            array(string("4111 1111"), string("1111 1111")),
            array(string("ann@example.org")),
            array(string("https://example.org/")),
            array(string("x"), string("{\"content\":\"hide it\"}")),
            array(string("x"), string("[1, 2]")),
            array(string("x.com/ann?q=how")),
            array(string("x"), string("https%3A%2F%2Fa/b")),
            array(string("{\"a\":"), string("1}")),
            array(string("one two three four five six"), string("7 8 9 10 11 12")),
            map(text("a", "b")))) {
      assertEquals(Optional.empty(), kept(CONFIG, "some.key", bad), bad::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bob was here",
        "bob@example.org",
        "\u043a\u043b\u044e\u0447",
        "phone.123456789",
        "a.b.c.d.e.f.g.h.i.j.k",
        "please-tell-me-all-that-you-know-about-my-cancer-and-me",
        "AKIAQ3EGRIF2MZLTDKQD",
        "cost.match",
        "content.removed.count",
      })
  void aKeyThatNoProgramWroteGoesWithItsValue(String key) {
    Span span = span("chat").toBuilder().addAttributes(number(key, 1)).build();
    Span out = onlySpan(clean(CONFIG, message(span)));
    assertEquals(0, out.getAttributesCount());
    assertEquals(1, out.getDroppedAttributesCount());
  }

  /** Else an exporter would read a text that is no UTF-8. */
  @Test
  void whatAHitLeavesIsWholeCharacters() {
    String out = keptText(CONFIG, "some.key", "\u00e4\u20ac ann@example.org \u20ac\u00e4").get();
    assertEquals("\u00e4\u20ac <email> \u20ac\u00e4", out);
    assertEquals(out, new String(out.getBytes(UTF_8), UTF_8));
  }

  @Test
  void tellsByKindWhatASpanHasLost() {
    Span span =
        span("chat").toBuilder()
            .addAttributes(text("gen_ai.prompt.0.content", "x".repeat(100)))
            .addAttributes(text("gen_ai.completion", "y".repeat(10)))
            .addAttributes(text("tool.parameters", "zz"))
            .addAttributes(text("db.query.text", "abc"))
            .addAttributes(text("gen_ai.system_instructions", "abcd"))
            .addAttributes(text("http.request.header.cookie", "abcde"))
            .addEvents(Span.Event.newBuilder().addAttributes(text("prompt", "x")))
            .build();
    for (Profile profile : List.of(Profile.STRICT, Profile.BALANCED)) {
      Span out = onlySpan(clean(DropContentConfig.of(profile), message(span)));
      assertEquals(7, Given.number(out, "content.removed.count"));
      assertEquals(125, Given.number(out, "content.removed.bytes"));
      assertEquals(101, Given.number(out, "content.removed.prompt.bytes"));
      assertEquals(10, Given.number(out, "content.removed.completion.bytes"));
      assertEquals(2, Given.number(out, "content.removed.tool.bytes"));
      assertEquals(3, Given.number(out, "content.removed.retrieval.bytes"));
      assertEquals(4, Given.number(out, "content.removed.system.bytes"));
      assertEquals(5, Given.number(out, "content.removed.other.bytes"));
      assertEquals(Optional.empty(), Given.value(out, "content.removed.person.bytes"));
      assertEquals(6, out.getDroppedAttributesCount());
    }
  }
}
