package dev.tollspan.exporters.otlp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.otlp.Destination.Answer;
import dev.tollspan.exporters.otlp.OtlpConfig.Calls;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.pipeline.SpanExporter.GivenUp;
import dev.tollspan.spans.CleanBatch;
import io.grpc.Context;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcExporterTest {
  private static final Set<Status.Code> RETRYABLE =
      EnumSet.of(
          Status.Code.CANCELLED,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.ABORTED,
          Status.Code.OUT_OF_RANGE,
          Status.Code.UNAVAILABLE,
          Status.Code.DATA_LOSS);
  private static final Set<Status.Code> OF_THE_SENDER =
      EnumSet.of(
          Status.Code.NOT_FOUND,
          Status.Code.PERMISSION_DENIED,
          Status.Code.UNIMPLEMENTED,
          Status.Code.UNAUTHENTICATED);

  @ParameterizedTest
  @EnumSource(Compression.class)
  void sendsTheBatchesOfOneExportAsOneRequestByteForByte(Compression compression)
      throws IOException {
    // The answer is a warning, so that it has a body that the destination compresses too.
    try (Destination destination = new Destination(Answer.partial(0, "careful"));
        OtlpExporter exporter =
            Given.exporter(Given.config(destination.port(), compression, Duration.ofSeconds(20)))) {
      List<CleanBatch> batches =
          List.of(Given.batch(1, 3), Given.batch(4, 200, 900), Given.batch(204, 1));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(1, destination.requests.size());
      assertArrayEquals(joined(batches), destination.requests.getFirst());
      assertEquals(204, destination.spanIds().size());
      String encoding = header(destination, "grpc-encoding");
      assertEquals(
          compression.encoding(), encoding == null ? Compression.NONE.encoding() : encoding);
      String accepted = header(destination, "grpc-accept-encoding");
      assertTrue(accepted.contains("gzip") && accepted.contains("zstd"), accepted);
    }
  }

  @ParameterizedTest
  @Tag("E1")
  @Tag("E2")
  @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void retriesOnlyTheCodesThatOtlpNames(Status.Code code) {
    Status status = code.toStatus().withDescription("canary");
    try (Destination destination = new Destination(Answer.failed(status));
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      Outcome outcome = exporter.export(List.of(Given.batch(1, 1)));
      if (RETRYABLE.contains(code)) {
        assertEquals(new Outcome.RetryLater(Duration.ZERO, "the call ended with " + code), outcome);
      } else {
        Outcome.Refused refused = assertInstanceOf(Outcome.Refused.class, outcome);
        assertTrue(refused.reason().contains(code.name()), outcome::toString);
        Fault fault = OF_THE_SENDER.contains(code) ? Fault.SENDER : Fault.SPANS;
        assertEquals(fault, refused.fault());
        assertEquals(List.of(new RefusedSpans(0, 0, 1, fault)), exporter.refused());
      }
      assertFalse(outcome.toString().contains("canary"));
      assertEquals(1, destination.requests.size());
    }
  }

  @ParameterizedTest
  @Tag("E2")
  @Tag("E6")
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAVAILABLE", "RESOURCE_EXHAUSTED"})
  void waitsAsLongAsTheDestinationAsks(Status.Code code) {
    Status status = code.toStatus();
    Answer[] answers = {
      Answer.retryAfter(status, Duration.ofMillis(5_250)),
      Answer.retryAfter(status, Duration.ZERO),
      Answer.retryAfter(status, Duration.ofSeconds(-3)),
      Answer.retryAfter(status, Duration.ofDays(3_000)),
    };
    try (Destination destination = new Destination(answers);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 2));
      String reason = "the call ended with " + code;
      for (Duration expected :
          List.of(Duration.ofMillis(5_250), Duration.ZERO, Duration.ZERO, Duration.ofHours(1))) {
        assertEquals(new Outcome.RetryLater(expected, reason), exporter.export(batches));
      }
    }
  }

  @Test
  @Tag("E2")
  void takesUnreadableDetailsForNone() {
    Answer[] answers = {
      Answer.detailed(Status.RESOURCE_EXHAUSTED, new byte[] {1, 2, 3}),
      Answer.detailed(Status.UNAVAILABLE, new byte[] {(byte) 0xff}),
    };
    try (Destination destination = new Destination(answers);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 2));
      assertInstanceOf(Outcome.Refused.class, exporter.export(batches));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches));
    }
  }

  @Test
  @Tag("E4")
  void countsPartialSuccessAndNeverRepeatsTheText() {
    Answer[] answers = {
      Answer.partial(3, "canary"), Answer.partial(99, ""), Answer.partial(-1, "")
    };
    try (Destination destination = new Destination(answers);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 4), Given.batch(5, 6));
      String reason = "the destination rejected spans";
      assertEquals(new Outcome.PartlyAccepted(3, reason), exporter.export(batches));
      assertEquals(new Outcome.PartlyAccepted(10, reason), exporter.export(batches));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(3, destination.requests.size());
    }
  }

  @Test
  @Tag("E8")
  void splitsAboveThreeAndAHalfMebibytesBetweenBatchesWhereItCan() {
    try (Destination destination = new Destination();
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches =
          List.of(
              Given.batch(1, 20, 100_000),
              Given.batch(21, 10, 100_000),
              Given.batch(31, 10, 100_000),
              Given.batch(41, 60, 100_000),
              Given.batch(101, 1));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(5, destination.requests.size());
      assertArrayEquals(joined(batches.subList(0, 2)), destination.requests.get(0));
      assertArrayEquals(joined(batches.subList(2, 3)), destination.requests.get(1));
      assertArrayEquals(joined(batches.subList(4, 5)), destination.requests.get(4));
      assertEquals(101, destination.spanIds().size());
      assertEquals(101, new HashSet<>(destination.spanIds()).size());
      for (byte[] request : destination.requests) {
        assertTrue(request.length <= 7 << 19, () -> "a request of " + request.length);
      }
    }
  }

  @Test
  @Tag("E8")
  void refusesABatchThatNoDestinationMayTake() {
    try (Destination destination = new Destination();
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      CleanBatch large = Given.batch(1, 1, 68_000_000);
      assertTrue(large.byteSize() > 64 << 20);
      assertInstanceOf(Outcome.Refused.class, exporter.export(List.of(large)));
      assertEquals(0, destination.requests.size());
    }
  }

  @Test
  void goesOnWhereARetryBegan() {
    Answer[] answers = {
      Answer.partial(1, ""), Answer.failed(Status.UNAVAILABLE), Answer.failed(Status.ABORTED),
    };
    try (Destination destination = new Destination(answers);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(large(1), large(2), large(3));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches));
      assertEquals(
          new Outcome.PartlyAccepted(1, "the destination rejected spans"),
          exporter.export(batches));
      assertEquals(
          List.of(Given.id(1), Given.id(2), Given.id(2), Given.id(2), Given.id(3)),
          destination.spanIds());
    }
  }

  @Test
  void forgetsWhereItWasOnceOtherBatchesCome() {
    Answer[] answers = {Answer.OK, Answer.failed(Status.UNAVAILABLE)};
    try (Destination destination = new Destination(answers);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(large(1), large(2));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(large(3), large(4))));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(
          List.of(1, 2, 3, 4, 1, 2).stream().map(Given::id).toList(), destination.spanIds());
    }
  }

  @Test
  void goesOnBehindACallThatIsRefused() {
    Answer[] answers = {
      Answer.failed(Status.INVALID_ARGUMENT),
      Answer.OK,
      Answer.failed(Status.INTERNAL),
      Answer.failed(Status.INTERNAL),
    };
    try (Destination destination = new Destination(answers);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(large(1), large(2));
      assertEquals(
          new Outcome.PartlyAccepted(1, "the call ended with INVALID_ARGUMENT"),
          exporter.export(batches));
      assertEquals(new Outcome.Refused("the call ended with INTERNAL"), exporter.export(batches));
    }
  }

  @Test
  void findsTheBadSpanOfSeveralBatches() {
    Answer bad = Answer.failed(Status.INVALID_ARGUMENT);
    Answer[] answers = {bad, Answer.OK, Answer.failed(Status.UNAVAILABLE), bad, Answer.OK};
    try (Destination destination = new Destination(answers);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 1), Given.batch(2, 1), Given.batch(3, 1));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches));
      assertEquals(
          new Outcome.PartlyAccepted(1, "the call ended with INVALID_ARGUMENT"),
          exporter.export(batches));
      assertEquals(
          List.of(1, 2, 3, 1, 2, 3, 3).stream().map(Given::id).toList(), destination.spanIds());
      assertEquals(List.of(new RefusedSpans(2, 0, 1, Fault.SPANS)), exporter.refused());
    }
  }

  @Test
  void saysWhatBecameOfAnExportThatIsGivenUp() {
    Answer bad = Answer.failed(Status.INVALID_ARGUMENT);
    Answer down = Answer.failed(Status.UNAVAILABLE);
    Answer[] answers = {bad, Answer.OK, bad, bad, down, down};
    try (Destination destination = new Destination(answers);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 2), Given.batch(3, 6));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches));
      // 1 to 4 are accepted; 5 is the bad one of 5 and 6; 6 to 8 wait.
      assertEquals(new GivenUp(3, 1), exporter.giveUp(8));
      assertEquals(List.of(new RefusedSpans(1, 2, 3, Fault.SPANS)), exporter.refused());
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(9, 1))));
      assertEquals(List.of(), exporter.refused());
    }
  }

  @Test
  void asksOnceOnlyWhereTheCallerIsRefused() {
    Answer denied = Answer.failed(Status.UNAUTHENTICATED);
    try (Destination destination = new Destination(denied, denied, denied);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 1), Given.batch(2, 1));
      assertInstanceOf(Outcome.Refused.class, exporter.export(batches));
      assertEquals(1, destination.requests.size());
    }
  }

  /** Uncompressed: grpc-java, which this destination is, says UNKNOWN of what inflates too far. */
  @Test
  void splitsABatchThatIsTooLargeForItsDestination() {
    try (Destination destination = Destination.upTo(1 << 20);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 31, 100_000))));
      List<String> ids = new ArrayList<>();
      for (int i = 1; i <= 31; i++) {
        ids.add(Given.id(i));
      }
      assertEquals(ids, destination.spanIds());
    }
  }

  @Test
  void countsTheSpanAloneThatIsTooLarge() {
    try (Destination destination = Destination.upTo(300_000);
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      List<CleanBatch> batches = List.of(Given.mixed(1, 40, 17, 400_000));
      assertEquals(
          new Outcome.PartlyAccepted(
              1, "the call ended with RESOURCE_EXHAUSTED without a retry delay"),
          exporter.export(batches));
      assertEquals(39, new HashSet<>(destination.spanIds()).size());
      assertEquals(39, destination.spanIds().size());
      assertFalse(destination.spanIds().contains(Given.id(17)));
    }
  }

  @Test
  @Tag("E8")
  void sendsAHundredMebibytesInSmallRequests() {
    CleanBatch batch = Given.batch(1, 100, 1_050_000);
    assertTrue(batch.byteSize() > 100 << 20);
    try (Destination destination = new Destination();
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(batch)));
      assertEquals(100, destination.spanIds().size());
      assertEquals(100, new HashSet<>(destination.spanIds()).size());
      for (byte[] request : destination.requests) {
        assertTrue(request.length <= 7 << 19, () -> "a request of " + request.length);
      }
    }
  }

  @Test
  @Tag("E2")
  void retriesWithoutADelayInHalvesIfItIsToldTo() {
    Answer bare = Answer.failed(Status.RESOURCE_EXHAUSTED);
    try (Destination destination = new Destination(bare, bare, Answer.OK, bare);
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.config(destination.port()),
                    new Calls(Duration.ofSeconds(20), 1, true)))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 2, 100_000));
      Outcome later =
          new Outcome.RetryLater(
              Duration.ZERO, "the call ended with RESOURCE_EXHAUSTED without a retry delay");
      assertEquals(later, exporter.export(batches));
      assertEquals(later, exporter.export(batches), "the first half");
      assertEquals(later, exporter.export(batches), "the second half");
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(
          List.of(1, 2, 1, 1, 2, 2).stream().map(Given::id).toList(), destination.spanIds());
    }
  }

  @ParameterizedTest
  @Tag("E10")
  @ValueSource(ints = {1, 4})
  void hasAsManyCallsUnderWayAsItMay(int inFlightMax) {
    Together together = new Together();
    try (Destination destination = new Destination().first(together::meet);
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.config(destination.port()),
                    new Calls(Duration.ofSeconds(20), inFlightMax, false)))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(larges(101, inFlightMax)));
      together.hold(inFlightMax);
      assertEquals(Outcome.ACCEPTED, exporter.export(larges(1, 3 * inFlightMax)));
      assertEquals(4 * inFlightMax, destination.spanIds().size());
      assertEquals(4 * inFlightMax, new HashSet<>(destination.spanIds()).size());
      assertEquals(inFlightMax, together.most());
    }
  }

  @Test
  @Tag("E7")
  void hasOneCallUnderWayAfterItWasAskedToComeAgain() throws InterruptedException {
    Together together = new Together();
    try (Destination destination = new Destination().first(together::meet);
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.config(destination.port()),
                    new Calls(Duration.ofSeconds(20), 4, false)))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(larges(101, 4)));
      together.hold(4);
      List<CleanBatch> batches = larges(1, 10);
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(4, together.most());
      destination.next(Answer.retryAfter(Status.UNAVAILABLE, Duration.ofSeconds(1)));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches));
      CountDownLatch second = new CountDownLatch(2);
      AtomicReference<Boolean> company = new AtomicReference<>();
      destination.first(
          () -> {
            second.countDown();
            try {
              company.compareAndSet(null, second.await(300, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(false, company.get());
      assertTrue(second.await(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void sendsOnlyWhatHasNotArrivedWhereOneOfManyCallsIsRetried() {
    try (Destination destination = new Destination();
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.config(destination.port()),
                    new Calls(Duration.ofSeconds(20), 4, false)))) {
      List<CleanBatch> warm = larges(101, 4);
      assertEquals(Outcome.ACCEPTED, exporter.export(warm));
      destination.requests.clear();
      destination.next(Answer.failed(Status.UNAVAILABLE));
      List<CleanBatch> batches = larges(1, 8);
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
      assertEquals(9, destination.requests.size(), "one of them twice");
      assertEquals(8, new HashSet<>(destination.spanIds()).size());
    }
  }

  @Test
  void keepsResourcesAndScopesWhereItSplits() {
    CleanBatch batch = Given.groups();
    ExportTraceServiceRequest whole = Destination.parsed(joined(List.of(batch)));
    SplitBatch split = new SplitBatch(batch);
    assertEquals(whole, request(split.part(0, 6)));
    for (int i = 0; i < 6; i++) {
      ResourceSpans resource = request(split.part(i, i + 1)).getResourceSpans(0);
      ResourceSpans from = whole.getResourceSpans(i / 4);
      assertEquals(from.getResource(), resource.getResource());
      assertEquals(from.getSchemaUrl(), resource.getSchemaUrl());
      ScopeSpans scope = from.getScopeSpans(i % 4 / 2);
      assertEquals(
          scope.toBuilder().clearSpans().addSpans(scope.getSpans(i % 2)).build(),
          resource.getScopeSpans(0));
    }
  }

  private static ExportTraceServiceRequest request(List<Slice> message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Slice slice : message) {
      bytes.write(slice.bytes(), slice.offset(), slice.length());
    }
    return Destination.parsed(bytes.toByteArray());
  }

  @Test
  @Tag("E14")
  void sendsHeadersAndItsName() {
    try (Destination destination = new Destination();
        OtlpExporter exporter =
            Given.exporter(
                Given.with(
                    Given.config(destination.port()),
                    Map.of("X-Scope-OrgID", "team a", "authorization", "Bearer t"),
                    Auth.none()))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 1))));
      assertEquals("team a", header(destination, "x-scope-orgid"));
      assertEquals("Bearer t", header(destination, "authorization"));
      String agent = header(destination, "user-agent");
      assertTrue(agent.matches("Tollspan-OTLP-Exporter-Java/\\S+ grpc-java-.*"), agent);
    }
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void takesASuccessWithAnUnreadableAnswerForASuccess(Compression compression) {
    Answer[] answers = {
      Answer.ok(new byte[] {0x0a, 100, 1}), Answer.ok(new byte[] {0x0c, 0, 9, 9})
    };
    try (Destination destination = new Destination(answers);
        OtlpExporter exporter =
            Given.exporter(Given.config(destination.port(), compression, Duration.ofSeconds(20)))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 1))));
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(2, 1))));
    }
  }

  // OTLP 1.11: an answer above the limit is an error, and not to be retried; after inflating too.
  @ParameterizedTest
  @Tag("E9")
  @EnumSource(Compression.class)
  void doesNotRetryAnAnswerThatIsTooLarge(Compression compression) {
    Answer huge = Answer.partial(1, "e".repeat((4 << 20) + 1));
    try (Destination destination = new Destination(huge);
        OtlpExporter exporter =
            Given.exporter(Given.config(destination.port(), compression, Duration.ofSeconds(20)))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 1));
      assertInstanceOf(Outcome.Refused.class, exporter.export(batches));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches));
    }
  }

  /** The first call fails at once, each later one waits for a connection. */
  @Test
  void saysAsOftenAsAskedThatNobodyIsThere() throws Exception {
    int closed;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = free.getLocalPort();
    }
    try (OtlpExporter exporter =
        Given.exporter(Given.config(closed, Compression.NONE, Duration.ofSeconds(1)))) {
      for (int i = 0; i < 3; i++) {
        assertEquals(
            new Outcome.RetryLater(Duration.ZERO, "the call ended with UNAVAILABLE"),
            exporter.export(List.of(Given.batch(1, 1))));
      }
    }
  }

  @Test
  void retriesWhatIsNotAnsweredInTime() {
    try (Destination destination = new Destination(Answer.NONE);
        OtlpExporter exporter =
            Given.exporter(
                Given.config(destination.port(), Compression.NONE, Duration.ofMillis(300)))) {
      List<CleanBatch> batches = List.of(Given.batch(1, 1));
      assertEquals(
          new Outcome.RetryLater(Duration.ZERO, "the call ended with DEADLINE_EXCEEDED"),
          exporter.export(batches));
      // It goes on over a new connection; under load its first try may be late too.
      Outcome outcome = exporter.export(batches);
      for (int i = 0; i < 20 && outcome instanceof Outcome.RetryLater; i++) {
        outcome = exporter.export(batches);
      }
      assertEquals(Outcome.ACCEPTED, outcome);
    }
  }

  @Test
  void isNotEndedByTheCallThatItWasCalledIn() {
    try (Destination destination = new Destination();
        OtlpExporter exporter = Given.exporter(Given.config(destination.port()))) {
      Context.CancellableContext inbound = Context.current().withCancellation();
      inbound.cancel(null);
      AtomicReference<Outcome> outcome = new AtomicReference<>();
      inbound.run(() -> outcome.set(exporter.export(List.of(Given.batch(1, 1)))));
      assertEquals(Outcome.ACCEPTED, outcome.get());
    }
  }

  @Test
  void endsSoonWhenItIsInterrupted() throws InterruptedException {
    try (Destination destination = new Destination(Answer.NONE);
        OtlpExporter exporter =
            Given.exporter(
                Given.config(destination.port(), Compression.NONE, Duration.ofHours(1)))) {
      Outcome outcome = Given.interrupted(exporter, destination.requests);
      assertInstanceOf(Outcome.RetryLater.class, outcome);
      assertTrue(destination.cancelled.await(20, TimeUnit.SECONDS));
    }
  }

  // Scenario: nobody listens when it starts; then the destination comes and is killed in the middle
  // of the stream, again and again.
  // Guarantee: each span that was accepted has arrived at least once.
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void losesNothingWhenItsDestinationComesAndGoes(String host) throws InterruptedException {
    int port = Destination.portOfItsOwn();
    OtlpConfig config =
        new OtlpConfig(
            Protocol.GRPC,
            OtlpConfig.grpcEndpoint("http://" + host + ":" + port),
            Compression.GZIP,
            Map.of(),
            Auth.none(),
            Tls.platform(),
            new Calls(Duration.ofSeconds(2), 10, false));
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    Set<String> arrived = new HashSet<>();
    try (OtlpExporter exporter = Given.exporter(config)) {
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(Given.batch(9_999, 1))));
      AtomicBoolean enough = new AtomicBoolean();
      Thread sender =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int id = 1; !enough.get(); id++) {
                      sendUntilTaken(exporter, Given.batch(id, 1));
                      accepted.add(Given.id(id));
                    }
                  });
      for (int life = 0; life < 4; life++) {
        try (Destination destination = new Destination(port, InsecureServerCredentials.create())) {
          while (destination.requests.size() < 20) {
            assertTrue(sender.isAlive());
            Thread.onSpinWait();
          }
          if (life == 3) {
            enough.set(true);
            assertTrue(sender.join(Duration.ofSeconds(20)));
          }
          destination.kill();
          arrived.addAll(destination.spanIds());
        }
      }
    }
    assertTrue(accepted.size() >= 70, () -> "accepted " + accepted.size());
    accepted.removeAll(arrived);
    assertEquals(Set.of(), accepted);
  }

  @Test
  void leavesNoThread() throws InterruptedException {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (OtlpExporter exporter =
        Given.exporter(Given.config(1, Compression.ZSTD, Duration.ofSeconds(2)))) {
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(Given.batch(1, 1))));
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!before.contains(thread)) {
        // Ours are in their last steps; Netty's global executor ends a second after its last task.
        assertTrue(thread.join(Duration.ofSeconds(20)), thread.getName());
      }
    }
  }

  @Test
  void quietensTheLogOfGrpc() {
    try (OtlpExporter exporter = Given.exporter(Given.config(1))) {
      exporter.flush();
      assertFalse(Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty").isLoggable(Level.INFO));
    }
  }

  @Test
  void saysWhichSettingIsWrongIfAFileCannotBeRead(@org.junit.jupiter.api.io.TempDir Path dir) {
    OtlpConfig config =
        OtlpConfig.defaults(Protocol.GRPC, OtlpConfig.grpcEndpoint("https://127.0.0.1:1"));
    OtlpConfig missing = Given.with(config, Tls.trusting(dir.resolve("none.pem")));
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () -> {
              try (OtlpExporter exporter = Given.exporter(missing)) {
                exporter.flush();
              }
            });
    assertTrue(error.getMessage().contains("tls"), error.getMessage());
  }

  private static void sendUntilTaken(OtlpExporter exporter, CleanBatch batch) {
    long startNanos = System.nanoTime();
    while (!exporter.export(List.of(batch)).equals(Outcome.ACCEPTED)) {
      assertTrue(System.nanoTime() - startNanos < 20_000_000_000L, "not taken within 20 s");
      Thread.yield();
    }
  }

  /** So many of them, with consecutive ids. */
  private static List<CleanBatch> larges(int firstId, int count) {
    List<CleanBatch> batches = new ArrayList<>();
    for (int id = firstId; id < firstId + count; id++) {
      batches.add(large(id));
    }
    return batches;
  }

  /** One span that leaves no room for another in one call. */
  private static CleanBatch large(int id) {
    return Given.batch(id, 1, 2_000_000);
  }

  private static byte[] joined(List<CleanBatch> batches) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (CleanBatch batch : batches) {
      byte[] bytes = batch.bytes();
      out.writeBytes(Arrays.copyOfRange(bytes, batch.offset(), batch.offset() + batch.byteSize()));
    }
    return out.toByteArray();
  }

  private static String header(Destination destination, String name) {
    return destination
        .headers
        .getFirst()
        .get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }
}
