package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.clean;
import static dev.tollspan.processors.content.Given.keptText;
import static dev.tollspan.processors.content.Given.message;
import static dev.tollspan.processors.content.Given.onlySpan;
import static dev.tollspan.processors.content.Given.span;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.spans.Batches;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is one word by its letters, and yet a sentence or a secret. */
class SentencesTest {
  private static final List<Profile> BOTH = List.of(Profile.STRICT, Profile.BALANCED);
  private static final String JWT =
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0"
          + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/chat/completions",
        "GET /v1/chat/completions/{id}",
        "POST /v1/threads/{thread_id}/runs",
        "opentelemetry.proto.collector.trace.v1.TraceService/Export",
        "inference.GRPCInferenceService/ModelInfer",
        "ChatCompletion.create",
        "langchain_core.runnables.RunnableSequence",
        "VectorStoreRetriever.aget_relevant_documents",
        "HuggingFaceEndpointEmbeddings.embed_documents",
        "gen_ai.client.inference.operation.details",
        "invoke_agent travel-planner",
        "execute_tool get_current_weather_in_city",
        "chat meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo",
        "chat us.anthropic.claude-3-5-sonnet-20241022-v2:0",
        "chat @cf/meta/llama-3.3-70b-instruct-fp8-fast",
        "chat claude-3-5-sonnet@20240620",
      })
  void ordinaryNamesOfSpansStay(String name) {
    for (Profile profile : BOTH) {
      assertEquals(name, nameOf(profile, name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "how-do-I-hide-my-HIV-status-from-my-employer",
        "my_wife_is_having_an_affair.what_should_i_do.please_help_me",
        "howDoIHideMyHIVStatusFromMyEmployer",
        "HowDoI.HideMyHiv/StatusFrom:Boss",
        "h1de-this-from-the-boss-and-my-wife",
        "chat why-does-my-boss-hate-me-and-how-can-I-quit-without-notice",
        "GET /v1/{how_do_i_hide_my_hiv_status}",
        "id_key_name_type_user_chat_run_model_error_go_net_org_io",
      })
  void sentencesAreNoNames(String name) {
    for (Profile profile : BOTH) {
      assertEquals(name.startsWith("GET") ? "GET" : "client", nameOf(profile, name));
      Span event = chat().addEvents(Span.Event.newBuilder().setName(name)).build();
      assertEquals("event", onlySpan(profile, event).getEvents(0).getName());
      assertEquals("", scopeOf(profile, name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
        "openinference.instrumentation.llama_index",
        "io.opentelemetry.spring-webmvc-6.0",
        "Experimental.Microsoft.Extensions.AI",
      })
  void namesOfScopesStay(String name) {
    for (Profile profile : BOTH) {
      assertEquals(name, scopeOf(profile, name));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gen_ai.request.model, how-do-I-hide-my-HIV-status-from-my-employer-and-wife",
    "http.route, /{how-do-i-hide-my-hiv-status}",
    "tenant.id, tell-my-boss-that-I-am-ill",
    "server.address, how-do-i-hide.my-hiv.status",
    "endpoint, https://how-do-i-hide.my-hiv.status/v1",
    "exception.type, HowDoIHideMyHivStatus",
  })
  void sentencesAreNoValues(String key, String value) {
    for (Profile profile : BOTH) {
      assertEquals(Optional.empty(), keptText(DropContentConfig.of(profile), key, value));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gen_ai.request.model, meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo",
    "gen_ai.request.model, together_ai/meta-llama/meta-llama-3.1-70b-instruct-turbo",
    "gen_ai.request.model, ~openai/gpt-latest",
    "gen_ai.request.model, @cf/meta/llama-2-7b-chat-fp16",
    "gen_ai.request.model, mistral-large@2411-001",
    "gen_ai.request.model, codestral@latest",
    "server.address, my-inference-service.my-namespace.svc.cluster.local",
    "server.address, internal-ml-abc123.us-west-2.elb.amazonaws.com",
    "server.address, bedrock-runtime.us-east-1.amazonaws.com",
    "k8s.pod.name, llama-3-70b-instruct-predictor-00001-deployment-6d4cf56db6-x7k2p",
    "k8s.pod.name, kube-prometheus-stack-prometheus-node-exporter-x7k2p",
    "http.route, /v1/projects/{project}/locations/{location}/publishers/{publisher}/models/{model}",
    "exception.type, org.springframework.web.client.HttpClientErrorException.TooManyRequests",
    "gen_ai.response.id, chatcmpl-BtsXuf9hdpJyTqXkYCnpPXvTHWyCd",
    "gen_ai.response.id, chatcmpl-BtsXufahdpJyTqXkYCnpPXvTHWyCd",
    "gen_ai.response.id, req_011CSHoEeqs5C35K2UUqR7Fy",
    "gen_ai.response.id, 68a86b69-cae7-422c-83d1-86859f9af8fc",
    "gen_ai.response.finish_reasons, '[\"stop\",\"stop\",\"stop\",\"stop\","
        + "\"stop\",\"stop\",\"stop\"]'",
  })
  void namesOfModelsHostsAndIdsStay(String key, String value) {
    for (Profile profile : BOTH) {
      assertEquals(Optional.of(value), keptText(DropContentConfig.of(profile), key, value));
    }
  }

  /** Random letters and digits have humps too: one id in two hundred may be lost at most. */
  @ParameterizedTest
  @CsvSource({"req_, 22", "call_, 24", "chatcmpl-, 29", "'', 38"})
  void randomIdsAreSeldomSentences(String prefix, int length) {
    String all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    SplittableRandom random = new SplittableRandom(20261121);
    int lost = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder id = new StringBuilder(prefix);
      for (int k = 0; k < length; k++) {
        id.append(all.charAt(random.nextInt(all.length())));
      }
      byte[] bytes = id.toString().getBytes(UTF_8);
      lost += Sentences.isSentence(bytes, 0, bytes.length) ? 1 : 0;
    }
    int of = lost;
    assertTrue(lost < 20_000 / 200 * 2, () -> of + " of 20000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "sk-proj-abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst",
        "sk-1234567890abcdefghij",
        "AKIAQ3EGRIF2MZLTDKQD",
        "DE89370400440532013000",
        "DE89-3704-0044-0532-0130-00",
        "NO9386011117947",
        "536-22-8123",
        "ssn:536.22.8123",
        JWT,
      })
  void keysAndNumbersOfPeopleAreNeitherNamesNorValues(String secret) {
    for (Profile profile : BOTH) {
      for (String name : List.of(secret, "chat " + secret, "x." + secret)) {
        assertEquals("client", nameOf(profile, name));
        Span event = chat().addEvents(Span.Event.newBuilder().setName(name)).build();
        assertEquals("event", onlySpan(profile, event).getEvents(0).getName());
        assertEquals("", scopeOf(profile, name));
      }
      for (String key : List.of("tenant.id", "gen_ai.response.id", "gen_ai.request.model")) {
        Optional<String> out = keptText(DropContentConfig.of(profile), key, secret);
        assertTrue(out.map(v -> !v.contains(secret)).orElse(true), () -> profile + " " + key);
        assertTrue(profile == Profile.BALANCED || out.isEmpty(), key);
      }
    }
  }

  /** Strict rather loses an id than to ask whether a number was ever issued. */
  @Test
  void whatIsShapedAsANumberOfSocialSecurityIsOne() {
    assertEquals(
        Optional.empty(),
        keptText(DropContentConfig.defaults(), "gen_ai.response.id", "123-45-6789"));
    assertEquals("client", nameOf(Profile.BALANCED, "execute_tool ssn:123-45-6789"));
    assertEquals("x.123-45-67890", scopeOf(Profile.STRICT, "x.123-45-67890"));
    assertEquals("x.a123-45-6789", scopeOf(Profile.STRICT, "x.a123-45-6789"));
  }

  private static Span.Builder chat() {
    return span("chat").toBuilder();
  }

  private static String nameOf(Profile profile, String name) {
    return onlySpan(profile, span(name)).getName();
  }

  private static Span onlySpan(Profile profile, Span span) {
    return Given.onlySpan(clean(DropContentConfig.of(profile), message(span)));
  }

  private static String scopeOf(Profile profile, String name) {
    ScopeSpans scope =
        ScopeSpans.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName(name))
            .addSpans(chat())
            .build();
    TracesData message =
        TracesData.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
            .build();
    return Batches.message(clean(DropContentConfig.of(profile), message))
        .getResourceSpans(0)
        .getScopeSpans(0)
        .getScope()
        .getName();
  }
}
