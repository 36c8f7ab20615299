package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.CodedOutputStream;
import dev.tollspan.pipeline.Outcome;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What OTLP asks of a gRPC server, beyond sizes, damage and overload. */
class OtlpReceiverTest {
  @Test
  @Tag("A1")
  @Tag("A2")
  @Tag("A11")
  void answersFullSuccessWithAnEmptyMessage() throws Exception {
    try (Station station = new Station()) {
      byte[] message = Requests.message(3).toByteArray();
      RawClient.Reply reply = station.client.export(message);
      assertEquals(Status.Code.OK, reply.code());
      assertEquals(0, reply.message().length);
      assertArrayEquals(message, station.taken.remove());
      assertEquals(3, station.ledger.accepted());
    }
  }

  @Test
  @Tag("A3")
  void keepsTheSameBytesHoweverTheyCame() throws Exception {
    try (Station station = new Station()) {
      byte[] message = Requests.message(300).toByteArray();
      station.client.export(message);
      station.client.export("gzip", Requests.gzip(message));
      station.client.export("zstd", Zstd.compress(message));
      station.client.export("zstd", Requests.zstdStream(message));
      assertEquals(4, station.taken.size());
      for (byte[] taken : station.taken) {
        assertArrayEquals(message, taken);
      }
    }
  }

  @Test
  @Tag("A12")
  @Tag("A16")
  void takesRequestsWithoutSpans() throws Exception {
    try (Station station = new Station()) {
      byte[] noSpans =
          TracesData.newBuilder()
              .addResourceSpans(ResourceSpans.getDefaultInstance())
              .build()
              .toByteArray();
      for (byte[] message : List.of(new byte[0], noSpans)) {
        RawClient.Reply reply = station.client.export(message);
        assertEquals(Status.Code.OK, reply.code());
        assertEquals(0, reply.message().length);
      }
      assertEquals(0, station.ledger.received());
      assertEquals(0, station.ledger.refusedRequests());
    }
  }

