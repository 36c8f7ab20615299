package dev.tollspan.usage;

import dev.tollspan.prices.Usage;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import java.util.Collection;
import java.util.List;

/**
 * Reads off a span what it is and what it used, whatever its emitter's dialect.
 *
 * <p>Allocates nothing per span. One thread; {@link #another} makes readers for others, which share
 * the tables. Keeps hold of the last batch until {@link #forget}.
 */
public final class UsageReader {
  private static final int SERVER = 2; // SpanKind of the protocol's trace.proto
  private static final int CLIENT = 3;

  private final UsageTables tables;
  private final Scan scan;
  private final Collector collector;
  private final SpanPlace place;
  private final FactReader facts;
  private final CountReader counts;
  private final Reading reading;
  private boolean ifUsed; // of the reading thread, good during one call

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

  /** The names of all emitters; the first is that of none of them. */
  public List<String> dialects() {
    return tables.dialects.names();
  }

  /** Lets go of the last batch. */
  public void forget() {
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
    collector.collect(span.attributes(), place.sureRow != Patterns.NONE);
    if (collector.isSilent()) {
      return reading;
    }
    int dialect = collector.dialect(span, place);
    if (scan.isEmpty()) {
      return reading;
    }
    reading.dialect = dialect;
    classify(span, dialect);
    if (reading.spanClass() != SpanClass.STAGE) {
      unpack(span);
    }
    if (reading.spanClass() != SpanClass.STAGE) {
      facts.read(span, reading, into);
      counts.read(span, reading, facts.vendor(), into);
    }
    return reading;
  }

  private void classify(SpanView span, int dialect) {
    SpanClass configured = place.configuredClass(span);
    int signal = tables.signals.find(scan, dialect, span.bytes());
    int name =
        tables.signals.byName(dialect, span.bytes(), span.nameOffset(), span.nameLength());
    ifUsed = false;
    if (signal != Signals.NOTHING) {
      reading.operation(tables.signals.operation(signal));
    }
    if (name != Signals.NOTHING && reading.operation() == Operation.UNKNOWN) {
      reading.operation(tables.signals.nameOperation(name));
    }
    if (configured != null) {
      reading.is(configured, ClassReason.CONFIGURED);
    } else if (name != Signals.NOTHING) {
      reading.is(tables.signals.nameClass(name), ClassReason.NAME);
      ifUsed = tables.signals.nameIfUsed(name);
    } else if (signal != Signals.NOTHING) {
      reading.is(tables.signals.spanClass(signal), ClassReason.SIGNAL);
    } else {
      reading.is(SpanClass.UNKNOWN, ClassReason.COUNTS);
    }
  }

  /** Reads packed texts, and settles what depended on them. */
  private void unpack(SpanView span) {
    if (reading.spanClass() != SpanClass.WRAPPER || !scan.has(Meaning.INPUT)) {
      collector.unpack(span.attributes());
      reading.fault(collector.fault());
    }
    boolean counted = scan.counted() != 0 || scan.has(Meaning.COST);
    if (ifUsed && !counted) {
      reading.is(SpanClass.WRAPPER, ClassReason.NAME);
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
