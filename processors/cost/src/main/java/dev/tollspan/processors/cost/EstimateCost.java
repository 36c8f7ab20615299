package dev.tollspan.processors.cost;

import dev.tollspan.gpuledger.Admission;
import dev.tollspan.gpuledger.LedgerSink;
import dev.tollspan.pipeline.SpanProcessor;
import dev.tollspan.prices.BadPricesException;
import dev.tollspan.prices.Component;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.Quote;
import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Additions.Block;
import dev.tollspan.spans.Additions.Constant;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import dev.tollspan.usage.TokenColumn;
import dev.tollspan.usage.UsageReader;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * {@code estimate_cost}: gives each LLM span its cost and says how it came to be, or why it has
 * none. What becomes of a span is decided by {@link CostJudge}.
 *
 * <p>A cost on the span stays as it is and is copied to {@code reported_cost_usd}; {@code
 * estimated_cost_usd} is never written twice. What a sender writes under our own names ({@code
 * cost.*}, {@code estimated_cost_nanousd}) is not believed: spans are judged anew, and the gate
 * removes it.
 *
 * <p>A cost is exact, rounded once, half to even, to nano-dollars: that is {@code
 * estimated_cost_nanousd}, and {@code estimated_cost_usd} is the double nearest to it.
 *
 * <p>Where the counts of a call do not stand on the span as files read them (totals that hold their
 * parts, under a name of {@link TokenColumn}), they are written too.
 *
 * <p>A call on GPUs of one's own gets a provisional cost at once ({@code cost.final} is false);
 * what it costs in the end is told to a {@link LedgerSink} when its window closes, by the thread
 * that processes then.
 *
 * <p>Safe for all threads: judges are lent to one call at a time and kept between calls, because
 * making one costs more than reading a small batch.
 */
public final class EstimateCost implements SpanProcessor, AutoCloseable {
  private static final int JUDGES_KEPT_MAX = 64;

  /** A reported cost that is further from ours than this is counted. */
  private static final double MISMATCH = 0.01;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private static final Component[] PARTS = Component.values();
  private static final TokenColumn[] TOKENS = TokenColumn.values();
  private static final Constant GPU_TIME =
      Constant.join(
          Constant.of(CostAttributes.BASIS_NAME, CostBasis.GPU_TIME.label()),
          CostAttributes.APPROXIMATE,
          CostAttributes.BILLABLE);
  private static final Constant FREE =
      Constant.join(
          Constant.of(CostAttributes.BASIS_NAME, CostBasis.TOKEN_PRICE.label()),
          Constant.of(CostAttributes.QUALITY_NAME, "exact"),
          Constant.of(CostAttributes.NOTES_NAME, List.of("answered_from_cache")),
          CostAttributes.BILLABLE);

  private static final int NO_KEY = 0;

  private final EstimateCostConfig config;
  private final KeyTable keys;
  private final UsageReader reader; // never reads; the others are made from it
  private final int reportedKey;
  private final int[] tokenKeys = new int[TOKENS.length];
  private final List<Constant> roles = new ArrayList<>();
  private final List<Constant> reasons = new ArrayList<>();
  private final int aliasKey;
  private final ArrayBlockingQueue<CostJudge> judges = new ArrayBlockingQueue<>(JUDGES_KEPT_MAX);
  private final LongAdder mismatches = new LongAdder();
  private final InstantSource clock;
  private final Replicas replicas;
  private volatile Prices prices; // replaced as a whole; owned by whoever reloads

  /** A book, and what was encoded for its terms. */
  private record Prices(PriceBook book, Provenance provenance) {}

  /**
   * Reads the price books, where no rule has a GPU price, so that no clock is needed.
   *
   * @throws BadPricesException with every problem of every price file
   */
  public EstimateCost(EstimateCostConfig config, KeyTable keys) {
    this(config, keys, load(config));
  }

  /** The same with books that were read before. */
  public EstimateCost(EstimateCostConfig config, KeyTable keys, PriceBook book) {
    this(config, keys, book, Replicas.NOWHERE, () -> Instant.EPOCH);
  }

