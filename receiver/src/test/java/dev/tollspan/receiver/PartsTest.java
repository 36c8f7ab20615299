package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A request of many spans goes on in parts, and its hold covers them before the first one. */
class PartsTest {
  private static final int SPANS = 30_000; // parts are of 1 MiB with a budget of 64 MiB

  @Test
  void handsManySpansOverInPartsThatAreSmallAndPaid() throws Exception {
    TracesData message = Requests.message(SPANS);
    AtomicLong least = new AtomicLong(Long.MAX_VALUE);
    AtomicReference<Station> here = new AtomicReference<>();
    try (Station station =
        new Station(
            bytes -> {
              least.accumulateAndGet(here.get().receiver.inFlightBytes(), Math::min);
              return Outcome.ACCEPTED;
            })) {
      here.set(station);
      assertEquals(Status.Code.OK, station.client.export(message.toByteArray()).code());
      List<Span> came = new ArrayList<>();
      for (byte[] part : station.taken) {
        assertTrue(part.length < 1 << 20, "a part of " + part.length);
        came.addAll(spans(TracesData.parseFrom(part)));
      }
      assertTrue(station.taken.size() > 4, station.taken.size() + " parts");
      assertEquals(spans(message), came);
      assertEquals(SPANS, station.ledger.accepted());
      long due = message.getSerializedSize() + SPANS * 128L + (6 << 20);
      assertTrue(least.get() >= due, "held " + least + ", due are " + due);
    }
  }

  @Test
  void booksWhatWasTakenBeforeAPartThatWasNot() throws Exception {
    AtomicInteger parts = new AtomicInteger();
    try (Station station =
        new Station(
            bytes ->
                parts.incrementAndGet() == 3
                    ? new Outcome.RetryLater(Duration.ofSeconds(1), "full")
                    : Outcome.ACCEPTED)) {
      byte[] request = Requests.message(SPANS).toByteArray();
      assertEquals(Status.Code.UNAVAILABLE, station.client.export(request).code());
      List<byte[]> taken = new ArrayList<>(station.taken);
      int accepted =
          spans(TracesData.parseFrom(taken.get(0))).size()
              + spans(TracesData.parseFrom(taken.get(1))).size();
      assertEquals(3, taken.size());
      assertEquals(accepted, station.ledger.accepted());
      long rest = SPANS - accepted;
      assertEquals(Map.of("retry_later", rest), station.ledger.rejectedByReason());
    }
  }

  @Test
  void takesNothingIfThePartsOfItCanNeverFit() throws Exception {
    byte[] request = Requests.message(SPANS).toByteArray();
    OtlpReceiverConfig config = Station.config(8 << 20, 7 << 20);
    try (Station station = new Station(config, Station.PATIENCE, bytes -> Outcome.ACCEPTED)) {
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, station.client.export(request).code());
      assertEquals(0, station.taken.size());
    }
  }

  private static List<Span> spans(TracesData message) {
    return message.getResourceSpans(0).getScopeSpans(0).getSpansList();
  }
}
