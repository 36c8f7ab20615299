package dev.tollspan.spans;

import static dev.tollspan.spans.Requests.isCanonical;
import static dev.tollspan.spans.Requests.take;
import static dev.tollspan.spans.Requests.takeJson;
import static dev.tollspan.spans.WireWriter.attribute;
import static dev.tollspan.spans.WireWriter.id;
import static dev.tollspan.spans.WireWriter.request;
import static dev.tollspan.spans.WireWriter.span;
import static dev.tollspan.spans.WireWriter.wire;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What spans mean whatever encoding they come in. */
class PayloadTest {
  private static final int METRICS = 2_000;

  @Test
  @Tag("D3")
  void takesEachTypeOfValue() {
    Span.Builder values =
        Traces.values()
            .setTraceId(ByteString.copyFrom(id(16, 1)))
            .setSpanId(ByteString.copyFrom(id(8, 1)));
    TracesData.Builder message = TracesData.newBuilder();
    message.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(values);
    TracesData sent = message.build();
    assertTrue(isCanonical(sent.toByteArray()));
    assertEquals(sent, take(sent.toByteArray()).message());
    assertEquals(sent, takeJson(JsonTraces.inOrder(sent)).message());
  }

  @Test
  @Tag("D4")
  void indexesIntoStringTablesCountAsEmptyInJsonToo() {
    Requests.Taken taken =
        takeJson(
            JsonMappingTest.request(
                "{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\","
                    + "\"attributes\":"
                    + "[{\"keyStrindex\":1,\"value\":{\"stringValueStrindex\":2}}]}"));
    KeyValue attribute = only(taken.message()).getAttributes(0);
    assertEquals(KeyValue.newBuilder().setValue(AnyValue.getDefaultInstance()).build(), attribute);
    assertEquals(2, taken.repairs().count(Repair.STRING_INDEX));
  }

  @Test
  @Tag("D6")
  void flagsAreKeptAsTheyAre() {
    for (int flags : new int[] {0, 1, 0x100, 0x3ff, 0x400, 0x80000000, 0xffffffff}) {
      WireWriter link = wire().bytes(1, id(16, 2)).bytes(2, id(8, 2)).fixed32(6, flags);
      WireWriter one = span(1).message(13, link).fixed32(16, flags);
      for (WireWriter each : List.of(one, wire().raw(one.done()).varint(99, 1))) {
        Span span = only(take(request(each)).message());
        assertEquals(flags, span.getFlags());
        assertEquals(flags, span.getLinks(0).getFlags());
      }
    }
  }

  @Test
  @Tag("D7")
  void keepsSpansWhoseTimesCannotBe() {
    long day = 86_400_000_000_000L;
    for (long[] times :
        new long[][] {
          {0, 0}, {day, 0}, {0, day}, {2 * day, day}, {-1, -1}, {1, Long.MIN_VALUE}, {-2, 5}
        }) {
      byte[] request = request(span(1).fixed64(7, times[0]).fixed64(8, times[1]));
      Requests.Taken taken = take(request);
      assertEquals(0, taken.rejected());
      assertEquals(times[0], only(taken.message()).getStartTimeUnixNano());
      assertEquals(times[1], only(taken.message()).getEndTimeUnixNano());
      assertEquals(taken.message(), takeJson(JsonTraces.inOrder(taken.message())).message());
    }
  }

  @Test
  @Tag("D8")
  void eachFieldSurvivesInBothEncodings() {
    TracesData sent = Traces.full();
    byte[] bytes = sent.toByteArray();
    assertTrue(isCanonical(bytes));
    assertEquals(sent, take(bytes).message());
    assertEquals(sent, takeJson(JsonTraces.inOrder(sent)).message());
    byte[] odd = wire().raw(bytes).varint(99, 1).done();
    assertEquals(sent, take(odd).message(), "the slow way");
    byte[] resource = sent.getResourceSpans(0).toByteArray();
    byte[] oddInside = wire().message(1, wire().raw(resource).varint(99, 1)).done();
    assertEquals(sent, take(oddInside).message(), "the slow way");
  }

