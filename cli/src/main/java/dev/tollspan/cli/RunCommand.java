package dev.tollspan.cli;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipelineconfig.Pipeline;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.StartReport;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a pipeline until a signal ends it. Filled by picocli, on the main thread. */
@Command(
    name = "run",
    description = "Runs a pipeline until SIGTERM or Ctrl-C, then drains and exits.")
final class RunCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<PipelineConfig> read = config.read(console);
    if (read.isEmpty()) {
      return ExitCode.INVALID;
    }
    CountDownLatch asked = new CountDownLatch(1);
    return Ending.of(asked::countDown, () -> run(read.get(), asked));
  }

  private int run(PipelineConfig found, CountDownLatch asked) {
    try {
      return drained(found, asked) ? ExitCode.OK : ExitCode.FAILED;
    } catch (IOException failure) {
      return console.fail(new FailedException(failure.getMessage(), failure));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    }
  }

  /** Runs until asked to stop; whether nothing was lost in stopping. */
  private boolean drained(PipelineConfig found, CountDownLatch asked)
      throws IOException, InterruptedException {
    Pipeline pipeline = Pipeline.start(found);
    Ledger ledger = pipeline.ledger();
    long lostBefore;
    try (pipeline) {
      console.err().println(started(StartReport.of(found, pipeline)));
      asked.await();
      lostBefore = dropped(ledger);
    }
    console.err().println(stopped(ledger));
    return dropped(ledger) == lostBefore;
  }

  private static String started(StartReport report) {
    return "tollspan listening on "
        + String.join(", ", report.receivers())
        + (report.health() == null ? "" : "; health on " + report.health())
        + ("; profile " + report.profile() + "; durability memory; writing to ")
        + String.join(", ", report.directories().stream().map(Object::toString).toList());
  }

  private static String stopped(Ledger ledger) {
    StringBuilder line = new StringBuilder("tollspan stopped: ");
    line.append(ledger.received()).append(" spans received, ");
    line.append(ledger.accepted()).append(" accepted, rejected ").append(ledger.rejectedByReason());
    ledger
        .accounts()
        .forEach(
            (id, account) ->
                line.append("; ")
                    .append(id)
                    .append(": delivered ")
                    .append(account.delivered())
                    .append(", dropped ")
                    .append(account.droppedByReason()));
    String unbalanced = ledger.unbalanced();
    return unbalanced.isEmpty() ? line.toString() : line + "; books: " + unbalanced;
  }

  private static long dropped(Ledger ledger) {
    return ledger.accounts().values().stream().mapToLong(Ledger.Account::dropped).sum();
  }
}
