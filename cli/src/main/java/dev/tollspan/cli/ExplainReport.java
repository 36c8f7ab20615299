package dev.tollspan.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollspan.usage.TraceRule;
import dev.tollspan.usage.TraceSpan;
import dev.tollspan.usage.TraceVerdict;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Prints findings, each with what the rest of its trace says about it, as long as a file's spans
 * can be held; after that, by themselves. One thread, which owns every field.
 */
final class ExplainReport {
  static final int SPANS_MAX = 100_000;
  private static final int PATH_CHARS_MAX = 32 << 20;

  private final PrintStream out;
  private final boolean asJson;
  private final JsonMapper mapper = JsonMapper.builder().build();
  private final List<Finding> held = new ArrayList<>();
  private long heldChars;
  private boolean overflowed;
  private long spans;
  private long billable;
  private long priced;
  private BigDecimal usd = BigDecimal.ZERO;

  ExplainReport(PrintStream out, boolean asJson) {
    this.out = out;
    this.asJson = asJson;
  }

  /** Takes the next span of a file. */
  void add(Finding finding, Consumer<String> warnings) {
    if (overflowed) {
      print(finding, finding.own());
      return;
    }
    held.add(finding);
    heldChars += finding.path().length();
    if (held.size() > SPANS_MAX || heldChars > PATH_CHARS_MAX) {
      warnings.accept("too many spans to look at whole traces; each is judged by itself");
      overflowed = true;
      held.forEach(each -> print(each, each.own()));
      held.clear();
    }
  }

  /** Settles the traces of a file, which has ended. */
  void endFile() {
    Map<String, List<Integer>> traces = new LinkedHashMap<>();
    for (int i = 0; i < held.size(); i++) {
      traces.computeIfAbsent(held.get(i).traceId(), _ -> new ArrayList<>()).add(i);
    }
    TraceVerdict[] verdicts = new TraceVerdict[held.size()];
    for (List<Integer> trace : traces.values()) {
      List<TraceSpan> places = trace.stream().map(i -> held.get(i).place()).toList();
      List<TraceVerdict> decided = TraceRule.decide(places);
      for (int k = 0; k < decided.size(); k++) {
        verdicts[trace.get(k)] = decided.get(k);
      }
    }
    for (int i = 0; i < verdicts.length; i++) {
      print(held.get(i), held.get(i).settle(verdicts[i]));
    }
    held.clear();
    heldChars = 0;
    overflowed = false;
    out.flush();
  }

  String summary() {
    return Figures.count(spans)
        + (" spans, " + Figures.count(billable) + " billable, ")
        + (Figures.count(priced) + " priced: " + Figures.plain(usd) + " USD");
  }

  private void print(Finding finding, SpanCost cost) {
    spans++;
    billable += cost.billable() ? 1 : 0;
    if (cost.billable() && cost.usd() != null) {
      priced++;
      usd = usd.add(new BigDecimal(cost.usd()));
    }
    out.print(asJson ? json(finding, cost) + "\n" : text(finding, cost));
  }

  private static String text(Finding finding, SpanCost cost) {
    StringBuilder text = new StringBuilder();
    text.append("trace ").append(finding.traceId()).append(" span ").append(finding.spanId());
    text.append(": ").append(cost.role());
    if (cost.usd() != null) {
      text.append(", ").append(cost.usd()).append(" USD");
      text.append(cost.quality() == null ? "" : " " + cost.quality());
      text.append(cost.basis() == null ? "" : " by " + cost.basis());
    } else if (cost.unpricedReason() != null) {
      text.append(", no cost: ").append(cost.unpricedReason());
    }
    text.append('\n').append(finding.path());
    if (!cost.notes().isEmpty()) {
      text.append("  notes      ").append(String.join(", ", cost.notes())).append('\n');
    }
    return text.toString();
  }

  private ObjectNode json(Finding finding, SpanCost cost) {
    ObjectNode json = mapper.createObjectNode();
    json.put("trace_id", finding.traceId());
    json.put("span_id", finding.spanId());
    json.put("billable", cost.billable());
    json.put("role", cost.role());
    json.put("estimated_cost_usd", cost.usd());
    json.put("basis", cost.basis());
    json.put("quality", cost.quality());
    json.put("match", cost.match());
    json.put("price_id", cost.priceId());
    json.put("dialect", finding.dialect().isEmpty() ? null : finding.dialect());
    json.put("unpriced_reason", cost.unpricedReason());
    cost.notes().forEach(json.putArray("notes")::add);
    return json;
  }
}
