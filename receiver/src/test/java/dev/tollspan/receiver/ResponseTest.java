package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.receiver.HttpAnswers.Asked;
import dev.tollspan.receiver.HttpHead.Media;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Responses near the limit of their size, and the words of answers that are rare. */
class ResponseTest {
  private static final Answer.Taken PARTLY = new Answer.Taken(7, "x".repeat(300));
  private static final Asked PROTOBUF = new Asked(Media.PROTOBUF, true, false, "", "");

  private static String http(int bytesMax, Answer answer, Asked asked) {
    return new String(new HttpAnswers(bytesMax, Map.of()).bytes(answer, asked), UTF_8);
  }

  @Test
  @Tag("A9")
  @Tag("B15")
  void cutsTheTextUntilTheResponseFits() throws Exception {
    for (int max : new int[] {400, 200, 50, 10, 4}) {
      byte[] bytes = Response.of(PARTLY, false, max);
      assertTrue(bytes.length <= max);
      ExportTracePartialSuccess partial =
          ExportTraceServiceResponse.parseFrom(bytes).getPartialSuccess();
      assertEquals(7, partial.getRejectedSpans());
      assertTrue(PARTLY.reason().startsWith(partial.getErrorMessage()));
    }
    assertNull(Response.of(PARTLY, false, 3));
    String json = new String(Response.of(PARTLY, true, 60), UTF_8);
    assertTrue(json.startsWith("{\"partialSuccess\":{\"rejectedSpans\":\"7\""), json);
    assertNull(Response.of(PARTLY, true, 20));
  }

  @Test
  @Tag("A10")
  @Tag("B15")
  void refusesForGoodWhatCannotFit() {
    FakeCall call = new FakeCall();
    new GrpcAnswers(3).send(call, PARTLY);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, call.status.getCode());
    assertTrue(call.trailers.keys().isEmpty(), "no RetryInfo");
    String http = http(3, PARTLY, PROTOBUF);
    assertTrue(http.startsWith("HTTP/1.1 500 "), http);
  }

  @Test
  @Tag("A15")
  @Tag("A16")
  void tellsWarningsWithoutRejectedSpansAndNeverNothing() throws Exception {
    Answer.Taken warning = new Answer.Taken(0, "so");
    byte[] bytes = Response.of(warning, false, 100);
    ExportTraceServiceResponse response = ExportTraceServiceResponse.parseFrom(bytes);
    assertEquals(0, response.getPartialSuccess().getRejectedSpans());
    assertEquals("so", response.getPartialSuccess().getErrorMessage());
    assertEquals(
        "{\"partialSuccess\":{\"errorMessage\":\"so\"}}",
        new String(Response.of(warning, true, 100), UTF_8));
    assertArrayEquals(new byte[0], Response.of(warning, false, 1), "cut to nothing");
    assertEquals("{}", new String(Response.of(warning, true, 2), UTF_8));
  }

  @Test
  @Tag("B13")
  void roundsTheTimeToComeBackUp() {
    for (int millis : new int[] {100, 999, 1_000, 1_001, 30_000, 90_000}) {
      Answer answer =
          AnswerTable.of(new Outcome.RetryLater(Duration.ofMillis(millis), "full"), 0, "");
      String told = millis <= 1000 ? "1" : millis < 2000 ? "2" : "30";
      String http = http(1000, answer, PROTOBUF);
      assertTrue(http.contains("\r\nRetry-After: " + told + "\r\n"), http);
    }
  }

  @Test
  void leavesOutTheBodyForHead() {
    Asked head = new Asked(Media.NONE, false, true, "", "");
    String http = http(1000, new Answer.Refused(Refusal.OTHER_METHOD, "no"), head);
    assertTrue(http.endsWith("\r\n\r\n"), http);
    assertFalse(http.contains("Content-Length: 0"), http);
  }

  private static final class FakeCall extends ServerCall<Object, byte[]> {
    private Status status;
    private Metadata trailers;

    @Override
    public void close(Status status, Metadata trailers) {
      this.status = status;
      this.trailers = trailers;
    }

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(byte[] message) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Object, byte[]> getMethodDescriptor() {
      throw new AssertionError("nobody asks");
    }
  }
}
