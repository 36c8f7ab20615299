package dev.tollspan.usage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The known emitters and how each is told from the others: dialects.tsv. Immutable. */
final class Dialects {
  /** The number of "none of the known ones". */
  static final int NONE = 0;

  private final List<String> names;
  private final int[] ofRow;

  /** By row: who answers where a span names nobody; empty if that is not known. */
  final List<String> answering = new ArrayList<>();

  private final Patterns scopes;
  private final Patterns hosts;
  private final Patterns spanNames;

  /** Keys that tell a dialect by being there, with the number of the row. */
  final Map<String, Integer> keys = new LinkedHashMap<>();

  /** The same, but only beside another attribute of an LLM. */
  final Map<String, Integer> companions = new LinkedHashMap<>();

  /** Names of providers that tell a dialect. */
  final Map<String, Integer> providers = new LinkedHashMap<>();

  /** Keys that tell a dialect by their value. */
  final Map<String, Patterns> values;

  /** The same for attributes of the resource. */
  final Map<String, Patterns> resources;

  Dialects() {
    List<String[]> rows = Rows.read("dialects.tsv");
    Set<String> distinct = new LinkedHashSet<>(List.of("unknown"));
    rows.forEach(row -> distinct.add(row[0]));
    names = List.copyOf(distinct);
    ofRow = new int[rows.size()];
    Map<String, List<Patterns.Row>> texts = new LinkedHashMap<>();
    Map<String, List<Patterns.Row>> byValue = new LinkedHashMap<>();
    Map<String, List<Patterns.Row>> byResource = new LinkedHashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      String[] row = rows.get(i);
      ofRow[i] = names.indexOf(row[0]);
      answering.add(row[3]);
      switch (row[1]) {
        case "scope", "host", "name" -> put(texts, row[1], row[2], i);
        case "key" -> keys.putIfAbsent(row[2], i);
        case "provider" -> providers.putIfAbsent(row[2], i);
        case "companion" -> companions.putIfAbsent(row[2], i);
        case "value" -> putPair(byValue, row[2], i);
        case "resource" -> putPair(byResource, row[2], i);
        default -> throw new IllegalStateException("dialects.tsv has no place " + row[1]);
      }
    }
    scopes = new Patterns(texts.getOrDefault("scope", List.of()));
    hosts = new Patterns(texts.getOrDefault("host", List.of()));
    spanNames = new Patterns(texts.getOrDefault("name", List.of()));
    values = compile(byValue);
    resources = compile(byResource);
  }

  private static void putPair(Map<String, List<Patterns.Row>> map, String pair, int row) {
    int equals = pair.indexOf('=');
    put(map, pair.substring(0, equals), pair.substring(equals + 1), row);
  }

  private static void put(
      Map<String, List<Patterns.Row>> map, String key, String pattern, int row) {
    map.computeIfAbsent(key, k -> new ArrayList<>()).add(new Patterns.Row(pattern, row));
  }

  private static Map<String, Patterns> compile(Map<String, List<Patterns.Row>> rows) {
    Map<String, Patterns> compiled = new LinkedHashMap<>();
    rows.forEach((key, patterns) -> compiled.put(key, new Patterns(patterns)));
    return compiled;
  }

  /** How many numbers there are, that of "none" included. */
  int size() {
    return names.size();
  }

  /** The number of a dialect's name. */
  int number(String name) {
    int number = names.indexOf(name);
    if (number < 0) {
      throw new IllegalStateException("dialects.tsv does not tell how to know " + name);
    }
    return number;
  }

  String name(int dialect) {
    return names.get(dialect);
  }

  List<String> names() {
    return names;
  }

  /** The dialect that a row tells. */
  int ofRow(int row) {
    return row == Patterns.NONE ? NONE : ofRow[row];
  }

  /** The row of a scope that belongs to one emitter. */
  int scopeRow(byte[] bytes, int offset, int length) {
    return scopes.find(bytes, offset, length);
  }

  /** The row of a scope that emitters share with others. */
  int hostRow(byte[] bytes, int offset, int length) {
    return hosts.find(bytes, offset, length);
  }

  /** The row of a span's name. */
  int nameRow(byte[] bytes, int offset, int length) {
    return spanNames.find(bytes, offset, length);
  }
}
