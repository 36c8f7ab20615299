package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.LetterFolder.Entry;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends the dead letters of one exporter once more, one after the other, also while a delivery
 * writes new ones. A file is removed once all of its spans were accepted; if only some were, those
 * that were refused take its place.
 *
 * <p>For one thread.
 */
public final class Replay implements AutoCloseable {
  private static final int TRIES = 5;
  private static final Duration WAIT_MIN = Duration.ofSeconds(1);
  private static final Duration WAIT_MAX = Duration.ofSeconds(30);

  /** The limit that OTLP 1.11 recommends for a request; what is larger has no way out. */
  private static final int BYTES_MAX = 64 << 20;

  private final LetterFolder folder;
  private final SpanExporter exporter;
  private final Pause pause;
  private final BatchRestorer restorer =
      new BatchRestorer(new BatchPool(BYTES_MAX), KeyTable.of(List.of()));

  /** Waits: a seam for tests. */
  interface Pause {
    void await(Duration time) throws InterruptedException;
  }

  /**
   * A letter, as a list shows it.
   *
   * @param spans how many it holds; null if it is not known
   * @param writtenMillis when it was written, by the wall clock
   * @param why {@code refused_spans} or {@code refused_sender}; empty if it is not known
   */
  public record Listed(
      String file, @Nullable Integer spans, long bytes, long writtenMillis, String why) {}

  /** What became of a letter. */
  public enum End {
    /** All was accepted, and the file is removed. */
    SENT,
    /** It was not there any more. */
    GONE,
    /** Some of it was accepted; the rest lies in its place. */
    SHORTENED,
    /** It stays, because the destination refuses what it holds. */
    REFUSED,
    /** It stays, and so will others: the destination refuses the sender, or does not answer. */
    IN_VAIN,
    /** It stays, because it cannot be read, or not be changed. */
    UNREADABLE
  }

  /**
   * What became of a letter.
   *
   * @param sent spans that were accepted
   * @param reason for the operator; empty if all went well
   */
  public record Result(End end, long sent, String reason) {}

  /** Takes the exporter over, which it closes. */
  public Replay(Path folder, SpanExporter exporter) {
    this(new RealLetterFolder(folder), exporter, Thread::sleep);
  }

  Replay(LetterFolder folder, SpanExporter exporter, Pause pause) {
    this.folder = folder;
    this.exporter = exporter;
    this.pause = pause;
  }

  /** What lies in a folder, unfinished files left out, in the order in which it was written. */
  public static List<Listed> list(Path folder) throws IOException {
    List<Listed> listed = new ArrayList<>();
    for (Entry each : new RealLetterFolder(folder).entries()) {
      Letter letter = Letter.of(each.name());
      if (!each.name().endsWith(RealLetterFolder.TEMP)) {
        listed.add(
            new Listed(
                each.name(),
                letter == null ? null : letter.spans(),
                each.bytes(),
                each.writtenMillis(),
                letter == null ? "" : letter.why()));
      }
    }
    return listed;
  }

  /** Sends one; five times at most, if the destination asks to come again. */
  public Result send(String file) {
    Letter letter = Letter.of(file);
    if (letter == null) {
      return new Result(End.UNREADABLE, 0, "its name is not that of a dead letter");
    }
    byte[] bytes;
    try {
      bytes = folder.read(file, BYTES_MAX + 1);
    } catch (NoSuchFileException e) {
      return new Result(End.GONE, 0, "");
    } catch (IOException e) {
      return new Result(End.UNREADABLE, 0, "the system refuses to read it");
    }
    if (bytes.length > BYTES_MAX) {
      return new Result(End.UNREADABLE, 0, "it is larger than OTLP allows a request to be");
    }
    if (!letter.with(List.of(ByteBuffer.wrap(bytes))).equals(letter)) {
      return new Result(End.UNREADABLE, 0, "it is damaged or was changed");
    }
    CleanBatch batch = restorer.restore(bytes, bytes.length, letter.spans(), letter.last(), 0);
    try {
      return judge(file, letter, batch, outcome(batch));
    } catch (IOException e) {
      return new Result(End.UNREADABLE, 0, "it was sent, but it cannot be removed");
    } finally {
      batch.release();
    }
  }

  private Outcome outcome(CleanBatch batch) {
    List<CleanBatch> only = List.of(batch);
    Outcome outcome = exporter.export(only);
    try {
      for (int i = 1; i < TRIES && outcome instanceof Outcome.RetryLater later; i++) {
        Duration asked = later.after();
        Duration least = asked.compareTo(WAIT_MIN) < 0 ? WAIT_MIN : asked;
        pause.await(least.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : least);
        outcome = exporter.export(only);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return outcome;
  }

  private Result judge(String file, Letter letter, CleanBatch batch, Outcome outcome)
      throws IOException {
    return switch (outcome) {
      case Outcome.Accepted _ -> {
        folder.delete(file);
        yield new Result(End.SENT, letter.spans(), "");
      }
      case Outcome.PartlyAccepted(long rejected, String reason) -> {
        List<RefusedSpans> refused = exporter.refused();
        long known = refused.stream().mapToLong(RefusedSpans::count).sum();
        if (known < rejected) {
          String which = reason + ", and did not say which";
          yield new Result(End.REFUSED, letter.spans() - rejected, which);
        }
        shorten(file, letter, batch, refused);
        yield new Result(End.SHORTENED, letter.spans() - rejected, reason);
      }
      case Outcome.Refused(Fault fault, String reason) ->
          new Result(fault == Fault.SENDER ? End.IN_VAIN : End.REFUSED, 0, reason);
      case Outcome.RetryLater(Duration _, String reason) -> new Result(End.IN_VAIN, 0, reason);
    };
  }

  /** What is left is written before the whole is removed: a crash between leaves both. */
  private void shorten(String file, Letter letter, CleanBatch batch, List<RefusedSpans> refused)
      throws IOException {
    List<ByteBuffer> content = new ArrayList<>();
    int spans = 0;
    for (RefusedSpans each : refused) {
      content.add(ByteBuffer.wrap(batch.part(each.from(), each.to())));
      spans += each.count();
    }
    Letter left =
        new Letter(
            letter.epoch(),
            letter.first(),
            letter.last(),
            letter.part(),
            spans,
            Objects.requireNonNull(refused.getFirst()).fault(),
            0);
    folder.write(left.with(content).file(), content);
    folder.delete(file);
  }

  @Override
  public void close() throws IOException {
    exporter.close();
  }
}
