package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.Attributes;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionsTest {
  @Test
  void answersWithTheWholeDocument() throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response =
          service.complete("{\"prompt\":\"Hello world\",\"max_tokens\":5}");

      JsonNode answer = TestService.json(response);
      assertEquals(200, response.statusCode());
      assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
      String id = answer.path("id").textValue();
      String traceId = answer.path("trace_id").textValue();
      assertTrue(id.matches("cmpl-[0-9a-f]{32}"), id);
      assertTrue(traceId.matches("[0-9a-f]{32}"), traceId);
      String expected =
          """
          {"id":"%s","object":"text_completion","created":1700000000,"model":"mistral-7b",
           "choices":[{"index":0,"text":"token token token","logprobs":null,
                       "finish_reason":"stop"}],
           "usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5},
           "prompt_tokens":2,"completion_tokens":3,"text":"token token token",
           "estimated_cost_usd":8e-7,"trace_id":"%s"}
          """;
      assertEquals(TestService.json(expected.formatted(id, traceId)), answer);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-3.5-turbo,0.000058",
    "gpt-4o-mini,0.0000231",
    "mistral-7b,0.0000078",
    "llama-3-8b,0.0000078"
  })
  void pricesTheModelsThatItKnows(String model, double usd) throws Exception {
    try (TestService service = TestService.start()) {
      JsonNode answer =
          service.completeJson("{\"prompt\":\"Hello world\",\"model\":\"" + model + "\"}");

      assertEquals(usd, answer.path("estimated_cost_usd").doubleValue());
    }
  }

  @ParameterizedTest
  @CsvSource({"default", "gpt-5", "Mistral-7b"})
  void answersNullWhereItKnowsNoPrice(String model) throws Exception {
    try (TestService service = TestService.start()) {
      JsonNode answer = service.completeJson("{\"prompt\":\"Hello\",\"model\":\"" + model + "\"}");

      assertTrue(answer.has("estimated_cost_usd"));
      assertTrue(answer.path("estimated_cost_usd").isNull());
    }
  }

  @Test
  void fillsInTheDefaults() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete(
          "{\"prompt\":\"Hello\",\"model\":null,\"max_tokens\":null,\"temperature\":null,"
              + "\"stream\":false,\"n\":1,\"unknown\":{}}");

      Attributes root = service.root().getAttributes();
      assertEquals("mistral-7b", root.get(Keys.LLM_MODEL));
      assertEquals(64, root.get(Keys.LLM_MAX_TOKENS));
      assertEquals(0.7, root.get(Keys.LLM_TEMPERATURE));
    }
  }

  @Test
  void countsCharactersAsPeopleDo() throws Exception {
    try (TestService service = TestService.start()) {
      service.complete("{\"prompt\":\"a\\ud83d\\ude00b\"}");

      Attributes tokenize = service.span("inference.tokenize").getAttributes();
      assertEquals(3, tokenize.get(Keys.LLM_PROMPT_LENGTH_CHARS));
    }
  }

  @Test
  void saysThatItIsWell() throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response = service.send(service.request("/health").GET());

      assertEquals(200, response.statusCode());
      assertEquals("{\"status\":\"ok\"}", response.body());
      assertTrue(service.exported.getFinishedSpanItems().isEmpty());
    }
  }

  @Test
  void repeatsItsIdsWhenSeeded() throws Exception {
    assertEquals(idsWithSeed(7L), idsWithSeed(7L));
    assertNotEquals(idsWithSeed(7L), idsWithSeed(8L));
  }

  private static String idsWithSeed(long seed) throws Exception {
    try (TestService service =
        TestService.start(
            new Settings.Simulation(8, 1.0, seed),
            Settings.Telemetry.defaults(),
            FakeClock.flowing())) {
      JsonNode answer = service.completeJson("{\"prompt\":\"Hello\"}");
      return answer.path("id").textValue() + answer.path("trace_id").textValue();
    }
  }
}
