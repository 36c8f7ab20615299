package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.canary.Sender.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanaryTallyTest {
  private static final String LINE =
      "2026-01-01T00:00:00.000Z INFO tollspan stopped: 9 spans received, %d accepted,"
          + " rejected {invalid_span=%d}; ndjson: delivered %d, dropped {%s};"
          + " otlp_grpc/tempo: delivered 7, dropped {}\n";

  private final CanaryTally tally = new CanaryTally();

  @Test
  void booksThatBalanceSayNothing() {
    send();
    tally.readLastLine(LINE.formatted(7, 2, 7, ""));
    assertEquals(List.of(), tally.odd());
    assertEquals(new CanaryTally.Count(7, 2, 3), tally.all());
    assertEquals(12, tally.sent());
  }

  @Test
  void everySpanThatIsMissingIsSeen() {
    send();
    tally.readLastLine(LINE.formatted(6, 1, 5, "file_lost=1, too_old=1"));
    assertEquals(
        List.of(
            "accepted by the pipeline: 6 spans instead of 7",
            "rejected by the pipeline: 1 spans instead of 2",
            "delivered by ndjson: 5 spans instead of 7",
            "dropped by ndjson: 2 spans instead of 0"),
        tally.odd());
  }

  @Test
  void aPipelineThatSaysNothingIsOdd() {
    tally.readLastLine("");
    assertEquals(List.of("the pipeline did not say what it counted"), tally.odd());
  }

  private void send() {
    tally.count("a", 9, new Answer(true, 2, ""));
    tally.count("b", 3, new Answer(false, 0, ""));
  }
}
