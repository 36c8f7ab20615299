package dev.tollspan.exporters.delivery;

import dev.tollspan.spans.CleanBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of spans whose place in the journal is not committed, batch by batch: a file may be
 * lost and another kept, and each takes its own drops with it. Owned by the thread of the delivery.
 */
final class Unsettled {
  private final boolean early;
  private final Deque<Part> dropped = new ArrayDeque<>(); // in the order of sequences
  private final Deque<Part> open = new ArrayDeque<>(); // delivered early, and may be lost
  private final List<Part> repeated = new ArrayList<>(); // of what was read and is not booked
  private long booked; // up to here it stands in the list of what was dropped

  /** So many spans of one batch. */
  private record Part(long sequence, long spans, String reason) {}

  /**
   * Nothing, yet.
   *
   * @param early whether spans count as delivered before they are settled
   * @param committed up to here there is nothing to know
   */
  Unsettled(boolean early, long committed) {
    this.early = early;
    this.booked = committed;
  }

  /** So many spans of a batch came before. If it was read before, that is known. */
  void repeat(long sequence, int spans) {
    if (spans > 0 && sequence > booked) {
      repeated.add(new Part(sequence, spans, "duplicate"));
    }
  }

  /**
   * All up to a sequence is taken, but for the spans that were dropped, by reason: the last ones,
   * for not everybody says which.
   */
  void take(List<CleanBatch> batches, Map<String, Long> lost, long upTo) {
    long taken = Delivery.spans(batches);
    Deque<Part> reasons = new ArrayDeque<>();
    for (Map.Entry<String, Long> each : lost.entrySet()) {
      reasons.add(new Part(upTo, each.getValue(), each.getKey()));
      taken -= each.getValue();
    }
    List<Part> here = new ArrayList<>(repeated);
    repeated.clear();
    for (CleanBatch batch : batches) {
      long kept = Math.clamp(taken, 0, batch.spanCount());
      taken -= kept;
      if (early && kept > 0) {
        open.add(new Part(batch.sequence(), kept, ""));
      }
      drop(here, batch.sequence(), batch.spanCount() - kept, reasons);
    }
    here.sort(Comparator.comparingLong(Part::sequence));
    dropped.addAll(here);
    booked = Math.max(booked, upTo);
  }

  private static void drop(List<Part> into, long sequence, long spans, Deque<Part> reasons) {
    long left = spans;
    while (left > 0 && !reasons.isEmpty()) {
      Part next = reasons.remove();
      long part = Math.min(left, next.spans);
      into.add(new Part(sequence, part, next.reason));
      left -= part;
      if (part < next.spans) {
        reasons.addFirst(new Part(next.sequence, next.spans - part, next.reason));
      }
    }
  }

  /** What is behind this sequence will be read again. */
  void fallTo(long sequence) {
    repeated.clear();
    while (!dropped.isEmpty() && dropped.getLast().sequence > sequence) {
      dropped.removeLast();
    }
    booked = Math.min(booked, sequence);
  }

  /** By reason, what was dropped between these sequences; a limit took and counted the rest. */
  Map<String, Long> dropped(long behind, long upTo) {
    Map<String, Long> spans = new HashMap<>();
    for (Part each : dropped) {
      if (each.sequence > upTo) {
        break;
      }
      if (each.sequence > behind) {
        spans.merge(each.reason, each.spans, Long::sum);
      }
    }
    return spans;
  }

  /** What was dropped up to this sequence is booked elsewhere. */
  void forget(long upTo) {
    while (!dropped.isEmpty() && dropped.getFirst().sequence <= upTo) {
      dropped.removeFirst();
    }
  }

  /** How many spans behind this sequence were delivered, and are lost. */
  long lost(long behind) {
    long spans = 0;
    while (!open.isEmpty() && open.getLast().sequence > behind) {
      spans += open.removeLast().spans;
    }
    return spans;
  }

  /** Up to this sequence nothing can be lost any more. */
  void keep(long upTo) {
    while (!open.isEmpty() && open.getFirst().sequence <= upTo) {
      open.removeFirst();
    }
  }
}
