package dev.tollspan.usage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Decides which spans of one whole trace are billed, so that each call is billed once. A pure
 * function; for use where all spans of a trace are at hand.
 *
 * <p>Two calls may be the same unless they tell different response ids, operations or counts. They
 * are the same if they share the vendor's response id or the gateway's call id, or if one is an
 * ancestor of the other and they share the engine's request id, or the lower lies within the time
 * of the upper. Sameness with a span above is not handed down: an upper span is the same as one
 * call below it at most, and where several would do, it wraps them all and each of them is billed.
 * It also wraps a call whose id it has with other counts, and calls within its time whose counts
 * add up to its own exactly.
 *
 * <p>Of the same calls the one with counts is billed, then the one with more that changes the
 * price, then the one with a model, then the one nearest to the vendor.
 */
public final class TraceRule {
  private static final int ANCESTORS_MAX = 1000;
  private static final int SHARERS_MAX = 100; // an id of more different calls is no id
  static final int NONE = -1;

  private final List<TraceSpan> spans;
  private final int[] parents;
  private final int[] firstChildren;
  private final int[] nextSiblings;
  private final int[] depths;
  private final boolean[] countedBelow;
  private final Call[] calls; // that the spans tell
  private final TraceVerdict[] verdicts;

  private TraceRule(List<TraceSpan> spans) {
    this.spans = spans;
    int n = spans.size();
    parents = new int[n];
    firstChildren = new int[n];
    nextSiblings = new int[n];
    depths = new int[n];
    countedBelow = new boolean[n];
    calls = new Call[n];
    verdicts = new TraceVerdict[n];
    Arrays.fill(verdicts, TraceVerdict.notBilled(BillReason.NO_CALL, 0));
  }

  /** A verdict for each span, in the order of the spans. */
  public static List<TraceVerdict> decide(List<TraceSpan> spans) {
    TraceRule rule = new TraceRule(List.copyOf(spans));
    int[] downwards = rule.tree();
    rule.shareIds(span -> span.spanId() == 0 ? "" : Long.toString(span.spanId()));
    rule.shareIds(TraceSpan::responseId);
    for (int k = downwards.length - 1; k >= 0; k--) {
      rule.lookBelow(downwards[k]);
    }
    rule.shareIds(TraceSpan::callId);
    rule.bestOfCalls();
    rule.loops();
    rule.sequences();
    rule.others();
    return List.of(rule.verdicts);
  }

  /** Links parents and children; all spans, each behind its parent. */
  private int[] tree() {
    Map<Long, Integer> byId = new HashMap<>();
    for (int i = 0; i < parents.length; i++) {
      byId.putIfAbsent(spans.get(i).spanId(), i);
    }
    for (int i = 0; i < parents.length; i++) {
      TraceSpan span = spans.get(i);
      parents[i] = span.parentId() == 0 ? NONE : byId.getOrDefault(span.parentId(), NONE);
      calls[i] = new Call(i, span);
    }
    cutCircles();
    Arrays.fill(firstChildren, NONE);
    int[] downwards = new int[parents.length];
    int known = 0;
    for (int i = parents.length - 1; i >= 0; i--) {
      if (parents[i] == NONE) {
        downwards[known++] = i;
      } else {
        nextSiblings[i] = firstChildren[parents[i]];
        firstChildren[parents[i]] = i;
      }
    }
    for (int k = 0; k < known; k++) {
      int up = downwards[k];
      for (int i = firstChildren[up]; i != NONE; i = nextSiblings[i]) {
        depths[i] = depths[up] + 1;
        downwards[known++] = i;
      }
    }
    for (int k = known - 1; k >= 0; k--) {
      int i = downwards[k];
      if (parents[i] != NONE) {
        countedBelow[parents[i]] |= countedBelow[i] || spans.get(i).counted();
      }
    }
    return downwards;
  }

  /** Makes a root of one of the spans that are each other's ancestors. */
  private void cutCircles() {
    int[] seen = new int[parents.length];
    for (int i = 0; i < parents.length; i++) {
      int up = i;
      while (up != NONE && seen[up] == 0) {
        seen[up] = i + 1;
        up = parents[up];
      }
      if (up != NONE && seen[up] == i + 1) {
        parents[up] = NONE;
      }
    }
  }

  private boolean isCall(int i) {
    return spans.get(i).spanClass() == SpanClass.CALL;
  }

  private void join(Call a, Call b) {
    if (a != b) {
      Call larger = a.tellers.size() >= b.tellers.size() ? a : b;
      Call smaller = larger == a ? b : a;
      larger.take(smaller);
      for (int i : smaller.tellers) {
        calls[i] = larger;
      }
    }
  }

