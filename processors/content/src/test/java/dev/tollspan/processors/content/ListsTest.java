package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.keptText;
import static dev.tollspan.processors.content.Given.lists;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
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
