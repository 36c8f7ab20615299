package dev.tollspan.usage;

import java.util.ArrayList;
import java.util.List;

/** One call of a trace, and the spans that tell it. What they tell never differs. One thread. */
final class Call {
  final List<Integer> tellers = new ArrayList<>();
  final boolean selfHosted;
  boolean wraps; // several calls, or one with other counts: it is none itself
  int wrapped = TraceRule.NONE; // a teller of the one
  boolean counted;
  private Operation operation;
  private String responseId;
  private long input;
  private long output;
  private int parts; // of the sum of the calls below, as are the next two
  private long inputBelow;
  private long outputBelow;
  private int addedFor = TraceRule.NONE; // the span for whose sum it was added last

  Call(int teller, TraceSpan span) {
    tellers.add(teller);
    selfHosted = span.selfHosted();
    counted = span.counted();
    operation = span.operation() == Operation.COMPLETION ? Operation.CHAT : span.operation();
    responseId = span.responseId();
    input = span.counted() ? span.input() : -1;
    output = span.counted() ? span.output() : -1;
  }

  /** Whether the counts may be of the same call; an emitter that was not told writes 0. */
  boolean countsAgree(Call other) {
    return (input <= 0 || other.input <= 0 || input == other.input)
        && (output <= 0 || other.output <= 0 || output == other.output);
  }

  /** Whether all but the counts may be of the same call. */
  boolean mayBe(Call other) {
    return isLike(other)
        && (responseId.isEmpty()
            || other.responseId.isEmpty()
            || responseId.equals(other.responseId));
  }

  /** Whether both may be asked for the same, and are paid in the same way. */
  private boolean isLike(Call other) {
    return selfHosted == other.selfHosted
        && (operation == Operation.UNKNOWN
            || other.operation == Operation.UNKNOWN
            || operation == other.operation);
  }

  /** Begins to add up the calls below this one. */
  void startSum() {
    parts = 0;
    inputBelow = 0;
    outputBelow = 0;
  }

  /** Adds a call below a span to the sum, once. */
  void add(Call below, int span) {
    if (below != this && below.counted && below.addedFor != span && isLike(below)) {
      below.addedFor = span;
      parts++;
      inputBelow += Math.max(0, below.input);
      outputBelow += Math.max(0, below.output);
    }
  }

  /** Whether it tells the exact sum of several calls below; an emitter of a call would not. */
  boolean isSum() {
    return parts > 1 && input > 0 && input == inputBelow && Math.max(0, output) == outputBelow;
  }

  void take(Call same) {
    tellers.addAll(same.tellers);
    counted |= same.counted;
    operation = operation == Operation.UNKNOWN ? same.operation : operation;
    responseId = responseId.isEmpty() ? same.responseId : responseId;
    input = Math.max(input, same.input);
    output = Math.max(output, same.output);
  }
}
