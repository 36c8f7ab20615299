package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.Given.number;
import static dev.tollspan.pipelineconfig.Given.real;
import static dev.tollspan.pipelineconfig.Given.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.processors.cost.EstimateCost;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scenario: a span with as many attributes as a sender may have, or more, comes with 50 small ones;
 * real sockets and files.
 *
 * <p>Guarantee: all 51 are in every file, priced: what the pipeline adds costs no span and no
 * batch, and what is cut is neither usage nor model.
 */
@Timeout(120)
class FullSpansTest {
  private static final int SMALL = 50;
  private static final int LIST_MAX = 1024;
  private static final long COST_NANO_USD = 450_000;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"strict", "balanced", "passthrough"})
  void aFullSpanCostsNeitherItselfNorItsNeighbours(String profile) throws Exception {
    Span.Builder full = call(0).addAttributes(text("gen_ai.prompt", "how do I"));
    while (full.getAttributesCount() < LIST_MAX) {
      full.addAttributes(score(full.getAttributesCount()));
    }
    send(files(directory, profile), full, "ndjson", "parquet");
    assertAllPriced(directory);
    String line = line(directory, l -> l.contains("document.score"));
    assertTrue(line.contains("retrieval.documents." + (LIST_MAX - 1) + ".document.score"));
    assertTrue(line.contains("\"cost.price.id\""));
    assertEquals(!profile.equals("passthrough"), line.contains("content.removed.prompt.bytes"));
  }

  /** Cut by the second pipeline, of which the first one is a sender: unknown keys go first. */
  @Test
  void aFullSpanThatIsForwardedCostsNothingThere() throws Exception {
    Path far = directory.resolve("far");
    Pipeline second = Pipeline.start(Configs.valid(files(far, "balanced")));
    try (second) {
      Span.Builder full = call(0).addAttributes(text("gen_ai.prompt", "how do I"));
      while (full.getAttributesCount() < LIST_MAX) {
        full.addAttributes(number("app.counter." + full.getAttributesCount(), 1));
      }
      String to = "http://127.0.0.1:" + second.grpcPort();
      String text =
          PipelineTest.forward(to).replace("drop_content: }", "drop_content: {profile: balanced}}");
      send(text, full, "otlp_grpc/far");
    }
    assertBooks(second.ledger(), "ndjson", "parquet");
    List<String> lines = PipelineTest.lines(far.resolve("ndjson"));
    assertEquals(SMALL + 1, lines.size());
    String line = line(far, l -> l.contains("app.counter"));
    assertTrue(line.contains("\"estimated_cost_nanousd\":" + COST_NANO_USD));
    assertTrue(line.contains("\"input_tokens\":1000"));
  }

  /** As a library writes them that puts each message into attributes of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"strict", "balanced", "passthrough"})
  void countsBehindSixHundredMessagesArePriced(String profile) throws Exception {
    Span.Builder full = span(0).addAttributes(text("openinference.span.kind", "LLM"));
    for (int i = 0; i < 600; i++) {
      full.addAttributes(text("llm.input_messages." + i + ".message.role", "user"));
      full.addAttributes(text("llm.input_messages." + i + ".message.content", "how do I"));
    }
    full.addAttributes(text("llm.model_name", "gpt-4o-mini"))
        .addAttributes(text("llm.provider", "openai"))
        .addAttributes(number("llm.token_count.prompt", 1_000))
        .addAttributes(number("llm.token_count.completion", 500));
    int sent = full.getAttributesCount();
    send(files(directory, profile), full, "ndjson", "parquet");
    assertAllPriced(directory);
    if (profile.equals("passthrough")) {
      assertEquals(String.valueOf(sent - LIST_MAX), lake("sum(dropped_attributes)"));
    }
  }

  /** A batch that holds a key twice, the sender's and ours, could not be read. */
  @ParameterizedTest
  @ValueSource(strings = {"strict", "balanced", "passthrough"})
  void whatStandsUnderOurOwnNamesCostsNothing(String profile) throws Exception {
    Span.Builder span = call(0);
    List<String> ours =
        EstimateCost.keys(EstimateCostConfig.defaults()).stream()
            .filter(
                key ->
                    key.startsWith("cost.")
                        || key.startsWith("estimated_cost_n")
                        || key.startsWith("gpu."))
            .toList();
    assertTrue(ours.size() > 20, ours.toString());
    ours.forEach(key -> span.addAttributes(number(key, 1)));
    send(files(directory, profile), span, "ndjson", "parquet");
    assertAllPriced(directory);
    String line = line(directory, l -> l.contains("\"span_id\":\"0000000000000001\""));
    assertEquals(line.indexOf("\"cost.role\""), line.lastIndexOf("\"cost.role\""), profile);
    assertTrue(line.contains("\"cost_role\":\"billable\""));
  }

  private void send(String text, Span.Builder odd, String... exporters) throws Exception {
    ScopeSpans.Builder spans = ScopeSpans.newBuilder();
    IntStream.rangeClosed(1, SMALL).forEach(i -> spans.addSpans(call(i)));
    spans.addSpans(SMALL / 2, odd);
    byte[] request =
        TracesData.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(spans))
            .build()
            .toByteArray();
    Pipeline pipeline = Pipeline.start(Configs.valid(text));
    try (pipeline;
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      assertEquals(Status.Code.OK, sender.export(request).code());
    }
    assertBooks(pipeline.ledger(), exporters);
  }

  private static void assertBooks(Ledger ledger, String... exporters) {
    assertEquals("", ledger.unbalanced());
    assertEquals(Map.of(), ledger.rejectedByReason());
    for (String exporter : exporters) {
      assertEquals(SMALL + 1, ledger.accounts().get(exporter).delivered());
    }
  }

  private void assertAllPriced(Path files) throws Exception {
    List<String> lines = PipelineTest.lines(files.resolve("ndjson"));
    assertEquals(SMALL + 1, lines.size());
    for (String line : lines) {
      assertTrue(line.contains("\"estimated_cost_nanousd\":" + COST_NANO_USD));
      assertTrue(line.contains("\"cost_status\":\"priced\""));
    }
    assertEquals(
        "51 22950000 0",
        lake(
            "count(distinct span_id) || ' ' || sum(estimated_cost_nanousd) || ' ' ||"
                + " count(*) filter (cost_status <> 'priced' or input_tokens <> 1000)"));
  }

  private String lake(String what) throws Exception {
    Path files = directory.resolve("lake/**/*.parquet");
    return PipelineTest.query("select (" + what + ")::varchar from read_parquet('" + files + "')");
  }

  private static String line(Path files, Predicate<String> which) throws Exception {
    List<String> lines =
        PipelineTest.lines(files.resolve("ndjson")).stream().filter(which).toList();
    assertEquals(1, lines.size());
    return lines.getFirst();
  }

  private static String files(Path directory, String profile) {
    return Configs.files(directory)
        .replace("drop_content:\n", "drop_content: {profile: " + profile + "}\n")
        .replace("ndjson}", "ndjson, retention: 1h}")
        .replace("lake}", "lake, retention: 1h}");
  }

  private static Span.Builder call(int number) {
    return span(number)
        .addAttributes(text("gen_ai.operation.name", "chat"))
        .addAttributes(text("gen_ai.request.model", "gpt-4o-mini"))
        .addAttributes(number("gen_ai.usage.input_tokens", 1_000))
        .addAttributes(number("gen_ai.usage.output_tokens", 500));
  }

  private static Span.Builder span(int number) {
    long now = Instant.now().getEpochSecond() * 1_000_000_000L;
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16).putLong(8, number + 1)))
        .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, number + 1)))
        .setName("llm.chat")
        .setStartTimeUnixNano(now)
        .setEndTimeUnixNano(now + 1_000_000);
  }

  private static KeyValue score(int number) {
    return real("retrieval.documents." + number + ".document.score", 0.5);
  }
}
