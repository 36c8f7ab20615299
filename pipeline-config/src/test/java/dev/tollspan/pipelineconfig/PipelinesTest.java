package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.receiver.RawClient;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario: several pipelines behind one receiver, or behind two, on real sockets and files.
 *
 * <p>Guarantee: each pipeline has each span once, or the sender was asked to come again; what one
 * pipeline cannot take is doubled in no other.
 */
@Timeout(120)
class PipelinesTest {
  @TempDir private Path directory;

  @Test
  void eachPipelineGetsEachSpanOncePricedOnce() throws Exception {
    Pipeline pipeline;
    try (Tempo tempo = new Tempo()) {
      pipeline = Pipeline.start(Configs.valid(text("", tempo)));
      try (pipeline;
          RawClient sender = new RawClient(pipeline.grpcPort())) {
        for (int request = 0; request < 5; request++) {
          assertEquals(Status.Code.OK, sender.export(reporting(request)).code());
        }
        String json = HealthServerTest.ask(pipeline.healthPort(), "GET / HTTP/1.1");
        // One span of each request reports another cost; seen by each pipeline it would be 10.
        assertTrue(json.contains("\"estimate_cost\":{\"reported_cost_mismatches\":5}"), json);
        assertTrue(
            json.matches(
                "(?s).*\"pipelines\":\\{\"traces/files\":\\{\"profile\":\"strict\","
                    + "\"accepted\":100,\"journal\":\\{[^}]*},"
                    + "\"exporters\":\\{\"ndjson\":[^}]*}}}},"
                    + "\"traces/forward\":\\{\"profile\":\"strict\",\"accepted\":100,"
                    + "\"journal\":\\{[^}]*},\"exporters\":\\{\"otlp_grpc/tempo\":.*"),
            json);
      }
      assertEquals(100, tempo.spans());
    }
    assertEquals(ids(5), idsOf(PipelineTest.lines(directory.resolve("ndjson"))));
    assertBooks(pipeline, Map.of("ndjson", 100L, "otlp_grpc/tempo", 100L));
  }

  /** The gate of each pipeline is its own: what one lets through by name stays out of the other. */
  @Test
  void eachPipelineHasItsOwnGate() throws Exception {
    Path allowing = directory.resolve("allowing");
    String more = "[drop_content/b]";
    String text =
        Configs.ndjson(directory.resolve("plain"))
                .replace(
                    "  drop_content:\n",
                    "  drop_content:\n  drop_content/b: {allow: [shop.basket]}\n")
                .replace("  ndjson:", "  ndjson/b: {path: " + allowing + "}\n  ndjson:")
            + pipeline("traces/b", "[otlp]", more, "[ndjson/b]");
    try (Pipeline pipeline = Pipeline.start(Configs.valid(text));
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      TracesData.Builder message = TracesData.parseFrom(PipelineTest.request(0)).toBuilder();
      ScopeSpans.Builder spans = message.getResourceSpansBuilder(0).getScopeSpansBuilder(0);
      for (Span.Builder span : spans.getSpansBuilderList()) {
        span.addAttributes(Given.number("shop.basket", 41));
      }
      assertEquals(Status.Code.OK, sender.export(message.build().toByteArray()).code());
    }
    List<String> plain = PipelineTest.lines(directory.resolve("plain"));
    List<String> open = PipelineTest.lines(allowing);
    assertEquals(ids(1), idsOf(plain));
    assertEquals(ids(1), idsOf(open));
    assertTrue(plain.stream().noneMatch(line -> line.contains("shop.basket")));
    assertTrue(
        open.stream().allMatch(line -> line.contains("\"shop.basket\":41")), open.toString());
    assertTrue(plain.stream().allMatch(line -> line.contains("\"estimated_cost_nanousd\":")));
    assertTrue(open.stream().noneMatch(line -> line.contains("\"estimated_cost_nanousd\":")));
    assertTrue(open.stream().noneMatch(line -> line.contains(PipelineTest.CANARY)));
  }

  @Test
  void aReceiverOfItsOwnFeedsItsOwnPipelineAlone() throws Exception {
    Path second = directory.resolve("b");
    String text =
        Configs.ndjson(directory.resolve("a"))
                .replace(
                    "processors:\n",
                    "  otlp/b: {protocols: {grpc: {endpoint: '127.0.0.1:0'}}}\nprocessors:\n")
                .replace("  ndjson:", "  ndjson/b: {path: " + second + "}\n  ndjson:")
            + pipeline("traces/b", "[otlp/b, otlp]", "[drop_content]", "[ndjson/b]");
    Pipeline pipeline = Pipeline.start(Configs.valid(text));
    try (pipeline;
        RawClient one = new RawClient(pipeline.grpcPort("otlp"));
        RawClient two = new RawClient(pipeline.grpcPort("otlp/b"))) {
      assertEquals(Status.Code.OK, one.export(PipelineTest.request(0)).code());
      assertEquals(Status.Code.OK, two.export(PipelineTest.request(1)).code());
      assertEquals(Status.Code.OK, two.export(PipelineTest.request(2)).code());
      String json = pipeline.healthJson();
      assertTrue(json.contains("\"received\":60,"), json);
      assertTrue(json.contains("{\"profile\":\"strict\",\"accepted\":20,"), json);
      assertTrue(json.contains("{\"profile\":\"strict\",\"accepted\":60,"), json);
    }
    assertEquals(ids(1), idsOf(PipelineTest.lines(directory.resolve("a"))));
    assertEquals(ids(3), idsOf(PipelineTest.lines(second)));
    assertBooks(pipeline, Map.of("ndjson", 20L, "ndjson/b", 60L));
  }

