package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DestinationTest {
  private final Deque<Outcome> answers = new ArrayDeque<>();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Destination destination =
      new Destination(
          new SpanExporter() {
            @Override
            public Outcome export(List<CleanBatch> batches) {
              return answers.remove();
            }

            @Override
            public void flush() {}

            @Override
            public long lostSpans() {
              return 7;
            }

            @Override
            public void close() {}
          },
          nanos::get);

  @Test
  void isRetryingFromTheFirstToTheLastAnswerThatAsksForIt() {
    assertEquals(-1, destination.retryingSeconds());
    export(later("refused"));
    assertEquals(0, destination.retryingSeconds());
    nanos.addAndGet(Duration.ofSeconds(90).toNanos());
    export(later("timed out"));
    assertEquals(90, destination.retryingSeconds());
    export(Outcome.ACCEPTED);
    assertEquals(-1, destination.retryingSeconds());
  }

  @Test
  void anOutageHasOneReasonFromBeginningToEnd() {
    assertEquals(later("refused"), export(later("refused")));
    assertEquals(later("refused"), export(later("timed out")));
    export(new Outcome.Refused("no such tenant"));
    assertEquals(later("timed out"), export(later("timed out")));
    assertEquals(7, destination.lostSpans());
  }

  private Outcome export(Outcome answer) {
    answers.add(answer);
    return destination.export(List.of());
  }

  private static Outcome later(String reason) {
    return new Outcome.RetryLater(Duration.ofSeconds(1), reason);
  }
}
