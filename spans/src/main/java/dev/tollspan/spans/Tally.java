package dev.tollspan.spans;

import java.util.EnumMap;
import java.util.Map;

/** What becomes of the spans of one request on their way into canonical form. One thread. */
final class Tally {
  private int rejectedSpans;
  private String reason = "";
  private int oddSpans;
  private final Map<Repair, Integer> repairs = new EnumMap<>(Repair.class);

  void reject(String why) {
    reject(1, why);
  }

  void reject(int spans, String why) {
    if (spans == 0) {
      return;
    }
    rejectedSpans += spans;
    reason = reason.isEmpty() || reason.equals(why) ? why : "several spans are invalid";
  }

  void rewrite() {
    oddSpans++;
  }

  void add(Repair what, int count) {
    if (count != 0) {
      repairs.merge(what, count, Integer::sum);
    }
  }

  int count(Repair what) {
    return repairs.getOrDefault(what, 0);
  }

  int rejectedSpans() {
    return rejectedSpans;
  }

  /** Why, in words that repeat nothing of the request; empty if none was rejected. */
  String reason() {
    return reason;
  }

  Decoded.Whole whole(SpanBatch batch) {
    return new Decoded.Whole(batch, rejectedSpans, reason, oddSpans, new Repairs(repairs));
  }
}
