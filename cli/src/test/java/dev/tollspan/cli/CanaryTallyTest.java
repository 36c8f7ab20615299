package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Matrix;
import dev.tollspan.canary.Sender.Answer;
import dev.tollspan.canary.Store;
import dev.tollspan.cli.CanaryFile.End;
import dev.tollspan.cli.CanaryFile.Profile;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CanaryTallyTest {
  private static final String LINE =
      "2026-01-01T00:00:00.000Z INFO tollspan stopped: 9 spans received, %d accepted,"
          + " rejected {invalid_span=%d}; ndjson: delivered %d, dropped {%s};"
          + " otlp_grpc/tempo: delivered 7, dropped {}\n";

  private static final List<End> ENDS = List.of(end("ndjson"), end("otlp_grpc/tempo"));

  /** By gRPC, and by HTTP. */
  private static final List<Mark> MARKS = Matrix.of(2, 1);

  private final CanaryTally tally = new CanaryTally();

  @Test
  void booksThatBalanceSayNothing() {
    send();
    tally.readLastLine(LINE.formatted(7, 2, 7, ""), ENDS);
    assertEquals(List.of(), tally.odd());
    assertEquals(new CanaryTally.Count(7, 2, 3), tally.all());
    assertEquals(12, tally.sent());
    assertEquals(new CanaryTally.Count(7, 2, 0), tally.ofTransport("grpc"));
    assertEquals(new CanaryTally.Count(0, 0, 3), tally.ofTransport("http/protobuf"));
    assertEquals(new CanaryTally.Count(0, 0, 0), tally.ofTransport("http/json"));
  }

  @Test
  void everySpanThatIsMissingIsSeen() {
    send();
    tally.readLastLine(LINE.formatted(6, 1, 5, "file_lost=1, too_old=1"), ENDS);
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
    tally.readLastLine("", ENDS);
    assertEquals(List.of("the pipeline did not say what it counted"), tally.odd());
  }

  private void send() {
    tally.count("otlp", MARKS.getFirst(), 9, new Answer(true, 2, ""));
    tally.count("otlp", MARKS.getLast(), 3, new Answer(false, 0, ""));
  }

  private static End end(String id) {
    return new End(id, Store.NDJSON, Profile.STRICT, Path.of(id), Path.of(""), Set.of("otlp"));
  }
}
