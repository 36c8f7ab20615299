package dev.tollspan.usage;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link UsageReader} found out about a span beside its {@link dev.tollspan.prices.Usage}.
 *
 * <p>The same object for each span of a reader: good until the reader reads on. Offsets are into
 * the bytes of the span's view.
 */
public final class Reading {
  // All set by the reader, whose thread owns them.
  SpanClass spanClass = SpanClass.NONE;
  ClassReason classReason = ClassReason.NOTHING;
  Operation operation = Operation.UNKNOWN;
  int dialect;
  String dialectName = "";
  Family family = Family.UNKNOWN;
  Fault fault = Fault.NONE;
  boolean counted;
  boolean allZero;
  boolean fromCache;
  boolean mayAccumulate;
  int coercions;
  double reportedCostUsd;
  ModelSource modelSource = ModelSource.NONE;
  int detail;
  @Nullable Scan scan;
  final BasisVerdict basis = new BasisVerdict();

  Reading() {}

  Reading clear() {
    spanClass = SpanClass.NONE;
    classReason = ClassReason.NOTHING;
    operation = Operation.UNKNOWN;
    dialect = 0;
    dialectName = "";
    family = Family.UNKNOWN;
    fault = Fault.NONE;
    counted = false;
    allZero = false;
    fromCache = false;
    mayAccumulate = false;
    coercions = 0;
    reportedCostUsd = Double.NaN;
    modelSource = ModelSource.NONE;
    detail = 0;
    basis.cache = CacheBasis.INCLUSIVE;
    basis.reasoning = ReasoningBasis.INSIDE;
    basis.confidence = Confidence.CERTAIN;
    basis.cacheRule = 0;
    basis.reasoningRule = 0;
    return this;
  }

  /** What the span is. For NONE and STAGE nothing else was read. */
  public SpanClass spanClass() {
    return spanClass;
  }

  /** What told it. */
  public ClassReason classReason() {
    return classReason;
  }

  /** What the model was asked for; CACHED: no model was asked. */
  public Operation operation() {
    return operation;
  }

  /** The emitter's number, an index into {@link UsageReader#dialects()}. */
  public int dialect() {
    return dialect;
  }

  /** The emitter's name: one object for each. */
  public String dialectName() {
    return dialectName;
  }

  /** Whose way of counting the vendor's numbers follow. */
  public Family family() {
    return family;
  }

  /** Why the counts cannot be relied on. After a BAD_COUNT the usage has none. */
  public Fault fault() {
    return fault;
  }

  /** Whether the usage is invalid: a count is a number that no count can be. */
  public boolean isInvalid() {
    return fault == Fault.BAD_COUNT;
  }

  /** Whether the span tells any count. */
  public boolean isCounted() {
    return counted;
  }

  /**
   * Whether it tells counts, and all are 0. No model answers an empty prompt with nothing: unless
   * the call failed, its emitter was not told the counts, and the cost is unknown rather than 0.
   */
  public boolean isAllZero() {
    return allZero;
  }

  /** Whether a cache of the client answered, so that the vendor bills nothing. */
  public boolean isFromCache() {
    return fromCache;
  }

  /** Whether the counts may hold those of the calls before it in a loop of tool calls. */
  public boolean mayAccumulate() {
    return mayAccumulate;
  }

  /** How many counts came as text or as a floating-point number. */
  public int coercions() {
    return coercions;
  }

  /** The cost that the span itself reports, in USD; NaN: none, or none that makes sense. */
  public double reportedCostUsd() {
    return reportedCostUsd;
  }

  /** Where the model's name comes from. */
  public ModelSource modelSource() {
    return modelSource;
  }

  /** Whether the emitter's input holds cached tokens. */
  public CacheBasis cacheBasis() {
    return basis.cache;
  }

  /** Whether the emitter's output holds reasoning tokens. */
  public ReasoningBasis reasoningBasis() {
    return basis.reasoning;
  }

  /** How sure both verdicts are. */
  public Confidence confidence() {
    return basis.confidence;
  }

  /** The number of the rule that settled the cache basis; 0: nothing was cached. */
  public int cacheRule() {
    return basis.cacheRule;
  }

  /** The number of the rule that settled the reasoning basis; 0: there was nothing to settle. */
  public int reasoningRule() {
    return basis.reasoningRule;
  }

  /**
   * How much the span tells that changes a price, beyond plain counts and a model: a point each for
   * cached tokens, for how long writes are kept, and for the service tier.
   */
  public int detail() {
    return detail;
  }

  /** The vendor's id of the response; 0 bytes: none. */
  public int responseIdLength() {
    return length(Meaning.RESPONSE_ID);
  }

  public int responseIdOffset() {
    return offset(Meaning.RESPONSE_ID);
  }

  /** The gateway's id of the call; 0 bytes: none. */
  public int callIdLength() {
    return length(Meaning.CALL_ID);
  }

  public int callIdOffset() {
    return offset(Meaning.CALL_ID);
  }

  /** The engine's id of the request; 0 bytes: none. */
  public int requestIdLength() {
    return length(Meaning.REQUEST_ID);
  }

  public int requestIdOffset() {
    return offset(Meaning.REQUEST_ID);
  }

  /** The framework that made the span, if it says so; 0 bytes: it does not. */
  public int frameworkLength() {
    return length(Meaning.FRAMEWORK);
  }

  public int frameworkOffset() {
    return offset(Meaning.FRAMEWORK);
  }

  private int length(Meaning meaning) {
    return scan == null ? 0 : scan.length(meaning);
  }

  private int offset(Meaning meaning) {
    return scan == null ? 0 : scan.offset(meaning);
  }
}
