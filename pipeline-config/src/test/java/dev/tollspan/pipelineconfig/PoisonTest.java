package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollspan.exporters.delivery.Replay;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario: a destination over HTTP answers 400 to every request that holds a certain span.
 *
 * <p>Guarantee: all others arrive once; that one lies in a dead letter, in this life and the next,
 * and arrives once by a replay when the destination takes it.
 */
@Timeout(120)
class PoisonTest {
  private static final int SPANS = 10_000;
  private static final int BAD = 6_543;

  /** 14 halvings, the bad one alone, the rest; two parts of the request; the first refusal. */
  private static final int CALLS_MAX = 14 + 2 + 2;

  @TempDir private Path directory;
  private final List<Integer> arrived = new CopyOnWriteArrayList<>();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile int bad = BAD;

  @Test
  void oneBadSpanInTenThousandWaitsInALetterUntilItIsTaken() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::answer);
    server.start();
    try {
      PipelineConfig config = config(server.getAddress().getPort());
      try (Pipeline pipeline = Pipeline.start(config);
          RawClient sender = new RawClient(pipeline.grpcPort())) {
        assertEquals(Status.Code.OK, sender.export(request()).code());
        awaitSettled(pipeline.ledger());
        assertBooks(pipeline);
        assertTrue(calls.get() <= CALLS_MAX, () -> "calls " + calls.get());
        assertEquals(others(), arrived.stream().sorted().toList());
      }
      try (Pipeline again = Pipeline.start(config)) {
        assertBooks(again);
      }
      LetterBox box = LetterBox.of(config, "otlp_http").getFirst();
      assertEquals(1, box.list().size());
      bad = -1;
      try (Replay replay = box.open(null, InstantSource.system())) {
        Replay.Result result = replay.send(box.list().getFirst().file());
        assertEquals(new Replay.Result(Replay.End.SENT, 1, ""), result);
      }
      assertEquals(List.of(), box.list());
      assertEquals(BAD, arrived.getLast());
      assertEquals(SPANS, arrived.stream().distinct().count());
      assertEquals(SPANS, arrived.size());
    } finally {
      server.stop(0);
    }
  }

  /** The destination dies in the middle of the search, and does not come back in time. */
  @Test
  void whatWasAcceptedBeforeTheTimeWasOverIsDelivered() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          if (calls.get() < 2) {
            answer(exchange);
          } else {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
          }
        });
    server.start();
    try (Pipeline pipeline =
            Pipeline.start(
                config(
                    server.getAddress().getPort(),
                    ", retry_on_failure: {initial_interval: 10ms, max_elapsed_time: 100ms}"));
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      assertEquals(Status.Code.OK, sender.export(request()).code());
      awaitSettled(pipeline.ledger());
      Ledger.Account account = pipeline.ledger().accounts().get("otlp_http");
      assertEquals(SPANS / 2, arrived.size());
      assertEquals(SPANS / 2, account.delivered());
      assertEquals(Map.of("max_elapsed_time", SPANS / 2L), account.droppedByReason());
      assertEquals("", pipeline.ledger().unbalanced());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void letsNoBoxBeAskedForThatFilesCannotHave() throws IOException {
    PipelineConfig config = config(4318);
    String files =
        assertThrows(IllegalArgumentException.class, () -> LetterBox.of(config, "ndjson"))
            .getMessage();
    assertTrue(files.startsWith("ndjson writes files, which refuse nothing"), files);
    assertThrows(IllegalArgumentException.class, () -> LetterBox.of(config, "otlp_http/other"));
    assertEquals(1, LetterBox.of(config, null).size());
    PipelineConfig bare = Configs.valid(Configs.ndjson(directory));
    assertEquals(List.of(), LetterBox.of(bare, null));
  }

  private static void assertBooks(Pipeline pipeline) {
    Ledger.Account account = pipeline.ledger().accounts().get("otlp_http");
    assertEquals(SPANS - 1, account.delivered());
    assertEquals(Map.of("dead_letter", 1L), account.droppedByReason());
    assertEquals("", pipeline.ledger().unbalanced());
    String health = pipeline.healthJson();
    assertTrue(health.contains("\"dead_letters\":1,\"dead_letter_spans\":1"), health);
  }

  private static void awaitSettled(Ledger ledger) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (ledger.accounts().get("otlp_http").pending() > 0) {
      assertTrue(System.nanoTime() - end < 0, "the spans do not get out");
      Thread.onSpinWait();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    calls.incrementAndGet();
    List<Integer> ids = ids(exchange.getRequestBody().readAllBytes());
    boolean refused = ids.contains(bad);
    if (!refused) {
      arrived.addAll(ids);
    }
    exchange.sendResponseHeaders(refused ? 400 : 200, -1);
    exchange.close();
  }

  private PipelineConfig config(int port) {
    return config(port, "");
  }

  private PipelineConfig config(int port, String more) {
    return Configs.valid(
        """
        receivers:
          otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0'}}}
        processors:
          drop_content:
        exporters:
          ndjson: {path: %s/ndjson}
          otlp_http: {endpoint: 'http://127.0.0.1:%d', compression: none%s}
        extensions:
          journal: {directory: %s/journal, max_size: 64MiB}
        service:
          extensions: [journal]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [drop_content]
              exporters: [ndjson, otlp_http]
        """
            .formatted(directory, port, more, directory));
  }

  private static byte[] request() {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int id = 1; id <= SPANS; id++) {
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
              .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, id)))
              .setName("chat"));
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build()
        .toByteArray();
  }

  private static List<Integer> ids(byte[] request) {
    try {
      return ExportTraceServiceRequest.parseFrom(request).getResourceSpansList().stream()
          .flatMap(resource -> resource.getScopeSpansList().stream())
          .flatMap(scope -> scope.getSpansList().stream())
          .map(span -> (int) span.getSpanId().asReadOnlyByteBuffer().getLong())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Integer> others() {
    return Stream.concat(
            IntStream.range(1, BAD).boxed(), IntStream.rangeClosed(BAD + 1, SPANS).boxed())
        .toList();
  }
}
