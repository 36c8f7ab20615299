package dev.tollspan.usage;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.Note;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.SpanView;

/** Settles what the counts of a span mean, and writes them down. One thread. */
final class CountReader {
  private static final long DETAILS =
      Meaning.bits(
          Meaning.CACHE_READ,
          Meaning.CACHE_WRITE,
          Meaning.REASONING,
          Meaning.UNCACHED,
          Meaning.TOOL_INPUT);

  private static final long TELLING_REASONING = Meaning.bits(Meaning.REASONING, Meaning.TOTAL);

  private static final TokenColumn[] COLUMNS = TokenColumn.values();
  private static final int HINT = Code.INCLUSIVE | Code.EXCLUSIVE;

  private final UsageTables tables;
  private final Scan scan;
  private final SpanPlace place;
  private final InclusiveCounts counts;
  private final BasisQuestion question = new BasisQuestion();

  CountReader(UsageTables tables, Scan scan, SpanPlace place) {
    this.tables = tables;
    this.scan = scan;
    this.place = place;
    counts = new InclusiveCounts(scan);
  }

  void read(SpanView span, Reading reading, String vendor, Usage into) {
    if (!counts.isPlain()) {
      derive(reading);
    }
    reading.counted = scan.counted() != 0;
    reading.coercions = scan.coercions();
    if (scan.anyBad()) {
      reading.fault(Fault.BAD_COUNT);
      return;
    }
    int found = ask(span, reading, vendor);
    BasisVerdict verdict = reading.basis;
    BasisProcedure.decide(question, verdict);
    counts.fill(verdict, into);
    reading.detail = (counts.isPlain() ? 0 : detail(into)) + tier(into);
    note(reading, found, into);
    reading.unshown = reading.counted && !reading.allZero ? unshown(into) : 0;
  }

  private int unshown(Usage into) {
    int unshown = 0;
    for (int i = 0; i < COLUMNS.length; i++) {
      long amount = into.count(COLUMNS[i].count());
      if (amount >= 0 && !scan.isShown(COLUMNS[i].meaning, amount)) {
        unshown |= 1 << i;
      }
    }
    return unshown;
  }

  /** Adds the counts that follow from others. */
  private void derive(Reading reading) {
    long parts =
        Math.max(0, scan.count(Meaning.CACHE_WRITE_5M))
            + Math.max(0, scan.count(Meaning.CACHE_WRITE_1H));
    long write = scan.count(Meaning.CACHE_WRITE);
    if (parts > 0 && (write == 0 || write == Numbers.NONE)) {
      scan.derive(Meaning.CACHE_WRITE, parts);
    }
    boolean whole =
        reading.operation() == Operation.EMBEDDINGS
            && !scan.has(Meaning.INPUT)
            && scan.count(Meaning.TOTAL) >= 0;
    if (whole) {
      scan.derive(Meaning.INPUT, scan.count(Meaning.TOTAL));
    }
  }

  private int ask(SpanView span, Reading reading, String vendor) {
    question.clear();
    question.input = scan.count(Meaning.INPUT);
    question.output = scan.count(Meaning.OUTPUT);
    question.total = scan.count(Meaning.TOTAL);
    question.family = reading.family();
    int found = tables.bases.find(reading.dialect, question.family, conditions(span, reading));
    question.tableCache = Bases.cache(found);
    question.tableReasoning = Bases.reasoning(found);
    if (scan.hasAny(DETAILS)) {
      details();
    }
    place.rules(vendor, question);
    return found;
  }

  /** What the keys themselves say of their counts comes before what the table says. */
  private void details() {
    question.cacheRead = scan.count(Meaning.CACHE_READ);
    question.cacheWrite = scan.count(Meaning.CACHE_WRITE);
    question.reasoning = scan.count(Meaning.REASONING);
    question.uncached = scan.count(Meaning.UNCACHED);
    question.toolInput = scan.count(Meaning.TOOL_INPUT);
    int read = scan.code(Meaning.CACHE_READ);
    int write = scan.code(Meaning.CACHE_WRITE);
    question.rawCacheKeys = ((read | write) & Code.RAW) != 0 && !scan.dotted();
    int hint = first(scan.code(Meaning.INPUT) & HINT, read & HINT, write & HINT);
    question.tableCache = hint != 0 ? hint : question.tableCache;
    hint = first(scan.code(Meaning.OUTPUT) & HINT, scan.code(Meaning.REASONING) & HINT, 0);
    question.tableReasoning = hint != 0 ? hint : question.tableReasoning;
  }

