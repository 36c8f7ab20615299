package dev.tollspan.cli;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipelineconfig.Pipeline;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.StartReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a pipeline until a signal ends it. Filled by picocli, on the main thread. */
@Command(
    name = "run",
    description = "Runs a pipeline until SIGTERM or Ctrl-C, then drains and exits.",
    exitCodeList = {
      "1:Could not start, dropped spans at the end, or a second signal cut the draining short.",
      ExitCode.USAGE_TEXT,
      ExitCode.INVALID_TEXT,
      ExitCode.SIGNAL_TEXT
    })
final class RunCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  private volatile Ledger ledger = new Ledger(); // empty until the main thread has a pipeline

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (Log log = Log.open(console)) {
      Optional<PipelineConfig> read = config.read(console, log::warn);
      if (read.isEmpty()) {
        return ExitCode.INVALID;
      }
      CountDownLatch asked = new CountDownLatch(1);
      return Ending.of(
          asked::countDown, () -> log.warn(cutShort(ledger)), () -> run(read.get(), asked, log));
    }
  }

  private int run(PipelineConfig found, CountDownLatch asked, Log log) {
    try {
      Pipeline pipeline = Pipeline.start(found);
      ledger = pipeline.ledger();
      long lostBefore;
      try (pipeline) {
        StartReport report = StartReport.of(found, pipeline);
        log.info(started(report));
        report.destinations().forEach(line -> log.info("tollspan writes to " + line));
        asked.await();
        lostBefore = dropped(ledger);
      }
      log.info(stopped(ledger));
      return dropped(ledger) == lostBefore ? ExitCode.OK : ExitCode.FAILED;
    } catch (IOException failure) {
      return console.fail(new FailedException(failure.getMessage(), failure));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    }
  }

  private static String started(StartReport report) {
    return "tollspan listening on "
        + String.join(", ", report.receivers())
        + (report.health() == null ? "" : "; health on " + report.health())
        + ("; profile " + report.profile() + "; durability memory");
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

  /** What the second signal leaves behind. */
  private static String cutShort(Ledger ledger) {
    List<String> left = new ArrayList<>();
    ledger.accounts().forEach((id, account) -> left.add(id + " " + account.pending()));
    return "tollspan ended by a second signal; spans not yet delivered: "
        + (left.isEmpty() ? "none" : String.join(", ", left));
  }

  private static long dropped(Ledger ledger) {
    return ledger.accounts().values().stream().mapToLong(Ledger.Account::dropped).sum();
  }
}
