package dev.tollspan.usage;

import dev.tollspan.prices.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One row of keys.tsv: what an attribute, or a value packed into one, tells.
 *
 * @param key the attribute
 * @param pointer members and indexes that lead to the value in a packed attribute; empty: the
 *     attribute is the value
 * @param rank how much it is trusted among the keys of its meaning; 0 is the most
 * @param code {@link Code}'s account of it
 * @param dialects the emitters that are known to write it
 * @param only the emitters under which it counts at all; empty: all
 */
record KeyRow(
    Meaning meaning,
    boolean resource,
    String key,
    List<String> pointer,
    int rank,
    int code,
    List<String> dialects,
    List<String> only) {
  private static final String VENDOR_AND_MODEL = "vendor/model";

  /** The configured attributes, then the known ones, each meaning's in the order of trust. */
  @SuppressWarnings("EnumOrdinal") // rows of small arrays; never stored, never shown
  static List<KeyRow> all(UsageConfig config) {
    List<KeyRow> rows = new ArrayList<>();
    int[] ranks = new int[Meaning.values().length];
    for (Map.Entry<Count, List<String>> entry : config.attributes().entrySet()) {
      Meaning meaning = Meaning.of(entry.getKey());
      boolean total = meaning == Meaning.INPUT || meaning == Meaning.OUTPUT;
      for (String key : entry.getValue()) {
        String[] row = {"", "span_attribute", key, "", "", "", total ? "inclusive" : "", ""};
        rows.add(of(meaning, row, ranks[meaning.ordinal()]++));
      }
    }
    for (String[] row : Rows.read("keys.tsv")) {
      Meaning meaning = Meaning.named(row[0]);
      rows.add(of(meaning, row, ranks[meaning.ordinal()]++));
    }
    return List.copyOf(rows);
  }

  private static KeyRow of(Meaning meaning, String[] row, int rank) {
    int hash = row[2].indexOf("#/");
    String key = hash < 0 ? row[2] : row[2].substring(0, hash);
    List<String> pointer =
        hash < 0 ? List.of() : List.of(row[2].substring(hash + 2).split("/", -1));
    return new KeyRow(
        meaning,
        row[1].equals("resource_attribute"),
        key,
        pointer,
        rank,
        code(meaning, row, rank),
        list(row[5]),
        list(row[7]));
  }

  private static int code(Meaning meaning, String[] row, int rank) {
    String key = row[2];
    int code = Code.of(meaning, rank);
    code |=
        switch (row[6]) {
          case "inclusive", "inside" -> Code.INCLUSIVE;
          case "exclusive", "beside" -> Code.EXCLUSIVE;
          default -> 0;
        };
    if (meaning == Meaning.CACHE_READ || meaning == Meaning.CACHE_WRITE) {
      boolean dotted =
          key.startsWith("gen_ai.usage.cache_read.")
              || key.startsWith("gen_ai.usage.cache_write.")
              || key.startsWith("gen_ai.usage.cache_creation.");
      boolean raw =
          key.endsWith("cache_read_input_tokens") || key.endsWith("cache_creation_input_tokens");
      code |= dotted ? Code.DOTTED : raw ? Code.RAW : 0;
    }
    code |= TokenColumn.isFilledBy(meaning, key) ? Code.COLUMN : 0;
    return row[3].equals(VENDOR_AND_MODEL) ? code | Code.VENDOR_AND_MODEL : code;
  }

  private static List<String> list(String field) {
    return field.isEmpty() ? List.of() : List.of(field.split(",", -1));
  }
}
