package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.keptText;
import static dev.tollspan.processors.content.Given.lists;
import static dev.tollspan.processors.content.Given.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListsTest {
  private static final List<Profile> BOTH = List.of(Profile.STRICT, Profile.BALANCED);

  /** Deny beats hash, hash beats allow; keys and patterns alike. */
  @ParameterizedTest
  @CsvSource({
    "shop.basket, '', '', shop.basket, kept",
    "/shop\\..*/, '', '', shop.basket, kept",
    "/shop/, '', '', shop.basket, open",
    "/shop\\.[a-z]+/, shop.basket, '', shop.basket, gone",
    "shop.basket, /shop\\..*/, '', shop.basket, gone",
    "shop.basket, '', /shop\\..*/, shop.basket, hashed",
    "/shop\\..*/, '', shop.basket, shop.basket, hashed",
    "/shop\\..*/, '', /.*basket/, shop.basket, hashed",
    "'', shop.basket, shop.basket, shop.basket, gone",
    "'', '', shop.basket, shop.basket, hashed",
    "'', /.*/, '', service.name, gone",
    "'', service.name, '', service.name, gone",
    "'', '', tenant.id, tenant.id, hashed",
    "'', '', llm.user, llm.user, hashed",
    "user.id, '', '', user.id, kept",
    "/user\\..*/, '', '', user.id, kept",
    "llm.user, '', '', llm.user, kept",
    "/.*/, '', '', user.id, kept",
    "/.*/, '', '', gen_ai.usage.input_tokens, gone",
    "/.*/, '', '', cost.match, gone",
    "gen_ai.prompt, '', '', gen_ai.prompt, kept",
    "'', '', '', gen_ai.prompt, gone",
    "'', gen_ai.request, '', gen_ai.request.model, gone",
    "'', TenantId, '', tenant.id, gone",
    "'', '', tenant_id, tenant.id, hashed",
    "'', '', tenant, tenant.id, kept",
    "'', model, '', model_name, kept",
    "user_id, '', user.id, user_id, hashed",
  })
  void listsGoBeforeTheBundledOnes(
      String allow, String deny, String hash, String key, String expected) {
    for (Profile profile : BOTH) {
      DropContentConfig config = lists(profile, list(allow), list(deny), list(hash));
      Optional<String> out = keptText(config, key, "b-17");
      String fate =
          out.map(v -> v.equals("b-17") ? "kept" : v.startsWith("hmac:") ? "hashed" : v)
              .orElse("gone");
      String wanted =
          expected.contains("open") ? (profile == Profile.STRICT ? "gone" : "kept") : expected;
      assertEquals(wanted, fate, profile::name);
    }
  }

  /** What is written out stands for every spelling, and for what is below it. */
  @ParameterizedTest
  @CsvSource({
    "App.Note, gone",
    "app_note, gone",
    "appNote, gone",
    "app.note.text, gone",
    "app.note.0, gone",
    "app_notes-3, gone",
    "app.noted, open",
    "app.another.note, open",
    "my.app.note, open",
    "App_Client2, hashed",
    "app-client-2, hashed",
    "app.client3, open",
    "app.client2.name, gone",
    "App_Client2.previous, gone",
    "shop, gone",
    "Shop.basket, gone",
    "shop_basket, open",
  })
  void anEntryStandsForEverySpellingAndForWhatIsBelow(String key, String expected) {
    DropContentConfig config =
        lists(Profile.BALANCED, List.of(), List.of("app.note", "shop"), List.of("app.client2"));
    Optional<String> out = keptText(config, key, "b-17");
    assertEquals(expected, out.map(v -> v.startsWith("hmac:") ? "hashed" : "open").orElse("gone"));
  }

  /** The second batch finds remembered what the first had to ask for. */
  @Test
  void patternsAreAskedOnceForAKeyAndNotForAFloodOfThem() {
    DropContentConfig config =
        lists(Profile.BALANCED, List.of(), List.of(), List.of("/shop\\.item[0-9]+/"));
    KeyTable keys = Given.keys(config);
    DropContent gate = new DropContent(config, keys);
    List<Integer> hashed = new ArrayList<>();
    for (int batch = 0; batch < 4; batch++) {
      ScopeSpans.Builder scope = ScopeSpans.newBuilder();
      for (int i = 0; i < 2500; i++) {
        scope.addSpans(Given.span("a").toBuilder().addAttributes(text("shop.item" + i, "ann")));
      }
      TracesData in =
          TracesData.newBuilder()
              .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
              .build();
      TracesData out = Batches.message(Given.clean(gate, keys, in));
      assertFalse(out.toByteString().toStringUtf8().contains("ann"));
      String text = out.toByteString().toStringUtf8();
      hashed.add(text.split("hmac:", -1).length - 1);
    }
    assertEquals(2048, hashed.getFirst());
    assertTrue(hashed.getLast() > 2048, hashed::toString);
  }

  /** A key that no program wrote is not worth a pattern's time. */
  @Test
  void keysOfMoreThanAHundredBytesMatchNoPattern() {
    for (Profile profile : BOTH) {
      DropContentConfig config = lists(profile, List.of("/x+/"), List.of(), List.of());
      assertTrue(keptText(config, "x".repeat(32), "b-17").isPresent());
      assertFalse(keptText(config, "x".repeat(101), "b-17").isPresent());
    }
  }

  /** Words would be a prompt again; an id is what an allowed key holds. */
  @ParameterizedTest
  @ValueSource(strings = {"gen_ai.prompt", "/gen_ai\\.prompt/"})
  void anAllowedKeyOfAFamilyKeepsIdsAlone(String entry) {
    for (Profile profile : BOTH) {
      DropContentConfig config = lists(profile, List.of(entry), List.of(), List.of());
      assertTrue(keptText(config, "gen_ai.prompt", "template-4").isPresent());
      assertFalse(keptText(config, "gen_ai.prompt", "tell me more").isPresent());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop.note.previous", "my.note.previous", "user.id.previous"})
  void nobodySendsWhatAnOlderHashWouldBe(String key) {
    DropContentConfig config =
        lists(Profile.BALANCED, List.of(), List.of(), List.of("/shop\\.[a-z]+/", "/my\\..*/"));
    assertEquals(Optional.empty(), keptText(config, key, "ann"));
  }

  @ParameterizedTest
  @CsvSource({
    "cost.total, written by the pipeline",
    "estimated_cost_usd, written by the pipeline",
    "content.removed.count, written by the pipeline",
    "'', a key has 1 to 128 characters",
    "/a(b/, missing closing )",
    "/a{1001}/, invalid repeat",
    "/(?=a)/, invalid",
  })
  void whatCannotBeListedIsToldWithoutRepeatingIt(String entry, String told) {
    for (int list = 0; list < 3; list++) {
      List<String> allow = list == 0 ? List.of(entry) : List.of();
      List<String> deny = list == 1 ? List.of(entry) : List.of();
      List<String> hash = list == 2 ? List.of(entry) : List.of();
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> lists(Profile.STRICT, allow, deny, hash))
              .getMessage();
      String name = List.of("allow", "deny", "hash").get(list);
      assertTrue(message.startsWith(name + ": ") && message.contains(told), message);
    }
  }

  private static List<String> list(String entry) {
    return entry.isEmpty() ? List.of() : List.of(entry);
  }
}
