package dev.tollspan.usage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which spans of one whole trace are billed, so that each call is billed once. A pure
 * function; for use where all spans of a trace are at hand.
 *
 * <p>Two calls are the same if they share the vendor's response id or the gateway's call id, or if
 * one is an ancestor of the other and they share the engine's request id, or the lower lies within
 * the time of the upper and their counts agree where both tell them. Of the same calls the one with
 * counts is billed, then the one with more that changes the price, then the one with a model, then
 * the one nearest to the vendor.
 */
public final class TraceRule {
  private static final int ANCESTORS_MAX = 1000;
  private static final int NONE = -1;

  private final List<TraceSpan> spans;
  private final int[] parents;
  private final int[] depths;
  private final int[] groups; // of the same calls: each points to another of its group, or itself
  private final boolean[] countedBelow;
  private final TraceVerdict[] verdicts;

  private TraceRule(List<TraceSpan> spans) {
    this.spans = spans;
    int n = spans.size();
    parents = new int[n];
    depths = new int[n];
    groups = new int[n];
    countedBelow = new boolean[n];
    verdicts = new TraceVerdict[n];
    Arrays.fill(verdicts, TraceVerdict.notBilled(BillReason.NO_CALL, 0));
  }

  /** A verdict for each span, in the order of the spans. */
  public static List<TraceVerdict> decide(List<TraceSpan> spans) {
    TraceRule rule = new TraceRule(List.copyOf(spans));
    rule.link();
    rule.join();
    rule.bestOfGroups();
    rule.loops();
    rule.sequences();
    rule.others();
    return List.of(rule.verdicts);
  }

  private void link() {
    Map<Long, Integer> byId = new HashMap<>();
    for (int i = 0; i < parents.length; i++) {
      byId.putIfAbsent(spans.get(i).spanId(), i);
    }
    for (int i = 0; i < parents.length; i++) {
      TraceSpan span = spans.get(i);
      int parent = byId.getOrDefault(span.parentId(), NONE);
      parents[i] = span.parentId() == 0 || parent == i ? NONE : parent;
      groups[i] = i;
    }
    for (int i = 0; i < parents.length; i++) {
      for (int up = parents[i]; up != NONE && depths[i] < ANCESTORS_MAX; up = parents[up]) {
        depths[i]++;
        countedBelow[up] |= spans.get(i).counted();
      }
    }
  }

  private boolean isCall(int i) {
    return spans.get(i).spanClass() == SpanClass.CALL;
  }

  private void join() {
    Map<String, Integer> byId = new HashMap<>();
    for (int i = 0; i < groups.length; i++) {
      TraceSpan span = spans.get(i);
      if (isCall(i)) {
        String basis = span.selfHosted() ? "gpu " : "token ";
        join(byId, basis + "span " + span.spanId(), true, i);
        join(byId, basis + "response " + span.responseId(), !span.responseId().isEmpty(), i);
        join(byId, basis + "call " + span.callId(), !span.callId().isEmpty(), i);
        int steps = 0;
        for (int up = parents[i]; up != NONE && steps < ANCESTORS_MAX; up = parents[up]) {
          if (isCall(up) && isSame(spans.get(up), span)) {
            union(up, i);
          }
          steps++;
        }
      }
    }
  }

  private void join(Map<String, Integer> byId, String id, boolean known, int i) {
    if (known) {
      union(byId.computeIfAbsent(id, k -> i), i);
    }
  }

  private static boolean isSame(TraceSpan upper, TraceSpan lower) {
    if (upper.selfHosted() != lower.selfHosted()) {
      return false;
    }
    if (!upper.requestId().isEmpty() && upper.requestId().equals(lower.requestId())) {
      return true;
    }
    boolean apart =
        !upper.responseId().isEmpty()
            && !lower.responseId().isEmpty()
            && !upper.responseId().equals(lower.responseId());
    if (apart || !lower.isWithin(upper)) {
      return false;
    }
    return !upper.counted()
        || (lower.counted()
            && agree(upper.input(), lower.input())
            && agree(upper.output(), lower.output()));
  }

  /** Whether two counts may be of the same call; an emitter that was not told writes 0. */
  private static boolean agree(long upper, long lower) {
    return upper <= 0 || lower <= 0 || upper == lower;
  }

  private int group(int i) {
    int root = i;
    while (groups[root] != root) {
      groups[root] = groups[groups[root]];
      root = groups[root];
    }
    return root;
  }

