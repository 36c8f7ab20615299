package dev.tollspan.usage;

import dev.tollspan.spans.KeyTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each key of a table tells, by the key's number. Immutable. */
final class KeyMeanings {
  /** By key: a Code, 0 for a key that tells nothing. */
  final int[] codes;

  /** By key: the row of dialects.tsv that it tells by being there. */
  final int[] markers;

  /** By key: the same, beside another attribute of an LLM. */
  final int[] companions;

  /** By key: the rows that its values tell. */
  final @Nullable Patterns[] values;

  /** By key and dialect: whether it counts; null: under all. */
  final boolean[] @Nullable [] only;

  /** By key: what is packed in its value. */
  final @Nullable PackedPaths[] packed;

  /** By key: whether signals are packed in its value. */
  final boolean[] packsSignals;

  /** The same as codes and values for attributes of a resource. */
  final int[] resourceCodes;

  final @Nullable Patterns[] resourceValues;

  private final KeyTable keys;

  KeyMeanings(KeyTable keys, UsageConfig config, Dialects dialects, Signals signals) {
    this.keys = keys;
    int size = keys.size() + 1;
    codes = new int[size];
    markers = new int[size];
    companions = new int[size];
    values = new Patterns[size];
    only = new boolean[size][];
    packed = new PackedPaths[size];
    packsSignals = new boolean[size];
    resourceCodes = new int[size];
    resourceValues = new Patterns[size];
    Arrays.fill(markers, Patterns.NONE);
    Arrays.fill(companions, Patterns.NONE);
    for (KeyRow row : KeyRow.all(config)) {
      if (row.resource()) {
        resourceCodes[keys.id(row.key())] = row.code();
      } else {
        tell(row.key(), row.pointer(), row.code(), row.only(), dialects);
      }
    }
    for (int i = 0; i < signals.keys.size(); i++) {
      String signal = signals.keys.get(i);
      int hash = signal.indexOf("#/");
      List<String> pointer =
          hash < 0 ? List.of() : List.of(signal.substring(hash + 2).split("/", -1));
      String key = hash < 0 ? signal : signal.substring(0, hash);
      tell(key, pointer, Code.SIGNAL | i, signals.only(signal), dialects);
      packsSignals[keys.id(key)] |= hash >= 0;
    }
    mark(dialects.keys, markers, Code.MARKER);
    mark(dialects.companions, companions, Code.TELLS);
    for (Map.Entry<String, Patterns> entry : dialects.values.entrySet()) {
      values[keys.id(entry.getKey())] = entry.getValue();
      codes[keys.id(entry.getKey())] |= Code.TELLS;
    }
    for (Map.Entry<String, Patterns> entry : dialects.resources.entrySet()) {
      resourceValues[keys.id(entry.getKey())] = entry.getValue();
    }
  }

  private void tell(
      String key, List<String> pointer, int code, List<String> onlyUnder, Dialects dialects) {
    int id = keys.id(key);
    int kind = Code.PLAIN | Code.SIGNAL | Code.PACKED;
    int mine = pointer.isEmpty() ? code & kind : Code.PACKED;
    if (codes[id] != 0 && ((codes[id] & kind) != mine || mine != Code.PACKED)) {
      if ((codes[id] & kind) == mine) {
        return; // configured before: the more trusted stays
      }
      throw new IllegalArgumentException("usage_attributes: " + key + " is read in another way");
    }
    if (pointer.isEmpty()) {
      codes[id] = code;
    } else {
      codes[id] |= Code.PACKED;
      PackedPaths paths = packed[id];
      if (paths == null) {
        paths = new PackedPaths();
        packed[id] = paths;
      }
      paths.add(pointer, code);
    }
    if (!onlyUnder.isEmpty()) {
      codes[id] |= Code.ONLY;
      boolean[] allowed = only[id] == null ? new boolean[dialects.size()] : only[id];
      onlyUnder.forEach(dialect -> allowed[dialects.number(dialect)] = true);
      only[id] = allowed;
    }
  }

  private void mark(Map<String, Integer> rows, int[] into, int code) {
    for (Map.Entry<String, Integer> entry : rows.entrySet()) {
      int id = keys.id(entry.getKey());
      into[id] = entry.getValue();
      codes[id] |= code;
    }
  }

  /** All keys that a table must hold. */
  static Collection<String> keys(UsageConfig config) {
    Dialects dialects = new Dialects();
    Set<String> keys = new LinkedHashSet<>();
    KeyRow.all(config).forEach(row -> keys.add(row.key()));
    for (String signal : new Signals(dialects).keys) {
      int hash = signal.indexOf("#/");
      keys.add(hash < 0 ? signal : signal.substring(0, hash));
    }
    keys.addAll(dialects.keys.keySet());
    keys.addAll(dialects.companions.keySet());
    keys.addAll(dialects.values.keySet());
    keys.addAll(dialects.resources.keySet());
    return new ArrayList<>(keys);
  }
}