  /** Joins calls that share an id, wherever in the trace they are. */
  private void shareIds(Function<TraceSpan, String> idOf) {
    Map<String, List<Integer>> sharers = new HashMap<>();
    for (int i = 0; i < calls.length; i++) {
      String id = idOf.apply(spans.get(i));
      if (isCall(i) && !calls[i].wraps && !id.isEmpty()) {
        List<Integer> others = sharers.computeIfAbsent(id, k -> new ArrayList<>());
        int known = 0;
        while (known < others.size() && !joins(calls[others.get(known)], calls[i])) {
          known++;
        }
        if (known == others.size() && known < SHARERS_MAX) {
          others.add(i);
        }
      }
    }
  }

  private boolean joins(Call known, Call call) {
    boolean same = known.mayBe(call) && known.countsAgree(call);
    if (same) {
      join(known, call);
    }
    return same;
  }

  /** Finds the call below that a span tells, if it is one; all below have been looked at. */
  private void lookBelow(int upper) {
    if (!isCall(upper)) {
      return;
    }
    Call own = calls[upper];
    own.startSum();
    Set<Call> sharing = new LinkedHashSet<>();
    Set<Call> fitting = new LinkedHashSet<>();
    int differing = NONE;
    Deque<Integer> below = new ArrayDeque<>();
    below.push(firstChildren[upper]);
    while (!below.isEmpty()) {
      int lower = below.pop();
      if (lower != NONE) {
        below.push(nextSiblings[lower]);
        below.push(depths[lower] - depths[upper] < ANCESTORS_MAX ? firstChildren[lower] : NONE);
        Call call = calls[lower];
        boolean told = isCall(lower) && !call.wraps;
        if (told && spans.get(lower).isWithin(spans.get(upper))) {
          own.add(call, upper);
        }
        if (told && call.mayBe(own)) {
          boolean shares = sharesId(spans.get(upper), spans.get(lower));
          if (!call.countsAgree(own)) {
            differing = shares ? lower : differing;
          } else if (shares) {
            sharing.add(call);
          } else if (fits(spans.get(upper), spans.get(lower))) {
            fitting.add(call);
          }
        }
      }
    }
    settle(upper, sharing.isEmpty() && differing == NONE ? fitting : sharing, differing);
  }

  private void settle(int upper, Set<Call> same, int differing) {
    Call call = calls[upper];
    if (same.size() > 1 && call.counted) {
      same.removeIf(other -> !other.counted); // a try that tells nothing replaces no counts
    }
    if (same.size() == 1) {
      join(same.iterator().next(), call);
    } else if (!same.contains(call) && (!same.isEmpty() || differing != NONE || call.isSum())) {
      call.wraps = call.tellers.stream().allMatch(teller -> isAtOrAbove(teller, upper));
      call.wrapped = same.isEmpty() ? differing : NONE;
    }
  }

  private boolean isAtOrAbove(int upper, int lower) {
    int up = lower;
    while (depths[up] > depths[upper] && depths[lower] - depths[up] < ANCESTORS_MAX) {
      up = parents[up];
    }
    return spans.get(up).spanId() == spans.get(upper).spanId();
  }

  private static boolean sharesId(TraceSpan upper, TraceSpan lower) {
    return isShared(upper.responseId(), lower.responseId())
        || isShared(upper.callId(), lower.callId())
        || isShared(upper.requestId(), lower.requestId());
  }

  private static boolean isShared(String upper, String lower) {
    return !upper.isEmpty() && upper.equals(lower);
  }

  private static boolean fits(TraceSpan upper, TraceSpan lower) {
    return lower.isWithin(upper) && (lower.counted() || !upper.counted());
  }

  private void bestOfCalls() {
    Comparator<Integer> better =
        Comparator.<Integer, Boolean>comparing(i -> spans.get(i).counted())
            .thenComparingInt(i -> spans.get(i).detail())
            .thenComparing(i -> spans.get(i).model())
            .thenComparingInt(i -> depths[i])
            .thenComparing(Comparator.reverseOrder());
    Map<Call, Integer> best = new HashMap<>();
    for (int i = 0; i < calls.length; i++) {
      best.merge(calls[i], i, (a, b) -> better.compare(a, b) >= 0 ? a : b);
    }
    for (int i = 0; i < calls.length; i++) {
      if (isCall(i)) {
        int shown = calls[i].wraps ? calls[i].wrapped : i;
        int winner = shown == NONE ? NONE : best.getOrDefault(calls[shown], shown);
        verdicts[i] =
            winner == i
                ? TraceVerdict.billed(BillReason.CALL)
                : TraceVerdict.notBilled(
                    calls[i].wraps ? BillReason.REPEATED_BELOW : BillReason.DUPLICATE,
                    winner == NONE ? 0 : spans.get(winner).spanId());
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
