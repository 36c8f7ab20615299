package dev.tollspan.cli;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.Note;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.Quote;
import dev.tollspan.prices.Step;
import dev.tollspan.prices.Terms;
import dev.tollspan.prices.Usage;
import dev.tollspan.processors.cost.CostBasis;
import dev.tollspan.processors.cost.CostJudge;
import dev.tollspan.processors.cost.CostRole;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.processors.cost.Verdict;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import dev.tollspan.usage.Fault;
import dev.tollspan.usage.Reading;
import dev.tollspan.usage.SpanClass;
import dev.tollspan.usage.TraceSpan;
import dev.tollspan.usage.UsageReader;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Says of single spans what they cost and why. One thread, which owns the reader. */
final class SpanExplainer {
  private final PriceBook book;
  private final CostJudge judge;
  private UsageReader reader;
  private final Usage usage = new Usage();
  private final boolean tellsPath;

  /**
   * An explainer of spans that were indexed with this table.
   *
   * @param tellsPath whether each step is told too
   */
  SpanExplainer(KeyTable keys, EstimateCostConfig config, PriceBook book, boolean tellsPath) {
    this.book = book;
    this.tellsPath = tellsPath;
    judge = new CostJudge(keys, config, book);
    reader = new UsageReader(keys, config.usage());
  }

  /** To be called before the first span of each view: a reader keeps places in the one before. */
  void startBatch() {
    reader = reader.another();
  }

  Finding explain(SpanView span) {
    Verdict verdict = judge.judge(span);
    // What the judge read is not to be had where the span brought its cost along.
    Reading reading = reader.read(span, usage);
    HexFormat hex = HexFormat.of();
    byte[] bytes = span.bytes();
    int traceId = span.traceIdOffset();
    int spanId = span.spanIdOffset();
    return new Finding(
        hex.formatHex(bytes, traceId, traceId + 16),
        hex.formatHex(bytes, spanId, spanId + 8),
        reading.spanClass() == SpanClass.NONE ? "" : reading.dialectName(),
        TraceSpan.of(span, reading, usage, false),
        cost(verdict, reading),
        inTrace(verdict, reading),
        tellsPath ? path(verdict, reading) : "");
  }

  private SpanCost cost(Verdict verdict, Reading reading) {
    boolean byPrice = verdict.basis() == CostBasis.TOKEN_PRICE && !verdict.isFree();
    Terms terms = byPrice ? verdict.terms() : null;
    CostBasis basis = verdict.basis();
    return new SpanCost(
        verdict.role().label(),
        verdict.role() == CostRole.BILLABLE,
        verdict.isPriced() ? Figures.plain(verdict.exactUsd()) : null,
        basis == null ? null : basis.label(),
        basis == CostBasis.TOKEN_PRICE ? (verdict.isExact() ? "exact" : "approximate") : null,
        terms == null ? null : terms.match().label(),
        terms == null ? null : terms.id(),
        verdict.unpricedReason() == null ? null : verdict.unpricedReason().label(),
        notes(byPrice ? verdict.quote() : null, reading));
  }

  /** What a wrapper would cost, and a further sequence of a request, whose input another bills. */
  private @Nullable SpanCost inTrace(Verdict verdict, Reading reading) {
    boolean wrapper = verdict.role() == CostRole.WRAPPER && reading.isCounted();
    boolean mayBeSequence =
        reading.spanClass() == SpanClass.CALL
            && reading.requestIdLength() > 0
            && verdict.basis() == CostBasis.TOKEN_PRICE
            && !verdict.isFree();
    if (!wrapper && !mayBeSequence) {
      return null;
    }
    Quote quote = book.price(wrapper ? usage : withoutInput());
    Terms terms = quote.terms();
    return new SpanCost(
        CostRole.BILLABLE.label(),
        true,
        terms == null ? null : Figures.plain(quote.exactUsd()),
        terms == null ? null : CostBasis.TOKEN_PRICE.label(),
        terms == null ? null : QuoteText.quality(quote),
        terms == null ? null : terms.match().label(),
        terms == null ? null : terms.id(),
        terms == null ? QuoteText.reason(quote) : null,
        notes(quote, reading));
  }

  private Usage withoutInput() {
    Usage output = new Usage().at(usage.atEpochNanos());
    for (Fact fact : Fact.values()) {
      output.text(fact, usage.text(fact), usage.textOffset(fact), usage.textLength(fact));
    }
    for (Count count : Count.values()) {
      boolean isOutput =
          switch (count) {
            case OUT_TOTAL, REASONING, OUT_TEXT, OUT_AUDIO, OUT_IMAGE, CITATION -> true;
            default -> false;
          };
      if (isOutput && usage.count(count) >= 0) {
        output.count(count, usage.count(count));
      }
    }
    output.count(Count.IN_TOTAL, 0);
    return usage.isApproximate() ? output.approximate() : output;
  }

  private List<String> notes(@Nullable Quote quote, Reading reading) {
    List<String> notes = new ArrayList<>();
    for (Note note : Note.values()) {
      // A price has those of the usage that bear on it.
      if ((quote != null && quote.isPriced()) ? quote.has(note) : usage.has(note)) {
        notes.add(note.label());
      }
    }
    if (reading.fault() != Fault.NONE) {
      notes.add(QuoteText.word(reading.fault()));
    }
    return List.copyOf(notes);
  }

  private String path(Verdict verdict, Reading reading) {
    StringBuilder text = new StringBuilder();
    if (reading.spanClass() == SpanClass.NONE) {
      return "";
    }
    line(
        text,
        "span",
        QuoteText.word(reading.spanClass())
            + " by "
            + QuoteText.word(reading.classReason())
            + ", dialect "
            + (reading.dialectName().isEmpty() ? "none" : reading.dialectName())
            + ", operation "
            + QuoteText.word(reading.operation())
            + ", model by "
            + QuoteText.word(reading.modelSource()));
    StringJoiner counts = new StringJoiner(", ");
    for (Count count : Count.values()) {
      if (usage.count(count) >= 0) {
        counts.add(QuoteText.word(count) + " " + usage.count(count));
      }
    }
    line(text, "usage", counts.length() == 0 ? "none" : counts.toString());
    if (reading.isCounted()) {
      line(
          text,
          "basis",
          "cache "
              + QuoteText.word(reading.cacheBasis())
              + " by rule "
              + reading.cacheRule()
              + ", reasoning "
              + QuoteText.word(reading.reasoningBasis())
              + " by rule "
              + reading.reasoningRule()
              + ", "
              + QuoteText.word(reading.confidence()));
    }
    boolean asked = verdict.basis() == CostBasis.TOKEN_PRICE && !verdict.isFree();
    if (asked || (reading.isCounted() && !verdict.isPriced())) {
      for (Step step : book.explain(usage)) {
        line(text, QuoteText.word(step.kind()), step.text());
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("  ").append(String.format(Locale.ROOT, "%-10s ", name)).append(value).append('\n');
  }
}
