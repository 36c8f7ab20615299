package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.Place.Step;
import dev.tollspan.exporters.delivery.Stopping.Pace;
import dev.tollspan.journal.Journal;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipeline.SpanExporter.GivenUp;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
 * {@code failing} and {@code broken}, which it writes and others read. It is interrupted once at
 * most: when the time for closing is over.
 */
public final class Delivery implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Delivery.class.getName());
  static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final Duration FLUSH_INTERVAL = Duration.ofSeconds(1);

  private final String id;
  private final SpanExporter exporter;
  private final DeliveryConfig config;
  private final Place place;
  private final DeadLetters letters;
  private final Pace pace;
  private final Stopping stopping;
  private final Waits waits;
  private final Voice voice;
  private final Thread thread;
  private volatile boolean failing;
  private volatile boolean broken;

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
    this.waits = new Waits(config, pace, stopping);
    this.voice = new Voice("delivery " + id, pace);
    this.thread = Thread.ofPlatform().daemon().name("delivery-" + id).unstarted(this::run);
    thread.start();
  }

  /** The exporter's name in the configuration. */
  public String id() {
    return id;
  }

  /**
   * Whether the last answer was "retry later", a letter cannot be written, or a defect halts it.
   */
  public boolean failing() {
    return failing || broken;
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
        more = tryStep();
      }
    } catch (InterruptedException e) {
      voice.say("gave up waiting");
    } finally {
      finish();
    }
  }

  private void finish() {
    stopping.done();
    try {
      exporter.close();
    } catch (IOException | RuntimeException | Error e) {
      voice.say("closing failed with " + e.getClass().getName());
    }
    try {
      commit();
    } catch (RuntimeException e) {
      voice.say("the last commit failed with " + e.getClass().getName());
    }
    place.end();
  }

  /** As {@link #step}; a defect costs progress, but not the thread. */
  private boolean tryStep() throws InterruptedException {
    try {
      boolean more = step();
      if (broken) {
        broken = false;
        place.down(failing);
      }
      return more;
    } catch (RuntimeException e) {
      broken = true;
      place.down(true);
      voice.say("a step failed with " + e.getClass().getName());
      place.rewind();
      waits.pause();
      return true;
    }
  }

  /** Exports what comes next; false if the end has begun and there is nothing more. */
  private boolean step() throws InterruptedException {
    boolean ending = stopping.begun();
    List<CleanBatch> batches = new ArrayList<>();
    try {
      Duration wait = ending ? Duration.ZERO : FLUSH_INTERVAL;
      boolean more = place.next(batches, config.exportBytesMax(), wait);
      if (!batches.isEmpty()) {
        export(Collections.unmodifiableList(batches));
      } else {
        flush();
        settle(List.of(), Map.of());
      }
      return more || !ending;
    } catch (IOException e) {
      voice.say("reading the journal failed with " + e.getClass().getName());
      waits.pause();
      return true;
    } finally {
      batches.forEach(CleanBatch::release);
    }
  }

  /** Tries until there is an answer to stay with, or the batches have to be read again. */
  private void export(List<CleanBatch> batches) {
    long spans = spans(batches);
    long startNanos = pace.nanos();
    while (!stopping.givenUp()) {
      boolean ending = stopping.begun(); // before, so that one try follows
      Outcome outcome = tryExport(batches);
      down(outcome instanceof Outcome.RetryLater);
      switch (outcome) {
        case Outcome.Accepted accepted -> {
          place.hold();
          flush();
          settle(batches, Map.of());
          voice.well();
          return;
        }
        case Outcome.PartlyAccepted(long rejected, String reason) -> {
          voice.say("rejected spans: " + reason);
          place.hold();
          flush();
          settle(batches, rejected(batches, Math.clamp(rejected, 0, spans)));
          return;
        }
        case Outcome.Refused(Fault fault, String reason) -> {
          voice.say("refused: " + reason);
          settle(batches, refused(batches, fault));
          return;
        }
        case Outcome.RetryLater(Duration after, String reason) -> {
          voice.say("retrying: " + reason);
          boolean back = commit() == Step.BACK;
          boolean late = !waits.awaitRetry(after, startNanos, ending);
          if (late && !back) {
            settle(batches, givenUp(batches, spans));
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
      voice.say("the exporter threw " + e.getClass().getName());
      return null;
    }
  }

  static long spans(List<CleanBatch> batches) {
    long spans = 0;
    for (CleanBatch batch : batches) {
      spans += batch.spanCount();
    }
    return spans;
  }

  /** Writes letters of what the exporter names; of the others nobody knows which they are. */
  private @Nullable Map<String, Long> rejected(List<CleanBatch> batches, long spans) {
    Map<String, Long> dropped = keep(batches, exporter.refused());
    if (dropped != null) {
      long unknown = spans - dropped.values().stream().mapToLong(n -> n).sum();
      if (unknown > 0) {
        dropped.put("rejected_by_destination", unknown);
      }
    }
    return dropped;
  }

  private @Nullable Map<String, Long> givenUp(List<CleanBatch> batches, long spans) {
    GivenUp end = exporter.giveUp(spans);
    Map<String, Long> dropped = rejected(batches, end.rejectedSpans());
    if (dropped != null && end.leftSpans() > 0) {
      dropped.put("max_elapsed_time", end.leftSpans());
    }
    return dropped;
  }

  private @Nullable Map<String, Long> refused(List<CleanBatch> batches, Fault fault) {
    List<RefusedSpans> named = exporter.refused();
    return keep(batches, named.isEmpty() ? DeadLetters.all(batches, fault) : named);
  }

  /**
   * Writes letters, as often as the disk needs to take them.
   *
   * @return what became of the spans, by reason; null if the end came before
   */
  private @Nullable Map<String, Long> keep(List<CleanBatch> batches, List<RefusedSpans> refused) {
    DeadLetters.Post post = place.post(batches, refused);
    boolean before = failing;
    while (true) {
      try {
        Map<String, Long> dropped = post.write();
        down(before);
        return dropped;
      } catch (IOException e) {
        voice.say("a dead letter cannot be written: " + e.getClass().getName());
      }
      down(true);
      letters.look(id, pace.nanos());
      waits.pause();
      if (stopping.givenUp()) {
        return null;
      }
    }
  }

  private void down(boolean now) {
    failing = now;
    place.down(now);
  }

  /** Books what became of the batches at hand. What has to come again does not come at once. */
  private void settle(List<CleanBatch> batches, @Nullable Map<String, Long> dropped) {
    if (dropped == null) {
      return; // the next life has them
    }
    place.take(batches, dropped);
    if (commit() == Step.BACK) {
      waits.pause();
    }
  }

  private Step commit() {
    letters.look(id, pace.nanos());
    try {
      Step step = place.commit();
      if (step == Step.FURTHER) {
        waits.beginAnew();
      }
      return step;
    } catch (IOException e) {
      voice.say("reading the journal failed with " + e.getClass().getName());
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
      voice.say("flushing failed with " + e.getClass().getName());
    }
  }
}
