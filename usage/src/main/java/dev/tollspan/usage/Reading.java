package dev.tollspan.usage;

import java.util.List;

/**
 * What a {@link UsageReader} found out about a span beside its {@link dev.tollspan.prices.Usage}.
 *
 * <p>The same object for each span of a reader: good until the reader reads on. Offsets are into
 * the bytes of the span's view.
 */
@SuppressWarnings("EnumOrdinal") // never stored, never shown
public final class Reading {
  private static final SpanClass[] CLASSES = SpanClass.values();
  private static final ClassReason[] REASONS = ClassReason.values();
  private static final Operation[] OPERATIONS = Operation.values();
  private static final Family[] FAMILIES = Family.values();
  private static final Fault[] FAULTS = Fault.values();

  // All set by the reader, whose thread owns them. Constants are kept by their places, because each
  // store of a reference costs the collector's attention.
  private int spanClass;
  private int classReason;
  private int operation;
  private int family;
  private int fault;
  int dialect;
  boolean counted;
  boolean allZero;
  boolean fromCache;
  boolean mayAccumulate;
  int coercions;
  double reportedCostUsd;
  boolean modelOnSpan;
  boolean modelOnResource;
  int detail;
  int unshown;
  final BasisVerdict basis = new BasisVerdict();
  private final Scan scan;
  private final List<String> dialects;

  Reading(Scan scan, List<String> dialects) {
    this.scan = scan;
    this.dialects = dialects;
  }

  Reading clear() {
    spanClass = 0;
    classReason = 0;
    operation = 0;
    family = 0;
    fault = 0;
    dialect = 0;
    counted = false;
    allZero = false;
    fromCache = false;
    mayAccumulate = false;
    coercions = 0;
    reportedCostUsd = Double.NaN;
    modelOnSpan = false;
    modelOnResource = false;
    detail = 0;
    unshown = 0;
    basis.clear();
    return this;
  }

  /** What the span is, who made it and what was asked for, as one number. */
  int form() {
    return spanClass | classReason << 4 | operation << 8 | dialect << 16;
  }

  /** Takes that over from another span. */
  void form(int form) {
    spanClass = form & 0xf;
    classReason = form >> 4 & 0xf;
    operation = form >> 8 & 0xff;
    dialect = form >> 16;
  }

  /** Whose counts they are and where the model comes from, as one number. */
  int facts() {
    return family
        | (fromCache ? 1 << 8 : 0)
        | (modelOnSpan ? 1 << 9 : 0)
        | (modelOnResource ? 1 << 10 : 0);
  }

  /** Takes that over from another span. */
  void facts(int facts) {
    family = facts & 0xff;
    fromCache = (facts & 1 << 8) != 0;
    modelOnSpan = (facts & 1 << 9) != 0;
    modelOnResource = (facts & 1 << 10) != 0;
  }

  void is(SpanClass what, ClassReason why) {
    spanClass = what.ordinal();
    classReason = why.ordinal();
  }

  void operation(Operation what) {
    operation = what.ordinal();
  }

  void family(Family whose) {
    family = whose.ordinal();
  }

  void fault(Fault what) {
    fault = what.ordinal();
  }

  /** What the span is. For NONE and STAGE nothing else was read. */
  public SpanClass spanClass() {
    return CLASSES[spanClass];
  }

  /** What told it. */
  public ClassReason classReason() {
    return REASONS[classReason];
  }

  /** What the model was asked for; CACHED: no model was asked. */
  public Operation operation() {
    return OPERATIONS[operation];
  }

  /** The emitter's number, an index into {@link UsageReader#dialects()}. */
  public int dialect() {
    return dialect;
  }

  /** The emitter's name: one object for each. */
  public String dialectName() {
    return dialects.get(dialect);
  }

  /** Whose way of counting the vendor's numbers follow. */
  public Family family() {
    return FAMILIES[family];
  }

  /** Why the counts cannot be relied on. After a BAD_COUNT the usage has none. */
  public Fault fault() {
    return FAULTS[fault];
  }

  /** Whether the usage is invalid: a count is a number that no count can be. */
  public boolean isInvalid() {
    return fault() == Fault.BAD_COUNT;
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
    return modelOnSpan
        ? ModelSource.SPAN
        : modelOnResource ? ModelSource.RESOURCE : ModelSource.NONE;
  }

  /** Whether the emitter's input holds cached tokens. */
  public CacheBasis cacheBasis() {
    return basis.cache();
  }

  /** Whether the emitter's output holds reasoning tokens. */
  public ReasoningBasis reasoningBasis() {
    return basis.reasoning();
  }

  /** How sure both verdicts are. */
  public Confidence confidence() {
    return basis.confidence();
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

  /** Whether the columns of files show all counts that the usage has, as it has them. */
  public boolean showsAll() {
    return unshown == 0;
  }

  /** Whether such a column shows this count, or there is none. */
  public boolean shows(TokenColumn column) {
    return (unshown & 1 << column.ordinal()) == 0;
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
    return scan.length(meaning);
  }

  private int offset(Meaning meaning) {
    return scan.has(meaning) ? scan.offset(meaning) : 0;
  }
}
