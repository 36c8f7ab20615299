package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What OTLP asks of an HTTP server where requests are good, or some of their spans are. */
@Timeout(60)
class HttpTest {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";

  @Test
  @Tag("B1")
  @Tag("B8")
  void answersFullSuccessWithAnEmptyResponse() throws Exception {
    byte[] message = Requests.message(3).toByteArray();
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      for (int i = 0; i < 3; i++) {
        RawHttp.Answer answer = http.post(PROTOBUF, message).answer();
        assertEquals(200, answer.status());
        assertEquals(PROTOBUF, answer.field("Content-Type"));
        assertEquals("0", answer.field("Content-Length"));
        assertArrayEquals(message, station.taken.remove());
      }
      assertEquals(9, station.ledger.accepted());
      assertEquals(1, station.receiver.httpConnections());
    }
  }

  @Test
  @Tag("B2")
  @Tag("B3")
  @Tag("B4")
  @Tag("B5")
  @Tag("A3")
  @Tag("G5")
  void keepsTheSameBytesHoweverTheyCame() throws Exception {
    byte[] message = Requests.message(300).toByteArray();
    byte[] json = Requests.json(300);
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      assertEquals(Status.Code.OK, station.client.export(message).code());
      List<RawHttp.Answer> answers = new ArrayList<>();
      String gzip = "Content-Encoding: gzip\r\n";
      String zstd = "Content-Encoding: zstd\r\n";
      answers.add(http.post(PROTOBUF, message).answer());
      answers.add(http.post(PROTOBUF, Requests.gzip(message), gzip).answer());
      answers.add(http.post(PROTOBUF, Zstd.compress(message), zstd).answer());
      answers.add(http.post(JSON, json).answer());
      answers.add(http.post(JSON, Requests.gzip(json), gzip).answer());
      answers.add(http.post(JSON + "; charset=utf-8", Zstd.compress(json), zstd).answer());
      for (int i = 0; i < answers.size(); i++) {
        assertEquals(200, answers.get(i).status(), answers.get(i).text());
        assertEquals(i < 3 ? PROTOBUF : JSON, answers.get(i).field("Content-Type"));
        assertEquals(i < 3 ? "" : "{}", answers.get(i).text());
      }
      assertEquals(7, station.taken.size());
      for (byte[] taken : station.taken) {
        assertArrayEquals(message, taken);
      }
    }
  }

  /** What was put right is told with no span rejected, or behind why others were. */
  @Test
  @Tag("A15")
  void tellsWhatItPutRightHoweverItCame() throws Exception {
    Span odd = Requests.span(1).setParentSpanId(ByteString.copyFromUtf8("odd")).build();
    byte[] warned = Requests.message(List.of(odd)).toByteArray();
    byte[] both = Requests.message(List.of(odd, Requests.badSpan().build())).toByteArray();
    String twice =
        new String(Requests.json(1), UTF_8).replace("\"name\"", "\"name\":\"\",\"name\"");
    String cleared = "a parent_span_id of wrong length was cleared (1)";
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      for (byte[] message : List.of(warned, both)) {
        var grpc = station.client.export(message).response().getPartialSuccess();
        byte[] body = http.post(PROTOBUF, message).answer().body();
        assertEquals(grpc, ExportTraceServiceResponse.parseFrom(body).getPartialSuccess());
        assertEquals(message == both ? 1 : 0, grpc.getRejectedSpans());
        String told = grpc.getErrorMessage();
        assertTrue(message == both ? told.endsWith("; " + cleared) : told.equals(cleared), told);
      }
      assertEquals(
          "{\"partialSuccess\":{\"errorMessage\":"
              + "\"of a JSON member that came twice the last was kept (1)\"}}",
          http.post(JSON, twice.getBytes(UTF_8)).answer().text());
      assertEquals(5, station.ledger.accepted());
    }
  }

  @Test
  @Tag("B9")
  void countsInvalidSpansExactlyAndKeepsTheOthers() throws Exception {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      spans.add((i % 27 == 0 && i < 999 ? Requests.badSpan() : Requests.span(i)).build());
    }
    byte[] message = Requests.message(spans).toByteArray();
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      RawHttp.Answer answer = http.post(PROTOBUF, message).answer();
      assertEquals(200, answer.status());
      var partial = ExportTraceServiceResponse.parseFrom(answer.body()).getPartialSuccess();
      assertEquals(37, partial.getRejectedSpans());
      assertEquals(963, station.ledger.accepted());
    }
  }
}
