package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.integer;
import static dev.tollspan.processors.content.Given.kept;
import static dev.tollspan.processors.content.Given.keptText;
import static dev.tollspan.processors.content.Given.string;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.common.v1.AnyValue;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that no table lists as they are written, in profile balanced. */
class KeyGuessTest {
  private static final DropContentConfig CONFIG = DropContentConfig.of(Profile.BALANCED);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "User.Id",
        "user.ID",
        "USER.ID",
        "Session.Id",
        "LLM.User",
        "user_id",
        "userId",
        "user-id",
        "enduser_id",
        "session_id",
        "conversation_id",
        "gen_ai.conversation_id",
        "gen_ai.user_id",
        "llm.user_id",
        "langfuse.user_id",
        "username",
        "user",
        "db.user",
        "process.owner",
        "Request-Id",
        "RID",
        "app.user_id.0",
        "userIds.0",
        "http_client_ip",
        "messaging.message.conversation_id",
      })
  void anIdOfAPersonIsHashedHoweverItsKeyIsSpelled(String key) {
    String value = keptText(CONFIG, key, "john.smith").orElseThrow();
    assertTrue(value.matches("hmac:run-[0-9a-f]{8}:[0-9a-f]{32}"), value);
    for (AnyValue older : List.of(string("john.smith"), integer(5))) {
      assertEquals(Optional.empty(), kept(CONFIG, key + ".previous", older));
    }
    AnyValue list = Given.array(string("john.smith"));
    assertEquals(Optional.empty(), kept(CONFIG, key, list));
  }

  /** Whatever it ends in: the key itself would say too much. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "I was sick of my user",
        "phone.123456789",
        "please-tell-me-all-that-you-know-about-my-cancer-and-my-owner",
        "AKIAQ3EGRIF2MZLTDKQD.user",
      })
  void aPersonsKeyThatNoProgramWroteGoes(String key) {
    assertEquals(Optional.empty(), keptText(CONFIG, key, "john.smith"));
    assertEquals(Optional.empty(), kept(CONFIG, key, integer(5)));
  }

  @ParameterizedTest
  @CsvSource({
    "userId, true",
    "request.user_id, true",
    "gen_ai.agent.user_id, true",
    "app.session-id, true",
    "active_users, false",
    "messages_per_user, false",
    "user_count, false",
    "thread_id, false",
  })
  void aNumberIsHashedWhereItIsAnId(String key, boolean hashed) {
    AnyValue out = kept(CONFIG, key, integer(7)).orElseThrow();
    assertEquals(hashed, out.getStringValue().startsWith("hmac:"));
    assertEquals(hashed, !out.equals(integer(7)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"user.ids", "userIDs", "app.user_ids", "owners"})
  void aListOfPeopleGoes(String key) {
    assertEquals(Optional.empty(), kept(CONFIG, key, Given.array(string("john.smith"))));
  }

  @ParameterizedTest
  @CsvSource({
    "process.executable.path, /home/john.smith/api, /{}/{}/api",
    "process.working_directory, /home/john.smith/v1, /{}/{}/v1",
  })
  void pathsAndUrlsAreReducedHoweverTheirKeysAreSpelled(String key, String value, String left) {
    assertEquals(Optional.of(left), keptText(CONFIG, key, value));
  }
}
