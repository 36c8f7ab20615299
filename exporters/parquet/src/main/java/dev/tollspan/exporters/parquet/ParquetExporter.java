package dev.tollspan.exporters.parquet;

import dev.tollspan.exporters.parquet.Column.Source;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes spans as rows of Parquet files, layout version 1, into hourly partitions by start time.
 *
 * <p>The files that are open at a time are one {@link Generation}, which has the spans of one range
 * of sequences. It ends after {@code maxAge}, when a file has {@code maxBytes} or {@code maxRows},
 * and at {@link #finish} and {@link #close}; then all its files become visible, whole. After a
 * crash, or a failure of any kind, either all of them are visible or none, and the next process
 * finds out which by their names: <b>each span that comes from a journal stands in the lake
 * once</b>. A failure is answered with RetryLater and {@link #held} falls back to {@link #settled}.
 * After that no file is opened before the disk has room for others like those that failed.
 *
 * <p>A span that makes no row (a bug of ours, or of the gate) is rejected, and only that span: the
 * first one met costs its generation a second try; from then on each span is rehearsed before a
 * file sees it. What fails {@value #FAILURES_MAX} times for another reason than the disk is
 * rejected: a batch that cannot be written, or all batches of a generation that cannot be ended.
 *
 * <p>A span that says it began more than 7 days before or a day after its arrival is filed by
 * arrival, which is when the journal stored it. At most {@value #OPEN_MAX} files are open, and one
 * of the hour of arrival; for a batch that needs more the generation ends. When {@value
 * #EVICTIONS_PER_HOUR_MAX} files have ended so in an hour, spans of further partitions are filed by
 * arrival too and counted in {@link #overflowRows}, as are those of a batch that needs more files
 * by itself: a sender of random times cannot make a file of each span.
 *
 * <p>One thread, as SpanExporter says; the counter may be read by any.
 */
public final class ParquetExporter implements SpanExporter {
  /**
   * The paths of whole files below the root of a lake; nobody touches them again. Groups 2 to 4 are
   * the epoch of the journal in 16 hexadecimal digits, and the first and last sequence in it.
   */
  public static final Pattern FINISHED =
      Pattern.compile("spans/date=[0-9]{4,9}-[0-9]{2}-[0-9]{2}/hour=[0-9]{2}/" + FileName.PATTERN);

  static final int OPEN_MAX = 8;
  static final int EVICTIONS_PER_HOUR_MAX = 256;
  static final int FAILURES_MAX = 3;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final ParquetConfig config;
  private final InstantSource clock;
  private final Lake lake;
  private final Arrival arrival = new Arrival();
  private final AtomicLong overflowRows = new AtomicLong();

  // All that follows is owned by the exporting thread.
  private long epoch = new SecureRandom().nextLong(); // until there is a journal
  private Generation generation;
  private long settled;
  private long held;
  private long rejected; // spans of settled batches, which no answer has told yet
  private long rejectedNow; // the same of batches that are not settled
  private long overflowNow; // rows of files that are open
  private boolean careful; // whether a span has been met that makes no row
  private Instant now = Instant.EPOCH;
  private long roomWanted; // bytes of files that failed: as much must be free for the next ones
  private boolean closed;

  // What fails, if something fails, and how often it did since something was settled.
  private long suspectFirst;
  private long suspectLast;
  private int failures;

  // Sequences that are given up, if they come again.
  private long doomedFirst;
  private long doomedLast;

  /**
   * Opens the lake: makes its directory if it is missing, and finishes or deletes what processes
   * that are no more left in it.
   *
   * @param keys the table of all batches to come; holds {@link #keys()} and those of LlmField
   * @throws IOException if the directory cannot be written to; one sentence says so
   */
  public ParquetExporter(ParquetConfig config, KeyTable keys, InstantSource clock)
      throws IOException {
    this(config, keys, clock, FileChannel::open);
  }

  ParquetExporter(ParquetConfig config, KeyTable keys, InstantSource clock, Storage storage)
      throws IOException {
    this.config = config;
    this.clock = clock;
    lake = new Lake(config.directory(), keys, storage);
    generation = new Generation(lake);
  }

  /** The attributes that fill columns and are not among those of LlmField. */
  public static Collection<String> keys() {
    List<String> keys = new ArrayList<>();
    for (Source source : List.of(Source.SPAN, Source.RESOURCE)) {
      for (Column column : Column.from(source)) {
        keys.addAll(column.keys);
      }
    }
    return keys;
  }

  @Override
  public long resume(long epoch, long sequence) throws IOException {
    this.epoch = epoch;
    settled = Math.max(sequence, lake.last(epoch));
    held = settled;
    return settled;
  }

  @Override
  public long held() {
    return held;
  }

  @Override
  public long settled() {
    return settled;
  }

  /** How many spans were filed by arrival because too many partitions were asked for. */
  public long overflowRows() {
    return overflowRows.get();
  }

  /** Batches that are held already are passed over; one without a sequence is counted on. */
  @Override
  public Outcome export(List<CleanBatch> batches) {
    if (closed) {
      throw new IllegalStateException("export after close");
    }
    now = clock.instant();
    try {
      finishEarlier();
      for (CleanBatch batch : batches) {
        long sequence = batch.sequence() > 0 ? batch.sequence() : held + 1;
        if (sequence > held) {
          take(batch, sequence);
        }
      }
      return answer();
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
      return areHeld(batches)
          ? answer()
          : new Outcome.RetryLater(RETRY_AFTER, "parquet: cannot write files: " + reason(e));
    } finally {
      lake.forgetBatch();
    }
  }

  /** Ends the files if their age is over. If that fails, their spans have to come again. */
  @Override
  public void flush() throws IOException {
    end(false);
  }

  @Override
  public void finish() throws IOException {
    end(true);
  }

  /** As {@link #finish}. What is whole but could not be shown is shown by the next process. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try (lake) {
        end(true);
      } finally {
        generation.close();
      }
    }
  }

  private Outcome answer() {
    long spans = rejected + rejectedNow;
    rejected = 0;
    rejectedNow = 0;
    return spans == 0
        ? Outcome.ACCEPTED
        : new Outcome.PartlyAccepted(spans, "parquet: cannot write spans");
  }

  private boolean areHeld(List<CleanBatch> batches) {
    long last = batches.isEmpty() ? 0 : batches.getLast().sequence();
    return last > 0 && last <= held;
  }

  /** Not every message: one could tell a value. */
  private static @Nullable String reason(Throwable e) {
    return e instanceof IOException ? e.getMessage() : e.getClass().getSimpleName();
  }

  /** Nothing is accepted before that is done. */
  private void finishEarlier() throws IOException {
    if (generation.isReady()) {
      show();
    } else if (generation.isBroken()) {
      generation.discard();
      generation = new Generation(lake);
    }
  }

  private void take(CleanBatch batch, long sequence) throws IOException {
    long millis = batch.storedMillis();
    arrival.at(millis > 0 ? TimeUnit.MILLISECONDS.toMicros(millis) : micros(now));
    if (sequence >= doomedFirst && sequence <= doomedLast) {
      end(); // what came before is well
      rejectedNow += batch.spanCount();
    } else {
      write(batch, sequence);
    }
    held = sequence;
    generation.take(sequence);
    if (generation.isEmpty()) {
      settle();
    } else if (generation.isFull(config)) {
      end();
    }
  }

  private static long micros(Instant time) {
    return TimeUnit.SECONDS.toMicros(time.getEpochSecond()) + time.getNano() / 1_000;
  }

  private void write(CleanBatch batch, long sequence) throws IOException {
    suspect(sequence, sequence);
    int count = batch.spanCount();
    SpanView view = view(batch);
    if (view == null) {
      rejectedNow += count;
      return;
    }
    if (arrival.mustEnd(generation, view, count)) {
      end();
      suspect(sequence, sequence);
    }
    for (int i = 0; i < count; i++) {
      if (careful && !lake.makesRow(view, i)) {
        rejectedNow++;
      } else {
        view.moveTo(i);
        fileFor(view.startNanos(), sequence).write(view, arrival.micros());
      }
    }
  }

  /** A cursor, or null for a batch that cannot even be read. */
  private @Nullable SpanView view(CleanBatch batch) {
    try {
      return batch.view();
    } catch (RuntimeException e) {
      if (careful) {
        return null;
      }
      throw e;
    }
  }

  private SpanFile fileFor(long startNanos, long sequence) throws IOException {
    long hour = arrival.hourOf(startNanos);
    SpanFile file = generation.file(hour);
    if (file == null && hour != arrival.hour() && generation.size() >= OPEN_MAX) {
      overflowNow++;
      hour = arrival.hour();
      file = generation.file(hour);
    }
    return file != null ? file : newFile(hour, sequence);
  }

  private SpanFile newFile(long hour, long sequence) throws IOException {
    if (generation.isEmpty()) {
      lake.checkRoom(roomWanted);
      roomWanted = 0;
    }
    return generation.open(hour, sequence, now);
  }

  private void end(boolean alsoYoung) throws IOException {
    now = clock.instant();
    try {
      finishEarlier();
      if (alsoYoung || generation.isDue(now, config.maxAge())) {
        end();
      }
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
      throw new IOException("parquet: cannot end files: " + reason(e), e);
    }
  }

  private void end() throws IOException {
    if (!generation.isEmpty()) {
      suspect(generation.first(), held);
      generation.end(epoch);
      show();
    }
  }

  private void show() throws IOException {
    generation.show();
    settle();
  }

  private void settle() {
    generation = new Generation(lake);
    settled = held;
    failures = 0;
    rejected += rejectedNow;
    rejectedNow = 0;
    overflowRows.addAndGet(overflowNow);
    overflowNow = 0;
  }

  private void suspect(long first, long last) {
    suspectFirst = first;
    suspectLast = last;
  }

  /** All that stands in open files is given up, as it comes again, unless they only wait. */
  private void fail(Throwable why) {
    if (generation.isReady()) {
      return;
    }
    if (!isOfTheDisk(why)) {
      careful = true;
      if (++failures >= FAILURES_MAX) {
        failures = 0;
        doomedFirst = suspectFirst;
        doomedLast = suspectLast;
      }
    }
    held = settled;
    rejectedNow = 0;
    overflowNow = 0;
    roomWanted = Math.max(roomWanted, generation.bytes());
    try {
      generation.discard();
      generation = new Generation(lake);
    } catch (IOException e) {
      why.addSuppressed(e); // the next call tries again
    }
  }

  private static boolean isOfTheDisk(Throwable why) {
    Throwable cause = why;
    while (cause != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }
}
