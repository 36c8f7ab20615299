package dev.tollspan.usage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a span is, told by attributes made to say it (signals.tsv) or by its name (names.tsv).
 * Immutable.
 */
final class Signals {
  /** What {@link #find} and {@link #byName} say when nothing is said. */
  static final int NOTHING = -1;

  private static final String ANY = "*";
  private static final String OPERATION = "gen_ai.operation.name";

  /** How sure a row is of its class. */
  enum Sureness {
    PLAIN,
    /** Whatever else says otherwise. */
    ABOVE_ALL,
    /** Only if the span shows usage; else it is a wrapper. */
    IF_USED,
    /** The same, but also if it failed. */
    IF_TOLD
  }

  /** What a row says. */
  record Told(SpanClass spanClass, Operation operation, Sureness sureness) {
    static Told of(String spanClass, String operation) {
      Operation asked =
          operation.isEmpty()
              ? Operation.UNKNOWN
              : Operation.valueOf(operation.toUpperCase(Locale.ROOT));
      return switch (spanClass) {
        case "never" -> new Told(SpanClass.STAGE, asked, Sureness.ABOVE_ALL);
        case "call-if-used" -> new Told(SpanClass.CALL, asked, Sureness.IF_USED);
        case "call-if-told" -> new Told(SpanClass.CALL, asked, Sureness.IF_TOLD);
        default ->
            new Told(SpanClass.valueOf(spanClass.toUpperCase(Locale.ROOT)), asked, Sureness.PLAIN);
      };
    }
  }

  /** The signals in the order of their strength: attributes, or KEY#/pointer. */
  final List<String> keys;

  private final Told[] told; // by row
  private final Patterns[] common;
  private final @Nullable Patterns[][] special; // by signal and dialect
  private final @Nullable Patterns[] names; // by dialect
  private final Told[] namesTold; // by row
  private final int operationSignal;
  private final Map<String, Set<String>> dialectsOf = new LinkedHashMap<>();

  Signals(Dialects dialects) {
    List<String[]> rows = Rows.read("signals.tsv");
    Map<String, Map<String, List<Patterns.Row>>> byKey = new LinkedHashMap<>();
    told = new Told[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      String[] row = rows.get(i);
      byKey
          .computeIfAbsent(row[0], k -> new LinkedHashMap<>())
          .computeIfAbsent(row[1], k -> new ArrayList<>())
          .add(new Patterns.Row(row[2], i));
      dialectsOf.computeIfAbsent(row[0], k -> new TreeSet<>()).add(row[1]);
      told[i] = Told.of(row[3], row[4]);
    }
    keys = List.copyOf(byKey.keySet());
    common = new Patterns[keys.size()];
    special = new Patterns[keys.size()][dialects.size()];
    for (int i = 0; i < common.length; i++) {
      Map<String, List<Patterns.Row>> byDialect = byKey.getOrDefault(keys.get(i), Map.of());
      common[i] = new Patterns(byDialect.getOrDefault(ANY, List.of()));
      for (Map.Entry<String, List<Patterns.Row>> entry : byDialect.entrySet()) {
        if (!entry.getKey().equals(ANY)) {
          special[i][dialects.number(entry.getKey())] = new Patterns(entry.getValue());
        }
      }
    }
    List<String[]> nameRows = Rows.read("names.tsv");
    names = names(nameRows, dialects);
    namesTold = new Told[nameRows.size()];
    for (int i = 0; i < namesTold.length; i++) {
      namesTold[i] = Told.of(nameRows.get(i)[2], nameRows.get(i)[3]);
    }
    operationSignal = keys.indexOf(OPERATION);
  }

  private static @Nullable Patterns[] names(List<String[]> rows, Dialects dialects) {
    Map<Integer, List<Patterns.Row>> byDialect = new LinkedHashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      byDialect
          .computeIfAbsent(dialects.number(rows.get(i)[0]), k -> new ArrayList<>())
          .add(new Patterns.Row(rows.get(i)[1], i));
    }
    @Nullable Patterns[] compiled = new Patterns[dialects.size()];
    byDialect.forEach((dialect, patterns) -> compiled[dialect] = new Patterns(patterns));
    return compiled;
  }

  /** The dialects under which a signal counts; empty: all. */
  List<String> only(String key) {
    Set<String> dialects = dialectsOf.getOrDefault(key, Set.of());
    return dialects.contains(ANY) ? List.of() : List.copyOf(dialects);
  }

  /** The row of the strongest signal that says something, or NOTHING. */
  int find(Scan scan, int dialect, byte[] bytes) {
    for (long left = scan.signals(); left != 0; left &= left - 1) {
      int signal = Long.numberOfTrailingZeros(left);
      int offset = scan.signalOffset(signal);
      int length = scan.signalLength(signal);
      Patterns own = special[signal][dialect];
      int row = own == null ? Patterns.NONE : own.find(bytes, offset, length);
      if (row == Patterns.NONE) {
        row = common[signal].find(bytes, offset, length);
      }
      if (row != Patterns.NONE) {
        return row;
      }
    }
    return NOTHING;
  }

  /** What a row of an attribute says. */
  Told told(int row) {
    return told[row];
  }

  /** What a row of a name says. */
  Told nameTold(int row) {
    return namesTold[row];
  }

  /**
   * The row of the operation that a span's name begins with, as OpenTelemetry names spans, or ends
   * its first word with behind a point; or NOTHING.
   */
  int byOperationInName(byte[] bytes, int offset, int length) {
    int end = 0;
    int begin = 0;
    while (end < length && bytes[offset + end] != ' ') {
      begin = bytes[offset + end] == '.' ? end + 1 : begin;
      end++;
    }
    int row = common[operationSignal].find(bytes, offset, end);
    if (row == Patterns.NONE && begin > 0) {
      row = common[operationSignal].find(bytes, offset + begin, end - begin);
    }
    return row == Patterns.NONE ? NOTHING : row;
  }

  /** The row of a span's name under a dialect, or NOTHING. */
  int byName(int dialect, byte[] bytes, int offset, int length) {
    Patterns own = names[dialect];
    int row = own == null || offset < 0 ? Patterns.NONE : own.find(bytes, offset, length);
    return row == Patterns.NONE ? NOTHING : row;
  }
}
