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
  private static final String IF_USED = "call-if-used";

  /** The signals in the order of their strength: attributes, or KEY#/pointer. */
  final List<String> keys;

  private final SpanClass[] classes;
  private final Operation[] operations;
  private final Patterns[] common;
  private final @Nullable Patterns[][] special; // by signal and dialect
  private final @Nullable Patterns[] names; // by dialect
  private final SpanClass[] nameClasses;
  private final Operation[] nameOperations;
  private final boolean[] nameIfUsed;
  private final Map<String, Set<String>> dialectsOf = new LinkedHashMap<>();

  Signals(Dialects dialects) {
    List<String[]> rows = Rows.read("signals.tsv");
    Map<String, Map<String, List<Patterns.Row>>> byKey = new LinkedHashMap<>();
    classes = new SpanClass[rows.size()];
    operations = new Operation[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      String[] row = rows.get(i);
      byKey
          .computeIfAbsent(row[0], k -> new LinkedHashMap<>())
          .computeIfAbsent(row[1], k -> new ArrayList<>())
          .add(new Patterns.Row(row[2], i));
      dialectsOf.computeIfAbsent(row[0], k -> new TreeSet<>()).add(row[1]);
      classes[i] = SpanClass.valueOf(row[3].toUpperCase(Locale.ROOT));
      operations[i] = operation(row[4]);
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
    nameClasses = new SpanClass[nameRows.size()];
    nameOperations = new Operation[nameRows.size()];
    nameIfUsed = new boolean[nameRows.size()];
    for (int i = 0; i < nameClasses.length; i++) {
      String name = nameRows.get(i)[2];
      nameIfUsed[i] = name.equals(IF_USED);
      nameClasses[i] =
          nameIfUsed[i] ? SpanClass.CALL : SpanClass.valueOf(name.toUpperCase(Locale.ROOT));
      nameOperations[i] = operation(nameRows.get(i)[3]);
    }
  }

  private static Operation operation(String name) {
    return name.isEmpty() ? Operation.UNKNOWN : Operation.valueOf(name.toUpperCase(Locale.ROOT));
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

  SpanClass spanClass(int row) {
    return classes[row];
  }

  Operation operation(int row) {
    return operations[row];
  }

  /** The row of a span's name under a dialect, or NOTHING. */
  int byName(int dialect, byte[] bytes, int offset, int length) {
    Patterns own = names[dialect];
    int row = own == null || offset < 0 ? Patterns.NONE : own.find(bytes, offset, length);
    return row == Patterns.NONE ? NOTHING : row;
  }

  SpanClass nameClass(int row) {
    return nameClasses[row];
  }

  Operation nameOperation(int row) {
    return nameOperations[row];
  }

  /** Whether the name says a call only if the span shows usage, and a wrapper otherwise. */
  boolean nameIfUsed(int row) {
    return nameIfUsed[row];
  }
}
