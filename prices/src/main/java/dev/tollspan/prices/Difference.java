package dev.tollspan.prices;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row in which two books differ.
 *
 * @param before null if only the second book has it
 * @param after null if only the first book has it; else the price or the end differs
 */
public record Difference(@Nullable PriceRow before, @Nullable PriceRow after) {
  static List<Difference> between(Collection<Model> before, Collection<Model> after) {
    Map<List<Object>, Row> old = byKey(before);
    Map<List<Object>, Row> young = byKey(after);
    List<Difference> differences = new ArrayList<>();
    old.forEach(
        (key, row) -> {
          Row other = young.get(key);
          if (other == null) {
            differences.add(new Difference(row.told(), null));
          } else if (row.to() != other.to() || !row.costsAsMuchAs(other)) {
            differences.add(new Difference(row.told(), other.told()));
          }
        });
    young.forEach(
        (key, row) -> {
          if (!old.containsKey(key)) {
            differences.add(new Difference(null, row.told()));
          }
        });
    return differences;
  }

  private static Map<List<Object>, Row> byKey(Collection<Model> models) {
    Map<List<Object>, Row> rows = new LinkedHashMap<>();
    for (Model model : models) {
      for (Row row : model.rows()) {
        PriceRow told = row.told();
        rows.put(
            Arrays.asList(
                told.provider(),
                told.model(),
                told.tokenClass(),
                told.tier(),
                told.region(),
                told.above(),
                told.mode(),
                told.status(),
                row.isMultiplier(),
                row.window(),
                row.from()),
            row);
      }
    }
    return rows;
  }
}
