package dev.tollspan.usage;

import dev.tollspan.prices.Usage;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads off a span what it is and what it used, whatever its emitter's dialect.
 *
 * <p>Allocates nothing per span. One thread; {@link #another} makes readers for others, which share
 * the tables. Keeps hold of the last batch until {@link #forget}.
 */
public final class UsageReader {
  private static final int SERVER = 2; // SpanKind of the protocol's trace.proto
  private static final int CLIENT = 3;
  private static final int ERROR = 2; // StatusCode of the same

  private final UsageTables tables;
  private final Scan scan;
  private final Collector collector;
  private final Forms forms;
  private final SpanPlace place;
  private final FactReader facts;
  private final CountReader counts;
  private final Reading reading;
  private Signals.Sureness sureness = Signals.Sureness.PLAIN; // good during one call

  /**
   * A reader for batches that were indexed with this table.
   *
   * @param keys holds {@link #keys}
   */
  public UsageReader(KeyTable keys, UsageConfig config) {
    this(new UsageTables(keys, config));
  }

  private UsageReader(UsageTables tables) {
    this.tables = tables;
    scan = new Scan(tables.config.countMax());
    collector = new Collector(tables, scan);
    forms = new Forms(tables.meanings);
    place = new SpanPlace(tables);
    facts = new FactReader(tables, scan, place.resource, collector);
    counts = new CountReader(tables, scan, place);
    reading = new Reading(scan, tables.dialects.names());
  }

  /** A reader with the same tables, for another thread. */
  public UsageReader another() {
    return new UsageReader(tables);
  }

  /** The attributes that a key table must hold. */
  public static Collection<String> keys(UsageConfig config) {
    return KeyMeanings.keys(config);
  }

  /** The providers that a {@link BasisRule} may speak of. */
  public static Collection<String> providers() {
    return Providers.vendors();
  }

  /** The names of all emitters; the first is that of none of them. */
  public List<String> dialects() {
    return tables.dialects.names();
  }

  /** What {@link #read} returns, always the same object. */
  public Reading reading() {
    return reading;
  }

  /** Lets go of the last batch. */
  public void forget() {
    forms.forget();
    place.forget();
  }

  /**
   * Reads the span that the view stands on.
   *
   * @param into is cleared, and filled if the span is a CALL, a WRAPPER or UNKNOWN; its texts stand
   *     in the view's bytes
   * @return what else there is to say, in an object that is used again
   */
  public Reading read(SpanView span, Usage into) {
    reading.clear();
    into.clear();
    place.moveTo(span);
    Form form = forms.find(span);
    if (form == null || !form.tell(span, scan, collector, reading)) {
      form = look(span);
    }
    boolean read = reading.spanClass() != SpanClass.NONE && reading.spanClass() != SpanClass.STAGE;
    if (read) {
      into.at(span.startNanos() != 0 ? span.startNanos() : span.endNanos());
      if (form == null || !form.repeatFacts(scan, facts, reading, into)) {
        facts.read(span, reading, into);
        if (form != null) {
          form.noteFacts(scan, facts, reading, into);
        }
      }
      counts.read(span, reading, facts.vendor(), into);
    }
    return reading;
  }

  /** Finds out what a span is; its form, if that is worth to be known, or null. */
  private @Nullable Form look(SpanView span) {
    reading.clear();
    collector.collect(span.attributes(), place.sureRow != Patterns.NONE);
    if (collector.isSilent()) {
      return null;
    }
    int dialect = collector.dialect(span, place);
    if (scan.isEmpty()) {
      return null;
    }
    reading.dialect = dialect;
    classify(span, dialect);
    if (reading.spanClass() != SpanClass.STAGE) {
      unpack(span);
    }
    return forms.learn(span, scan, collector, reading);
  }

  private void classify(SpanView span, int dialect) {
    int offset = Math.max(0, span.nameOffset());
    int signal = tables.signals.find(scan, dialect, span.bytes());
    int name = tables.signals.byName(dialect, span.bytes(), offset, span.nameLength());
    Signals.Told told = signal == Signals.NOTHING ? null : tables.signals.told(signal);
    if (told != null) {
      reading.operation(told.operation());
    }
    ClassReason why = ClassReason.SIGNAL;
    if (name != Signals.NOTHING && !isSurer(told, tables.signals.nameTold(name))) {
      told = tables.signals.nameTold(name);
      why = ClassReason.NAME;
    } else if (told == null) {
      name = tables.signals.byOperationInName(span.bytes(), offset, span.nameLength());
      told = name == Signals.NOTHING ? null : tables.signals.told(name);
      why = ClassReason.NAME;
    }
    SpanClass configured = place.configuredClass(span);
    sureness = Signals.Sureness.PLAIN;
    if (configured != null) {
      reading.is(configured, ClassReason.CONFIGURED);
    } else if (told != null) {
      reading.is(told.spanClass(), why);
      sureness = told.sureness();
    } else {
      reading.is(SpanClass.UNKNOWN, ClassReason.COUNTS);
    }
    if (told != null && reading.operation() == Operation.UNKNOWN) {
      reading.operation(told.operation());
    }
  }

  /** Whether what an attribute tells counts for more than the name. */
  private boolean isSurer(Signals.@Nullable Told told, Signals.Told name) {
    if (told == null) {
      return false;
    }
    boolean call = told.spanClass() == SpanClass.CALL && name.spanClass() != SpanClass.CALL;
    return told.sureness() == Signals.Sureness.ABOVE_ALL
        || (call && place.sureRow == Patterns.NONE);
  }

  /** Reads packed texts, and settles what depended on them. */
  private void unpack(SpanView span) {
    if (reading.spanClass() != SpanClass.WRAPPER || !scan.has(Meaning.INPUT)) {
      collector.unpack(span.attributes());
      reading.fault(collector.fault());
    }
    boolean counted = scan.counted() != 0 || scan.has(Meaning.COST);
    boolean conditional =
        sureness == Signals.Sureness.IF_USED
            || (sureness == Signals.Sureness.IF_TOLD && span.statusCode() != ERROR);
    if (conditional && !counted) {
      reading.is(SpanClass.WRAPPER, reading.classReason());
    }
    if (reading.classReason() == ClassReason.COUNTS) {
      boolean model = scan.has(Meaning.MODEL_RESPONSE) || scan.has(Meaning.MODEL_REQUEST);
      if (model && (span.kind() == CLIENT || span.kind() == SERVER)) {
        reading.is(SpanClass.CALL, ClassReason.KIND);
      } else if (!counted) {
        reading.is(SpanClass.STAGE, ClassReason.REST);
      }
    }
  }
}
