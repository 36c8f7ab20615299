package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipelineconfig.Destination.State;
import dev.tollspan.pipelineconfig.Destination.Trouble;
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
  private final Destination destination = to(null);

  private Destination to(Destination.Address address) {
    return new Destination(
        new SpanExporter() {
          @Override
          public Outcome export(List<CleanBatch> batches) {
            return answers.remove();
          }

          @Override
          public void flush() {}

          @Override
          public long held() {
            return 7;
          }

          @Override
          public long settled() {
            return 6;
          }

          @Override
          public void close() {}
        },
        address,
        nanos::get);
  }

  @Test
  void isRetryingFromTheFirstToTheLastAnswerThatAsksForIt() {
    assertNull(destination.trouble());
    export(later("refused"));
    assertEquals(new Trouble(State.RETRYING, 0, "refused"), destination.trouble());
    nanos.addAndGet(Duration.ofSeconds(90).toNanos());
    export(later("timed out"));
    assertEquals(new Trouble(State.RETRYING, 90, "timed out"), destination.trouble());
    export(Outcome.ACCEPTED);
    assertNull(destination.trouble());
  }

  @Test
  void isNotWellWhileItsDeliveryIsNot() {
    assertEquals(new Trouble(State.RETRYING, 0, "see the log"), destination.trouble(true));
    assertNull(destination.trouble(false));
    export(new Outcome.Refused("404"));
    assertEquals(new Trouble(State.REFUSING, 0, "404"), destination.trouble(true));
  }

  @Test
  void isRefusingUntilSomethingIsTakenOrItAsksToBeTriedAgain() {
    assertEquals(new Outcome.Refused("401"), export(new Outcome.Refused("401")));
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());
    assertEquals(new Outcome.Refused("401"), export(new Outcome.Refused("404")));
    assertEquals(new Trouble(State.REFUSING, 7, "404"), destination.trouble());
    export(later("timed out"));
    assertEquals(new Trouble(State.RETRYING, 0, "timed out"), destination.trouble());
    export(new Outcome.Refused("404"));
    assertEquals(new Trouble(State.REFUSING, 0, "404"), destination.trouble());
    export(new Outcome.PartlyAccepted(1, "one"));
    assertNull(destination.trouble());
  }

  @Test
  void anOutageHasOneReasonFromBeginningToEnd() {
    assertEquals(later("refused"), export(later("refused")));
    assertEquals(later("refused"), export(later("timed out")));
    export(new Outcome.Refused("no such tenant"));
    assertEquals(later("timed out"), export(later("timed out")));
    assertEquals(7, destination.held());
    assertEquals(6, destination.settled());
  }

  @Test
  void reasonsSayWhereAndHintAtWhatToLookForUntilSomethingWasTaken() {
    Destination plain = to(new Destination.Address("h:1", false));
    Destination secure = to(new Destination.Address("h:1", true));
    String unavailable = "the call ended with UNAVAILABLE";
    String where = "h:1: " + unavailable;
    assertEquals(
        later(where + " (connection refused or host unreachable?)"),
        export(plain, later(unavailable)));
    assertEquals(
        later(
            where
                + " (connection refused or host unreachable, or it speaks no TLS that we trust?)"),
        export(secure, later(unavailable)));
    assertEquals(new Outcome.Refused("h:1: no"), export(secure, new Outcome.Refused("no")));
    assertEquals(
        new Outcome.PartlyAccepted(1, "h:1: no"),
        export(secure, new Outcome.PartlyAccepted(1, "no")));
    assertEquals(later(where), export(secure, later(unavailable)));
  }

  private Outcome export(Outcome answer) {
    return export(destination, answer);
  }

  private Outcome export(Destination to, Outcome answer) {
    answers.add(answer);
    return to.export(List.of());
  }

  private static Outcome later(String reason) {
    return new Outcome.RetryLater(Duration.ofSeconds(1), reason);
  }
}
