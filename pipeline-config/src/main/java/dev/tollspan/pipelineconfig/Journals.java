package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.delivery.JournalGroup;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalStatus;
import dev.tollspan.journal.Reader;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.journal.Recovery;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Ledger.Standing;
import dev.tollspan.pipelineconfig.Plan.Line;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * One journal for each pipeline, and in each the books of the receivers that have it as their home:
 * what they rejected, so that it is known after a restart.
 */
final class Journals {
  private static final System.Logger LOG = System.getLogger(Journals.class.getName());
  private static final String REJECTED = "rejected ";
  private static final String ODD = "odd ";

  private final Map<String, Journal> byPipeline = new LinkedHashMap<>();
  private final Map<String, String> homes = new LinkedHashMap<>(); // of receivers
  private final Lock joining = new ReentrantLock();
  private final LongSupplier nanoTicker;
  private final InstantSource clock;

  private Journals(LongSupplier nanoTicker, InstantSource clock) {
    this.nanoTicker = nanoTicker;
    this.clock = clock;
  }

  /**
   * Opens them all, and repairs what the end of an earlier process left.
   *
   * @param nanoTicker a monotonic clock, such as {@code System::nanoTime}
   * @param clock the wall clock, for ages that outlive the process
   * @throws IOException with one sentence for the operator; none is open then
   */
  static Journals open(Plan plan, LongSupplier nanoTicker, InstantSource clock) throws IOException {
    Journals journals = new Journals(nanoTicker, clock);
    boolean open = false;
    try {
      for (Map.Entry<String, Line> line : plan.pipelines().entrySet()) {
        journals.open(line.getKey(), line.getValue(), plan);
      }
      open = true;
      return journals;
    } finally {
      if (!open) {
        journals.close();
      }
    }
  }

  private void open(String pipeline, Line line, Plan plan) throws IOException {
    Path folder = plan.journalFolder(pipeline);
    JournalConfig config = plan.journal();
    try {
      Journal journal =
          Journal.open(folder, config, new HashSet<>(line.exporters()), nanoTicker, clock);
      byPipeline.put(pipeline, journal);
      boolean open = config.durability() != Durability.MEMORY && plan.gate(line).keepsContent();
      String obstacle = open ? Obstacle.toKeepingContent(folder) : null;
      if (obstacle != null) {
        throw new IOException(obstacle);
      }
      line.receivers().forEach(receiver -> homes.putIfAbsent(receiver, pipeline));
      if (config.durability() != Durability.MEMORY) {
        say(pipeline, journal, line.exporters());
      }
    } catch (IOException e) {
      throw new IOException(CannotWrite.sentence(folder, e), e);
    }
  }

  private static void say(String pipeline, Journal journal, List<String> exporters) {
    Recovery found = journal.recovery();
    long pending = 0;
    for (String exporter : exporters) {
      Reader reader = journal.reader(exporter);
      pending = Math.max(pending, reader.status().pendingSpans());
      if (reader.start() == Reader.Start.RESET) {
        LOG.log(
            Level.WARNING,
            "journal of {0}: the place of {1} cannot be read: it begins again with the oldest"
                + " record, so spans may come again, and its books begin anew",
            pipeline,
            exporter);
      }
    }
    if (found.lostRecords() > 0 || !found.setAside().isEmpty()) {
      LOG.log(
          Level.WARNING,
          "journal of {0}: {1} spans are lost to damage; kept beside it: {2} bytes, {3} files",
          pipeline,
          found.lostSpans(),
          found.quarantinedBytes(),
          found.setAside().size());
    }
    if (found.records() > 0) {
      LOG.log(
          Level.INFO,
          "journal of {0}: read in {3} ms; of {1} spans that are there, {2} are still to be"
              + " delivered",
          pipeline,
          found.spans(),
          pending,
          found.nanos() / 1_000_000);
    }
  }

  Journal of(String pipeline) {
    return Objects.requireNonNull(byPipeline.get(pipeline));
  }

  /** What takes the batches of these pipelines, in this order. */
  JournalGroup group(List<String> pipelines) {
    return new JournalGroup(pipelines.stream().map(this::of).toList(), joining);
  }

  /** How each is, by pipeline. */
  Map<String, JournalStatus> status() {
    Map<String, JournalStatus> status = new LinkedHashMap<>();
    byPipeline.forEach((pipeline, journal) -> status.put(pipeline, journal.status()));
    return status;
  }

  /** Opens the books of an exporter: they stand in its journal. */
  void account(Ledger ledger, String pipeline, String exporter, List<Ledger> feeders) {
    Journal journal = of(pipeline);
    ledger.open(exporter, feeders, () -> standing(journal.reader(exporter).status()));
  }

  private static Standing standing(ReaderStatus now) {
    return new Standing(now.deliveredSpans(), now.pendingSpans(), now.droppedSpans());
  }

  /** Gives each way in the books of an earlier process, and keeps them from now on. */
  void keepBooks(Plan plan, Map<String, Ledger> entrances) {
    Map<String, Long> left = new LinkedHashMap<>();
    byPipeline.forEach((pipeline, journal) -> left.put(pipeline, journal.status().spans()));
    entrances.forEach(
        (receiver, books) -> {
          String home = Objects.requireNonNull(homes.get(receiver));
          // What is stored of a pipeline with several ways in counts as come by the first.
          long accepted = Objects.requireNonNull(left.get(home));
          plan.pipelines()
              .forEach(
                  (pipeline, line) -> {
                    if (line.receivers().contains(receiver)) {
                      left.merge(pipeline, -accepted, Long::sum);
                    }
                  });
          Map<String, Long> kept = of(home).tallied();
          books.resume(
              Math.max(0, accepted),
              kept.getOrDefault(ODD + receiver, 0L),
              below(REJECTED + receiver + ' ', kept));
        });
    byPipeline.forEach((pipeline, journal) -> journal.tally(() -> tally(pipeline, entrances)));
  }

  private static Map<String, Long> below(String start, Map<String, Long> all) {
    Map<String, Long> found = new TreeMap<>();
    all.forEach(
        (name, count) -> {
          if (name.startsWith(start)) {
            found.put(name.substring(start.length()), count);
          }
        });
    return found;
  }

  private Map<String, Long> tally(String pipeline, Map<String, Ledger> entrances) {
    Map<String, Long> tally = new TreeMap<>();
    entrances.forEach(
        (receiver, books) -> {
          if (pipeline.equals(homes.get(receiver))) {
            tally.put(ODD + receiver, books.odd());
            books
                .rejectedByReason()
                .forEach((reason, n) -> tally.put(REJECTED + receiver + ' ' + reason, n));
          }
        });
    return tally;
  }

  /** Closes them all; nothing may be stored or read any more. */
  void close() {
    byPipeline.values().forEach(Journal::close);
  }
}
