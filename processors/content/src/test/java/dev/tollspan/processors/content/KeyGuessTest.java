package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.integer;
import static dev.tollspan.processors.content.Given.kept;
import static dev.tollspan.processors.content.Given.keptText;
import static dev.tollspan.processors.content.Given.real;
import static dev.tollspan.processors.content.Given.string;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.common.v1.AnyValue;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
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
    "processWorkingDirectory, /home/john.smith/v1, /{}/{}/v1",
    "httpUrl, https://example.org/v1/ann?q=1, https://example.org/v1/{}",
  })
  void pathsAndUrlsAreReducedHoweverTheirKeysAreSpelled(String key, String value, String left) {
    assertEquals(Optional.of(left), keptText(CONFIG, key, value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gen_ai_prompt",
        "gen_ai_prompt_0_content",
        "gen_ai.prompt_0_content",
        "gen_ai.prompt-0",
        "gen_ai-prompt-0-content",
        "gen_ai.inputMessages",
        "llm_input_messages",
        "llm.inputMessages",
        "input_value",
        "inputValue",
        "traceloop_entity_input",
        "ai.promptMessages",
        "langfuse_observation_input",
        "message_content_text",
        "db_statement",
        "lk_chat_ctx",
        "lkChatCtx",
        "otel.gen_ai.prompt",
        "attributes.input.value",
        "otel.lk.chat_ctx",
        "gen_ai.request.messages",
        "gen_ai.response.text",
        "gen_ai.response.reasoning",
        "gen_ai.choice.0.message.content",
        "llm.input",
        "llm.output",
        "ai.messages",
        "ai.response.reasoningText",
        "langfuse.metadata.prompt",
        "mlflow.trace.inputs",
        "tool.call.arguments",
        "cookie",
        "authorization",
        "headers",
        "headers.x-id",
        "app.metadata.name",
        "http.request.headers.id",
        "error.stack",
        "HTTPHeaders",
        "app.prompt0",
      })
  void contentGoesHoweverItsKeyIsSpelled(String key) {
    assertEquals(Optional.empty(), keptText(CONFIG, key, "hiv"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "messaging.message.id",
        "messaging.message_id",
        "rpc.message.type",
        "http.content_type",
        "http.status_text",
        "http.response.status_text",
        "db.query.summary",
        "db.sql.table",
        "db.collection.name",
        "db.operation.name",
        "os.description",
        "process.runtime.description",
        "code.file.path",
        "messaging.destination.template",
        "k8s.secret.name",
        "k8s.node.uid",
        "feature_flag.context.id",
        "aws.request_id",
        "url.template",
        "input_type",
        "prompt_version",
        "query_name",
        "gen_ai.response.reasoning_effort",
        "anthropic.message.stop_reason",
        "embedding_model",
        "user.type",
        "user.roles",
        "session.type",
        "customer.id",
        "tenant_id",
        "thread.name",
        "promptly",
        "contented",
        "inputting",
      })
  void whatNamesThingsStays(String key) {
    assertEquals(Optional.of("b-17"), keptText(CONFIG, key, "b-17"));
  }

  @Test
  void whatOnlyNamesContentIsOneWord() {
    assertEquals(Optional.of("text/html"), keptText(CONFIG, "http.content_type", "text/html"));
    assertEquals(Optional.empty(), keptText(CONFIG, "http.content_type", "my wife left"));
    assertEquals(Optional.empty(), kept(CONFIG, "app.prompt.id", Given.array(string("a"))));
    assertEquals(Optional.of("a b"), keptText(CONFIG, "db.query.summary", "a b"));
  }

  /** The words take text away, not numbers. */
  @ParameterizedTest
  @CsvSource({
    "app.prompt.length_chars, true",
    "app_prompt_tokens, true",
    "app.body.bytes, true",
    "messages, false",
    "app.messages, true",
    "app.embedding.vector.norm, true",
    "embedding.embeddings.0.embedding.vector.17, false",
    "embedding.embeddings.0.embedding.vector[17], false",
    "gen_ai.input.token_ids.0, false",
    "gen_ai.output.token_ids.0, false",
    "db.vector.3, false",
    "db.query.embeddings.vector.3, false",
    "document.embedding.5, false",
    "response.tokens.0, false",
    "app.vector_17, false",
    "app.vector_17.norm, true",
    "app.latency.99, true",
    "retrieval.documents.0.document.score, true",
  })
  void numbersOfContentStayUnlessTheyAreOneOfMany(String key, boolean stays) {
    assertEquals(stays, kept(CONFIG, key, integer(40213)).isPresent());
    assertEquals(stays, kept(CONFIG, key, real(0.25)).isPresent());
  }
}