  /**
   * With books of GPU time.
   *
   * @param keys the table of all batches to come; it holds {@link #keys(EstimateCostConfig)}
   * @param book the price books that the configuration names
   * @param sink takes the books of GPU time; called by any thread, one at a time for each replica
   */
  public EstimateCost(
      EstimateCostConfig config,
      KeyTable keys,
      PriceBook book,
      LedgerSink sink,
      InstantSource clock) {
    this.config = config;
    this.keys = keys;
    this.clock = clock;
    replicas = new Replicas(config.selfHosted(), keys, sink, nanos(clock.instant()));
    reader = new UsageReader(keys, config.usage());
    reportedKey = keys.id(CostAttributes.REPORTED_USD_NAME);
    for (int i = 0; i < TOKENS.length; i++) {
      tokenKeys[i] = keys.id(TOKENS[i].key());
    }
    for (CostRole role : CostRole.values()) {
      roles.add(Constant.of(CostAttributes.ROLE_NAME, role.label()));
    }
    for (UnpricedReason reason : UnpricedReason.values()) {
      reasons.add(Constant.of(CostAttributes.REASON_NAME, reason.label()));
    }
    aliasKey = config.alias() ? keys.id(CostAttributes.ALIAS_NAME) : NO_KEY;
    prices = prices(book);
  }

  /** The attributes to look out for: those that tell usage, and those that are written here. */
  public static Collection<String> keys(EstimateCostConfig config) {
    List<String> keys = new ArrayList<>(UsageReader.keys(config.usage()));
    keys.addAll(CostAttributes.NAMES);
    for (SelfHosted rule : config.selfHosted()) {
      keys.addAll(GpuJudge.LATENCIES);
      keys.addAll(rule.match().keySet());
      keys.addAll(rule.replicaAttributes());
    }
    return keys;
  }

  /** Prices by this book from now on, batch by batch. */
  public void use(PriceBook book) {
    prices = prices(book);
  }

  /**
   * Reads the price books that a configuration names.
   *
   * @throws BadPricesException with every problem of every price file
   */
  public static PriceBook load(EstimateCostConfig config) {
    return PriceBook.load(config.prices(), config.priceRules());
  }

  /** How many spans reported a cost that differs from ours by more than a hundredth. */
  public long reportedMismatches() {
    return mismatches.sum();
  }

  /** How many calls on GPUs of one's own were admitted to the books, or refused, like this. */
  public long gpuRequests(Admission admission) {
    return replicas.counted(admission);
  }

  /** How many such calls got a cost without books, because there are too many replicas. */
  public long unbookedGpuRequests() {
    return replicas.unbooked();
  }

  /** Closes the books of GPU time. Nothing is to be processed any more. */
  @Override
  public void close() {
    replicas.close(nanos(clock.instant()));
  }

  @Override
  public SpanBatch process(SpanBatch batch) {
    if (batch.keys() != keys) {
      throw new IllegalArgumentException("the batch was indexed with another key table");
    }
    Prices now = prices;
    long nowNanos = replicas.isEmpty() ? 0 : nanos(clock.instant());
    CostJudge pooled = judges.poll();
    CostJudge judge =
        pooled != null
            ? pooled
            : new CostJudge(reader.another(), keys, config, now.book, new GpuJudge(replicas, keys));
    judge.by(now.book, nowNanos);
    SpanView span = batch.view();
    Additions additions = batch.startAdditions();
    int count = span.spanCount();
    for (int i = 0; i < count; i++) {
      additions.next();
      write(judge.judge(span.moveTo(i)), span, now.provenance, additions);
    }
    judge.forget(); // so that an idle judge holds no request
    judges.offer(judge);
    replicas.advance(nowNanos);
    return batch.with(additions);
  }

