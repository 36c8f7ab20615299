package dev.tollspan.exporters.parquet;

import dev.tollspan.exporters.parquet.Column.Source;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes spans as rows of Parquet files, layout version 1, into hourly partitions by start time.
 *
 * <p>A file becomes visible when it ends, whole or not at all: after {@code maxAge}, {@code
 * maxBytes} or {@code maxRows}, or at {@link #close}. <b>Accepted rows of a file that has not ended
 * are in memory or in a hidden file</b>: if its writer fails or the process dies they are lost. A
 * failure is answered with RetryLater, so that the spans of the same call come again; those of
 * earlier calls are counted in {@link #lostSpans}. After that no span is accepted before the disk
 * has room for another such file, or all would be accepted into memory and lost. A call that comes
 * again with the same batches adds no row twice, even if some of its rows went to files that did
 * not fail.
 *
 * <p>A span that makes no row (a bug of ours, or of the gate) is rejected, and only that span: the
 * first one met takes the rows of its open file with it, which count as lost; from then on each
 * span is rehearsed before a file sees it. A call that fails {@value #FAILURES_MAX} times for
 * another reason than the disk is given up: what of it is in no file is rejected.
 *
 * <p>A span that says it began more than 7 days before or a day after its arrival is filed by
 * arrival. At most {@value #OPEN_MAX} files are open; for one more the oldest is ended. When that
 * has happened {@value #EVICTIONS_PER_HOUR_MAX} times in an hour, spans of further partitions are
 * filed by arrival too and counted in {@link #overflowRows}, so that a sender of random times
 * cannot make a file of each span.
 *
 * <p>One thread, as SpanExporter says; the counters may be read by any.
 */
public final class ParquetExporter implements SpanExporter {
  /** The paths of whole files below the root of a lake; nobody touches them again. */
  public static final Pattern FINISHED =
      Pattern.compile(
          "spans/date=[0-9]{4,9}-[0-9]{2}-[0-9]{2}/hour=[0-9]{2}/"
              + "[A-Za-z0-9._]{1,255}-[0-9]{6,10}-"
              + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.parquet");

  static final int OPEN_MAX = 8;
  static final int EVICTIONS_PER_HOUR_MAX = 256;

  static final int FAILURES_MAX = 3;

  private static final int IN_A_FILE = 0; // places of spans that have no file's number
  private static final int REJECTED = -1;
  private static final int NO_FILE = -2;
  private static final int DAYS_BACK_MAX = 7;
  private static final int DAYS_AHEAD_MAX = 1;
  private static final long NANOS_PER_HOUR = TimeUnit.HOURS.toNanos(1);
  private static final int HOURS_PER_DAY = 24;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final ParquetConfig config;
  private final InstantSource clock;
  private final Lake lake;
  private final List<SpanFile> open = new ArrayList<>(OPEN_MAX); // in the order of opening
  private final AtomicLong lostRows = new AtomicLong();
  private final AtomicLong overflowRows = new AtomicLong();

  /** Spans that a failed call put into files that did not fail, by their numbers in the batch. */
  private final Map<CleanBatch, BitSet> kept = new WeakHashMap<>();

  // All that follows is owned by the exporting thread.
  private int[] placed = new int[1024]; // by place in the call: number of the file, or as above
  private int placedCount;
  private boolean careful; // whether a span has been met that makes no row
  private int failures; // of the call at hand, those that the disk does not explain
  private long rejected;
  private @Nullable SpanFile touched; // what failed, if something fails
  private Instant now = Instant.EPOCH;
  private long arrivalHour;
  private long evictionHour;
  private int evictions;
  private long roomWanted; // bytes of a file that failed: as much must be free for the next one
  private boolean closed;

  /**
   * Opens the lake: makes its directory if it is missing and deletes unfinished files of processes
   * that are no more.
   *
   * @param keys the table of all batches to come; holds {@link #keys()} and those of LlmField
   * @throws IOException if the directory cannot be written to; one sentence says so
   */
  public ParquetExporter(ParquetConfig config, KeyTable keys, InstantSource clock)
      throws IOException {
    this(config, keys, clock, FileChannel::open);
  }

  ParquetExporter(ParquetConfig config, KeyTable keys, InstantSource clock, SpanFile.Opener opener)
      throws IOException {
    this.config = config;
    this.clock = clock;
    lake = new Lake(config.directory(), keys, opener);
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
  public long lostSpans() {
    return lostRows.get();
  }

  /** How many spans were filed by arrival because too many partitions were asked for. */
  public long overflowRows() {
    return overflowRows.get();
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    if (closed) {
      throw new IllegalStateException("export after close");
    }
    startCall(batches);
    try {
      for (CleanBatch batch : batches) {
        write(batch);
      }
      endFullFiles();
      return settle(rejected, "a span makes no row");
    } catch (IOException e) {
      keepWhatDidNotFail(batches);
      return later(e.getMessage());
    } catch (RuntimeException e) {
      keepWhatDidNotFail(batches);
      String kind = e.getClass().getSimpleName(); // not the message: it could tell a value
      if (isOfTheDisk(e)) {
        return later(kind);
      }
      careful = true;
      return ++failures < FAILURES_MAX ? later(kind) : settle(inNoFile(batches), kind);
    } catch (Error e) {
      keepWhatDidNotFail(batches);
      throw e;
    } finally {
      lake.forgetBatch();
    }
  }

  /** Ends the files whose age is over. On a failure it goes on with the others, then throws. */
  @Override
  public void flush() throws IOException {
    now = clock.instant();
    endAll(false);
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try (lake) {
        endAll(true);
      }
    }
  }

  private Outcome later(@Nullable String why) {
    return new Outcome.RetryLater(RETRY_AFTER, "parquet: cannot write a file: " + why);
  }

  /** The end of a call: it does not come again. */
  private Outcome settle(long spans, String why) {
    kept.clear();
    return spans == 0
        ? Outcome.ACCEPTED
        : new Outcome.PartlyAccepted(spans, "parquet: cannot write spans: " + why);
  }

  private static boolean isOfTheDisk(RuntimeException e) {
    Throwable cause = e;
    while (cause != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  private long inNoFile(List<CleanBatch> batches) {
    long spans = 0;
    for (CleanBatch batch : batches) {
      BitSet before = kept.get(batch);
      spans += batch.spanCount() - (before == null ? 0 : before.cardinality());
    }
    return spans;
  }

  private void startCall(List<CleanBatch> batches) {
    if (batches.isEmpty() || !kept.containsKey(batches.getFirst())) {
      failures = 0;
    }
    rejected = 0;
    now = clock.instant();
    arrivalHour = Math.floorDiv(now.getEpochSecond(), TimeUnit.HOURS.toSeconds(1));
    placedCount = 0;
    touched = null;
    for (SpanFile file : open) {
      file.startCall(nowMicros());
    }
  }

  private long nowMicros() {
    return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000;
  }

  private void write(CleanBatch batch) throws IOException {
    BitSet before = kept.get(batch);
    int count = batch.spanCount();
    if (placedCount + count > placed.length) {
      placed = Arrays.copyOf(placed, Math.max(placed.length * 2, placedCount + count));
    }
    touched = null;
    SpanView view = view(batch);
    for (int i = 0; i < count; i++) {
      int number = before != null && before.get(i) ? IN_A_FILE : write(view, i);
      placed[placedCount++] = number;
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

  /** Writes a span and returns the number of its file. */
  private int write(@Nullable SpanView view, int span) throws IOException {
    if (view == null || (careful && !lake.makesRow(view, span))) {
      rejected++;
      return REJECTED;
    }
    touched = null;
    SpanFile file = fileFor(view.moveTo(span).startNanos());
    touched = file;
    file.write(view);
    return file.place().number();
  }

  private SpanFile fileFor(long startNanos) throws IOException {
    long hour = Long.divideUnsigned(startNanos, NANOS_PER_HOUR);
    long days = Math.floorDiv(hour, HOURS_PER_DAY) - Math.floorDiv(arrivalHour, HOURS_PER_DAY);
    if (days < -DAYS_BACK_MAX || days > DAYS_AHEAD_MAX) {
      hour = arrivalHour;
    }
    SpanFile file = openFile(hour);
    if (file == null && hour != arrivalHour && open.size() >= OPEN_MAX && !mayEvict()) {
      overflowRows.incrementAndGet();
      hour = arrivalHour;
      file = openFile(hour);
    }
    return file != null ? file : newFile(hour);
  }

  private @Nullable SpanFile openFile(long hour) {
    for (int i = open.size() - 1; i >= 0; i--) {
      if (open.get(i).place().hour() == hour) {
        return open.get(i);
      }
    }
    return null;
  }

  private boolean mayEvict() {
    if (evictionHour != arrivalHour) {
      evictionHour = arrivalHour;
      evictions = 0;
    }
    return evictions++ < EVICTIONS_PER_HOUR_MAX;
  }

  private SpanFile newFile(long hour) throws IOException {
    touched = null;
    if (open.size() >= OPEN_MAX) {
      end(open.getFirst());
    }
    lake.checkRoom(roomWanted);
    roomWanted = 0;
    SpanFile file = lake.open(hour, now);
    file.startCall(nowMicros());
    open.add(file);
    return file;
  }

  private void endFullFiles() throws IOException {
    for (SpanFile file : List.copyOf(open)) {
      if (file.rows() >= config.maxRows() || file.bytes() >= config.maxBytes()) {
        end(file);
      }
    }
  }

  private void endAll(boolean alsoYoung) throws IOException {
    IOException failure = null;
    for (SpanFile file : List.copyOf(open)) {
      Duration age = Duration.between(file.place().openedAt(), now);
      if (alsoYoung || age.isNegative() || age.compareTo(config.maxAge()) >= 0) {
        try {
          end(file);
        } catch (IOException | RuntimeException e) {
          lose(file, file.rows());
          failure = failure == null ? new IOException("parquet: cannot end a file", e) : failure;
        } catch (Error e) {
          lose(file, file.rows());
          throw e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void end(SpanFile file) throws IOException {
    touched = file;
    open.remove(file);
    file.publish();
    lake.sync(file.place());
  }

  /** The failed file goes; the rows that this call put elsewhere are not to come twice. */
  private void keepWhatDidNotFail(List<CleanBatch> batches) {
    SpanFile failed = touched;
    int lost = NO_FILE;
    if (failed != null && !failed.isPublished()) {
      lost = failed.place().number();
      lose(failed, failed.rowsBefore());
    }
    Map<CleanBatch, BitSet> keeping = new WeakHashMap<>();
    int at = 0;
    for (CleanBatch batch : batches) {
      BitSet spans = new BitSet();
      for (int i = 0; i < batch.spanCount() && at < placedCount; i++, at++) {
        spans.set(i, placed[at] != lost && placed[at] != REJECTED);
      }
      keeping.put(batch, spans);
    }
    kept.clear();
    kept.putAll(keeping);
  }

  private void lose(SpanFile file, long rows) {
    open.remove(file);
    roomWanted = Math.max(roomWanted, file.bytes());
    file.discard();
    if (!file.isPublished()) {
      lostRows.addAndGet(rows);
    }
  }
}
