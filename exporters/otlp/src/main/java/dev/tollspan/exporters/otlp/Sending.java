package dev.tollspan.exporters.otlp;

import dev.tollspan.exporters.otlp.Ending.Blame;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.spans.CleanBatch;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of one export is still to be sent, cut into loads for calls, and what became of the rest. It
 * outlives the export if that is to be tried again, and holds its first batch weakly, because
 * batches are not ours to keep.
 *
 * <p>Spans are numbered over all batches. A load that is refused for what it holds is searched for
 * its first bad span:
 *
 * <pre>
 *   refused   |----------------------------|   one of these is bad
 *   try       |-------------|..............|   accepted: it is one of those behind
 *   try                     |------|.......|   refused: it is one of these
 *   ...                      bad x             tried alone, and refused
 *   rest                      |------------|   goes as one, and is searched in turn
 * </pre>
 *
 * So nothing is sent again that was accepted, the order stays, and of n spans a bad one costs at
 * most log2(n) + 2 calls.
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

  /** After so many bad spans, what is refused goes whole. */
  static final int BAD_SPANS_MAX = 64;

  private static final int PART_BYTES_MIN = 64 << 10; // no destination has a smaller limit

  private final WeakReference<CleanBatch> first;
  private final int[] starts; // the number of each batch's first span, and behind the last
  private final int patience;
  private final Deque<Load> loads = new ArrayDeque<>();
  private @Nullable SplitBatch split;
  private int splitBatch;
  private int tooLargeBytes = Integer.MAX_VALUE; // the least that was too large
  private int tooLargeCalls;
  private final List<Refused> refused = new ArrayList<>();
  private int badSpans;
  private boolean taken;
  private long lost;
  private Outcome.Refused last = new Outcome.Refused("");

  private record Refused(int from, int to, Fault fault) {}

  /**
   * Spans for one call.
   *
   * @param to behind the last one
   * @param badEnd if it is larger than {@code to}: one of the spans up to here is bad
   * @param end up to where spans wait behind this load
   */
  record Load(int from, int to, int badEnd, int end) {
    static Load of(int from, int to) {
      return new Load(from, to, to, to);
    }

    int spans() {
      return to - from;
    }
  }

  /** A load and its message. */
  record Parcel(Load load, List<Slice> message, int bytes) {}

  /**
   * @param patience after how many bad spans to search no further, as long as none was accepted
   */
  Sending(List<CleanBatch> batches, int patience) {
    first = new WeakReference<>(batches.getFirst());
    this.patience = patience;
    starts = new int[batches.size() + 1];
    for (int i = 0; i < batches.size(); i++) {
      starts[i + 1] = starts[i] + batches.get(i).spanCount();
    }
    for (int start = 0; start < batches.size(); ) {
      int end = endOfCall(batches, start);
      loads.add(Load.of(starts[start], starts[end]));
      start = end;
    }
  }

  /** Whether these are the batches that it began with. */
  boolean isOf(List<CleanBatch> batches) {
    return batches.size() == starts.length - 1 && first.get() == batches.getFirst();
  }

  /** What to send next; null if everything is sent or under way. */
  @Nullable Parcel next(List<CleanBatch> batches) {
    for (Load load = loads.poll(); load != null; load = loads.poll()) {
      List<Slice> message = message(batches, load);
      int bytes = SplitBatch.bytes(message);
      if (bytes > bytesMax() && load.spans() > 1) {
        divide(load);
      } else if (bytes > REQUEST_BYTES_MAX) {
        refuse(load, new Outcome.Refused("a span is larger than OTLP allows a request to be"));
      } else {
        return new Parcel(load, message, bytes);
      }
    }
    return null;
  }

  /** Books how a call ended; what is to be sent again, whole or cut, comes next. */
  void judge(Parcel sent, Ending ending) {
    Load load = sent.load();
    if (ending.blame() == Blame.SIZE) {
      tooLargeCalls++;
      tooLargeBytes = Math.min(tooLargeBytes, sent.bytes());
      if (sent.bytes() > PART_BYTES_MIN && tooLargeCalls < TOO_LARGE_MAX && load.spans() > 1) {
        divide(load);
        return;
      }
    }
    switch (ending.outcome()) {
      case Outcome.RetryLater _ -> loads.addFirst(load);
      case Outcome.Accepted _ -> accept(load);
      case Outcome.PartlyAccepted(long rejected, String reason) -> {
        lost += Math.min(rejected, load.spans());
        last = new Outcome.Refused(reason);
        accept(load);
      }
      case Outcome.Refused answer -> {
        if (load.spans() == 1) {
          badSpans += ending.blame() == Blame.CONTENT ? 1 : 0;
          refuse(load, answer);
        } else if (ending.blame() == Blame.CONTENT
            && badSpans < (taken ? BAD_SPANS_MAX : patience)) {
          search(load.from(), load.to(), load.end());
        } else {
          // What has the size of many spans is too large for a destination that takes nothing.
          boolean size = ending.blame() == Blame.SIZE;
          refuse(load, size ? new Outcome.Refused(Fault.SENDER, answer.reason()) : answer);
        }
      }
    }
  }

  /** Holds nothing of the batches any more, until they are given again. */
  void rest() {
    split = null;
  }

  /** Whether the destination has taken anything. */
  boolean taken() {
    return taken;
  }

  /** How many spans are still to be sent; none of them is under way. */
  long left() {
    long spans = 0;
    for (Load load : loads) {
      spans += load.end() - load.from();
    }
    return spans;
  }

  /** How many spans were rejected or refused. */
  long lost() {
    return lost;
  }

  /** Accepted, partly accepted or refused, once everything has been sent. */
  Outcome outcome() {
    if (lost == 0) {
      return Outcome.ACCEPTED;
    }
    return taken ? new Outcome.PartlyAccepted(lost, last.reason()) : last;
  }

  /** Which spans were refused, in their order. */
  List<RefusedSpans> refused() {
    List<RefusedSpans> spans = new ArrayList<>();
    refused.sort(Comparator.comparingInt(Refused::from));
    for (Refused each : refused) {
      for (int batch = 0; batch < starts.length - 1; batch++) {
        int from = Math.max(each.from(), starts[batch]);
        int to = Math.min(each.to(), starts[batch + 1]);
        if (from < to) {
          int start = starts[batch];
          spans.add(new RefusedSpans(batch, from - start, to - start, each.fault()));
        }
      }
    }
    return spans;
  }

  private void accept(Load load) {
    taken = true;
    if (load.badEnd() > load.to()) {
      search(load.to(), load.badEnd(), load.end());
    } else {
      goOnBehind(load);
    }
  }

  private void refuse(Load load, Outcome.Refused answer) {
    last = answer;
    lost += load.spans();
    refused.add(new Refused(load.from(), load.to(), answer.fault()));
    goOnBehind(load);
  }

  private void goOnBehind(Load load) {
    if (load.end() > load.to()) {
      loads.addFirst(Load.of(load.to(), load.end()));
    }
  }

  /** One of these spans is bad: the first half of them comes next, or the only one, alone. */
  private void search(int from, int badEnd, int end) {
    loads.addFirst(new Load(from, (from + badEnd + 1) >>> 1, badEnd, end));
  }

  private int bytesMax() {
    return tooLargeCalls < TOO_LARGE_MAX
        ? Math.clamp(tooLargeBytes - 1, PART_BYTES_MIN, CALL_BYTES_MAX)
        : CALL_BYTES_MAX;
  }

  /** Puts its halves in front. */
  private void divide(Load load) {
    int middle = (load.from() + load.to() + 1) >>> 1;
    goOnBehind(load);
    loads.addFirst(Load.of(middle, load.to()));
    loads.addFirst(Load.of(load.from(), middle));
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
    List<Slice> message = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      int from = Math.max(load.from(), starts[i]);
      int to = Math.min(load.to(), starts[i + 1]);
      if (from == starts[i] && to == starts[i + 1]) {
        CleanBatch whole = batches.get(i);
        message.add(new Slice(whole.bytes(), whole.offset(), whole.byteSize()));
      } else if (from < to) {
        message.addAll(split(batches, i).part(from - starts[i], to - starts[i]));
      }
    }
    return message;
  }

  private SplitBatch split(List<CleanBatch> batches, int batch) {
    SplitBatch made = split;
    if (made == null || splitBatch != batch) {
      made = new SplitBatch(batches.get(batch));
      split = made;
      splitBatch = batch;
    }
    return made;
  }
}
