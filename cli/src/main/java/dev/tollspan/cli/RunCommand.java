package dev.tollspan.cli;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipelineconfig.Pipeline;
import dev.tollspan.pipelineconfig.StartReport;
import dev.tollspan.prices.BadPricesException;
import dev.tollspan.prices.PriceBook;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Runs a pipeline until a signal ends it; a hang-up reloads its prices. Filled by picocli, on the
 * main thread.
 */
@Command(
    name = "run",
    description =
        "Runs a pipeline until SIGTERM or Ctrl-C, then drains and exits. SIGHUP reloads prices.",
    exitCodeList = {
      "0:Ended by SIGTERM or Ctrl-C; no span was given up at the end.",
      "1:Could not start, dropped spans at the end, or a second signal cut the draining short.",
      ExitCode.USAGE_TEXT,
      ExitCode.INVALID_TEXT
    })
final class RunCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  private volatile Ledger ledger = new Ledger(); // empty until the main thread has a pipeline
  private volatile @Nullable Pipeline running; // set once, by the main thread

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (Log log = Log.open(console)) {
      Optional<ConfigOption.Startable> read = config.readToStart(console, log::warn);
      if (read.isEmpty()) {
        return ExitCode.INVALID;
      }
      CountDownLatch asked = new CountDownLatch(1);
      return Ending.of(
          _ -> {
            sayStopping(log);
            asked.countDown();
          },
          () -> log.warn(cutShort(ledger)),
          () -> reload(log),
          () -> run(read.get(), asked, log));
    }
  }

  private int run(ConfigOption.Startable found, CountDownLatch asked, Log log) {
    try {
      Pipeline pipeline = Pipeline.start(found.config(), found.prices());
      ledger = pipeline.ledger();
      running = pipeline;
      StartReport report = StartReport.of(found.config(), pipeline);
      Map<String, Long> lostBefore;
      try (pipeline) {
        log.info(started(report));
        report.warnings().forEach(line -> log.warn("tollspan: " + line));
        report.destinations().forEach(line -> log.info("tollspan writes to " + line));
        asked.await();
        lostBefore = dropped(ledger);
      }
      String lost = givenUp(report, lostBefore, dropped(ledger));
      if (!lost.isEmpty()) {
        log.warn("tollspan gave up what was not delivered in time: " + lost);
      }
      log.info(stopped(ledger));
      return lost.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    } catch (IOException failure) {
      return console.fail(new FailedException(failure.getMessage(), failure));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    }
  }

  /** What a hang-up means: new prices. What the files say wrong is said, and changes nothing. */
  private void reload(Log log) {
    Pipeline pipeline = running;
    if (pipeline == null) {
      log.info("tollspan has not started yet: no prices to reload");
      return;
    }
    try {
      List<PriceBook> books = pipeline.reloadPrices();
      books.forEach(book -> log.info(reloaded(book)));
      if (books.isEmpty()) {
        log.info("tollspan has no prices to reload: no estimate_cost runs");
      }
    } catch (BadPricesException wrong) {
      wrong.problems().forEach(problem -> log.warn("tollspan prices: " + problem));
      int more = wrong.count() - wrong.problems().size();
      log.warn(
          (more > 0
                  ? "tollspan prices: and " + Figures.count(more) + " more; "
                  : "tollspan prices: ")
              + "nothing was reloaded, the prices in use stay");
    }
  }

  private static String reloaded(PriceBook book) {
    return "tollspan reloaded its prices: %s models of %s"
        .formatted(Figures.count(book.modelCount()), String.join(", ", book.versions()));
  }

  private static String started(StartReport report) {
    return "tollspan listening on "
        + String.join(", ", report.receivers())
        + (report.health() == null ? "" : "; health on " + report.health())
        + ("; profile " + report.profile() + "; durability " + report.durability());
  }

  private static String stopped(Ledger ledger) {
    StringBuilder line = new StringBuilder("tollspan stopped: ");
    line.append(ledger.received()).append(" spans received, ");
    line.append(ledger.accepted()).append(" accepted, rejected ").append(ledger.rejectedByReason());
    line.append(", refused requests ").append(ledger.refusedRequestsByReason());
    ledger
        .accounts()
        .forEach(
            (id, account) ->
                line.append("; ")
                    .append(id)
                    .append(": delivered ")
                    .append(account.delivered())
                    .append(", dropped ")
                    .append(account.droppedByReason())
                    .append(account.pending() > 0 ? ", in the journal " + account.pending() : ""));
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

  /** Said by the first signal, because draining can take a while. */
  private void sayStopping(Log log) {
    long pending = ledger.accounts().values().stream().mapToLong(Ledger.Account::pending).sum();
    if (pending > 0) {
      log.info(
          "tollspan stopping: up to %d s for %d spans (press again to end now)"
              .formatted(Pipeline.DRAIN_LIMIT.toSeconds(), pending));
    }
  }

  /** By destination, how many spans were dropped since; empty if none. */
  private static String givenUp(
      StartReport report, Map<String, Long> before, Map<String, Long> after) {
    List<String> lost = new ArrayList<>();
    after.forEach(
        (id, dropped) -> {
          long spans = dropped - before.getOrDefault(id, 0L);
          String start = id + ": ";
          if (spans > 0) {
            report.destinations().stream()
                .filter(destination -> destination.startsWith(start))
                .forEach(destination -> lost.add(spans + " spans for " + destination));
          }
        });
    return String.join(", ", lost);
  }

  /** Spans that are lost: a dead letter is not. */
  private static Map<String, Long> dropped(Ledger ledger) {
    Map<String, Long> dropped = new TreeMap<>();
    ledger
        .accounts()
        .forEach(
            (id, account) -> {
              Map<String, Long> reasons = account.droppedByReason();
              long lost = account.dropped();
              for (String kept : List.of("dead_letter", "duplicate")) { // these are no loss
                lost -= reasons.getOrDefault(kept, 0L);
              }
              dropped.put(id, lost);
            });
    return dropped;
  }
}
