package dev.tollspan.exporters.otlp;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Forwards spans to an OTLP back end over gRPC, at least once.
 *
 * <p>The batches of one export are one request, byte for byte one behind the other, unless they
 * exceed 3.5 MiB together: then they go as several, one after the other, cut between batches, so
 * that they pass receivers with gRPC's usual 4 MiB. One batch alone may be as large as 64 MiB (the
 * limit that OTLP 1.11 recommends); a larger one is refused. If a call in the middle is to be
 * retried, the next export of the same batches goes on there: what has arrived is not sent again.
 *
 * <p>If a call with several batches is refused for what it holds, each goes alone, once, so that
 * one sender's spans do not take those of others with them. If a batch alone may be too large for
 * the destination, parts of it are tried, in at most {@value #PART_CALLS_MAX} calls; what is
 * refused alone counts.
 *
 * <p>Answers are judged by {@link Ending}. An acknowledgement that got lost means duplicates at the
 * destination; OTLP has no way around that.
 *
 * <p>Nothing connects before the first export, so a dead destination stops no start. {@code export}
 * returns within the configured timeout for each call, or soon after an interrupt. Threads: all
 * fields that change are owned by the one caller's thread.
 */
public final class OtlpGrpcExporter implements SpanExporter {
  private static final int CALL_BYTES_MAX = 7 << 19;
  private static final int BATCH_BYTES_MAX = 64 << 20;
  private static final int PART_CALLS_MAX = 64;
  private static final int PART_BYTES_MIN = 64 << 10; // no destination has a smaller limit

  private final Packer packer;
  private final Connection connection;
  private final List<Slice> message = new ArrayList<>();
  private @Nullable Progress progress;

  /**
   * How far an export came. The batch that it began with is held weakly, because batches are not
   * ours to keep.
   */
  private static final class Progress {
    final WeakReference<CleanBatch> first;
    int sent; // batches
    int aloneEnd; // up to here each batch goes alone
    int part; // spans of the next batch that are done with
    int step; // spans of its next part; 0 if it goes whole
    int calls; // for its parts
    boolean taken;
    long lost;
    String reason = "";

    Progress(CleanBatch first) {
      this.first = new WeakReference<>(first);
    }

    void settle(Outcome outcome, long spans) {
      switch (outcome) {
        case Outcome.PartlyAccepted partly -> {
          taken = true;
          lost += Math.min(partly.rejectedSpans(), spans);
          reason = partly.reason();
        }
        case Outcome.Refused refused -> {
          lost += spans;
          reason = refused.reason();
        }
        case Outcome.Accepted _, Outcome.RetryLater _ -> taken = true;
      }
    }
  }

  /**
   * Reads the files of {@code tls} and does not connect.
   *
   * @throws IllegalArgumentException if a file cannot be read or holds something else
   */
  public OtlpGrpcExporter(OtlpGrpcConfig config) {
    String version = OtlpGrpcExporter.class.getPackage().getImplementationVersion();
    connection =
        new Connection(
            config, "Tollspan-OTLP-Exporter-Java/" + Objects.requireNonNullElse(version, "dev"));
    packer = Packer.of(config.compression());
  }

  /**
   * See {@link SpanExporter#export}. Refused only if all calls were; if some were, their spans
   * count as rejected.
   */
  @Override
  public Outcome export(List<CleanBatch> batches) {
    if (batches.isEmpty()) {
      return Outcome.ACCEPTED;
    }
    Progress at = progressOf(batches);
    progress = at;
    while (at.sent < batches.size()) {
      Outcome outcome = at.step > 0 ? sendParts(batches.get(at.sent), at) : sendNext(batches, at);
      if (outcome instanceof Outcome.RetryLater) {
        return outcome;
      }
    }
    progress = null;
    if (at.lost == 0) {
      return Outcome.ACCEPTED;
    }
    return at.taken
        ? new Outcome.PartlyAccepted(at.lost, at.reason)
        : new Outcome.Refused(at.reason);
  }

  private Outcome sendNext(List<CleanBatch> batches, Progress at) {
    int end = at.sent < at.aloneEnd ? at.sent + 1 : endOfCall(batches, at.sent);
    CleanBatch batch = batches.get(at.sent);
    message.clear();
    for (CleanBatch each : batches.subList(at.sent, end)) {
      message.add(new Slice(each.bytes(), each.offset(), each.byteSize()));
    }
    int bytes = SplitBatch.bytes(message);
    if (bytes > BATCH_BYTES_MAX) {
      Outcome refused = new Outcome.Refused("a batch is larger than OTLP allows a request to be");
      at.settle(refused, batch.spanCount());
      at.sent = end;
      return refused;
    }
    Ending ending = connection.call(packer.pack(message, bytes));
    Outcome outcome = ending.outcome();
    if (outcome instanceof Outcome.RetryLater) {
      return outcome;
    }
    if (end - at.sent > 1 && ending.blamesMessage()) {
      at.aloneEnd = end;
    } else if (end - at.sent == 1 && ending.blamesSize() && maySplit(bytes, batch.spanCount())) {
      at.part = 0;
      at.calls = 0;
      at.step = half(batch.spanCount());
    } else {
      at.settle(outcome, spans(batches, at.sent, end));
      at.sent = end;
    }
    return outcome;
  }

  /** Sends a batch in parts: halves of what was too large, twice of what was not. */
  private Outcome sendParts(CleanBatch batch, Progress at) {
    SplitBatch split = new SplitBatch(batch);
    Outcome outcome = Outcome.ACCEPTED;
    while (at.part < batch.spanCount()) {
      boolean isLast = at.calls == PART_CALLS_MAX - 1;
      int end = isLast ? batch.spanCount() : Math.min(at.part + at.step, batch.spanCount());
      List<Slice> part = split.part(at.part, end);
      int bytes = SplitBatch.bytes(part);
      Ending ending = connection.call(packer.pack(part, bytes));
      outcome = ending.outcome();
      if (outcome instanceof Outcome.RetryLater) {
        return outcome;
      }
      at.calls++;
      int spans = end - at.part;
      if (ending.blamesSize() && !isLast && maySplit(bytes, spans)) {
        at.step = half(spans);
      } else {
        at.settle(outcome, spans);
        at.part = end;
        at.step = outcome instanceof Outcome.Refused ? at.step : at.step * 2;
      }
    }
    at.step = 0;
    at.sent++;
    return outcome;
  }

  private static boolean maySplit(int bytes, int spans) {
    return spans > 1 && bytes > PART_BYTES_MIN;
  }

  private static int half(int spans) {
    return (spans + 1) / 2;
  }

  /** Nothing to do: what was accepted has left. */
  @Override
  public void flush() {}

  @Override
  public void close() {
    connection.close();
    packer.close();
  }

  private Progress progressOf(List<CleanBatch> batches) {
    Progress before = progress;
    if (before != null
        && before.sent < batches.size()
        && before.first.get() == batches.getFirst()) {
      return before;
    }
    return new Progress(batches.getFirst());
  }

  /** Where the call that begins with this batch ends: the next batch would make it too large. */
  private static int endOfCall(List<CleanBatch> batches, int start) {
    int end = start + 1;
    long bytes = batches.get(start).byteSize();
    while (end < batches.size() && bytes + batches.get(end).byteSize() <= CALL_BYTES_MAX) {
      bytes += batches.get(end).byteSize();
      end++;
    }
    return end;
  }

  private static long spans(List<CleanBatch> batches, int from, int to) {
    long spans = 0;
    for (int i = from; i < to; i++) {
      spans += batches.get(i).spanCount();
    }
    return spans;
  }
}