  /** The forwarding pipeline fills up; until it can go on, nobody takes anything. */
  @Test
  void aPipelineThatIsFullMakesTheSenderRetryAndNothingIsLostOrDoubled() throws Exception {
    int sent = 0;
    Pipeline pipeline;
    try (Tempo tempo = new Tempo()) {
      tempo.down = true;
      Plan plan = Plan.of(Configs.valid(text("", tempo)), 8 << 20);
      pipeline = Pipeline.start(plan, Map.of(), InstantSource.system());
      try (pipeline;
          RawClient sender = new RawClient(pipeline.grpcPort())) {
        while (sender.export(PipelineTest.request(sent)).code() == Status.Code.OK) {
          sent++;
          assertTrue(sent < 5_000, "4 MiB must be full one day");
        }
        byte[] next = PipelineTest.request(sent);
        List<CompletableFuture<RawClient.Reply>> refused = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          refused.add(sender.send(next)); // each waits for room, for a second
        }
        for (CompletableFuture<RawClient.Reply> reply : refused) {
          assertEquals(Status.Code.UNAVAILABLE, reply.get(30, TimeUnit.SECONDS).code());
        }
        Ledger.Account files = pipeline.ledger().accounts().get("ndjson");
        long accepted = (long) sent * PipelineTest.SPANS;
        await(() -> files.delivered() == accepted);
        tempo.down = false;
        await(() -> sender.export(PipelineTest.request(0)).code() == Status.Code.OK);
        for (int request = sent; request < sent + 10; request++) {
          byte[] message = PipelineTest.request(request);
          await(() -> sender.export(message).code() == Status.Code.OK);
        }
      }
    }
    // Request 0 was sent twice on purpose: the one whose success says that it goes on again.
    long spans = (sent + 11L) * PipelineTest.SPANS;
    List<String> lines = PipelineTest.lines(directory.resolve("ndjson"));
    assertEquals(spans, lines.size());
    assertEquals(
        spans - PipelineTest.SPANS,
        new HashSet<>(lines.stream().map(PipelinesTest::id).toList()).size());
    Ledger ledger = pipeline.ledger();
    assertTrue(ledger.rejectedByReason().get("retry_later") >= 3L * PipelineTest.SPANS);
    assertBooks(pipeline, Map.of("ndjson", spans, "otlp_grpc/tempo", spans));
  }

  @Test
  void filesPastTheirRetentionAreGoneSoonAfterTheStart() throws Exception {
    Path data = Files.createDirectory(directory.resolve("ndjson"));
    Path old =
        Files.createFile(data.resolve("spans-00000000000000fe-000000000001-000000000002.ndjson"));
    Path young =
        Files.createFile(data.resolve("spans-00000000000000fe-000000000003-000000000004.ndjson"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
    Files.setLastModifiedTime(young, FileTime.from(Instant.now().minus(Duration.ofDays(6))));
    String text = Configs.ndjson(data).replace(data + "}", data + ", retention: 7d}");
    try (Pipeline pipeline = Pipeline.start(Configs.valid(text))) {
      await(() -> pipeline.healthJson().contains("\"files_deleted\":1,\"files_overdue\":0}"));
      assertFalse(Files.exists(old));
      assertTrue(Files.exists(young));
    }
  }

  @Test
  void aPipelineThatKeepsContentIsShownAndWritesPrivately() throws Exception {
    Path data = directory.resolve("evaluation");
    PipelineConfig config = Configs.valid(evaluation(data));
    try (Pipeline pipeline = Pipeline.start(config);
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      StartReport report = StartReport.of(config, pipeline);
      assertEquals(
          List.of("the pipeline traces/evaluation keeps prompts, in the files of ndjson/e"),
          report.warnings());
      assertEquals("traces strict, traces/evaluation passthrough", report.profile());
      assertTrue(
          report
              .destinations()
              .contains("ndjson/e: NDJSON files in " + data + ", each deleted after 7d"));
      assertEquals(Status.Code.OK, sender.export(PipelineTest.request(0)).code());
      String json = pipeline.healthJson();
      String shown =
          "\"traces/evaluation\":{\"profile\":\"passthrough\",\"warning\":\"content_is_kept\",";
      assertTrue(json.contains(shown), json);
    }
    assertEquals(ids(1), idsOf(PipelineTest.lines(data)));
    assertEquals("rwx------", mode(data));
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        assertEquals("rw-------", mode(file));
      }
    }
  }

  @Test
  void aDirectoryThatOthersMayLookIntoIsRefusedForContent() throws Exception {
    Path data = Files.createDirectory(directory.resolve("evaluation"));
    for (String open : List.of("rwxr-x---", "rwx-----x")) {
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString(open));
      String text = evaluation(data);
      String sentence = "prompts are kept here, so only the owner may look in: chmod 700 " + data;
      IOException refused =
          assertThrows(IOException.class, () -> Pipeline.start(Configs.valid(text)));
      assertEquals("ndjson/e: " + sentence, refused.getMessage());
      Reading.Valid reading = (Reading.Valid) Configs.read(text, Map.of());
      assertEquals(
          List.of("t.yaml:8:20: exporters.ndjson/e.path: " + sentence),
          Configs.shown(StartCheck.look(reading).problems()));
    }
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    Pipeline.start(Configs.valid(evaluation(data))).close();
  }

  private String evaluation(Path data) {
    return Configs.ndjson(directory.resolve("ndjson"))
            .replace(
                "  drop_content:\n",
                "  drop_content:\n  drop_content/open: {profile: passthrough}\n")
            .replace(
                "exporters:\n  ndjson:",
                "exporters:\n  ndjson/e: {path: " + data + ", retention: 7d}\n  ndjson:")
        + pipeline("traces/evaluation", "[otlp]", "[drop_content/open]", "[ndjson/e]");
  }

  /** Files in one pipeline, a forwarder in the other. */
  private String text(String more, Tempo tempo) {
    String exporter =
        """
          otlp_grpc/tempo:
            endpoint: 'http://127.0.0.1:%d'
            compression: none
            retry_on_failure: {initial_interval: 50ms, max_interval: 50ms}
        """
            .formatted(tempo.port());
    return Configs.ndjson(directory.resolve("ndjson"))
            .replace("traces:", "traces/files:")
            .replace("extensions:\n", exporter + "extensions:\n")
        + pipeline("traces/forward", "[otlp]", "[estimate_cost, drop_content]", "[otlp_grpc/tempo]")
        + more;
  }

  private static String pipeline(String id, String receivers, String processors, String exporters) {
    return "    %s: {receivers: %s, processors: %s, exporters: %s}\n"
        .formatted(id, receivers, processors, exporters);
  }

  /** The first span reports a hundred times what we would say. */
  private static byte[] reporting(int number) throws IOException {
    TracesData.Builder message = TracesData.parseFrom(PipelineTest.request(number)).toBuilder();
    message
        .getResourceSpansBuilder(0)
        .getScopeSpansBuilder(0)
        .getSpansBuilder(0)
        .addAttributes(Given.real("gen_ai.usage.cost", 0.045));
    return message.build().toByteArray();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void assertBooks(Pipeline pipeline, Map<String, Long> delivered) {
    Ledger ledger = pipeline.ledger();
    assertEquals("", ledger.unbalanced());
    assertEquals(delivered.keySet(), ledger.accounts().keySet());
    ledger
        .accounts()
        .forEach((id, account) -> assertEquals(delivered.get(id), account.delivered()));
  }

  private static Set<String> ids(int requests) {
    Set<String> ids = new HashSet<>();
    for (int request = 0; request < requests; request++) {
      for (int span = 1; span <= PipelineTest.SPANS; span++) {
        ids.add("%016x".formatted(request * 1_000L + span));
      }
    }
    return ids;
  }

  /** The ids of the lines, each of which must be there once. */
  private static Set<String> idsOf(List<String> lines) {
    Set<String> ids = new HashSet<>();
    for (String line : lines) {
      assertTrue(ids.add(id(line)), line);
    }
    return ids;
  }

  private static String id(String line) {
    return line.replaceAll(".*\"span_id\":\"([0-9a-f]{16})\".*", "$1");
  }

  private static void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - start < 30_000_000_000L, "waited for 30 s in vain");
      Thread.onSpinWait();
    }
  }

  /** A destination that can be down while it stands. */
  private static final class Tempo implements AutoCloseable {
    private final ConcurrentLinkedQueue<byte[]> taken = new ConcurrentLinkedQueue<>();
    private final Server server;
    private volatile boolean down;

    Tempo() throws IOException {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(
                  ServerServiceDefinition.builder(
                          "opentelemetry.proto.collector.trace.v1.TraceService")
                      .addMethod(
                          RawClient.EXPORT,
                          ServerCalls.asyncUnaryCall(
                              (request, answer) -> {
                                if (down) {
                                  answer.onError(Status.UNAVAILABLE.asRuntimeException());
                                } else {
                                  taken.add(request);
                                  answer.onNext(new byte[0]);
                                  answer.onCompleted();
                                }
                              }))
                      .build())
              .build()
              .start();
    }

    int port() {
      return server.getPort();
    }

    int spans() throws IOException {
      int spans = 0;
      for (byte[] request : taken) {
        for (var resource : TracesData.parseFrom(request).getResourceSpansList()) {
          for (ScopeSpans scope : resource.getScopeSpansList()) {
            spans += scope.getSpansCount();
          }
        }
      }
      return spans;
    }

    @Override
    public void close() {
      server.shutdownNow();
    }
  }
}
