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

  private final Packer packer;
  private final Connection connection;
  private final List<Slice> message = new ArrayList<>();
  private @Nullable Progress progress;

  /**
   * How far an export came that is to be retried. The batch that it began with is held weakly,
   * because batches are not ours to keep.
   */
  private record Progress(
      WeakReference<CleanBatch> first, int sent, boolean taken, long lost, String reason) {}

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
    Progress before = progressOf(batches);
    progress = null;
    int sent = before == null ? 0 : before.sent();
    boolean taken = before != null && before.taken();
    long lost = before == null ? 0 : before.lost();
    String reason = before == null ? "" : before.reason();
    while (sent < batches.size()) {
      int end = endOfCall(batches, sent);
      switch (send(batches.subList(sent, end))) {
        case Outcome.Accepted accepted -> taken = true;
        case Outcome.PartlyAccepted partly -> {
          taken = true;
          lost += Math.min(partly.rejectedSpans(), spans(batches, sent, end));
          reason = partly.reason();
        }
        case Outcome.Refused refused -> {
          lost += spans(batches, sent, end);
          reason = refused.reason();
        }
        case Outcome.RetryLater later -> {
          WeakReference<CleanBatch> first = new WeakReference<>(batches.getFirst());
          progress = new Progress(first, sent, taken, lost, reason);
          return later;
        }
      }
      sent = end;
    }
    if (lost == 0) {
      return Outcome.ACCEPTED;
    }
    return taken ? new Outcome.PartlyAccepted(lost, reason) : new Outcome.Refused(reason);
  }

  /** Nothing to do: what was accepted has left. */
  @Override
  public void flush() {}

  @Override
  public void close() {
    connection.close();
    packer.close();
  }

  private @Nullable Progress progressOf(List<CleanBatch> batches) {
    boolean same =
        progress != null
            && progress.sent() < batches.size()
            && progress.first().get() == batches.getFirst();
    return same ? progress : null;
  }

  private Outcome send(List<CleanBatch> batches) {
    int bytes = 0;
    message.clear();
    for (CleanBatch batch : batches) {
      bytes += batch.byteSize();
      message.add(new Slice(batch.bytes(), batch.offset(), batch.byteSize()));
    }
    if (bytes > BATCH_BYTES_MAX) {
      return new Outcome.Refused("a batch is larger than OTLP allows a request to be");
    }
    return connection.call(packer.pack(message, bytes)).outcome();
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
