package dev.tollspan.processors.cost;

import dev.tollspan.gpuledger.Admission;
import dev.tollspan.gpuledger.GpuRequest;
import dev.tollspan.prices.Count;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what a call costs on GPUs of one's own. Rule and replica are found once for each resource.
 * One thread; keeps hold of the last batch until {@link #forget}.
 */
final class GpuJudge {
  /** In place of the time: each span is judged at its own end. */
  static final long AT_SPAN_END = -1;

  private static final String QUEUE = "gen_ai.latency.time_in_queue";
  private static final String FIRST_TOKEN = "gen_ai.latency.time_to_first_token";
  private static final String PREFILL = "gen_ai.latency.time_in_model_prefill";
  private static final String DECODE = "gen_ai.latency.time_in_model_decode";
  private static final String INFERENCE = "gen_ai.latency.time_in_model_inference";
  private static final String END_TO_END = "gen_ai.latency.e2e";

  /** The durations that an engine tells, in seconds. */
  static final List<String> LATENCIES =
      List.of(QUEUE, FIRST_TOKEN, PREFILL, DECODE, INFERENCE, END_TO_END);

  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final Replicas replicas;
  private final int[] latencyKeys;
  private final GpuRequest request = new GpuRequest();
  private long nowNanos = AT_SPAN_END; // owned by the judging thread, as are the next five
  private @Nullable SpanView view;
  private int resource = -1;
  private @Nullable HostRule rule;
  private @Nullable String name;
  private @Nullable Replica replica;

  GpuJudge(Replicas replicas, KeyTable keys) {
    this.replicas = replicas;
    latencyKeys = replicas.isEmpty() ? new int[0] : LATENCIES.stream().mapToInt(keys::id).toArray();
  }

  /** What time it is from now on. */
  void at(long epochNanos) {
    nowNanos = epochNanos;
  }

  /** Lets go of the last batch. */
  void forget() {
    view = null;
    resource = -1;
    rule = null;
    name = null;
    replica = null;
  }

  /** The rule for the span's resource, or null. */
  @Nullable HostRule rule(SpanView span) {
    if (!replicas.isEmpty() && (span != view || span.resource() != resource)) {
      forget();
      view = span;
      resource = span.resource();
      rule = replicas.rule(span.resourceAttributes());
    }
    return rule;
  }

  /** Prices a call by the time that it held the GPUs of {@link #rule}, which tells their price. */
  void price(HostRule held, SpanView span, Verdict verdict) {
    fill(span, verdict.usage);
    long now = nowNanos == AT_SPAN_END ? span.endNanos() : nowNanos;
    Admission admission = add(held, span, now);
    replicas.count(admission);
    switch (admission) {
      case KEPT, LATE, DUPLICATE, FULL, EMPTY -> {
        long pico = request.provisionalPico();
        verdict.holdGpu(pico, held.seconds(pico));
      }
      case INVALID, BACKWARDS, TOO_LONG, AHEAD -> verdict.reason = UnpricedReason.INVALID_GPU_TIME;
    }
  }

  private Admission add(HostRule held, SpanView span, long now) {
    if (name == null) {
      name = held.replica(span.resourceAttributes());
      replica = replicas.replica(held, name, span.startNanos(), now);
    }
    Admission admission = replica == null ? null : replica.add(request, now);
    return admission == null ? replicas.addUnbooked(held, request, now) : admission;
  }

  private void fill(SpanView span, Usage usage) {
    byte[] bytes = span.bytes();
    int trace = span.traceIdOffset();
    long input = usage.countOrZero(Count.IN_TOTAL) - usage.countOrZero(Count.CACHE_READ);
    request
        .clear()
        .id(int64(bytes, trace), int64(bytes, trace + 8), int64(bytes, span.spanIdOffset()))
        .span(span.startNanos(), span.endNanos())
        .tokens(Math.max(0, input), usage.countOrZero(Count.OUT_TOTAL))
        .queueNanos(nanos(span, 0))
        .firstTokenNanos(nanos(span, 1))
        .prefillNanos(nanos(span, 2))
        .decodeNanos(nanos(span, 3))
        .inferenceNanos(nanos(span, 4))
        .endToEndNanos(nanos(span, 5));
  }

  /** The duration with this place in LATENCIES; a negative number that is not ABSENT is refused. */
  private long nanos(SpanView span, int latency) {
    Attributes attributes = span.attributes();
    int at = attributes.find(latencyKeys[latency]);
    return switch (at < 0 ? Attributes.EMPTY : attributes.type(at)) {
      case Attributes.DOUBLE -> GpuRequest.nanos(attributes.doubleValue(at));
      case Attributes.INT -> GpuRequest.nanos((double) attributes.longValue(at));
      default -> GpuRequest.ABSENT;
    };
  }

  private static long int64(byte[] bytes, int offset) {
    return (long) BIG_ENDIAN.get(bytes, offset);
  }
}
