package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.Place.Step;
import dev.tollspan.exporters.delivery.Stopping.Pace;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread that reads a journal for one exporter, at a place of its own, so that no destination
 * delays another.
 *
 * <p>Batches that wait are merged into one export call. "Retry later" is retried with the same
 * batches after a wait that grows, with jitter, or after what the destination asked for if that is
 * longer. The place is committed as far as the exporter has settled; if what it held is lost, the
 * journal is read again from there. Spans that are dropped are counted in the journal, with one of
 * these reasons: {@code dead_letter} (refused, and kept in a file: see {@link DeadLetters}), {@code
 * refused_by_destination} (there was no room for one), {@code rejected_by_destination} (it did not
 * say which), {@code exporter_failed} (it threw: a bug), {@code max_elapsed_time}, {@code
 * duplicate}.
 *
 * <p>A journal in memory forgets all at the end of the process anyway, and has no room to wait for
 * files. So there, spans count as delivered once the exporter holds them, and two reasons are
 * added: {@code file_lost} (held in a file that could not be finished) and {@code shutdown} (not
 * delivered when the process ended).
 *
 * <p>Threads: the thread {@code delivery-ID}, started by the constructor, is the only one that
 * calls the exporter from then on, and to read the journal; it owns all fields that change, but for
 * {@code failing}, which it writes and others read. It is interrupted once at most: when the time
 * for closing is over.
 */
