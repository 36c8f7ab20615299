package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpanRecordTest {
  private static final SpanContext OTHER =
      SpanContext.create(
          "0af7651916cd43dd8448eb211c80319c",
          "b7ad6b7169203331",
          TraceFlags.getSampled(),
          TraceState.getDefault());

  @Test
  void writesEveryFieldInOrder() {
    TestSpanData span =
        span(1_000_000_001L, 1_012_345_678L)
            .setParentSpanContext(OTHER)
            .setResource(Resource.create(Attributes.builder().put("service.name", "s").build()))
            .setAttributes(Attributes.builder().put("llm.user", "acme").put("a", 1L).build())
            .setEvents(
                List.of(EventData.create(5, "e", Attributes.builder().put("b", true).build())))
            .setLinks(List.of(LinkData.create(OTHER)))
            .build();

    assertEquals(
        "{\"trace_id\":\"00000000000000000000000000000000\",\"span_id\":\"0000000000000000\","
            + "\"parent_span_id\":\"b7ad6b7169203331\",\"name\":\"n\",\"kind\":\"Client\","
            + "\"start_time_ns\":1000000001,\"end_time_ns\":1012345678,\"duration_ms\":12.346,"
            + "\"status\":\"OK\",\"service\":\"s\",\"attributes\":{\"a\":1,\"llm.user\":\"acme\"},"
            + "\"resource\":{\"service.name\":\"s\"},"
            + "\"events\":[{\"time_ns\":5,\"name\":\"e\",\"attributes\":{\"b\":true}}],"
            + "\"links\":[{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\","
            + "\"span_id\":\"b7ad6b7169203331\",\"attributes\":{}}]}",
        SpanRecord.of(span).toString());
  }

  @Test
  void leavesOutWhatIsNotThere() {
    JsonNode line = SpanRecord.of(span(1, 2).build());

    assertEquals("", line.path("parent_span_id").textValue());
    assertEquals("", line.path("service").textValue());
    assertTrue(line.path("events").isMissingNode());
    assertTrue(line.path("links").isMissingNode());
  }

  @Test
  void keepsThreeDecimalsAndNullForAMissingTime() {
    assertEquals("3.000", SpanRecord.of(span(1, 3_000_001).build()).get("duration_ms").asText());
    assertTrue(SpanRecord.of(span(0, 3_000_001).build()).path("duration_ms").isNull());
    assertTrue(SpanRecord.of(span(1, 0).build()).path("duration_ms").isNull());
  }

  @Test
  void appendsALinePerSpanOfARealCall(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("spans.ndjson");
    Files.writeString(file, "{}\n");
    Settings.Telemetry telemetry =
        new Settings.Telemetry(true, null, file, false, false, true, Map.of());
    String traceId;
    try (TestService service = TestService.start(telemetry)) {
      traceId =
          service
              .completeJson("{\"prompt\":\"Hello world\",\"user\":\"acme\"}")
              .path("trace_id")
              .textValue();
      assertEquals(List.of(), service.notices);
    }

    List<String> lines = Files.readAllLines(file);
    assertEquals(6, lines.size());
    JsonNode root = TestService.json(lines.getLast());
    assertEquals("inference.request", root.path("name").textValue());
    assertEquals("Server", root.path("kind").textValue());
    assertEquals(traceId, root.path("trace_id").textValue());
    assertEquals("UNSET", root.path("status").textValue());
    assertEquals("vllm-inference", root.path("service").textValue());
    assertEquals(77.0, root.path("duration_ms").doubleValue());
    assertEquals("acme", root.path("attributes").path("llm.user").textValue());
    assertEquals(7.8e-6, root.path("attributes").path("llm.estimated_cost_usd").doubleValue());
  }

  @Test
  void printsEachSpanBeforeTheAnswerIsSent() throws Exception {
    Settings.Telemetry telemetry =
        new Settings.Telemetry(true, null, null, true, false, false, Map.of());
    try (TestService service = TestService.start(telemetry)) {
      service.complete("{\"prompt\":\"Hello\"}");

      assertEquals(5, service.console.toString().lines().count());
      assertEquals(List.of(), service.notices);
    }
  }

  @Test
  void aFullDiskIsAFailedExport() {
    NdjsonExporter exporter = new NdjsonExporter(new FullDisk());

    assertTrue(!exporter.export(List.of(span(1, 2).build())).isSuccess());
  }

  @Test
  void everySpanIsALineOfItsOwn() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();

    new NdjsonExporter(written).export(List.of(span(1, 2).setName("a\nb").build()));

    assertEquals(1, written.toString().lines().count());
    assertTrue(written.toString().endsWith("\n"));
  }

  private static TestSpanData.Builder span(long startNanos, long endNanos) {
    return TestSpanData.builder()
        .setName("n")
        .setKind(SpanKind.CLIENT)
        .setStatus(StatusData.ok())
        .setHasEnded(true)
        .setResource(Resource.empty())
        .setStartEpochNanos(startNanos)
        .setEndEpochNanos(endNanos);
  }

  private static final class FullDisk extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      throw new IOException("no space left");
    }
  }
}