  @Test
  @Tag("A4")
  void answersUnknownEncodingWithTheKnownOnesAndLivesOn() throws Exception {
    try (Station station = new Station()) {
      byte[] message = Requests.message(1).toByteArray();
      RawClient.Reply reply = station.client.export("foo", message);
      assertEquals(Status.Code.UNIMPLEMENTED, reply.code());
      String known =
          reply
              .headers()
              .get(Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER));
      assertEquals(Set.of("gzip", "zstd"), Set.of(known.split(",")));
      assertEquals(Status.Code.OK, station.client.export(message).code());
    }
  }

  @Test
  @Tag("A13")
  @Tag("A14")
  void countsInvalidSpansExactlyAndKeepsTheOthers() throws Exception {
    try (Station station = new Station()) {
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        spans.add((i % 27 == 0 && i < 999 ? Requests.badSpan() : Requests.span(i)).build());
      }
      RawClient.Reply reply = station.client.export(Requests.message(spans).toByteArray());
      assertEquals(Status.Code.OK, reply.code());
      ExportTracePartialSuccess partial = reply.response().getPartialSuccess();
      assertEquals(37, partial.getRejectedSpans());
      assertFalse(partial.getErrorMessage().isBlank());
      assertFalse(text(reply).contains(Requests.CANARY));
      assertEquals(963, station.ledger.accepted());
      assertEquals(Map.of("invalid_span", 37L), station.ledger.rejectedByReason());
    }
  }

  @Test
  @Tag("A9")
  @Tag("A14")
  void keepsTheAnswerSmallHoweverManySpansAreInvalid() throws Exception {
    try (Station station = new Station()) {
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < 100_000; i++) {
        spans.add(Requests.badSpan().build());
      }
      RawClient.Reply reply = station.client.export(Requests.message(spans).toByteArray());
      assertEquals(100_000, reply.response().getPartialSuccess().getRejectedSpans());
      assertTrue(reply.message().length < 1100, "answer of " + reply.message().length);
      assertTrue(station.taken.isEmpty());
    }
  }

  /** So many are more than a request may have, and are not counted one by one. */
  @Test
  @Tag("A9")
  void keepsTheAnswerSmallToAMillionSpans() throws Exception {
    byte[] message = new byte[1_000_000 * 2];
    for (int i = 0; i < message.length; i += 2) {
      message[i] = 0x12; // a span without anything in it
    }
    for (int field = 2; field >= 1; field--) {
      ByteArrayOutputStream around = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(around);
      out.writeByteArray(field, message);
      out.flush();
      message = around.toByteArray();
    }
    try (Station station = new Station()) {
      RawClient.Reply reply = station.client.export(message);
      assertEquals(Status.Code.INVALID_ARGUMENT, reply.code(), reply.toString());
      assertTrue(reply.toString().length() < 5_000, reply.toString());
      assertEquals(Status.Code.OK, station.client.export(new byte[0]).code());
    }
  }

  @Test
  @Tag("A14")
  void passesOnWhatTheConsumerDidNotTake() throws Exception {
    String endless = "\u20ac".repeat(5000);
    Outcome outcome = new Outcome.PartlyAccepted(2, endless);
    try (Station station = new Station(message -> outcome)) {
      List<Span> spans = new ArrayList<>();
      spans.add(Requests.badSpan().build());
      for (int i = 0; i < 5; i++) {
        spans.add(Requests.span(i).build());
      }
      RawClient.Reply reply = station.client.export(Requests.message(spans).toByteArray());
      ExportTracePartialSuccess partial = reply.response().getPartialSuccess();
      assertEquals(3, partial.getRejectedSpans());
      assertTrue(partial.getErrorMessageBytes().size() <= 1024);
      assertEquals(3, station.ledger.accepted());
      assertEquals(Map.of("invalid_span", 1L, "refused", 2L), station.ledger.rejectedByReason());
    }
  }

  @Test
  @Tag("A18")
  @Tag("A19")
  void tellsTheSenderToComeAgainWithinBounds() throws Exception {
    AtomicReference<Duration> after = new AtomicReference<>();
    try (Station station = new Station(m -> new Outcome.RetryLater(after.get(), "full"))) {
      byte[] message = Requests.message(2).toByteArray();
      List<Duration> told = new ArrayList<>();
      for (long millis : new long[] {1, 5_250, 3_600_000}) {
        after.set(Duration.ofMillis(millis));
        RawClient.Reply reply = station.client.export(message);
        assertEquals(Status.Code.UNAVAILABLE, reply.code());
        told.add(reply.retryDelay());
      }
      assertEquals(
          List.of(Duration.ofMillis(100), Duration.ofMillis(5_250), Duration.ofSeconds(30)), told);
      assertEquals(Map.of("retry_later", 6L), station.ledger.rejectedByReason());
    }
  }

  @Test
  void tellsTheSenderToDropWhatIsRefused() throws Exception {
    try (Station station = new Station(message -> new Outcome.Refused("not here"))) {
      RawClient.Reply reply = station.client.export(Requests.message(2).toByteArray());
      assertEquals(Status.Code.INVALID_ARGUMENT, reply.code());
      assertEquals("not here", reply.status().getDescription());
      assertEquals(Map.of("refused", 2L), station.ledger.rejectedByReason());
    }
  }

  @Test
  void survivesADefectBehindIt() throws Exception {
    try (Station station =
        new Station(
            message -> {
              throw new IllegalStateException(Requests.CANARY);
            })) {
      RawClient.Reply reply = station.client.export(Requests.message(2).toByteArray());
      assertEquals(Status.Code.INTERNAL, reply.code());
      assertFalse(reply.status().toString().contains(Requests.CANARY));
      assertEquals(Map.of("failed", 2L), station.ledger.rejectedByReason());
      assertEquals(Status.Code.OK, station.client.export(new byte[0]).code());
    }
  }

  @Test
  void keepsItsBooksWhenTheConsumerDies() throws Exception {
    try (Station station =
        new Station(
            message -> {
              throw new StackOverflowError();
            })) {
      RawClient.Reply reply = station.client.export(Requests.message(2).toByteArray());
      assertEquals(Status.Code.INTERNAL, reply.code());
      assertEquals(Map.of("failed", 2L), station.ledger.rejectedByReason());
    }
  }

  @ParameterizedTest
  @Tag("A24")
  @Tag("A25")
  @ValueSource(
      strings = {
        "opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        "opentelemetry.proto.collector.logs.v1.LogsService/Export",
        "grpc.health.v1.Health/Check",
        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
      })
  void answersEveryOtherMethodUnimplemented(String method) throws Exception {
    try (Station station = new Station()) {
      byte[] message = Requests.message(50).toByteArray();
      RawClient.Reply reply =
          RawClient.await(station.client.send(method, CallOptions.DEFAULT, message));
      assertEquals(Status.Code.UNIMPLEMENTED, reply.code());
      assertEquals("only traces are taken here", reply.status().getDescription());
      assertEquals(0, station.ledger.received());
      assertEquals(Status.Code.OK, station.client.export(message).code());
    }
  }

  @Test
  @Tag("A22")
  void handlesTheCallsOfOneConnectionSideBySide() throws Exception {
    CountDownLatch allInside = new CountDownLatch(64);
    CountDownLatch slowMayGo = new CountDownLatch(1);
    try (Station station =
        new Station(
            message -> {
              allInside.countDown();
              await(allInside);
              if (Arrays.equals(message, Requests.message(2).toByteArray())) {
                await(slowMayGo);
              }
              return Outcome.ACCEPTED;
            })) {
      CompletableFuture<RawClient.Reply> slow =
          station.client.send(Requests.message(2).toByteArray());
      List<CompletableFuture<RawClient.Reply>> quick = new ArrayList<>();
      for (int i = 0; i < 63; i++) {
        quick.add(station.client.send(Requests.message(1).toByteArray()));
      }
      for (CompletableFuture<RawClient.Reply> reply : quick) {
        assertEquals(Status.Code.OK, RawClient.await(reply).code());
      }
      assertFalse(slow.isDone());
      slowMayGo.countDown();
      assertEquals(Status.Code.OK, RawClient.await(slow).code());
    }
  }

  @Test
  @Tag("A23")
  void booksSpansWhoseSenderGaveUpWaiting() throws Exception {
    CountDownLatch gaveUp = new CountDownLatch(1);
    Station station =
        new Station(
            message -> {
              await(gaveUp);
              return Outcome.ACCEPTED;
            });
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS);
    byte[] message = Requests.message(4).toByteArray();
    RawClient.Reply reply =
        RawClient.await(station.client.send(RawClient.TRACES, options, message));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, reply.code());
    gaveUp.countDown();
    station.close();
    assertEquals(4, station.ledger.accepted());
  }

  @Test
  void callsTheConsumerOutsideOfTheInboundCall() throws Exception {
    AtomicReference<Context> seen = new AtomicReference<>();
    AtomicReference<Thread> thread = new AtomicReference<>();
    try (Station station =
        new Station(
            message -> {
              seen.set(Context.current());
              thread.set(Thread.currentThread());
              return Outcome.ACCEPTED;
            })) {
      station.client.export(Requests.message(1).toByteArray());
      assertSame(Context.ROOT, seen.get());
      assertTrue(thread.get().isVirtual());
    }
  }

  @Test
  void countsSpansThatHadToBeRewritten() throws Exception {
    try (Station station = new Station()) {
      Span twice =
          Requests.span(1)
              .addAttributes(Requests.attribute("gen_ai.request.model", "first"))
              .addAttributes(Requests.attribute("gen_ai.request.model", "last"))
              .build();
      byte[] message = Requests.message(List.of(twice, Requests.span(2).build())).toByteArray();
      RawClient.Reply reply = station.client.export(message);
      assertEquals(Status.Code.OK, reply.code());
      assertEquals(
          "of an attribute that came twice the last was kept (1)",
          reply.response().getPartialSuccess().getErrorMessage());
      assertEquals(2, station.ledger.accepted());
      assertEquals(1, station.ledger.odd());
    }
  }

  private static String text(RawClient.Reply reply) {
    return new String(reply.message(), StandardCharsets.UTF_8);
  }

  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("waited in vain");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
