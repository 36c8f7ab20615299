package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces that begin before us go on in us. */
class PropagationTest {
  private static final String CALL = "{\"prompt\":\"Hello\"}";
  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT_ID = "b7ad6b7169203331";
  private static final String SAMPLED = "00-" + TRACE_ID + "-" + PARENT_ID + "-01";

  @Test
  void joinsTheTraceOfTheCaller() throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response = service.complete(CALL, "traceparent", SAMPLED);

      SpanData root = service.root();
      assertEquals(TRACE_ID, root.getTraceId());
      assertEquals(PARENT_ID, root.getParentSpanId());
      assertEquals(TRACE_ID, TestService.json(response).path("trace_id").textValue());
    }
  }

  @Test
  void answersWithItsOwnPlaceInTheTrace() throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response =
          service.complete(CALL, "traceparent", SAMPLED, "tracestate", "a=1", "tracestate", "b=2");

      assertEquals(
          "00-" + TRACE_ID + "-" + service.root().getSpanId() + "-01",
          response.headers().firstValue("traceparent").orElse(""));
      assertEquals("a=1,b=2", response.headers().firstValue("tracestate").orElse(""));
    }
  }

  @Test
  void namesTheTraceOfAFailedCallToo() throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response =
          service.complete("{\"prompt\":\"Hello\",\"simulate\":\"fail\"}");

      String traceparent = response.headers().firstValue("traceparent").orElse("");
      assertTrue(traceparent.contains(service.root().getTraceId()), traceparent);
    }
  }

  @Test
  void recordsNothingWhereTheCallerDoesNotSample() throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response =
          service.complete(CALL, "traceparent", "00-" + TRACE_ID + "-" + PARENT_ID + "-00");

      assertTrue(service.exported.getFinishedSpanItems().isEmpty());
      assertEquals(TRACE_ID, TestService.json(response).path("trace_id").textValue());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "00-" + TRACE_ID + "-0000000000000000-01"})
  void startsATraceOfItsOwnWhereTheHeaderIsBroken(String traceparent) throws Exception {
    try (TestService service = TestService.start()) {
      HttpResponse<String> response = service.complete(CALL, "traceparent", traceparent);

      assertEquals(200, response.statusCode());
      assertEquals("0000000000000000", service.root().getParentSpanId());
    }
  }
}
