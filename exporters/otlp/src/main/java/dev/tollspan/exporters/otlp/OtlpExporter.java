package dev.tollspan.exporters.otlp;

import dev.tollspan.exporters.otlp.Sending.Parcel;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Forwards spans to an OTLP back end over gRPC or HTTP, at least once.
 *
 * <p>The batches of one export go as one request, byte for byte one behind the other, unless they
 * exceed 3.5 MiB together: then they go as several, cut between batches, and a batch that is larger
 * alone between its spans, so that they pass receivers with gRPC's usual 4 MiB. Several requests
 * are under way at once, as many as the configuration allows; after an answer that asks to come
 * again it is one, and one more with each that is accepted. If a call is to be retried, the next
 * export of the same batches sends what has not arrived.
 *
 * <p>If a call is refused for what it holds, its bad spans are searched for, so that they do not
 * take their neighbours with them; after {@value Sending#BAD_SPANS_MAX} of them in one export what
 * is refused goes whole, and sooner while a destination takes nothing at all. What may be too large
 * for the destination goes in halves; at most {@value Sending#TOO_LARGE_MAX} calls of an export may
 * be too large for that.
 *
 * <p>An acknowledgement that got lost means duplicates at the destination; OTLP has no way around
 * that.
 *
 * <p>Nothing connects before the first export, so a dead destination stops no start. {@code export}
 * returns within the configured timeout for each call, or soon after an interrupt. Threads: all
 * fields that change are owned by the one caller's thread.
 */
public final class OtlpExporter implements SpanExporter {
  private final int inFlightMax;
  private final boolean packs;
  private final Packer packer;
  private final Connection connection;
  private final Deque<Flight> inFlight = new ArrayDeque<>();
  private @Nullable Sending sending;
  private int window = 1;
  private long settled;
  private int patience = Sending.BAD_SPANS_MAX;
  private List<RefusedSpans> refused = List.of();

  private record Flight(Parcel parcel, Connection.Call call) {}

  /**
   * Reads the files that the configuration names and does not connect.
   *
   * @param clock for dates in answers, and for when to look at those files again
   * @throws IllegalArgumentException if a file cannot be read or holds something else
   */
  public OtlpExporter(OtlpConfig config, InstantSource clock) {
    String version = OtlpExporter.class.getPackage().getImplementationVersion();
    String agent = "Tollspan-OTLP-Exporter-Java/" + Objects.requireNonNullElse(version, "dev");
    inFlightMax = config.calls().inFlightMax();
    packs = config.compression() != Compression.NONE;
    connection =
        switch (config.protocol()) {
          case GRPC -> new GrpcConnection(config, agent, clock);
          case HTTP -> new HttpConnection(config, agent, clock);
        };
    packer = Packer.of(config.compression());
  }

  /** How many bytes of spans one export should bring, so that all its calls can be under way. */
  public static int exportBytesMax(OtlpConfig config) {
    return Math.min(
        config.calls().inFlightMax() * Sending.CALL_BYTES_MAX, Sending.REQUEST_BYTES_MAX);
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
    Sending before = sending;
    Sending now = before != null && before.isOf(batches) ? before : new Sending(batches, patience);
    sending = now;
    connection.renew();
    Outcome.RetryLater retry;
    try {
      retry = sendAll(now, batches);
    } finally {
      now.rest();
      for (Flight left = inFlight.poll(); left != null; left = inFlight.poll()) {
        left.call().await(); // there is one after a defect only; its batches are not ours any more
      }
    }
    if (retry != null) {
      return retry;
    }
    sending = null;
    patience = now.taken() ? Sending.BAD_SPANS_MAX : Math.max(1, patience / 8);
    refused = now.refused();
    settled = batches.getLast().sequence();
    return now.outcome();
  }

  @Override
  public GivenUp giveUp(long spans) {
    Sending ended = sending;
    sending = null;
    refused = ended == null ? List.of() : ended.refused();
    return ended == null ? new GivenUp(spans, 0) : new GivenUp(ended.left(), ended.lost());
  }

  @Override
  public List<RefusedSpans> refused() {
    return refused;
  }

  @Override
  public long resume(long epoch, long sequence) {
    settled = sequence;
    return sequence;
  }

  /** As {@link #settled}: nothing waits between. */
  @Override
  public long held() {
    return settled;
  }

  @Override
  public long settled() {
    return settled;
  }

  /** Sends until all is sent, or the longest wait that was asked for meanwhile. */
  private Outcome.@Nullable RetryLater sendAll(Sending now, List<CleanBatch> batches) {
    Outcome.RetryLater retry = null;
    while (true) {
      while (retry == null && inFlight.size() < window) {
        Parcel next = now.next(batches);
        if (next == null) {
          break;
        }
        inFlight.add(new Flight(next, connection.begin(packed(next))));
      }
      Flight oldest = inFlight.poll();
      if (oldest == null) {
        return retry;
      }
      Ending ending = oldest.call().await();
      now.judge(oldest.parcel(), ending);
      if (ending.outcome() instanceof Outcome.RetryLater later) {
        retry = retry == null || later.after().compareTo(retry.after()) > 0 ? later : retry;
        window = 1;
      } else if (retry == null) {
        window = Math.min(inFlightMax, window + 1);
      }
    }
  }

  /** The message as it goes, in arrays that stay as they are until the call has ended. */
  private List<Slice> packed(Parcel parcel) {
    List<Slice> packed = packer.pack(parcel.message(), parcel.bytes());
    if (!packs || inFlightMax == 1) {
      return packed;
    }
    Slice only = packed.getFirst(); // the packer's, who uses it again
    byte[] own = Arrays.copyOfRange(only.bytes(), only.offset(), only.offset() + only.length());
    return List.of(new Slice(own, 0, own.length));
  }

  /** Nothing to do: what was accepted has left. */
  @Override
  public void flush() {}

  @Override
  public void close() {
    connection.close();
    packer.close();
  }
}
