package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** GPUs of one's own: from the rule in the file, over the wire, to the books on the disk. */
@Timeout(120)
class GpuTimeTest {
  private static final long SECOND = 1_000_000_000;
  private static final int SPANS = 60;
  private static final String RULES =
      """
      estimate_cost:
          self_hosted:
            qwen:
              match: {service.name: qwen, deployment.environment.name: 'prod'}
              gpus: 3
              price_per_gpu_hour: 1.370000001
              window: 7s
              allowed_lateness: 2s
            named:
              match: {service.name: llama}
              model: llama-3-8b
              replica_attributes: [host.name]
              sharing: tokens
          gpu_ledger: {path: %s}
      """
          .indent(2);

  @TempDir private Path directory;

  @Test
  void everyWindowOfEveryReplicaAddsUpToItsBill() throws Exception {
    AtomicLong seconds = new AtomicLong();
    try (Pipeline pipeline =
            Pipeline.start(
                Plan.of(Configs.valid(text())),
                Map.of(),
                () -> Instant.ofEpochSecond(seconds.get()));
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      seconds.set(1); // so that no window closes before all calls are there
      Random random = new Random(7);
      for (int request = 0; request < 4; request++) {
        byte[] message = request("pod-" + request % 2, request, random);
        assertEquals(Status.Code.OK, sender.export(message).code());
      }
      seconds.set(100);
    }
    int parts = 0;
    BigDecimal bills = BigDecimal.ZERO;
    for (String line : lines(directory.resolve("gpu"))) {
      if (line.startsWith("{\"type\":\"correction\"")) {
        continue;
      }
      assertTrue(line.matches(".*\"replica\":\"qwen/pod-[01]\".*"), line);
      List<BigDecimal> costs = amounts(line, "cost_usd");
      parts += costs.size();
      BigDecimal sum = amounts(line, "idle_usd").getFirst();
      for (BigDecimal cost : costs) {
        sum = sum.add(cost);
      }
      long start = number(line, "start_unix_nano");
      long end = number(line, "end_unix_nano");
      assertEquals(total(end).subtract(total(start)), sum, line);
      assertEquals(amounts(line, "bill_usd").getFirst(), sum);
      bills = bills.add(sum);
    }
    assertTrue(parts >= 4 * SPANS, parts + " parts");
    assertEquals(total(100 * SECOND).multiply(BigDecimal.TWO), bills, "both, without a gap");
    List<String> spans = lines(directory.resolve("ndjson"));
    assertEquals(4 * SPANS, spans.size());
    for (String span : spans) {
      assertTrue(span.contains("\"gpu_time\""), span);
    }
    assertOwnerOnly();
  }

  /** The directory is gone: each record is lost, and one line says why. */
  @Test
  void recordsThatCannotBeWrittenAreCountedAndTheFirstIsLogged() throws Exception {
    AtomicLong seconds = new AtomicLong();
    List<LogRecord> said = new CopyOnWriteArrayList<>();
    Logger log = Logger.getLogger(GpuLedgerFiles.class.getName());
    Handler keeper =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            said.add(line);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    log.addHandler(keeper);
    try (Pipeline pipeline =
            Pipeline.start(
                Plan.of(Configs.valid(text())),
                Map.of(),
                () -> Instant.ofEpochSecond(seconds.get()));
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      assertTrue(figures(pipeline).startsWith("\"gpu_records_lost\":0,"), figures(pipeline));
      Files.delete(directory.resolve("gpu"));
      seconds.set(1);
      assertEquals(Status.Code.OK, sender.export(request("pod-0", 0, new Random(7))).code());
      seconds.set(100); // so that the next request closes windows
      assertEquals(Status.Code.OK, sender.export(request("pod-1", 1, new Random(8))).code());
      assertTrue(
          figures(pipeline)
              .matches("\"gpu_records_lost\":([2-9]|[0-9]{2,}),\"gpu_requests_without_record\":0"),
          figures(pipeline));
    } finally {
      log.removeHandler(keeper);
    }
    assertEquals(1, said.size());
    String line = new SimpleFormatter().formatMessage(said.getFirst());
    assertEquals(
        "gpu_ledger: a record is lost, and health counts those that follow: cannot write to "
            + directory.resolve("gpu")
            + ": no such directory, and it cannot be made",
        line);
  }

  private static String figures(Pipeline pipeline) throws IOException {
    String answer = HealthServerTest.ask(pipeline.healthPort(), "GET /health HTTP/1.1");
    Matcher found =
        Pattern.compile("\"estimate_cost\":\\{\"reported_cost_mismatches\":0,([^}]*)}")
            .matcher(answer);
    assertTrue(found.find(), answer);
    return found.group(1);
  }