  @Test
  @Tag("D11")
  void whatHasLostAllOfItsSpansIsNoEnvelope() {
    WireWriter lost = wire().message(1, wire().text(1, "lib")).message(2, wire().text(5, "n"));
    WireWriter kept = wire().message(2, span(1));
    WireWriter resource = wire().message(1, attribute("service.name", "svc"));
    Requests.Taken taken =
        take(
            wire()
                .message(1, wire().message(1, resource).message(2, lost).message(2, kept))
                .message(1, wire().message(1, resource).message(2, lost).message(2, lost))
                .done());
    assertEquals(3, taken.rejected());
    assertEquals(1, taken.message().getResourceSpansCount());
    assertEquals(1, taken.message().getResourceSpans(0).getScopeSpansCount());
    String ids =
        "{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\"}";
    String scopes = "{\"scope\":{\"name\":\"lib\"},\"spans\":[{},{\"name\":1}]}";
    Requests.Taken json =
        takeJson(
            "{\"resourceSpans\":[{\"scopeSpans\":["
                + scopes
                + ",{\"spans\":["
                + ids
                + "]}]},"
                + "{\"resource\":{},\"scopeSpans\":["
                + scopes
                + "]}]}");
    assertEquals(4, json.rejected());
    assertEquals(1, json.message().getResourceSpansCount());
    assertEquals(1, json.message().getResourceSpans(0).getScopeSpansCount());
  }

  @Test
  @Tag("D12")
  void logsBecomeRejectedSpans() {
    SplittableRandom random = new SplittableRandom(12);
    LogsData.Builder logs = LogsData.newBuilder();
    for (int i = 0; i < METRICS; i++) {
      logs.addResourceLogsBuilder()
          .addScopeLogsBuilder()
          .addLogRecords(
              LogRecord.newBuilder()
                  .setTimeUnixNano(random.nextLong())
                  .setSeverityNumberValue(9)
                  .setSeverityText("INFO")
                  .setBody(AnyValue.newBuilder().setStringValue("a secret prompt"))
                  .addAttributes(KeyValue.newBuilder().setKey("k"))
                  .setTraceId(bytes(random, 16))
                  .setSpanId(bytes(random, 8))
                  .setFlags(1)
                  .setObservedTimeUnixNano(random.nextLong()));
    }
    rejectsAll(logs.build().toByteArray(), METRICS);
  }

  @Test
  @Tag("D12")
  void metricsBecomeRejectedSpansEvenWithNamesAsLongAsIds() {
    SplittableRandom random = new SplittableRandom(12);
    MetricsData.Builder metrics = MetricsData.newBuilder();
    for (int i = 0; i < METRICS; i++) {
      Metric.Builder metric = Metric.newBuilder().setName("http.server.time");
      metric.setDescription(i % 2 == 0 ? "duration" : "").setUnit("s");
      metrics.addResourceMetricsBuilder().addScopeMetricsBuilder().addMetrics(data(metric, random));
    }
    rejectsAll(metrics.build().toByteArray(), METRICS);
  }

  private static Metric.Builder data(Metric.Builder metric, SplittableRandom random) {
    // Times with ASCII bytes only: the worst case, since then the points pass for a text.
    long time = random.nextBoolean() ? random.nextLong() : 0x1718191a1b1c1d1eL;
    NumberDataPoint.Builder point =
        NumberDataPoint.newBuilder().setStartTimeUnixNano(time).setTimeUnixNano(time).setAsInt(7);
    return switch (random.nextInt(4)) {
      case 0 -> metric.setGauge(Gauge.newBuilder().addDataPoints(point));
      case 1 ->
          metric.setSum(
              Sum.newBuilder()
                  .addDataPoints(point)
                  .setAggregationTemporalityValue(2)
                  .setIsMonotonic(true));
      case 2 ->
          metric.setHistogram(
              Histogram.newBuilder()
                  .addDataPoints(HistogramDataPoint.newBuilder().setTimeUnixNano(time).setCount(1))
                  .setAggregationTemporalityValue(2));
      default ->
          metric.setSummary(
              Summary.newBuilder()
                  .addDataPoints(SummaryDataPoint.newBuilder().setTimeUnixNano(time)));
    };
  }

  private static void rejectsAll(byte[] request, int count) {
    Requests.Taken taken = take(request);
    assertEquals(count, taken.rejected());
    assertEquals(0, Rules.spans(taken.message()));
    assertTrue(taken.message().getResourceSpansList().isEmpty());
  }

  private static ByteString bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static Span only(TracesData message) {
    return message.getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }
}
