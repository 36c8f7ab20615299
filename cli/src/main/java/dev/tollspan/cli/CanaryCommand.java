package dev.tollspan.cli;

import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Matrix;
import dev.tollspan.pipelineconfig.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lets users prove to themselves that no content passes. Filled by picocli, on the main thread. */
@Command(
    name = "canary",
    description =
        "Rehearses a configuration with marked content in every place of a request, and searches"
            + " all that comes out for it.",
    exitCodeList = {
      "0:No mark was found, and every span is accounted for.",
      "1:A mark was found, or the rehearsal proves nothing; the table says which, where.",
      ExitCode.USAGE_TEXT,
      ExitCode.INVALID_TEXT,
      ExitCode.SIGNAL_TEXT
    })
final class CanaryCommand implements Callable<Integer> {
  private static final int MARKS_MAX = 100_000;

  /** How the report is written. */
  enum Output {
    TABLE,
    JSON
  }

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--marks",
      paramLabel = "N",
      description = "How many marks, 1 to 100000. Default: 8000.")
  private int marks = 8_000;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Other marks for other seeds. Default: 1.")
  private long seed = 1;

  @Option(names = "--output", paramLabel = "FORM", description = "table or json. Default: table.")
  private Output output = Output.TABLE;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Keep all that was searched here; new or empty. Default: it is deleted.")
  private @Nullable Path keep;

  CanaryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (marks < 1 || marks > MARKS_MAX) {
      throw new ParameterException(
          spec.commandLine(), "--marks must be a whole number from 1 to " + MARKS_MAX);
    }
    Optional<PipelineConfig> read = config.read(console);
    if (read.isEmpty()) {
      return ExitCode.INVALID;
    }
    return Ending.ofParent(console, "the canary", () -> run(read.get()));
  }

  private int run(PipelineConfig rehearsed) throws FailedException, InterruptedException {
    try {
      if (keep != null) {
        return rehearse(rehearsed, DemoFiles.empty(keep));
      }
      Path directory = Files.createTempDirectory("tollspan-canary-");
      try {
        return rehearse(rehearsed, directory);
      } finally {
        delete(directory);
      }
    } catch (IOException failure) {
      throw new FailedException("cannot read or write a file: " + failure.getMessage(), failure);
    }
  }

  private int rehearse(PipelineConfig rehearsed, Path directory)
      throws FailedException, InterruptedException, IOException {
    console
        .err()
        .println("sending " + Figures.count(marks) + " marks to a pipeline of its own ...");
    List<Mark> inside = Matrix.of(marks, seed);
    Canary canary = new Canary(directory, rehearsed);
    CanaryTally tally = canary.run(inside, seed);
    console.err().println("searching all that it wrote and said ...");
    CanaryProof proof = new CanaryProof(inside, canary.around());
    CanaryReport report = new CanaryReport(proof.search(directory, canary.sent()), tally);
    console.out().print(output == Output.JSON ? report.json() : report.table());
    report.failures().forEach(failure -> console.err().println("tollspan: " + failure));
    return report.failures().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
