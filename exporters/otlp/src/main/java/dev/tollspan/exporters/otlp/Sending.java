package dev.tollspan.exporters.otlp;

import dev.tollspan.exporters.otlp.Ending.Blame;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of one export is still to be sent, cut into loads for calls, and what became of the rest. It
 * outlives the export if that is to be tried again, and holds its first batch weakly, because
 * batches are not ours to keep.
 *
 * <p>Fields that change are owned by the exporter's one caller's thread.
 */
final class Sending {
  /** So that a call passes receivers with gRPC's usual 4 MiB. */
  static final int CALL_BYTES_MAX = 7 << 19;

  /** The limit that OTLP 1.11 recommends for a request. */
  static final int REQUEST_BYTES_MAX = 64 << 20;

  /** After so many calls that were too large, nothing more is cut for that. */
  static final int TOO_LARGE_MAX = 64;

  private static final int PART_BYTES_MIN = 64 << 10; // no destination has a smaller limit

  private final WeakReference<CleanBatch> first;
  private final int count;
  private final Deque<Load> loads = new ArrayDeque<>();
  private @Nullable SplitBatch split;
  private int splitBatch;
  private int tooLargeBytes = Integer.MAX_VALUE; // the least that was too large
  private int tooLargeCalls;
  private boolean taken;
  private long lost;
  private String reason = "";

  /** Spans for one call: of these batches all, or of one batch these. */
  record Load(int batch, int batchEnd, int span, int spanEnd) {
    boolean isJoined() {
      return batchEnd - batch > 1;
    }
  }

  /** A load and its message. */
  record Parcel(Load load, List<Slice> message, int bytes) {}

  Sending(List<CleanBatch> batches) {
    first = new WeakReference<>(batches.getFirst());
    count = batches.size();
    for (int start = 0; start < count; ) {
      int end = endOfCall(batches, start);
      loads.add(end - start == 1 ? alone(batches, start) : new Load(start, end, 0, 0));
      start = end;
    }
  }

  /** Whether these are the batches that it began with. */
  boolean isOf(List<CleanBatch> batches) {
    return batches.size() == count && first.get() == batches.getFirst();
  }

  /** What to send next; null if everything is sent or under way. */
  @Nullable Parcel next(List<CleanBatch> batches) {
    for (Load load = loads.poll(); load != null; load = loads.poll()) {
      List<Slice> message = message(batches, load);
      int bytes = SplitBatch.bytes(message);
      if (bytes > bytesMax() && isDivisible(load)) {
        divide(batches, load);
      } else if (bytes > REQUEST_BYTES_MAX) {
        settle(new Outcome.Refused("a span is larger than OTLP allows a request to be"), 1);
      } else {
        return new Parcel(load, message, bytes);
      }
    }
    return null;
  }

  /** Books how a call ended; what is to be sent again, whole or cut, comes next. */
  void judge(List<CleanBatch> batches, Parcel sent, Ending ending) {
    Load load = sent.load();
    if (ending.blame() == Blame.SIZE) {
      tooLargeCalls++;
      tooLargeBytes = Math.min(tooLargeBytes, sent.bytes());
      boolean mayCut = sent.bytes() > PART_BYTES_MIN && tooLargeCalls < TOO_LARGE_MAX;
      if (load.isJoined() || (mayCut && isDivisible(load))) {
        divide(batches, load);
        return;
      }
    }
    if (ending.isRetry()) {
      loads.addFirst(load);
    } else if (ending.blame() == Blame.CONTENT && load.isJoined()) {
      divide(batches, load);
    } else {
      settle(ending.outcome(), spans(batches, load));
    }
  }

  /** Holds nothing of the batches any more, until they are given again. */
  void rest() {
    split = null;
  }

  /** Accepted, partly accepted or refused, once everything has been sent. */
  Outcome outcome() {
    if (lost == 0) {
      return Outcome.ACCEPTED;
    }
    return taken ? new Outcome.PartlyAccepted(lost, reason) : new Outcome.Refused(reason);
  }

  private void settle(Outcome outcome, long spans) {
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

  private int bytesMax() {
    return tooLargeCalls < TOO_LARGE_MAX
        ? Math.clamp(tooLargeBytes - 1, PART_BYTES_MIN, CALL_BYTES_MAX)
        : CALL_BYTES_MAX;
  }

  private static boolean isDivisible(Load load) {
    return load.isJoined() || load.spanEnd() - load.span() > 1;
  }

  /** Puts its batches, each alone, or its halves in front. */
  private void divide(List<CleanBatch> batches, Load load) {
    if (load.isJoined()) {
      for (int i = load.batchEnd() - 1; i >= load.batch(); i--) {
        loads.addFirst(alone(batches, i));
      }
    } else {
      int middle = (load.span() + load.spanEnd() + 1) / 2;
      loads.addFirst(new Load(load.batch(), load.batchEnd(), middle, load.spanEnd()));
      loads.addFirst(new Load(load.batch(), load.batchEnd(), load.span(), middle));
    }
  }

  private static Load alone(List<CleanBatch> batches, int batch) {
    return new Load(batch, batch + 1, 0, batches.get(batch).spanCount());
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

  private List<Slice> message(List<CleanBatch> batches, Load load) {
    CleanBatch only = batches.get(load.batch());
    if (!load.isJoined() && load.spanEnd() - load.span() < only.spanCount()) {
      if (split == null || splitBatch != load.batch()) {
        split = new SplitBatch(only);
        splitBatch = load.batch();
      }
      return split.part(load.span(), load.spanEnd());
    }
    List<Slice> message = new ArrayList<>(load.batchEnd() - load.batch());
    for (CleanBatch each : batches.subList(load.batch(), load.batchEnd())) {
      message.add(new Slice(each.bytes(), each.offset(), each.byteSize()));
    }
    return message;
  }

  private static long spans(List<CleanBatch> batches, Load load) {
    if (!load.isJoined()) {
      return (long) load.spanEnd() - load.span();
    }
    long spans = 0;
    for (CleanBatch each : batches.subList(load.batch(), load.batchEnd())) {
      spans += each.spanCount();
    }
    return spans;
  }
}
