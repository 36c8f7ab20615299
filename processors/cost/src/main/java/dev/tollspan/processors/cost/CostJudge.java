package dev.tollspan.processors.cost;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.Unpriced;
import dev.tollspan.processors.cost.EstimateCostConfig.ReportedCost;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import dev.tollspan.usage.ModelSource;
import dev.tollspan.usage.Operation;
import dev.tollspan.usage.Reading;
import dev.tollspan.usage.SpanClass;
import dev.tollspan.usage.UsageReader;

/**
 * Decides what one span costs, or why that cannot be told, from the span alone.
 *
 * <ol>
 *   <li>It carries {@code estimated_cost_usd}: an amount from 0 to a million is its cost; anything
 *       else is {@code invalid_usage}.
 *   <li>It is no call by what it says of itself: nothing, {@code stage}, or {@code wrapper}, whose
 *       usage is that of other spans ({@code aggregate_span}).
 *   <li>A cache of the client answered: it costs nothing.
 *   <li>It ran on GPUs of one's own that have a price: the time that it held them is its cost, be
 *       it that it failed or has no counts.
 *   <li>Counts that are no counts are {@code invalid_usage}. No counts, or only one of the two that
 *       a model's answer has, are {@code no_usage}, or {@code failed_without_usage} if the status
 *       is ERROR.
 *   <li>Else the price book says what it costs, or why not.
 *   <li>Where there is no price but a reported cost, that is the cost, if so configured.
 * </ol>
 *
 * <p>Allocates nothing per span. One thread.
 */
public final class CostJudge {
  private static final int ERROR = 2; // StatusCode of the protocol's trace.proto

  /** No call costs more; a larger number is something else. */
  private static final double REPORTED_USD_MAX = 1e6;

  private final UsageReader reader;
  private final ReportedCost reportedCost;
  private final int costKey;
  private final Verdict verdict;
  private final GpuJudge gpus;
  private PriceBook book; // owned by the judging thread

  /**
   * A judge for batches that were indexed with this table, which holds {@link EstimateCost#keys}.
   * It judges each span as if it had just ended, and keeps no books of GPU time but in memory.
   */
  public CostJudge(KeyTable keys, EstimateCostConfig config, PriceBook book) {
    this(
        new UsageReader(keys, config.usage()),
        keys,
        config,
        book,
        new GpuJudge(new Replicas(config.selfHosted(), keys, Replicas.NOWHERE, 0), keys));
  }

  CostJudge(
      UsageReader reader, KeyTable keys, EstimateCostConfig config, PriceBook book, GpuJudge gpus) {
    this.reader = reader;
    this.book = book;
    this.gpus = gpus;
    reportedCost = config.reportedCost();
    costKey = keys.id(CostAttributes.USD_NAME);
    verdict = new Verdict(reader.reading());
  }

  /** The prices to go by from now on, and what time it is. */
  CostJudge by(PriceBook next, long nowNanos) {
    book = next;
    gpus.at(nowNanos);
    return this;
  }

  /** Lets go of the last batch. */
  void forget() {
    reader.forget();
    verdict.usage.forget();
    gpus.forget();
  }

  /** What there is to say of the span that the view stands on. */
  public Verdict judge(SpanView span) {
    verdict.clear();
    int own = span.attributes().find(costKey);
    if (own >= 0) {
      verdict.usage.clear();
      keep(span.attributes(), own);
      return verdict;
    }
    Reading reading = reader.read(span, verdict.usage);
    switch (reading.spanClass()) {
      case NONE -> {}
      case STAGE -> verdict.role = CostRole.STAGE;
      case WRAPPER -> {
        verdict.role = CostRole.WRAPPER;
        verdict.reason = reading.isCounted() ? UnpricedReason.AGGREGATE_SPAN : null;
      }
      case CALL, UNKNOWN -> {
        verdict.role = CostRole.BILLABLE;
        price(reading, span);
        report(reading);
      }
    }
    return verdict;
  }

  private void keep(Attributes attributes, int at) {
    verdict.role = CostRole.BILLABLE;
    boolean whole = attributes.type(at) == Attributes.INT;
    double usd = whole ? attributes.longValue(at) : attributes.doubleValue(at);
    if (usd >= 0 && usd <= REPORTED_USD_MAX) {
      verdict.kept = true;
      take(usd);
    } else {
      verdict.reason = UnpricedReason.INVALID_USAGE;
    }
  }

  private void price(Reading reading, SpanView span) {
    HostRule rule = gpus.rule(span);
    if (reading.isFromCache()) {
      verdict.basis = CostBasis.TOKEN_PRICE;
      verdict.free = true;
    } else if (rule != null && rule.isByGpu() && reading.spanClass() == SpanClass.CALL) {
      gpus.price(rule, span, verdict);
    } else {
      if (rule != null && rule.model.length > 0 && reading.modelSource() == ModelSource.NONE) {
        verdict.usage.text(Fact.REQUEST_MODEL, rule.model, 0, rule.model.length);
      }
      byTokens(reading, span.statusCode() == ERROR);
    }
  }

  private void byTokens(Reading reading, boolean failed) {
    if (reading.isInvalid()) {
      verdict.reason = UnpricedReason.INVALID_USAGE;
    } else if (!isUsage(reading, failed)) {
      verdict.reason = failed ? UnpricedReason.FAILED_WITHOUT_USAGE : UnpricedReason.NO_USAGE;
    } else {
      book.price(verdict.usage, verdict.quote);
      Unpriced refused = verdict.quote.unpriced();
      if (refused == null) {
        verdict.basis = CostBasis.TOKEN_PRICE;
        verdict.nanoUsd = verdict.quote.nanoUsd();
      } else {
        verdict.reason = UnpricedReason.of(refused);
      }
    }
  }

  private boolean isUsage(Reading reading, boolean failed) {
    if (!reading.isCounted() || (reading.isAllZero() && !failed)) {
      return false;
    }
    boolean input = verdict.usage.count(Count.IN_TOTAL) >= 0;
    boolean output = verdict.usage.count(Count.OUT_TOTAL) >= 0;
    return input == output || !isAnswer(reading.operation());
  }

  /** Whether a model may have read a text and written one, so that both are billed. */
  private static boolean isAnswer(Operation operation) {
    return switch (operation) {
      case CHAT, COMPLETION, UNKNOWN -> true;
      case EMBEDDINGS, RERANK, IMAGE, VIDEO, SPEECH, TRANSCRIPTION, OCR, CACHED -> false;
    };
  }

  private void report(Reading reading) {
    double usd = reading.reportedCostUsd();
    if (!(usd >= 0 && usd <= REPORTED_USD_MAX)) {
      return;
    }
    verdict.reportedUsd = usd;
    if (usd == 0) {
      return; // that is what emitters write for models whose price they do not know
    }
    boolean wanted =
        switch (reportedCost) {
          case FALLBACK -> !verdict.isPriced();
          case PREFER -> verdict.basis != CostBasis.GPU_TIME;
          case IGNORE -> false;
        };
    if (wanted) {
      verdict.reason = null;
      take(usd);
    }
  }

  private void take(double usd) {
    verdict.basis = CostBasis.PROVIDER_REPORTED;
    verdict.reportedUsd = usd;
    verdict.nanoUsd = Math.round(usd * Verdict.NANOS_PER_USD);
  }
}
