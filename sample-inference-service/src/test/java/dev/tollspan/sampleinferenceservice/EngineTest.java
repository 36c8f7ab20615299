package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EngineTest {
  private static final String CALL = "{\"prompt\":\"Hello world\"}";

  @Test
  void measuresHowLongACallWaitsForItsSlot() throws Exception {
    FakeClock clock = FakeClock.holding();
    QueueObserver queued = new QueueObserver(2);
    try (TestService service = oneSlot(1.0, clock, queued);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> first = callers.submit(() -> service.complete(CALL));
      assertTrue(clock.asleep.await(20, TimeUnit.SECONDS));
      Future<?> second = callers.submit(() -> service.complete(CALL));
      assertTrue(queued.started.await(20, TimeUnit.SECONDS));
      clock.advance(7_000_000);
      clock.release();
      first.get(20, TimeUnit.SECONDS);
      second.get(20, TimeUnit.SECONDS);

      // The second waits for the 7 ms and then for the 1 ms and 76 ms of the first.
      assertEquals(List.of(0L, 84_000_000L), durations(service, "inference.queue"));
      List<Double> firstTokens =
          service.exported.getFinishedSpanItems().stream()
              .filter(span -> span.getName().equals("inference.request"))
              .map(span -> span.getAttributes().get(Keys.TIME_TO_FIRST_TOKEN_MS))
              .sorted()
              .toList();
      assertEquals(List.of(3.0, 87.0), firstTokens);
    }
  }

  @Test
  void theTimeScaleShortensTheWaitingAndNotTheFigures() throws Exception {
    try (TestService service = oneSlot(0.25, FakeClock.flowing())) {
      service.complete(CALL);

      assertEquals(List.of(250_000L), durations(service, "inference.prefill"));
      assertEquals(List.of(19_000_000L), durations(service, "inference.decode"));
      assertEquals(
          1.0, service.span("inference.prefill").getAttributes().get(Keys.LLM_PREFILL_LATENCY_MS));
      assertEquals(
          76.0, service.span("inference.decode").getAttributes().get(Keys.LLM_DECODE_LATENCY_MS));
      assertEquals(3.0, service.root().getAttributes().get(Keys.TIME_TO_FIRST_TOKEN_MS));
    }
  }

  @Test
  void aTimeScaleOfZeroWaitsNotAtAll() throws Exception {
    try (TestService service = oneSlot(0, FakeClock.flowing())) {
      service.complete(CALL);

      assertEquals(List.of(0L), durations(service, "inference.decode"));
    }
  }

  @Test
  void theRealClockSleepsAtLeastAsLongAsAsked() throws Exception {
    EngineClock clock = EngineClock.real();
    long before = clock.nanoTime();

    clock.sleep(2_500_000);

    assertTrue(clock.nanoTime() - before >= 2_500_000);
  }

  private static TestService oneSlot(double timeScale, EngineClock clock, SpanProcessor... more)
      throws Exception {
    return TestService.start(
        new Settings.Simulation(1, timeScale, null), Settings.Telemetry.defaults(), clock, more);
  }

  private static List<Long> durations(TestService service, String name) {
    return service.exported.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .map(EngineTest::nanos)
        .sorted()
        .toList();
  }

  private static long nanos(SpanData span) {
    return span.getEndEpochNanos() - span.getStartEpochNanos();
  }

  /** Counts the calls that have reached the queue. */
  private static final class QueueObserver implements SpanProcessor {
    final CountDownLatch started;

    QueueObserver(int calls) {
      started = new CountDownLatch(calls);
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      if (span.getName().equals("inference.queue")) {
        started.countDown();
      }
    }

    @Override
    public boolean isStartRequired() {
      return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {}

    @Override
    public boolean isEndRequired() {
      return false;
    }
  }
}
