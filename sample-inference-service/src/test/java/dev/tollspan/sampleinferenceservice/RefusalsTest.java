package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {
  private static final int BODY_BYTES_MAX = 8 * 1024 * 1024;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "{'prompt':'SECRET'          | -           | invalid_json",
        "{'prompt':SECRET}           | -           | invalid_json",
        "{'prompt':'SECRET'} x       | -           | invalid_json",
        "SECRET                      | -           | invalid_json",
        "['SECRET']                  | -           | invalid_json",
        "{}                          | prompt      | invalid_value",
        "{'prompt':null}             | prompt      | invalid_value",
        "{'prompt':['SECRET']}       | prompt      | invalid_value",
        "{'prompt':1}                | prompt      | invalid_value",
        "{'prompt':'SECRET','model':1}             | model       | invalid_value",
        "{'prompt':'SECRET','user':{}}             | user        | invalid_value",
        "{'prompt':'SECRET','max_tokens':'5'}      | max_tokens  | invalid_value",
        "{'prompt':'SECRET','max_tokens':1.5}      | max_tokens  | invalid_value",
        "{'prompt':'SECRET','max_tokens':0}        | max_tokens  | invalid_value",
        "{'prompt':'SECRET','max_tokens':32769}    | max_tokens  | invalid_value",
        "{'prompt':'SECRET','max_tokens':5e12}     | max_tokens  | invalid_value",
        "{'prompt':'SECRET','temperature':'warm'}  | temperature | invalid_value",
        "{'prompt':'SECRET','temperature':-1}      | temperature | invalid_value",
        "{'prompt':'SECRET','temperature':2.1}     | temperature | invalid_value",
        "{'prompt':'SECRET','simulate':'SECRET'}   | simulate    | invalid_value",
        "{'prompt':'SECRET','stream':1}            | stream      | invalid_value",
        "{'prompt':'SECRET','stream':true}         | stream      | unsupported_value",
      })
  void refusesABadBodyWithoutRepeatingIt(String body, String param, String code) throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response = service.complete(body.replace('\'', '"'));

      assertError(response, 400, "invalid_request_error", param, code);
      assertFalse(response.body().contains("SECRET"));
      assertTrue(service.exported.getFinishedSpanItems().isEmpty());
    }
  }

  @Test
  void refusesAnEmptyBody() throws Exception {
    try (TestService service = TestService.start()) {
      assertError(service.complete(""), 400, "invalid_request_error", null, "invalid_json");
    }
  }

  @Test
  void refusesTextThatIsNotUtf8() throws Exception {
    byte[] body = "{\"prompt\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    try (TestService service = TestService.start()) {
      HttpResponse<String> response = service.send(post(service, body));

      assertError(response, 400, "invalid_request_error", null, "invalid_json");
    }
  }

  @Test
  void refusesJsonNestedBeyondReason() throws Exception {
    String body = "{\"prompt\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    try (TestService service = TestService.start()) {
      assertError(service.complete(body), 400, "invalid_request_error", null, "invalid_json");
    }
  }

  @ParameterizedTest
  @CsvSource({"/", "/v1/chat", "/v1/completions/", "/healthy"})
  void knowsNoOtherPath(String path) throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response = service.send(service.request(path).GET());

      assertError(response, 404, "invalid_request_error", null, "unknown_url");
    }
  }

  @ParameterizedTest
  @CsvSource({"/v1/completions,GET,POST", "/v1/completions,PUT,POST", "/health,POST,GET"})
  void namesTheMethodThatIsAllowed(String path, String method, String allowed) throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response =
          service.send(
              service.request(path).method(method, HttpRequest.BodyPublishers.ofString("{}")));

      assertError(response, 405, "invalid_request_error", null, "method_not_allowed");
      assertEquals(allowed, response.headers().firstValue("Allow").orElse(""));
    }
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response = service.send(service.request("/health").HEAD());

      assertEquals(405, response.statusCode());
      assertEquals("", response.body());
    }
  }

  @Test
  void refusesABodyThatIsOneByteTooLarge() throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response = service.send(post(service, padded(BODY_BYTES_MAX + 1)));

      assertError(response, 413, "invalid_request_error", null, "body_too_large");
    }
  }

  @Test
  void takesABodyOfTheLargestSize() throws Exception {
    try (TestService service = TestService.start()) {
      assertEquals(200, service.send(post(service, padded(BODY_BYTES_MAX))).statusCode());
    }
  }

  @Test
  void answersAnInjectedFailureAndGoesOn() throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response =
          service.complete("{\"prompt\":\"SECRET\",\"simulate\":\"fail\"}");

      assertError(response, 500, "server_error", null, "engine_failed");
      assertFalse(response.body().contains("SECRET"));
      assertEquals(200, service.complete("{\"prompt\":\"Hello\"}").statusCode());
    }
  }

  @Test
  void aFailureGivesItsSlotBack() throws Exception {
    try (TestService service =
        TestService.start(
            new Settings.Simulation(1, 1.0, null),
            Settings.Telemetry.defaults(),
            FakeClock.flowing())) {
      service.complete("{\"prompt\":\"Hello\",\"simulate\":\"fail\"}");

      assertEquals(200, service.complete("{\"prompt\":\"Hello\"}").statusCode());
    }
  }

  private static void assertError(
      HttpResponse<String> response, int status, String type, String param, String code)
      throws Exception {
    JsonNode document = TestService.json(response);
    JsonNode error = document.path("error");
    List<String> fields = new ArrayList<>();
    error.fieldNames().forEachRemaining(fields::add);
    assertEquals(status, response.statusCode());
    assertEquals(1, document.size());
    assertEquals(List.of("message", "type", "param", "code"), fields);
    assertFalse(error.path("message").textValue().isEmpty());
    assertEquals(type, error.path("type").textValue());
    assertEquals(param, error.path("param").textValue());
    assertEquals(code, error.path("code").textValue());
  }

  private static HttpRequest.Builder post(TestService service, byte[] body) {
    return service.request("/v1/completions").POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  /** A valid request of this many bytes, most of them white space behind the document. */
  private static byte[] padded(int bytes) {
    String document = "{\"prompt\":\"Hello\"}";
    return (document + " ".repeat(bytes - document.length())).getBytes(StandardCharsets.US_ASCII);
  }
}