  @Test
  void theRulesReadAsWritten() {
    PipelineConfig config = Configs.valid(text());
    assertEquals(config, Configs.valid(new YamlWriter(true).write(config)));
  }

  @Test
  void aWrongRuleIsSaidWhereItStands() {
    for (String[] wrong :
        new String[][] {
          {"gpus: 3", "gpus: 0", "qwen.gpus: must be more than 0, with at most 18 decimals"},
          {"gpus: 3", "gpus: many", "qwen.gpus: expected a decimal number such as 2 or 4.50"},
          {"gpus: 3\n", "\n", "qwen.price_per_gpu_hour: gpus and price_per_gpu_hour come together"},
          {"window: 7s", "window: 7ms", "qwen.window: must be 1s to 24h"},
          {"sharing: tokens", "sharing: fair", "named.sharing: not a word for this key"},
          {"model: llama-3-8b", "", "named.match: must come with gpus"},
        }) {
      String text = text();
      assertTrue(text.contains(wrong[0]), wrong[0]);
      String problems = String.join("\n", Configs.problems(text.replace(wrong[0], wrong[1])));
      assertTrue(problems.contains("processors.estimate_cost.self_hosted." + wrong[2]), problems);
    }
  }

  private String text() {
    return Configs.SMALL
        .replace("grpc:\n", "grpc: {endpoint: '127.0.0.1:0'}\n")
        .replace("  health_check:\n", "  health_check: {endpoint: '127.0.0.1:0'}\n")
        .replace("  ndjson:\n", "  ndjson: {path: " + directory.resolve("ndjson") + "}\n")
        .replace("processors:\n", "processors:\n" + RULES.formatted(directory.resolve("gpu")))
        .replace("processors: [drop", "processors: [estimate_cost, drop");
  }

  private static byte[] request(String pod, int number, Random random) {
    ScopeSpans.Builder spans =
        ScopeSpans.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName("vllm.tracing.otel"));
    for (int i = 0; i < SPANS; i++) {
      long start = random.nextLong(80 * SECOND);
      long nanos = 1 + random.nextLong(19 * SECOND);
      spans.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom(ByteBuffer.allocate(16).putLong(8, i + 1)))
              .setSpanId(
                  ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, number * 1000L + i + 1)))
              .setName("llm_request")
              .setKind(Span.SpanKind.SPAN_KIND_SERVER)
              .setStartTimeUnixNano(start)
              .setEndTimeUnixNano(start + nanos)
              .addAttributes(seconds("gen_ai.latency.time_in_queue", 0))
              .addAttributes(seconds("gen_ai.latency.time_in_model_inference", nanos)));
    }
    // The earliest comes first, so that no window of the replica is missing.
    spans.setSpans(
        0, spans.getSpans(0).toBuilder().setStartTimeUnixNano(0).setEndTimeUnixNano(19 * SECOND));
    Resource.Builder resource =
        Resource.newBuilder()
            .addAttributes(Given.text("service.name", "qwen"))
            .addAttributes(Given.text("deployment.environment.name", "prod"))
            .addAttributes(Given.text("k8s.pod.name", pod));
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(spans))
        .build()
        .toByteArray();
  }

  private static KeyValue seconds(String key, long nanos) {
    return Given.real(key, (double) nanos / SECOND);
  }

  /** What the replica costs from 1970 on: 3 x 1.370000001 USD an hour, in whole pico-dollars. */
  private static BigDecimal total(long nanos) {
    return new BigDecimal("4.110000003")
        .multiply(BigDecimal.valueOf(nanos))
        .divide(BigDecimal.valueOf(3600 * SECOND), 12, RoundingMode.HALF_EVEN);
  }

  private static List<BigDecimal> amounts(String line, String key) {
    List<BigDecimal> amounts = new ArrayList<>();
    Matcher found = Pattern.compile("\"" + key + "\":\"([0-9]+\\.[0-9]{12})\"").matcher(line);
    while (found.find()) {
      amounts.add(new BigDecimal(found.group(1)));
    }
    return amounts;
  }

  private static long number(String line, String key) {
    Matcher found = Pattern.compile("\"" + key + "\":([0-9]+)").matcher(line);
    assertTrue(found.find(), line);
    return Long.parseLong(found.group(1));
  }

  private void assertOwnerOnly() throws IOException {
    Path books = directory.resolve("gpu");
    assertEquals(
        PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(books));
    try (Stream<Path> files = Files.list(books)) {
      for (Path file : files.toList()) {
        assertEquals(
            PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
      }
    }
  }

  private static List<String> lines(Path directory) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".ndjson")).toList()) {
        lines.addAll(Files.readAllLines(file, UTF_8));
      }
    }
    return lines;
  }
}
