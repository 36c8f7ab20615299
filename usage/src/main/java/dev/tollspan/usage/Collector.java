package dev.tollspan.usage;

import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.SpanView;

/**
 * Goes over the attributes of a span: what they tell goes into the scan, and what tells the emitter
 * is kept until the emitter is settled. One thread.
 */
final class Collector {
  private static final int KEPT_MAX = 32;

  private final UsageTables tables;
  private final KeyMeanings meanings;
  private final Scan scan;
  private final PackedReader packedReader;
  private final int[] limited = new int[KEPT_MAX]; // positions; the reading thread's, as all below
  private final int[] packed = new int[KEPT_MAX];
  private int limitedCount;
  private int packedCount;
  private int markerRow;
  private int lastMarkerRow;
  private int companionRow;
  private int provider;
  private Fault fault = Fault.NONE;

  Collector(UsageTables tables, Scan scan) {
    this.tables = tables;
    this.scan = scan;
    meanings = tables.meanings;
    packedReader = new PackedReader(scan);
  }

  /** Reads what needs no emitter to be known. */
  void collect(Attributes attributes, boolean sure) {
    scan.clear();
    limitedCount = 0;
    packedCount = 0;
    markerRow = Patterns.NONE;
    lastMarkerRow = -1;
    companionRow = Patterns.NONE;
    fault = Fault.NONE;
    int count = attributes.count();
    for (int i = 0; i < count; i++) {
      int key = attributes.keyId(i);
      int code = meanings.codes[key];
      if (code == 0) {
        continue;
      }
      if (!sure && (code & (Code.MARKER | Code.TELLS)) != 0) {
        mark(code, key, attributes, i);
      }
      if ((code & (Code.ONLY | Code.PLAIN)) == Code.PLAIN) {
        scan.take(code, attributes, i);
      } else {
        takeOdd(code, key, attributes, i);
      }
    }
  }

  private void takeOdd(int code, int key, Attributes attributes, int i) {
    if ((code & Code.ONLY) == 0) {
      take(code, key, attributes, i);
    } else if (limitedCount < KEPT_MAX) {
      limited[limitedCount++] = i;
    }
  }

  private void take(int code, int key, Attributes attributes, int i) {
    int offset = attributes.valueOffset(i);
    boolean text = attributes.type(i) == Attributes.STRING;
    if ((code & Code.PLAIN) != 0) {
      scan.take(code, attributes, i);
    } else if ((code & Code.SIGNAL) != 0) {
      if (attributes.type(i) != Attributes.EMPTY) {
        int length = text ? attributes.valueLength(i) : 0;
        scan.signal(Code.meaning(code), attributes.bytes(), offset, length);
      }
    } else if ((code & Code.PACKED) != 0) {
      scan.evidence();
      if (text && meanings.packsSignals[key]) {
        unpack(attributes, i);
      } else if (text && packedCount < KEPT_MAX) {
        packed[packedCount++] = i;
      }
    } else if (meanings.markers[key] != Patterns.NONE) {
      scan.evidence();
    }
  }

  private void mark(int code, int key, Attributes attributes, int i) {
    if ((code & Code.MARKER) != 0) {
      markerRow = Math.min(markerRow, meanings.markers[key]);
      lastMarkerRow = Math.max(lastMarkerRow, meanings.markers[key]);
    }
    if ((code & Code.TELLS) != 0) {
      companionRow = Math.min(companionRow, meanings.companions[key]);
      Patterns values = meanings.values[key];
      if (values != null && attributes.type(i) == Attributes.STRING) {
        int row =
            values.find(attributes.bytes(), attributes.valueOffset(i), attributes.valueLength(i));
        markerRow = Math.min(markerRow, row);
      }
    }
  }

  /** Whether the span may speak of an LLM at all. */
  boolean isSilent() {
    return scan.isEmpty() && limitedCount == 0;
  }

  /** Settles the emitter, and reads what depends on it. */
  int dialect(SpanView span, SpanPlace place) {
    provider = Providers.UNKNOWN;
    if (scan.has(Meaning.PROVIDER)) {
      int offset = scan.offset(Meaning.PROVIDER);
      provider = tables.providers.find(span.bytes(), offset, scan.length(Meaning.PROVIDER));
    }
    int row = place.sureRow;
    if (row == Patterns.NONE) {
      row = Math.min(markerRow, place.weakRow);
      row = Math.min(row, tables.providers.dialectRow(provider));
      if (!scan.isEmpty()) {
        row = Math.min(row, companionRow);
      }
      if (span.nameLength() > 0) {
        row = byName(span, row);
      }
    }
    int dialect = tables.dialects.ofRow(row);
    Attributes attributes = span.attributes();
    for (int i = 0; i < limitedCount; i++) {
      int key = attributes.keyId(limited[i]);
      boolean[] allowed = meanings.only[key];
      if (allowed != null && allowed[dialect]) {
        take(meanings.codes[key], key, attributes, limited[i]);
      }
    }
    return dialect;
  }

  /** The row that the span's name tells, if that is surer than what its attributes tell. */
  private int byName(SpanView span, int row) {
    int name = tables.dialects.nameRow(span.bytes(), span.nameOffset(), span.nameLength());
    if (name == Patterns.NONE) {
      return row;
    }
    if (!scan.has(Meaning.PROVIDER)
        && tables.dialects.ofRow(markerRow) == tables.dialects.ofRow(name)
        && tables.dialects.ofRow(lastMarkerRow) == tables.dialects.ofRow(name)) {
      provider = tables.providers.answering(name);
    }
    boolean told = scan.has(Meaning.INPUT) || scan.has(Meaning.OUTPUT);
    return told ? row : Math.min(row, name);
  }

  /** Reads what is packed in texts. */
  void unpack(Attributes attributes) {
    for (int i = 0; i < packedCount; i++) {
      unpack(attributes, packed[i]);
    }
  }

  private void unpack(Attributes attributes, int i) {
    PackedPaths paths = meanings.packed[attributes.keyId(i)];
    if (paths != null) {
      int from = attributes.valueOffset(i);
      int to = from + attributes.valueLength(i);
      Fault found = packedReader.read(attributes.bytes(), from, to, paths);
      fault = found == Fault.NONE ? fault : found;
    }
  }

  /** Whether everything that the span tells was read at once, attribute by attribute. */
  boolean isPlain() {
    return limitedCount == 0 && packedCount == 0 && fault == Fault.NONE;
  }

  /** Takes over the provider of another span, which named the same. */
  void provider(int known) {
    provider = known;
  }

  /** The number of the provider that the span names, if it does. */
  int provider() {
    return provider;
  }

  /** Why a packed text could not be read to its end. */
  Fault fault() {
    return fault;
  }
}