  private void union(int a, int b) {
    groups[group(b)] = group(a);
  }

  private void bestOfGroups() {
    Comparator<Integer> better =
        Comparator.<Integer, Boolean>comparing(i -> spans.get(i).counted())
            .thenComparingInt(i -> spans.get(i).detail())
            .thenComparing(i -> spans.get(i).model())
            .thenComparingInt(i -> depths[i])
            .thenComparing(Comparator.reverseOrder());
    Map<Integer, Integer> best = new HashMap<>();
    for (int i = 0; i < groups.length; i++) {
      if (isCall(i)) {
        best.merge(group(i), i, (a, b) -> better.compare(a, b) >= 0 ? a : b);
      }
    }
    for (int i = 0; i < groups.length; i++) {
      if (isCall(i)) {
        int winner = best.getOrDefault(group(i), i);
        verdicts[i] =
            winner == i
                ? TraceVerdict.billed(BillReason.CALL)
                : TraceVerdict.notBilled(BillReason.DUPLICATE, spans.get(winner).spanId());
      }
    }
  }

  /** The billed calls with a property, by parent, in the order of time. */
  private Map<Integer, List<Integer>> siblings(boolean looping) {
    Map<Integer, List<Integer>> siblings = new HashMap<>();
    for (int i = 0; i < verdicts.length; i++) {
      TraceSpan span = spans.get(i);
      boolean wanted = looping ? span.mayAccumulate() : !span.requestId().isEmpty();
      if (verdicts[i].billable() && isCall(i) && span.counted() && wanted) {
        siblings.computeIfAbsent(parents[i], k -> new ArrayList<>()).add(i);
      }
    }
    for (List<Integer> list : siblings.values()) {
      list.sort(
          Comparator.<Integer>comparingLong(i -> spans.get(i).startNanos())
              .thenComparingInt(i -> i));
    }
    return siblings;
  }

  /**
   * A call that holds the counts of the one before it: its prompt would otherwise have to repeat
   * the former prompt and answer, and then as much again.
   */
  private void loops() {
    for (List<Integer> calls : siblings(true).values()) {
      for (int k = calls.size() - 2; k >= 0; k--) {
        TraceSpan earlier = spans.get(calls.get(k));
        TraceSpan later = spans.get(calls.get(k + 1));
        boolean holds =
            later.startNanos() >= earlier.endNanos()
                && later.output() >= earlier.output()
                && later.input() >= 2 * earlier.input() + Math.max(0, earlier.output());
        if (holds) {
          TraceVerdict last = verdicts[calls.get(k + 1)];
          long by = last.billable() ? later.spanId() : last.billedBySpanId();
          verdicts[calls.get(k)] = TraceVerdict.notBilled(BillReason.ACCUMULATED, by);
        }
      }
    }
  }

  /** Engines that make several sequences from one prompt tell the prompt with each of them. */
  private void sequences() {
    for (List<Integer> calls : siblings(false).values()) {
      Map<String, Integer> first = new HashMap<>();
      for (int i : calls) {
        int prompt = first.computeIfAbsent(spans.get(i).requestId(), k -> i);
        if (prompt != i) {
          verdicts[i] =
              new TraceVerdict(true, false, spans.get(prompt).spanId(), BillReason.SEQUENCE);
        }
      }
    }
  }

  private void others() {
    for (int i = 0; i < verdicts.length; i++) {
      TraceSpan span = spans.get(i);
      if (span.counted() && span.spanClass() == SpanClass.WRAPPER) {
        verdicts[i] =
            countedBelow[i]
                ? TraceVerdict.notBilled(BillReason.REPEATED_BELOW, 0)
                : TraceVerdict.billed(BillReason.SOLE_WRAPPER);
      } else if (span.counted() && span.spanClass() == SpanClass.UNKNOWN) {
        int above = callAbove(i);
        verdicts[i] =
            countedBelow[i] || above != NONE
                ? TraceVerdict.notBilled(
                    BillReason.REPEATED_BELOW, above == NONE ? 0 : spans.get(above).spanId())
                : TraceVerdict.billed(BillReason.SOLE_USAGE);
      }
    }
  }

  private int callAbove(int i) {
    int steps = 0;
    for (int up = parents[i]; up != NONE && steps < ANCESTORS_MAX; up = parents[up]) {
      if (isCall(up) && spans.get(up).counted()) {
        return up;
      }
      steps++;
    }
    return NONE;
  }
}