  @SuppressWarnings("EnumOrdinal") // places in lists made above
  private void write(Verdict verdict, SpanView span, Provenance provenance, Additions additions) {
    if (verdict.role() == CostRole.NONE) {
      return;
    }
    if (!Double.isNaN(verdict.reportedUsd()) && span.attributes().find(reportedKey) < 0) {
      additions.add(CostAttributes.REPORTED_USD, verdict.reportedUsd());
    }
    boolean read = verdict.role() == CostRole.BILLABLE && !verdict.kept;
    if (read && !verdict.reading().showsAll()) {
      tokens(verdict, span, additions);
    }
    if (!verdict.isPriced()) {
      UnpricedReason reason = verdict.unpricedReason();
      if (reason != null) {
        additions.add(reasons.get(reason.ordinal()));
      }
      additions.add(roles.get(verdict.role().ordinal()));
    } else if (verdict.kept) {
      additions.add(CostAttributes.PROVIDER_REPORTED);
      additions.add(CostAttributes.BILLABLE);
    } else if (verdict.basis() == CostBasis.GPU_TIME) {
      gpuTime(verdict, span, additions);
    } else {
      cost(verdict, span, provenance, additions);
    }
  }

  /** Counts that are nowhere on the span as they are meant, for whoever reads columns. */
  private void tokens(Verdict verdict, SpanView span, Additions additions) {
    for (int i = 0; i < TOKENS.length; i++) {
      if (!verdict.reading().shows(TOKENS[i]) && span.attributes().find(tokenKeys[i]) < 0) {
        additions.add(CostAttributes.TOKENS.get(i), verdict.usage.count(TOKENS[i].count()));
      }
    }
  }

  private void usd(double usd, SpanView span, Additions additions) {
    additions.add(CostAttributes.USD, usd);
    alias(usd, span, additions);
  }

  /** The cost under its other name too, unless the span came with that one. */
  private void alias(double usd, SpanView span, Additions additions) {
    if (aliasKey != NO_KEY && span.attributes().find(aliasKey) < 0) {
      additions.add(CostAttributes.ALIAS_USD, usd);
    }
  }

  private void gpuTime(Verdict verdict, SpanView span, Additions additions) {
    usd(verdict.nanoUsd() / Verdict.NANOS_PER_USD, span, additions);
    additions.add(CostAttributes.NANO_USD, verdict.nanoUsd());
    if (!Double.isNaN(verdict.gpuSeconds())) {
      additions.add(CostAttributes.GPU_SECONDS, verdict.gpuSeconds());
    }
    additions.add(CostAttributes.FINAL, false);
    additions.add(GPU_TIME);
  }

  private void cost(Verdict verdict, SpanView span, Provenance provenance, Additions additions) {
    additions.add(CostAttributes.NANO_USD, verdict.nanoUsd());
    if (verdict.basis() == CostBasis.PROVIDER_REPORTED) {
      usd(verdict.reportedUsd(), span, additions);
      additions.add(CostAttributes.PROVIDER_REPORTED);
      additions.add(CostAttributes.APPROXIMATE);
      additions.add(CostAttributes.BILLABLE);
    } else if (verdict.isFree()) {
      usd(0, span, additions);
      additions.add(FREE);
    } else {
      priced(verdict, span, provenance, additions);
    }
  }

  private void priced(Verdict verdict, SpanView span, Provenance provenance, Additions additions) {
    Quote quote = verdict.quote;
    double usd = quote.usd();
    Block block = provenance.of(verdict, Objects.requireNonNull(verdict.terms()));
    additions.add(block);
    additions.set(block, 0, usd);
    int place = 1;
    for (int left = quote.componentBits(); left != 0; left &= left - 1) {
      additions.set(block, place++, quote.usd(PARTS[Integer.numberOfTrailingZeros(left)]));
    }
    alias(usd, span, additions);
    compare(usd, verdict.reportedUsd());
  }

  private void compare(double usd, double reported) {
    if (Math.abs(usd - reported) > MISMATCH * Math.max(usd, reported)) {
      mismatches.increment();
    }
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano();
  }

  private Prices prices(PriceBook book) {
    return new Prices(book, new Provenance(reader.dialects()));
  }
}
