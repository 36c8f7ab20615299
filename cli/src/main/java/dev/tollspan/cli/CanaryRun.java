package dev.tollspan.cli;

import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Transport;
import dev.tollspan.cli.CanaryProof.Result;
import dev.tollspan.cli.CanaryProof.Sight;
import dev.tollspan.cli.CanaryReport.Control;
import dev.tollspan.pipelineconfig.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A configuration rehearsed twice: as it is, and with its gates open, as a control. */
final class CanaryRun {
  private CanaryRun() {}

  /**
   * Rehearses, and searches.
   *
   * @param directory where all that is searched stays
   * @param progress told what happens
   */
  static CanaryReport of(
      PipelineConfig config,
      Path directory,
      List<Mark> inside,
      long seed,
      Consumer<String> progress)
      throws FailedException, InterruptedException, IOException {
    String count = Figures.count(inside.size());
    progress.accept("sending " + count + " marks to a pipeline of its own ...");
    Canary canary = Canary.of(config, directory);
    CanaryTally tally = canary.run(inside, seed);
    progress.accept("searching all that it wrote and said ...");
    List<Mark> all = new ArrayList<>(inside);
    all.addAll(canary.around());
    CanaryProof proof = new CanaryProof(all);
    Result result = proof.search(directory, canary.ends());
    progress.accept("the same once more with its gates open, to see that the search sees ...");
    Path control = Files.createDirectory(directory.resolve("control"));
    Canary open = Canary.open(config, control);
    CanaryTally openTally = open.run(inside, seed);
    Result opened = proof.search(control, open.ends());
    List<Sight> sights = new ArrayList<>();
    for (Transport transport : Transport.values()) {
      String over = " over " + transport.label();
      Set<String> seen = proof.find(canary.sent(transport));
      sights.add(sight("what was sent" + over, inside, transport, seen));
      sights.add(sight("headers and requests that fail" + over, canary.around(), transport, seen));
    }
    sights.addAll(CanaryProof.behindOpenGates(opened, open.ends(), control));
    List<String> exporters = canary.ends().stream().map(CanaryFile.End::id).toList();
    return new CanaryReport(result, tally, new Control(opened, sights, openTally.odd()), exporters);
  }

  /** Whether the search saw those that went this way. */
  private static Sight sight(
      String where, List<Mark> marks, Transport transport, Set<String> seen) {
    List<String> there =
        marks.stream().filter(mark -> mark.transport() == transport).map(Mark::word).toList();
    return new Sight(where, there.stream().filter(seen::contains).count(), there.size(), false);
  }
}
