package dev.tollspan.cli;

import dev.tollspan.processors.cost.CostRole;
import dev.tollspan.processors.cost.UnpricedReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a span's cost. What does not apply is null.
 *
 * @param role as {@code cost.role}, or duplicate
 * @param usd the exact cost, if the span is billed
 */
record SpanCost(
    String role,
    boolean billable,
    @Nullable String usd,
    @Nullable String basis,
    @Nullable String quality,
    @Nullable String match,
    @Nullable String priceId,
    @Nullable String unpricedReason,
    List<String> notes) {

  /** The same where another span bills the call: nothing of it is unpriced. */
  SpanCost asDuplicate(String why) {
    return notBilled("duplicate", null, why);
  }

  /** The same where the spans below bill what it sums up. */
  SpanCost asWrapper(String why) {
    return notBilled(CostRole.WRAPPER.label(), UnpricedReason.AGGREGATE_SPAN.label(), why);
  }

  private SpanCost notBilled(String as, @Nullable String reason, String why) {
    return new SpanCost(as, false, null, null, null, null, null, reason, noting(why));
  }

  /** The same with one more note. */
  SpanCost with(String note) {
    return new SpanCost(
        role, billable, usd, basis, quality, match, priceId, unpricedReason, noting(note));
  }

  private List<String> noting(String note) {
    List<String> more = new ArrayList<>(notes);
    more.add(note);
    return List.copyOf(more);
  }
}