public final class Delivery implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Delivery.class.getName());
  static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final Duration FLUSH_INTERVAL = Duration.ofSeconds(1);
  private static final long SAY_NANOS = 1_000_000_000L;
  private static final Duration AFTER_MAX = Duration.ofDays(1);
  private static final long AFTER_NANOS = AFTER_MAX.toNanos();
  private static final String WELL = "well";

  private final String id;
  private final SpanExporter exporter;
  private final DeliveryConfig config;
  private final Place place;
  private final DeadLetters letters;
  private final Pace pace;
  private final Stopping stopping;
  private final Thread thread;
  private volatile boolean failing;
  private BackOff backOff;
  private String said = WELL;
  private long saidNanos;

  /**
   * Where batches come from.
   *
   * @param journal has a reader of the exporter's name
   * @param letters where those go that the exporter's destination refuses
   * @param seenMax how many spans to remember, so that one that comes again is dropped; 0 for none
   */
  public record Source(Journal journal, BatchRestorer restorer, DeadLetters letters, int seenMax) {
    /** The same without letters and memory. */
    public Source(Journal journal, BatchRestorer restorer) {
      this(journal, restorer, DeadLetters.none(), 0);
    }
  }

  /**
   * Takes the exporter over, which it closes, and starts the thread.
   *
   * @param id the exporter's name in the configuration
   * @param nanoTicker a monotonic clock, such as {@code System::nanoTime}
   * @throws IOException if the exporter cannot find out what it has; it stays the caller's then
   */
  public Delivery(
      String id,
      SpanExporter exporter,
      DeliveryConfig config,
      Source source,
      LongSupplier nanoTicker)
      throws IOException {
    this(id, exporter, config, source, new Stopping.RealPace(nanoTicker));
  }

  Delivery(String id, SpanExporter exporter, DeliveryConfig config, Source source, Pace pace)
      throws IOException {
    this.id = id;
    this.exporter = exporter;
    this.config = config;
    this.place = new Place(id, exporter, source);
    this.letters = source.letters();
    this.pace = pace;
    this.stopping = new Stopping(pace);
    this.backOff = new BackOff(config, ThreadLocalRandom.current());
    this.saidNanos = pace.nanos() - SAY_NANOS;
    this.thread = Thread.ofPlatform().daemon().name("delivery-" + id).unstarted(this::run);
    thread.start();
  }

  /** The exporter's name in the configuration. */
  public String id() {
    return id;
  }

  /** Whether the last answer was "retry later". */
  public boolean failing() {
    return failing;
  }

  /** What its destination refused. */
  public DeadLetters letters() {
    return letters;
  }

  /** What became of the spans. */
  public ReaderStatus status() {
    return place.status();
  }

  /** As {@link #close(Duration)} with ten seconds. */
  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  /**
   * Goes on exporting until all that is stored is out or the time is over; what is left then stays
   * in the journal, or is dropped with it. Closes the exporter in any case and returns once the
   * thread has ended.
   *
   * <p>A wait between two tries is cut short for one more try, unless the destination asked for it;
   * no try begins that cannot begin within the limit. An export that is under way at the limit is
   * interrupted; should it not heed that for two seconds, the thread is left behind, with a log
   * line.
   */
  public void close(Duration limit) {
    stop(limit);
    awaitEnd();
  }

  /** Closes all of them at the same time; see {@link #close(Duration)}. */
  public static void closeAll(Iterable<Delivery> deliveries, Duration limit) {
    deliveries.forEach(delivery -> delivery.stop(limit));
    deliveries.forEach(Delivery::awaitEnd);
  }

  private void stop(Duration limit) {
    stopping.begin(limit);
    place.wake();
  }

  private void awaitEnd() {
    if (!stopping.awaitEnd(thread)) {
      LOG.log(Level.ERROR, "delivery " + id + ": the exporter does not stop");
    }
  }

  private void run() {
    try {
      boolean more = true;
      while (more && !stopping.givenUp()) {
        more = step();
      }
    } catch (InterruptedException e) {
      say("gave up waiting");
    } finally {
      finish();
    }
  }

  private void finish() {
    stopping.done();
    try {
      exporter.close();
    } catch (IOException | RuntimeException | Error e) {
      say("closing failed with " + e.getClass().getName());
    }
    commit();
    place.end();
  }

  /** Exports what comes next; false if the end has begun and there is nothing more. */
  private boolean step() throws InterruptedException {
    boolean ending = stopping.begun();
    List<CleanBatch> batches = new ArrayList<>();
    boolean more;
    try {
      Duration wait = ending ? Duration.ZERO : FLUSH_INTERVAL;
      more = place.next(batches, config.exportBytesMax(), wait);
    } catch (IOException e) {
      say("reading the journal failed with " + e.getClass().getName());
      pause();
      return true;
    }
    try {
      if (!batches.isEmpty()) {
        export(Collections.unmodifiableList(batches));
      } else {
        flush();
        settle(List.of(), Map.of());
      }
    } finally {
      batches.forEach(CleanBatch::release);
    }
    return more || !ending;
  }

  /** Tries until there is an answer to stay with, or the batches have to be read again. */
  private void export(List<CleanBatch> batches) {
    long spans = spans(batches);
    long startNanos = pace.nanos();
    while (!stopping.givenUp()) {
      boolean ending = stopping.begun(); // before, so that one try follows
      Outcome outcome = tryExport(batches);
      failing = outcome instanceof Outcome.RetryLater;
      place.down(failing);
      switch (outcome) {
        case Outcome.Accepted accepted -> {
          place.hold();
          flush();
          settle(batches, Map.of());
          say(WELL);
          return;
        }
        case Outcome.PartlyAccepted(long rejected, String reason) -> {
          say("rejected spans: " + reason);
          place.hold();
          flush();
          settle(batches, rejected(batches, Math.clamp(rejected, 0, spans)));
          return;
        }
        case Outcome.Refused(Fault fault, String reason) -> {
          say("refused: " + reason);
          settle(batches, refused(batches, fault));
          return;
        }
        case Outcome.RetryLater(Duration after, String reason) -> {
          say("retrying: " + reason);
          boolean back = commit() == Step.BACK;
          boolean late = !awaitRetry(after, startNanos, ending);
          if (late && !back) {
            settle(batches, Map.of("max_elapsed_time", spans));
          }
          if (late || back) {
            return;
          }
        }
        case null -> {
          settle(batches, Map.of("exporter_failed", spans));
          return;
        }
      }
    }
  }

  private @Nullable Outcome tryExport(List<CleanBatch> batches) {
    try {
      return exporter.export(batches);
    } catch (RuntimeException | Error e) {
      say("the exporter threw " + e.getClass().getName());
      return null;
    }
  }

  private static long spans(List<CleanBatch> batches) {
    long spans = 0;
    for (CleanBatch batch : batches) {
      spans += batch.spanCount();
    }
    return spans;
  }

  /** Writes letters of what the exporter names; of the others nobody knows which they are. */
  private Map<String, Long> rejected(List<CleanBatch> batches, long spans) {
    Map<String, Long> dropped = place.keep(batches, exporter.refused());
    long unknown = spans - dropped.values().stream().mapToLong(n -> n).sum();
    if (unknown > 0) {
      dropped.put("rejected_by_destination", unknown);
    }
    return dropped;
  }

  private Map<String, Long> refused(List<CleanBatch> batches, Fault fault) {
    List<RefusedSpans> named = exporter.refused();
    if (named.isEmpty()) {
      named = new ArrayList<>();
      for (int i = 0; i < batches.size(); i++) {
        named.add(new RefusedSpans(i, 0, batches.get(i).spanCount(), fault));
      }
    }
    return place.keep(batches, named);
  }

  /** Books what became of the batches at hand. What has to come again does not come at once. */
  private void settle(List<CleanBatch> batches, Map<String, Long> dropped) {
    place.take(batches, dropped);
    if (commit() == Step.BACK) {
      pause();
    }
  }

  private Step commit() {
    letters.look(id, pace.nanos());
    try {
      Step step = place.commit();
      if (step == Step.FURTHER) {
        backOff = new BackOff(config, ThreadLocalRandom.current());
      }
      return step;
    } catch (IOException e) {
      say("reading the journal failed with " + e.getClass().getName());
      return Step.NONE;
    }
  }

  private void flush() {
    try {
      if (place.waitsForFiles(config.openBytesMax())) {
        exporter.finish();
      } else {
        exporter.flush();
      }
    } catch (IOException | RuntimeException | Error e) {
      say("flushing failed with " + e.getClass().getName());
    }
  }

  /**
   * Waits until it is time for the next try.
   *
   * @return false, at once, if it would be too late for these batches
   */
  private boolean awaitRetry(Duration after, long startNanos, boolean ending) {
    long askedNanos = after.compareTo(AFTER_MAX) < 0 ? Math.max(0, after.toNanos()) : AFTER_NANOS;
    long now = pace.nanos();
    long until = now + backOff.nextNanos(askedNanos);
    long elapsedNanosMax = config.maxElapsed().toNanos();
    if (elapsedNanosMax > 0 && until - startNanos > elapsedNanosMax) {
      return false;
    }
    stopping.awaitTime(until, now + askedNanos, ending);
    return true;
  }

  private void pause() {
    awaitRetry(Duration.ZERO, pace.nanos(), stopping.begun());
  }

  /** Logs a change of state, at most once a second. What others wrote never gets here. */
  private void say(String state) {
    long now = pace.nanos();
    if (!state.equals(said) && now - saidNanos >= SAY_NANOS) {
      said = state;
      saidNanos = now;
      LOG.log(state.equals(WELL) ? Level.INFO : Level.WARNING, "delivery " + id + ": " + state);
    }
  }
}
