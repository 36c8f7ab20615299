package dev.tollspan.exporters.ndjson;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes spans as lines of JSON into files that are whole whenever they are visible.
 *
 * <p>A file is written under a hidden name; once it is old or large enough, and on close, it is
 * made durable and renamed, and its lines are settled. Empty files never appear, and no file is
 * overwritten. A call that fails leaves no line behind, so the same batches may come again. If the
 * file was removed or could not be made durable, all that it held comes again. A span that makes no
 * line (a bug of ours, or of the gate) is rejected, and only that span.
 *
 * <p>So each span stands in the files once, whatever happens between: a start deletes the hidden
 * file of its journal, and the names of whole files say which spans need not come again.
 */
public final class NdjsonExporter implements SpanExporter {
  /**
   * The names of whole files, which this exporter never touches again; groups 1 to 3 are the epoch
   * of the journal in 16 hexadecimal digits, and the first and last sequence in it.
   */
  public static final Pattern FINISHED =
      Pattern.compile(
          "spans-([0-9a-f]{16})-([0-9]{12,18})-([0-9]{12,18}|rest)(-[0-9]{1,9})?\\.ndjson");

  private static final int CHUNK_BYTES = 256 << 10;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final NdjsonConfig config;
  private final SpanDirectory directory;
  private final InstantSource clock;
  private final JsonBuffer lines = new JsonBuffer();
  private final FlatEncoder encoder;
  private @Nullable SpanFile file; // owned by the delivering thread, as are all below
  private long openedMillis;
  private long epoch;
  private long first; // of the call at hand
  private long held;
  private long published;
  private long settled;
  private boolean closed;

  /**
   * Opens the directory.
   *
   * @param keys the table that all batches are indexed with; it must hold {@link #keys()}
   * @throws IOException with one sentence for the operator, if the directory cannot be written to
   */
  public NdjsonExporter(NdjsonConfig config, KeyTable keys, InstantSource clock)
      throws IOException {
    this(config, keys, clock, FileChannel::open);
  }

  NdjsonExporter(
      NdjsonConfig config, KeyTable keys, InstantSource clock, SpanDirectory.Opener opener)
      throws IOException {
    this.config = config;
    this.clock = clock;
    encoder = new FlatEncoder(keys, lines);
    directory = SpanDirectory.open(config.directory(), opener);
  }

  /** The attribute keys that this exporter asks a key table for, besides those of LlmField. */
  public static Collection<String> keys() {
    return List.of(FlatEncoder.SERVICE_NAME);
  }

  /** Also deletes or shows what an earlier process left unfinished. */
  @Override
  public long resume(long journal, long sequence) throws IOException {
    epoch = journal;
    held = Math.max(sequence, directory.recover(journal));
    published = held;
    settled = held;
    return held;
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    if (closed) {
      throw new IllegalStateException("the exporter is closed");
    }
    boolean done = false;
    long rejected = 0;
    try {
      finishIfDue();
      first = batches.isEmpty() ? held : batches.getFirst().sequence();
      for (CleanBatch batch : batches) {
        rejected += write(batch);
      }
      append();
      if (!batches.isEmpty()) {
        held = batches.getLast().sequence();
      }
      done = true;
    } catch (IOException e) {
      return new Outcome.RetryLater(RETRY_AFTER, directory.problem(e));
    } finally {
      lines.clear();
      end(done);
    }
    return rejected == 0
        ? Outcome.ACCEPTED
        : new Outcome.PartlyAccepted(rejected, "ndjson: a span makes no line");
  }

  @Override
  public long held() {
    return held;
  }

  @Override
  public long settled() {
    return settled;
  }

  @Override
  public void flush() throws IOException {
    finishIfDue();
    settle();
  }

  @Override
  public void finish() throws IOException {
    finishFile();
    settle();
  }

  /**
   * Finishes what is open. If that fails, or the thread is interrupted meanwhile, it may be called
   * again; otherwise the next exporter that opens the directory sees to it.
   */
  @Override
  public void close() throws IOException {
    closed = true;
    finish();
  }

  /** Writes the lines of a batch; returns how many of its spans make none. */
  private long write(CleanBatch batch) throws IOException {
    SpanView view;
    try {
      view = batch.view();
    } catch (RuntimeException e) {
      return batch.spanCount();
    }
    long rejected = 0;
    encoder.startBatch();
    for (int i = 0; i < batch.spanCount(); i++) {
      int before = lines.length();
      try {
        encoder.write(view.moveTo(i));
      } catch (RuntimeException e) {
        lines.cutBack(before);
        encoder.startBatch(); // a resource could be known by half
        rejected++;
      }
      if (lines.length() >= CHUNK_BYTES) {
        append();
      }
    }
    return rejected;
  }

  private void append() throws IOException {
    if (lines.length() > 0) {
      SpanFile to = file;
      if (to == null) {
        to = directory.create(epoch, first);
        openedMillis = clock.millis();
        file = to;
      }
      to.append(lines.bytes(), lines.length());
      lines.clear();
    }
  }

  private void end(boolean done) {
    if (file != null) {
      if (done) {
        file.commit();
      } else {
        file.rollBack();
        forgetIfLost(file);
      }
    }
  }

  /** A file that is lost makes room for a new one; what it held comes again. */
  private void forgetIfLost(SpanFile failed) {
    if (failed.isLost()) {
      held = published;
      file = null;
    }
  }

  private void finishIfDue() throws IOException {
    long ageMillis = clock.millis() - openedMillis; // negative: the clock was set back
    if (file != null
        && (file.committedBytes() >= config.maxBytes()
            || ageMillis < 0
            || ageMillis >= config.maxAge().toMillis())) {
      finishFile();
    }
  }

  private void finishFile() throws IOException {
    SpanFile ending = file;
    if (ending != null) {
      try {
        ending.finish(held);
        file = null;
      } catch (IOException e) {
        forgetIfLost(ending);
        throw e;
      }
    }
    published = held;
  }

  /** What stands in files with durable names is settled. */
  private void settle() throws IOException {
    if (file == null) {
      published = held;
    }
    directory.sync();
    settled = published;
  }
}