  private static int first(int a, int b, int c) {
    return a != 0 ? a : b != 0 ? b : c;
  }

  private int conditions(SpanView span, Reading reading) {
    int asked = tables.bases.asked(reading.dialect);
    if (asked == 0) {
      return 0;
    }
    int given = scan.dotted() ? 0 : Bases.UNDOTTED;
    given |= scan.anyCacheKey() ? 0 : Bases.UNCACHED;
    boolean cached = scan.count(Meaning.CACHE_READ) > 0 || scan.count(Meaning.CACHE_WRITE) > 0;
    given |= cached ? 0 : Bases.ZERO;
    given |= scan.has(Meaning.RESPONSE_ID) ? Bases.IDENTIFIED : 0;
    given |= scan.has(Meaning.UNCACHED) ? 0 : Bases.UNSPLIT;
    given |= scan.hasAny(TELLING_REASONING) ? 0 : Bases.MUTE;
    given |= reading.operation() == Operation.CHAT ? Bases.CHAT : 0;
    boolean streamed =
        (asked & Bases.STREAMED) != 0
            && span.nameLength() > 0
            && Providers.holds(span.bytes(), span.nameOffset(), span.nameLength(), "stream");
    return given | (streamed ? Bases.STREAMED : 0);
  }

  private void note(Reading reading, int found, Usage into) {
    BasisVerdict verdict = reading.basis;
    if (verdict.inconsistent) {
      into.note(Note.USAGE_INCONSISTENT);
    }
    if (verdict.contradicted) {
      into.note(Note.USAGE_RULE_CONTRADICTED);
    }
    if (verdict.approximate) {
      into.approximate();
    }
    if (!reading.counted) {
      return;
    }
    reading.allZero = scan.isAllZero();
    reading.mayAccumulate = scan.has(Meaning.TOOL_LOOP);
    if (reading.mayAccumulate) {
      into.approximate();
    }
    if (Bases.isUnreported(found)) {
      into.note(Note.CACHE_UNREPORTED);
    }
    boolean packed = reading.fault() != Fault.NONE;
    boolean weak = Bases.isIncomplete(found) || Bases.isEstimated(found);
    if (packed || weak || lacks(reading, into) || hidesReasoning(reading, found, into)) {
      into.note(Note.USAGE_INCOMPLETE).approximate();
    }
  }

  /** Whether a chat lacks its input or its output, or tells an input of nothing. */
  private static boolean lacks(Reading reading, Usage into) {
    boolean chat =
        reading.operation() == Operation.CHAT || reading.operation() == Operation.COMPLETION;
    return chat && (into.count(Count.IN_TOTAL) <= 0 || into.count(Count.OUT_TOTAL) < 0);
  }

  /** Whether the output is without reasoning, and nothing tells how much of it there was. */
  private boolean hidesReasoning(Reading reading, int found, Usage into) {
    BasisVerdict verdict = reading.basis;
    if (!verdict.beside || verdict.reasoningTokens >= 0) {
      return false;
    }
    int rule = question.userReasoning != 0 ? question.userReasoning : Bases.reasoning(found);
    boolean told = question.total >= 0 && !Bases.isSummed(found);
    return rule == Code.EXCLUSIVE && !told && mayThink(into);
  }

  private boolean mayThink(Usage into) {
    boolean answered = into.textLength(Fact.RESPONSE_MODEL) > 0;
    Fact model = answered ? Fact.RESPONSE_MODEL : Fact.REQUEST_MODEL;
    return question.family != Family.GEMINI
        || Providers.mayThink(into.text(model), into.textOffset(model), into.textLength(model));
  }

  private static int detail(Usage into) {
    boolean cached = into.count(Count.CACHE_READ) >= 0 || into.count(Count.CACHE_WRITE) >= 0;
    boolean kept = into.count(Count.CACHE_WRITE_5M) >= 0 || into.count(Count.CACHE_WRITE_1H) >= 0;
    return (cached ? 1 : 0) + (kept ? 1 : 0);
  }

  private static int tier(Usage into) {
    return into.textLength(Fact.SERVICE_TIER) > 0 ? 1 : 0;
  }
}
